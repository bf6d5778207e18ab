"""The pipeline file: its typed model, its defaults, and errors that name the nearest known key."""

import datetime as dt
import difflib
import re
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from kotaku_geo import resources
from kotaku_geo.errors import PipelineFileError
from kotaku_geo.settings import Model, Policy, Screen, Verify

RegulationId = Literal["permen-14-2018", "permen-2-2016"]
DENOMINATORS = ("jumlah_bangunan", "jumlah_penduduk", "jumlah_kk", "luas_ha", "jalan_ideal_m",
                "jalan_eksisting_m", "drainase_ideal_m")  # fmt: skip
BOUNDARIES = ("kelurahan", "rt", "kawasan")
MAP_ACCURACY_MM = 0.5  # what a map is taken to be accurate to, in millimetres of its own scale


class City(Model):
    """The city: Kemendagri code, name, the projected CRS of its tables, and its size class."""

    code: Annotated[str, Field(pattern=r"^[1-9]\d\.\d{2}$")]
    name: Annotated[str, Field(min_length=1)]
    crs: str
    size: Literal["kecil", "sedang", "besar", "metropolitan"] = "sedang"


class Source(Model):
    """One delivered file (or folder, glob, zip member) and how it becomes a canonical layer."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
    layer: str
    path: str
    table: str | None = None
    agency: str | None = None
    date: dt.date | None = None
    scale: Annotated[float, Field(gt=0)] | None = None
    accuracy_m: Annotated[float, Field(gt=0)] | None = None
    crs: str | None = None
    encoding: str | None = None
    columns: dict[str, str] = {}
    values: dict[str, dict[str, Any]] = {}
    where: str | None = None
    units: dict[str, str] = {}
    regulation: Literal["permen-14-2018", "permen-2-2016", "unknown"] | None = None
    coverage: str | None = None
    set: dict[str, Any] = {}
    licence: str | None = None
    publish: bool | None = None

    @field_validator("path", "coverage")
    @classmethod
    def _plain_path(cls, value: str | None) -> str | None:
        if value is not None:
            check_plain_path(value)
        return value

    @property
    def accuracy(self) -> float | None:
        """CE90 in metres: as stated, else 0.5 mm at the map's scale, else unknown."""
        if self.accuracy_m is not None:
            return self.accuracy_m
        return None if self.scale is None else MAP_ACCURACY_MM / 1000 * self.scale


class Pipeline(Model):
    """A city's pipeline file."""

    city: City
    regulation: RegulationId = "permen-14-2018"
    drop: str
    sources: Annotated[list[Source], Field(min_length=1)]
    decisions: str = "keputusan.csv"
    waivers: str = "pengecualian.csv"
    policy: Policy = Policy()
    verify: Verify = Verify()
    screen: Screen = Screen()

    @model_validator(mode="after")
    def _consistent(self) -> "Pipeline":
        ids = [s.id for s in self.sources]
        doubled = sorted({i for i in ids if ids.count(i) > 1})
        if doubled:
            raise ValueError(f"id sumber dipakai lebih dari sekali: {', '.join(doubled)}")
        for source in self.sources:
            _check_source(source)
        for key, order in self.policy.order.items():
            _known(key, [*order_keys(self.regulation)], "policy.order")
            for source_id in order:
                _known(source_id, ids, f"policy.order.{key}")
        for key in self.policy.tolerance:
            known = [k for k in order_keys(self.regulation) if not k.startswith("batas.")]
            _known(key, known, "policy.tolerance")
        return self

    def source(self, source_id: str) -> Source:
        """The source with this id."""
        return next(s for s in self.sources if s.id == source_id)

    def of_layer(self, *layers: str) -> list[Source]:
        """Sources of these layers, in the file's order."""
        return [s for s in self.sources if s.layer in layers]

    def order(self, key: str = "default") -> list[str]:
        """All source ids, strongest first, for a parameter, ``penyebut.…`` or ``batas.…``."""
        ranked = [*self.policy.order.get(key, []), *self.policy.order.get("default", [])]
        ranked += [s.id for s in self.sources]
        return list(dict.fromkeys(ranked))

    def tolerance(self, parameter: str) -> float:
        """Percentage points within which sources agree on a parameter."""
        table = self.policy.tolerance
        return table.get(parameter, table.get("default", 5.0))


class PipelineFile(Model):
    """A pipeline and where it was read from."""

    path: Path
    pipeline: Pipeline

    @property
    def stem(self) -> str:
        """Name of the workspace folder."""
        return self.path.stem

    @property
    def drop(self) -> Path:
        """The folder of delivered files."""
        return (self.path.parent / self.pipeline.drop).resolve()


def parameter_ids(regulation: str) -> list[str]:
    """Parameter ids of a regulation in the order of its form."""
    table = resources.load(f"regulation/{regulation}")["parameters"]
    return [str(row["id"]) for row in table]


def order_keys(regulation: str) -> list[str]:
    """What ``policy.order`` may rank sources for."""
    names = [f"penyebut.{n}" for n in DENOMINATORS] + [f"batas.{n}" for n in BOUNDARIES]
    return ["default", *parameter_ids(regulation), *names]


def layer_columns(layer: str) -> dict[str, dict[str, Any]]:
    """Column name → definition of a canonical layer, parameters included."""
    layers = resources.load("layers")
    spec = layers["layers"][layer]
    columns = {name: layers["columns"][name] for name in spec["columns"]}
    if spec.get("parameters"):
        for parameter in all_parameter_ids():
            columns[f"v{parameter}"] = {"type": "volume", "unit": "volume"}
            columns[f"p{parameter}"] = {"type": "share", "unit": "pecahan"}
    return columns


