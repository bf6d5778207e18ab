"""Every awkward file: what the libraries can open of it, what we read, and why not the rest."""

import os
import time
import traceback
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kotaku_geo.errors import KotakuError
from kotaku_geo.ingest import formats
from kotaku_geo.ingest.locate import Delivered, locate, part_names
from kotaku_geo.ingest.reading import format_of, read_layers
from tests.ingest.torture import peers

SLOW = 10.0  # seconds
PEERS_WITHIN = 300.0
READERS = (*peers.READERS, "members")


@dataclass(frozen=True)
class Line:
    """One file of the table.

    Attributes:
        path: relative to the folder.
        kind: format by content.
        there: rows that the best of the libraries finds; None where none can open it.
        by: the libraries that find so many.
        ours: rows that we read; None where we read nothing.
        layers: how many layers (or members of an archive) they are in.
        reason: why we read nothing, or what it is a part of.
        seconds: how long we took.
        part: whether it is a part of another file.
        crashed: whether anything but a sentence came out.
    """

    path: str
    kind: str
    there: int | None
    by: str
    ours: int | None
    layers: int
    reason: str
    seconds: float
    part: bool = False
    crashed: bool = False

    @property
    def verdict(self) -> str:
        """How the two compare."""
        if self.crashed:
            return "CRASHED"
        if self.part:
            return "part"
        if self.there is None:
            return "refused" if self.ours is None else "only we"
        if self.ours is None:
            return "LOST"
        return "same" if self.ours == self.there else "more" if self.ours > self.there else "FEWER"


def make(folder: Path) -> list[Line]:
    """The table, sorted by path."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    answers = peers.run(files, PEERS_WITHIN)
    parts = _parts(files)
    return [_line(folder, p, answers[str(p)], parts.get(p)) for p in files]


def _parts(files: list[Path]) -> dict[Path, str]:
    """File → the one beside it that it belongs to."""
    found = {}
    by_folder: dict[Path, list[Path]] = {}
    for file in files:
        by_folder.setdefault(file.parent, []).append(file)
    for members in by_folder.values():
        for main in members:
            names = part_names([(main.name, formats.sniff(main))])
            found |= {m: main.name for m in members if m.name.lower() in names}
    return found


def _line(folder: Path, file: Path, answers: dict[str, Any], part_of: str | None) -> Line:
    path = file.relative_to(folder).as_posix()
    kind = formats.sniff(file).id
    counts = {r: n for r in READERS if isinstance(n := answers.get(r), int)}
    if "calamine" in counts:  # counts a sheet's rows; GDAL's idea of a header is another
        counts = {"calamine": counts["calamine"]}
    there = max(counts.values(), default=None)
    by = " ".join(r for r, n in counts.items() if n == there)
    if part_of is not None:
        return Line(path, kind, there, by, None, 0, f"part of {part_of}", 0.0, part=True)
    begun = time.perf_counter()
    ours, layers, reason, crashed = _read(folder, path)
    took = time.perf_counter() - begun
    return Line(path, kind, there, by, ours, layers, reason, took, crashed=crashed)


def _read(folder: Path, path: str) -> tuple[int | None, int, str, bool]:
    """(rows, layers, reason, crashed) of what ingest would read."""
    try:
        chosen = [d for d in locate(folder, path) if d.passed_over is None]
        rows = [n for delivered in chosen for n in _rows(delivered)]
        return sum(rows), len(rows), "", False
    except KotakuError as error:
        return None, 0, str(error).removeprefix(f"{path}: "), False
    except Exception:  # noqa: BLE001 (this is what the table is there to show)
        return None, 0, traceback.format_exc(limit=-1).splitlines()[-1], True


def _rows(delivered: Delivered) -> list[int]:
    if format_of(delivered).reader == "raster":
        from kotaku_geo.ingest.read_raster import read_grid

        read_grid(delivered)
        return [1]
    return [raw.rows_read for raw in read_layers(delivered)]


def summary(lines: list[Line]) -> dict[str, int]:
    """Counts of the table."""
    mains = [x for x in lines if not x.part]
    opened = [x for x in mains if x.there is not None]
    return {
        "files": len(lines),
        "parts of others": len(lines) - len(mains),
        "the libraries can open": len(opened),
        "we read of these": sum(x.ours is not None for x in opened),
        "with the same rows": sum(x.verdict == "same" for x in opened),
        "with more rows": sum(x.verdict == "more" for x in opened),
        "with fewer rows": sum(x.verdict == "FEWER" for x in opened),
        "only we read": sum(x.verdict == "only we" for x in mains),
        "refused, nobody can open": sum(x.verdict == "refused" for x in mains),
        "crashed": sum(x.crashed for x in mains),
        f"over {SLOW:.0f} s": sum(x.seconds > SLOW for x in mains),
    }


def shown(lines: list[Line], everything: bool = True) -> str:
    """The table as text, its summary and the reasons below it."""
    rows = [x for x in lines if everything or x.verdict not in ("same", "part")]
    out = [f"{'file':<72} {'content':<11} {'there':>6} {'ours':>6} {'s':>5}  verdict  by / reason"]
    for x in rows:
        there, ours = _dash(x.there), _dash(x.ours)
        note = x.reason.replace("\n", " ") or x.by
        out.append(
            f"{x.path[-72:]:<72} {x.kind:<11} {there:>6} {ours:>6} {x.seconds:5.2f}  "
            f"{x.verdict:<8} {note}"
        )
    out += ["", *(f"{name:<28}{count:>5}" for name, count in summary(lines).items()), ""]
    reasons = Counter(x.reason.split("\n")[0] for x in lines if x.verdict == "refused")
    return "\n".join([*out, *(f"{n:>4}  {reason}" for reason, n in reasons.most_common())])


def _dash(number: int | None) -> str:
    return "–" if number is None else str(number)


def folder_of_files() -> Path:
    """Where the awkward files are."""
    root = Path(__file__).resolve().parents[3]
    return Path(os.environ.get("KOTAKU_SHARED_DATA", root.parent / "shared" / "data")) / "torture"
