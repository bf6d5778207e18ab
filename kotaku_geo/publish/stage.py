"""The stage `publish`: the GeoPackage, the verification document, and what describes them."""

import hashlib
import json
from collections.abc import Mapping

from kotaku_geo import __version__
from kotaku_geo.history.baseline import Baseline, read_decided, specs
from kotaku_geo.publish.datapackage import datapackage
from kotaku_geo.publish.geopackage import geopackage
from kotaku_geo.publish.layers import layers
from kotaku_geo.publish.profile import PAGE
from kotaku_geo.publish.prov import provenance
from kotaku_geo.publish.release import Release, release
from kotaku_geo.publish.verification import verification
from kotaku_geo.stage import StageContext

FOLDER = "publish/"
PROFILE_DOCUMENTS = (PAGE,)
_NO_DATE = "2000-01-01"  # of a city none of whose sources is dated; a file must state one


def run(ctx: StageContext) -> None:
    """Write `publish/`: `sikk_<kode>.gpkg`, `verification.json`, `prov.json`, `datapackage.json`
    and checksums.

    What the stage `profile` has left there is described and hashed with the rest.
    """
    released = release(ctx)
    city = ctx.pipeline.city
    name = f"sikk_{city.code}.gpkg"
    ctx.say(f"GeoPackage {name}")
    made = layers(released)
    content = geopackage(
        made, crs=city.crs, regulation=ctx.pipeline.regulation, date=newest(released)
    )
    files = {name: content, "verification.json": _json(verification(released))}
    before = _made_before(ctx)
    files["prov.json"] = _json(
        provenance(released, _baseline(ctx), _hashes({**files, **before}), __version__)
    )
    described = {**files, **before}
    package = datapackage(ctx.pipeline, made, name, described, __version__)
    files["datapackage.json"] = _json(package)
    for file, body in files.items():
        ctx.write_document(f"{FOLDER}{file}", body)
    ctx.write_document(f"{FOLDER}checksums.sha256", checksums({**described, **files}))


def newest(released: Release) -> str:
    """The newest date any source states, ``YYYY-MM-DD``: a file's date without asking the clock."""
    dates = released.table("ingest/sources")["date"].dropna().astype("str").str[:10]
    dates = dates[dates.str.fullmatch(r"\d{4}-\d{2}-\d{2}")]
    return str(dates.max()) if len(dates) else _NO_DATE


def checksums(files: Mapping[str, bytes]) -> str:
    """Lines as ``sha256sum -c`` reads them inside the folder ``publish/``."""
    lines = [f"{digest}  {name}" for name, digest in sorted(_hashes(files).items())]
    return "\n".join(lines) + "\n"


def _baseline(ctx: StageContext) -> Baseline:
    """The workspace's baseline, whole, with the decisions on file: its hash is published alone."""
    tables = {}
    for name, spec in specs().items():
        if ctx.has(name):
            tables[name] = ctx.read_geo(name) if spec.get("geometry") else ctx.read(name)
    decided = read_decided(ctx.base / ctx.pipeline.decisions)
    return Baseline.of_tables(tables, ctx.pipeline, decided)


def _hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(body).hexdigest() for name, body in files.items()}


def _made_before(ctx: StageContext) -> dict[str, bytes]:
    """Documents of the stage `profile`, by file name."""
    there = [name for name in PROFILE_DOCUMENTS if ctx.has(name)]
    return {n.removeprefix(FOLDER): ctx.workspace.path(n).read_bytes() for n in there}


def _json(content: object) -> bytes:
    text = json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)
    return (text + "\n").encode("utf-8")