def all_parameter_ids() -> list[str]:
    """Parameter ids of all regulations together, in order."""
    ids = {p for r in ("permen-14-2018", "permen-2-2016") for p in parameter_ids(r)}
    return sorted(ids)


def load_pipeline(path: Path) -> PipelineFile:
    """Read and check a pipeline file; every fault is a `PipelineFileError` that names the key."""
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), _UniqueKeyLoader)
    except FileNotFoundError as error:
        raise PipelineFileError(f"{path}: berkas pipeline tidak ditemukan") from error
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise PipelineFileError(f"{path}: bukan YAML yang sah: {error}") from error
    if not isinstance(raw, dict):
        raise PipelineFileError(f"{path}: isinya bukan pasangan kunci dan nilai")
    try:
        pipeline = Pipeline.model_validate(raw)
    except ValidationError as error:
        lines = [_explain(e, raw) for e in error.errors()]
        raise PipelineFileError("\n".join(f"{path.name}: {line}" for line in lines)) from error
    return PipelineFile(path=path.resolve(), pipeline=pipeline)


def json_schema() -> dict[str, Any]:
    """JSON Schema of the pipeline file, made from the model (kept in ``schemas/``)."""
    schema = Pipeline.model_json_schema(mode="validation")
    layers = list(resources.load("layers")["layers"])
    schema["$defs"]["Source"]["properties"]["layer"]["enum"] = layers
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def check_plain_path(value: str) -> None:
    """Refuse a path that leaves the drop, or that GDAL would take for something else."""
    parts = PurePosixPath(value.replace("\\", "/")).parts
    odd = re.search(r"://|^[A-Za-z][A-Za-z0-9_+-]*:|^/?vsi|[\x00-\x1f{}<>|]", value)
    if not value or value.startswith(("/", "\\", "~")) or ".." in parts or odd:
        raise ValueError(f"{value!r} harus berupa jalur biasa di dalam drop")


class _UniqueKeyLoader(yaml.SafeLoader):
    """YAML without keys that are written twice, which PyYAML would take in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        doubled = {str(k) for k in keys if keys.count(k) > 1}
        if doubled:
            line = node.start_mark.line + 1
            raise yaml.YAMLError(
                f"kunci ditulis dua kali di baris {line}: {', '.join(sorted(doubled))}"
            )
        return super().construct_mapping(node, deep)


def _check_source(source: Source) -> None:
    layers = resources.load("layers")["layers"]
    _known(source.layer, list(layers), f"sources.{source.id}.layer")
    columns = list(layer_columns(source.layer))
    for section in ("columns", "values", "units", "set"):
        for key in getattr(source, section):
            _known(key, columns, f"sources.{source.id}.{section}")
    for key, unit in source.units.items():
        canonical = layer_columns(source.layer)[key].get("unit")
        units = resources.load("layers")["units"].get(canonical, {canonical: 1})
        _known(unit, [str(u) for u in units], f"sources.{source.id}.units.{key}")


def _known(key: str, known: list[str], where: str) -> None:
    if key not in known:
        raise ValueError(f"{where}: {key!r} tidak dikenal{nearest(key, known)}")


def nearest(key: str, known: list[str]) -> str:
    """The end of an error message: the known word that looks most like ``key``, or all of them."""
    near = closest(key, known)
    return f"; yang ada: {', '.join(known[:40])}" if near is None else f"; maksudnya {near!r}?"


def closest(key: str, known: list[str]) -> str | None:
    """The known word that looks most like ``key``; None where none looks like it."""
    return next(iter(difflib.get_close_matches(key, known, n=1, cutoff=0.4)), None)


SAYINGS = {  # pydantic's kinds of fault, as a sentence
    "missing": "wajib diisi",
    "string_type": "harus teks; tulis di antara tanda kutip (tanpa itu YAML membaca NO, 33.78 atau "
    "2023-05-01 sebagai nilai lain)",
    "string_pattern_mismatch": 'bentuknya tidak benar; contoh kode kota: "33.75", id: sk-2021',
    "literal_error": "harus salah satu dari {expected}",
    "greater_than": "harus lebih dari {gt}",
    "greater_than_equal": "tidak boleh kurang dari {ge}",
    "less_than_equal": "tidak boleh lebih dari {le}",
    "too_short": "tidak boleh kosong",
    "float_parsing": "harus angka",
    "float_type": "harus angka",
    "list_type": "harus daftar",
    "dict_type": "harus pasangan kunci dan nilai",
    "model_type": "harus pasangan kunci dan nilai",
}


def _explain(error: Any, raw: Any) -> str:
    """One sentence for one fault, with the nearest known key for an unknown one."""
    where = ".".join(_names(error["loc"], raw))
    if error["type"] != "extra_forbidden":
        said = SAYINGS.get(error["type"], error["msg"].removeprefix("Value error, "))
        said = said.format_map(error.get("ctx", {})) if error["type"] in SAYINGS else said
        return f"{where}: {said}" if where else said
    model: Any = Pipeline
    for part in error["loc"][:-1]:
        model = _child(model, part)
    known = list(getattr(model, "model_fields", {}))
    return f"{where}: kunci tidak dikenal{nearest(str(error['loc'][-1]), known)}"


def _names(location: tuple[Any, ...], raw: Any) -> list[str]:
    """Where a fault is, with sources called by their ids."""
    names = [str(part) for part in location]
    if len(location) > 1 and location[0] == "sources" and isinstance(location[1], int):
        source = raw["sources"][location[1]]
        if isinstance(source, dict) and source.get("id"):
            names[1] = str(source["id"])
    return names


def _child(model: Any, part: Any) -> Any:
    if isinstance(part, int):
        return model
    annotation = model.model_fields[part].annotation if hasattr(model, "model_fields") else None
    return Source if part == "sources" else annotation
