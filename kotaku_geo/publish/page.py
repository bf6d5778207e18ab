"""The city profile as one file: template, style and scripts put together, nothing fetched."""

import base64
import hashlib
import json
import math
import re
from collections.abc import Mapping
from typing import Any

import jinja2
from markupsafe import Markup

import kotaku_geo
from kotaku_geo import resources
from kotaku_geo.publish import disputes, faults, figures, levels, listings, mapdata, stories, words
from kotaku_geo.publish.layers import THEMES
from kotaku_geo.publish.release import Release
from kotaku_geo.texts import number

_SCRIPTS = (("bahasa.js", "tabel.js"), ("peta.js",), ("mengapa.js",))
_RADAR = 118  # radius of the seven-aspect figure, in its own units
_SWATCHES = {"tingkat": "level", "kelas": "kelas", "verdict": "verdict", "tema": "tema",
             "status": "status", "severity": "severity"}  # fmt: skip
_HATCHED = {"level-tidak_diketahui": "hatch", "level-belum_pasti": "hatch-slum",
            "status-data_tidak_tersedia": "hatch"}  # fmt: skip
_STRIPED = "repeating-linear-gradient(45deg,{} 0 4px,#fff 4px 6px)"  # a level not settled
_HATCH = "repeating-linear-gradient(45deg,{} 0 2px,#fff 2px 5px)"


def page(released: Release, lang: str = "id") -> str:
    """The page's HTML, shown first in ``lang``."""
    style = Markup(_source("gaya.css") + _palette_style())
    scripts = [Markup("".join(_source(name) for name in names)) for names in _SCRIPTS]
    template = _environment(lang).get_template("profil.html.j2")
    return template.render(
        lang=lang,
        version=kotaku_geo.__version__,
        style=style,
        style_hash=_hash(style),
        scripts=scripts,
        script_hashes=[_hash(s) for s in scripts],
        data=Markup(mapdata.embedded(_script_data(released))),
        stories=stories.packed(released),
        **_content(released),
    )


def _content(released: Release) -> dict[str, Any]:
    pipeline = released.pipeline
    regulation = resources.load(f"regulation/{pipeline.regulation}")
    parameters = figures.parameters(released)
    kawasan = listings.kawasan(released)
    balance = figures.balance(released)
    axes, shape = radar(figures.aspects(parameters))
    return {
        "city": pipeline.city,
        "regulation": regulation["title"],
        "dates": {
            "baseline": _newest(released, "kawasan"),
            "facts": _facts_dated(released),
            "sk": _newest(released, "sk", "sk_tabel"),
        },
        "levels": figures.by_level(released),
        "stripes": {
            f"level-{name}{levels.OPEN}": resources.load("publish/palette")["tingkat"][name]
            for name in levels.GRADES
        },
        "headline": figures.headline(released),
        "balance": balance,
        "recommendation": recommendation(released.summary, has_sk=balance["n_sk"] > 0),
        "parameters": parameters,
        "priority": figures.priorities(released),
        "histogram": figures.histogram(released),
        "radar": axes,
        "radar_shape": shape,
        "radar_ring": _ring,
        "kelurahan": listings.kelurahan(released),
        "unread_sk": faults.unread_sk(released),
        "kawasan": kawasan,
        "priorities": sorted({r["prioritas"] for r in kawasan if r["prioritas"] is not None}),
        "relations": listings.relations(released),
        "verdicts": listings.verdicts(released),
        "recommendations": listings.recommendations(released),
        "screening": listings.screening(released),
        "themes": THEMES,
        "agreement": disputes.state(released),
        "disputes": disputes.undecided(released),
        "most_disputes": disputes.MOST,
        "lapsed": disputes.lapsed(released),
        "findings": faults.columns(found) if (found := faults.findings(released)) else (),
        "sources": listings.sources(released),
        "emblem": mapdata.emblem(released),
        "score_notes": _score_notes(regulation),
        "tolerance": {"k": pipeline.verify.tolerance_k, "m": pipeline.verify.accuracy_m},
    }


def recommendation(summary: Mapping[str, Any], *, has_sk: bool) -> dict[str, Any]:
    """What the verification recommends for the city.

    Keys: code (sk_tetap, perubahan_sk, sk_baru, or tidak_ada), reasons (id/en pairs), moved
    (whether hectares are proposed to leave or to enter).
    """
    told = (summary.get("rekomendasi") or {}).get("kota") or {}
    code = told.get("nilai")
    reason = told.get("alasan")
    reasons = [{"id": reason, "en": told.get("alasan_en") or reason}] if reason else []
    if not reasons and not has_sk:
        reasons = [{lang: words.text("kota.tanpa_sk", lang) for lang in words.LANGUAGES}]
    return {
        "code": code if f"kota.{code}" in words.catalogue() else "tidak_ada",
        "reasons": reasons,
        "moved": bool(told.get("keluar_ha") or told.get("masuk_ha")),
    }


