"""QGIS and SLD styles from the templates and palettes in ``schemas/publish``."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import jinja2

from kotaku_geo import resources
from kotaku_geo.publish import words

_HATCH_LINE = "tidak_diketahui"


@dataclass(frozen=True)
class Symbol:
    """One legend entry: the value it stands for, and how it is drawn."""

    value: str
    type: str
    label: str
    kind: str
    colour: str
    fill: str
    line: str
    width: str
    dash: str
    opacity: str


@dataclass(frozen=True)
class Style:
    """A layer's style in both languages of style.

    Attributes:
        name: shown in QGIS, at most 30 letters.
        description: one line.
        attribute: column of the categories, None for a single symbol.
        label: column written on the map, None for none.
        qml: QGIS style document.
        sld: OGC SLD 1.0 document.
    """

    name: str
    description: str
    attribute: str | None
    label: str | None
    qml: str
    sld: str


def style(name: str, layer: str, aliases: list[tuple[str, str]]) -> Style:
    """A named style of ``styles.yaml`` for a layer; ``aliases`` are column and name pairs."""
    spec = resources.load("publish/styles")[name]
    symbols = _symbols(spec)
    common = {"layer": layer, "name": name, "symbols": symbols, "attribute": spec.get("attribute")}
    label = spec.get("label")
    qml = _template("style.qml.j2").render(
        **common, label=label, label_scale=spec.get("label_scale"), aliases=aliases
    )
    return Style(
        name=name,
        description=spec["description"],
        attribute=spec.get("attribute"),
        label=label,
        qml=qml,
        sld=_template("style.sld.j2").render(**common),
    )


def alias_style(layer: str, aliases: list[tuple[str, str]]) -> Style:
    """The style of an attribute table: the names of its columns and nothing to draw."""
    qml = _template("style.qml.j2").render(symbols=[], attribute=None, label=None, aliases=aliases)
    return Style(f"kolom_{layer}"[:30], "Nama kolom", None, None, qml, "")


def colour_of(path: str) -> str:
    """A colour of ``palette.yaml`` as ``#rrggbb``; ``group.value`` or the name of a single one."""
    found: Any = resources.load("publish/palette")
    for part in path.split("."):
        found = found[part]
    return str(found)


def _symbols(spec: dict[str, Any]) -> list[Symbol]:
    if "attribute" not in spec:
        return [_symbol(spec, "", words.text(spec["texts"]), colour_of(spec["palette"]))]
    if "colours" in spec:
        return [_symbol(spec, str(v), str(v), c) for v, c in spec["colours"].items()]
    group, texts = spec["palette"], spec["texts"]
    symbols = [
        _symbol(spec, v, words.text(f"{texts}.{v}"), colour_of(f"{group}.{v}"))
        for v in spec["values"]
    ]
    symbols += [
        _symbol(spec, v, words.text(f"{texts}.{v}"), _grey(), kind="hatch")
        for v in spec.get("hatched", [])
    ]
    symbols += [
        _symbol(spec, v, words.text(f"{texts}.{v}"), colour_of(f"{group}.{v}"), kind="outline")
        for v in spec.get("outlined", [])
    ]
    if spec.get("unknown"):
        symbols.append(_symbol(spec, "", words.text("tidak_diketahui"), _grey(), kind="hatch"))
    return symbols


def _symbol(
    spec: dict[str, Any], value: str, label: str, colour: str, kind: str | None = None
) -> Symbol:
    opacity = float(spec.get("opacity", 1))
    return Symbol(
        value=value,
        type="string" if value else "NULL",
        label=label,
        kind=kind or spec["symbol"],
        colour=colour,
        fill=_rgba(colour, opacity),
        line=_rgba(colour, 1) if spec["symbol"] != "fill" or kind else _rgba(_darker(colour), 1),
        width=str(spec["width"]),
        dash=spec.get("dash", "solid"),
        opacity=f"{opacity:g}",
    )


def _grey() -> str:
    return colour_of(f"tingkat.{_HATCH_LINE}")


def _rgba(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"{red},{green},{blue},{round(opacity * 255)}"


def _darker(colour: str) -> str:
    """Two thirds of a colour's brightness, for its outline."""
    parts = (int(int(colour[i : i + 2], 16) * 0.65) for i in (1, 3, 5))
    return "#" + "".join(f"{p:02x}" for p in parts)


@cache
def _template(name: str) -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, keep_trailing_newline=True
    )
    return environment.from_string(resources.read_text(f"publish/qgis/{name}"))
