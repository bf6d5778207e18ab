"""What GDAL (of pyogrio, fiona and rasterio), pyarrow and calamine can open of a file, and how many
rows are there.

It runs as a script in a process that does not load the package, so that nothing is switched off
and nothing is set: the yardstick is the libraries as they come. It reads paths, one a line, and
answers each with a line of JSON.
"""

import json
import logging
import os
import subprocess
import sys
import time
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Count = dict[str, int]  # layer → rows
INSIDE = (".shp", ".tab", ".mif", ".gml", ".kml", ".geojson", ".json", ".gpkg", ".csv", ".dxf",
          ".gpx", ".xlsx")  # fmt: skip


def with_pyogrio(path: str) -> Count:
    import pyogrio

    return {str(n): _pyogrio(path, str(n)) for n in pyogrio.list_layers(path)[:, 0]}


def _pyogrio(path: str, layer: str) -> int:
    import pyogrio

    try:
        return int(pyogrio.read_arrow(path, layer=layer)[1].num_rows)
    except UnicodeDecodeError:
        return int(pyogrio.read_arrow(path, layer=layer, encoding="latin-1")[1].num_rows)


def with_sequence(path: str) -> Count:
    """A file that is taken for one feature and holds one a line."""
    if not path.lower().endswith((".seq", ".geojsonl", ".txt")):
        raise ValueError("not asked")
    return with_pyogrio(f"GeoJSONSeq:{path}")


def with_fiona(path: str) -> Count:
    import fiona

    counts = {}
    for name in fiona.listlayers(path):
        with fiona.open(path, layer=name) as features:
            counts[name] = sum(1 for _ in features)
    return counts


def with_rasterio(path: str) -> Count:
    import rasterio

    with rasterio.open(path) as dataset:
        if not dataset.count:
            raise ValueError("no band")
        return {"raster": 1}


def with_parquet(path: str) -> Count:
    import pyarrow.parquet as pq

    return {"parquet": int(pq.read_metadata(path).num_rows)}


def with_arrow(path: str) -> Count:
    import pyarrow as pa
    import pyarrow.feather

    try:
        return {"arrow": int(pyarrow.feather.read_table(path).num_rows)}
    except pa.ArrowInvalid:
        with pa.memory_map(path) as source, pa.ipc.open_stream(source) as stream:
            return {"arrow": int(stream.read_all().num_rows)}


def with_calamine(path: str) -> Count:
    import python_calamine

    book = python_calamine.load_workbook(path)
    heights = {n: book.get_sheet_by_name(n).height for n in book.sheet_names}
    return {n: h - 1 for n, h in heights.items() if h}  # one row is the header


READERS: dict[str, Callable[[str], Count]] = {
    "pyogrio": with_pyogrio,
    "geojsonseq": with_sequence,
    "fiona": with_fiona,
    "rasterio": with_rasterio,
    "parquet": with_parquet,
    "arrow": with_arrow,
    "calamine": with_calamine,
}


def ask(path: str) -> dict[str, Any]:
    """Reader → rows of all layers, or why it gave none; of the best, and how long it took."""
    begun = time.perf_counter()
    answers: dict[str, Any] = {}
    for name, reader in READERS.items():
        answers[name] = _asked(reader, path)
    if zipfile.is_zipfile(path) and not isinstance(answers["calamine"], int):
        answers["members"] = _members(path)
    answers["seconds"] = round(time.perf_counter() - begun, 2)
    return answers


def _asked(reader: Callable[[str], Count], path: str) -> int | str:
    try:
        counts = reader(path)
    except Exception as error:  # noqa: BLE001 (a library's refusal, whatever it raises)
        return f"{type(error).__name__}: {error}"[:200]
    return sum(counts.values()) if counts else "no layer"


def _members(path: str) -> int | str:
    """Rows of all members that one of the two vector readers can open by their names."""
    found = [_best(f"/vsizip/{{{path}}}/{member}") for member in sorted(set(_names(path)))]
    counts = [n for n in found if n is not None]
    return sum(counts) if counts else "no member"


def _best(path: str) -> int | None:
    counts = [_asked(with_pyogrio, path), _asked(with_fiona, path)]
    return max((n for n in counts if isinstance(n, int)), default=None)


def _names(path: str) -> Iterator[str]:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            folder, gdb, _ = name.partition(".gdb/")
            if gdb:
                yield folder + ".gdb"
            elif name.lower().endswith(INSIDE):
                yield name


def main() -> None:
    warnings.filterwarnings("ignore")
    logging.disable(logging.CRITICAL)
    os.environ["CPL_LOG"] = os.devnull
    for line in sys.stdin:
        path = line.rstrip("\n")
        print(json.dumps({"path": path, **ask(path)}), flush=True)


def run(paths: list[Path], timeout: float) -> dict[str, dict[str, Any]]:
    """Ask about many files in one process of its own; path → answers of `ask`."""
    done = subprocess.run(
        [sys.executable, __file__], input="".join(f"{p}\n" for p in paths), text=True,
        capture_output=True, timeout=timeout, check=True,
        env={k: v for k, v in os.environ.items() if not k.startswith(("OGR_", "GDAL_", "CPL_"))},
    )  # fmt: skip
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {a.pop("path"): a for a in answers}


if __name__ == "__main__":
    main()