def radar(aspects: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], str]:
    """The seven axes with their points and labels, and the outline through the known ones.

    An aspect without data has no point; the outline is closed only where it does not skip one.
    """
    axes = []
    for i, row in enumerate(aspects):
        angle = 2 * math.pi * i / len(aspects) - math.pi / 2
        cos, sin = math.cos(angle), math.sin(angle)
        length = _RADAR * min(row["mean"], 1.0) if row["mean"] is not None else 0.0
        anchor = "middle" if abs(cos) < 0.2 else "start" if cos > 0 else "end"
        axes.append(
            {
                **row,
                "x": round(_RADAR * cos, 1),
                "y": round(_RADAR * sin, 1),
                "px": round(length * cos, 1),
                "py": round(length * sin, 1),
                "lx": round((_RADAR + 12) * cos, 1),
                "ly": round((_RADAR + 16) * sin - 4, 1),
                "anchor": anchor,
            }
        )
    return axes, _outline(axes)


def _outline(axes: list[dict[str, Any]]) -> str:
    """The shape through all points, or one triangle for every pair of known neighbours."""
    points = [None if a["mean"] is None else f"{a['px']} {a['py']}" for a in axes]
    if None not in points:
        return f"M{'L'.join(filter(None, points))}Z"
    pairs = zip(points, [*points[1:], *points[:1]], strict=True)
    return "".join(f"M0 0L{a}L{b}Z" if b else f"M0 0L{a}" for a, b in pairs if a)


def _ring(percent: int) -> str:
    points = []
    for i in range(7):
        angle = 2 * math.pi * i / 7 - math.pi / 2
        length = _RADAR * percent / 100
        points.append(f"{length * math.cos(angle):.1f},{length * math.sin(angle):.1f}")
    return " ".join(points)


def _script_data(released: Release) -> dict[str, Any]:
    parameters = figures.parameters(released)
    palette = resources.load("publish/palette")
    return {
        "words": {k: [v["id"], v["en"]] for k, v in words.catalogue().items()},
        "colours": palette,
        "parameters": [[p["id"], p["names"]["id"], p["names"]["en"]] for p in parameters],
        "kawasan": mapdata.kawasan_details(released),
        "rt": mapdata.rt_details(released),
        "sk": mapdata.sk_details(released),
        "relations": mapdata.relation_notes(released),
        "map": mapdata.map_data(released),
    }


def _score_notes(regulation: Mapping[str, Any]) -> dict[str, Any]:
    bands = {f"p{b['score']}": math.ceil(b["from"] * 100 - 0.5) for b in regulation["bands"]}
    levels = {row["level"]: row["from"] for row in regulation["levels"]}
    return {**bands, **levels, "n": len(regulation["parameters"]), "peraturan": regulation["title"]}


def _newest(released: Release, *layers: str) -> str | None:
    frame = released.table("ingest/sources")
    dates = frame.loc[frame["layer"].isin(layers), "date"].dropna()
    return str(dates.max())[:10] if len(dates) else None


def _facts_dated(released: Release) -> dict[str, Any]:
    """How old the facts about RTs are, also of sources that are kept back.

    Keys: newest (of all sources of facts; None where none is dated), undated (how many are not), n.
    """
    sources = released.table("ingest/sources")
    own = sources[sources["source_id"].isin(released.candidates["source_id"])]
    dates = own.groupby("source_id")["date"].max()
    known = dates.dropna()
    newest = str(known.max())[:10] if len(known) else None
    return {"newest": newest, "undated": len(dates) - len(known), "n": len(dates)}


def _palette_style() -> str:
    """Classes for every colour of the palette: background of swatches, fill of SVG shapes."""
    palette = resources.load("publish/palette")
    rules = []
    for group, prefix in _SWATCHES.items():
        for name, colour in palette[group].items():
            css = f"{prefix}-{name}"
            background = _HATCH.format(colour) if css in _HATCHED else colour
            fill = f"url(#{_HATCHED[css]})" if css in _HATCHED else colour
            rules.append(f".{css}{{background:{background};fill:{fill}}}")
    for name in levels.GRADES:
        css, striped = f"level-{name}{levels.OPEN}", _STRIPED.format(palette["tingkat"][name])
        rules.append(f".{css}{{background:{striped};fill:url(#{css})}}")
        rules.append(f".chip.{css}{{background:linear-gradient(#fffa,#fffa),{striped}}}")
    return "\n".join(rules) + "\n"


def _environment(lang: str) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_source),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        words=lambda key, **params: words.text(key, lang, **params),
        has_word=lambda key: key in words.catalogue(),
    )
    environment.filters.update(
        number=lambda value, decimals=2: number(value, decimals, lang),
        day=lambda value: words.day(value, lang),
        to_json=lambda value: json.dumps(value, ensure_ascii=False, sort_keys=True),
    )
    return environment


def _source(name: str) -> str:
    text = resources.read_text(f"publish/page/{name}")
    return re.sub(r"^\s+", "", text, flags=re.MULTILINE) if name.endswith(".css") else text


def _hash(content: str) -> str:
    return base64.b64encode(hashlib.sha256(content.encode("utf-8")).digest()).decode("ascii")
