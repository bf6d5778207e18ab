"""A proposal as the text of a pipeline file: entries with their evidence, the rest as comments."""

import os
import tempfile
import textwrap
from pathlib import Path
from typing import Any

import yaml

from kotaku_geo import resources
from kotaku_geo.config import PipelineFile, layer_columns, load_pipeline
from kotaku_geo.errors import InputError, OutputError, PipelineFileError
from kotaku_geo.files import settle
from kotaku_geo.ingest.discover.proposal import Entry, Proposal
from kotaku_geo.texts import number

WIDTH = 100
COMMENT_AT = 52  # column of a comment that stands behind a value
SIGNS = 5  # signs of a layer that are spelled out
HEAD = """\
Usulan `kotaku-geo init`: {live} sumber diusulkan, {open} menunggu keputusan, {left} berkas tidak
dipakai. Setiap baris menyebut buktinya. Yang tidak jelas ditulis sebagai komentar dan tidak
ditebak: buka komentarnya bila benar. Urutan sumber adalah urutan kekuatannya; `coverage` (sejauh
mana pendataan sampai) tidak dapat dibaca dari berkas dan perlu diisi. Periksa dengan
`kotaku-geo check`, jalankan dengan `kotaku-geo run`."""


def write(proposal: Proposal, drop: Path, target: Path, force: bool = False) -> PipelineFile:
    """Write the proposed pipeline file and load it back.

    Raises:
        PipelineFileError: the file is there already and ``force`` was not given.
        InputError: nothing in the folder became a source.
        OutputError: the folder for the file cannot be made.
    """
    check_target(target, force)
    if not proposal.live:
        raise InputError(_nothing(proposal, drop))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{target.parent}: tidak dapat dibuat: {error.strerror}") from error
    below = os.path.relpath(drop.resolve(), target.parent.resolve())
    text = as_text(proposal, below, _own_decisions(target))
    with tempfile.TemporaryDirectory(prefix=".init-", dir=target.parent) as folder:
        beside = Path(folder) / target.name
        beside.write_text(text, encoding="utf-8")
        load_pipeline(beside)
        settle(beside, target)
    return load_pipeline(target)


def check_target(target: Path, force: bool) -> None:
    """Refuse to overwrite a file that is there.

    Raises:
        PipelineFileError: the file is there already and ``force`` was not given.
    """
    if target.exists() and not force:
        raise PipelineFileError(f"{target}: sudah ada; pakai --force untuk menimpanya")


def _own_decisions(target: Path) -> str | None:
    """A file of decisions of its own, where another pipeline stands in the same folder.

    Decisions of one city are none of another's, nor of another try at the same.
    """
    beside = {path for ending in ("*.yaml", "*.yml") for path in target.parent.glob(ending)}
    return f"keputusan-{target.stem}.csv" if beside - {target} else None


def _nothing(proposal: Proposal, drop: Path) -> str:
    named = [(e.name, "; ".join(e.notes)) for e in proposal.open]
    named += [(item.path, item.reason) for item in proposal.left]
    shown = "".join(f"\n  {_plain(name)}: {_plain(why)}" for name, why in named[:20])
    return f"{drop}: tidak ada berkas yang dapat diusulkan sebagai sumber{shown}"


def as_text(proposal: Proposal, drop: str, decisions: str | None = None) -> str:
    """The pipeline file; ``drop`` is the folder of delivered files relative to it.

    ``decisions`` is its file of decisions, where that is not the usual one.
    """
    counts = {"live": len(proposal.live), "open": len(proposal.open), "left": len(proposal.left)}
    city = proposal.city
    lines = _comment(HEAD.format(**counts).replace("\n", " "))
    lines.append("city:")
    for key in ("code", "name", "crs", "size"):
        value = _scalar(getattr(city, key)) if key != "code" else f'"{city.code}"'
        lines.append(_line(f"  {key}: {value}", city.why[key]))
    lines.append(_line("regulation: permen-14-2018", "peraturan yang berlaku; atau permen-2-2016"))
    lines.append(f"drop: {_scalar(Path(drop).as_posix())}")
    if decisions is not None:
        lines.append(
            _line(f"decisions: {_scalar(decisions)}", "folder ini dipakai beberapa pipeline")
        )
    lines.append("sources:")
    for entry in proposal.live:
        lines += ["", *_entry(entry)]
    if proposal.open:
        lines += ["", *_comment("MENUNGGU KEPUTUSAN: buka komentarnya bila benar.", "  ")]
    for entry in proposal.open:
        lines += ["", *_entry(entry)]
    if proposal.left:
        lines += ["", *_comment("TIDAK DIPAKAI:", "  ")]
    for item in proposal.left:
        lines += _comment(f"- {item.path}: {item.reason}", "  ", hang="  ")
    return "\n".join(lines) + "\n"


def _entry(entry: Entry) -> list[str]:
    says = resources.load("discovery")["layers"][entry.layer]["says"]
    label = entry.path if entry.table is None else f"{entry.path} [{entry.table}]"
    lines = _comment(f"{label}: {entry.seen}", "  ")
    verdict = f"{entry.layer} ({says}), keyakinan {entry.confidence}"
    verdict += f", {number(entry.points, 1)} poin"
    rivals = [f"{layer} {number(p, 1)}" for layer, p in entry.candidates if layer != entry.layer]
    if rivals:
        verdict += f" (calon lain: {', '.join(rivals)})"
    signs = [s for s in entry.evidence if "tidak lazim" not in s][:SIGNS]
    lines += _comment(f"{verdict}: {'; '.join(signs) or 'tanpa tanda lain'}", "  ")
    for note in entry.notes:
        lines += _comment(f"! {note}", "  ", hang="  ")
    body = _body(entry)
    return lines + (body if entry.live else [f"  # {line[2:]}" for line in body])


def _body(entry: Entry) -> list[str]:
    lines = [f"  - id: {_scalar(entry.id)}", f"    layer: {entry.layer}"]
    lines.append(f"    path: {_scalar(entry.path)}")
    for key in ("table", "agency", "scale", "crs", "encoding", "regulation", "where"):
        value = getattr(entry, key)
        if value is not None:
            why = entry.why.get(key, ORIGIN.get(key, ""))
            lines.append(_line(f"    {key}: {_scalar(value)}", why))
    if entry.year is not None and entry.live:
        lines.append(f"    # date: {entry.year}-12-31  (tahun dari nama; isi tanggal yang benar)")
    lines += _columns(entry)
    if entry.values:
        lines.append("    values:")
        lines += [f"      {name}: {_flow(table)}" for name, table in entry.values.items()]
    for key in ("units", "set"):
        table = getattr(entry, key)
        if table:
            lines.append(f"    {key}: {_flow(table)}")
    return lines


ORIGIN = {
    "agency": "dari nama berkas atau folder",
    "scale": "dari nama layer",
    "crs": "dari letaknya",
    "encoding": "dari isinya",
    "where": "baris yang belum ditetapkan tidak ikut",
}


def _columns(entry: Entry) -> list[str]:
    """The mapping, a line a column; with headings that fit several left as comments."""
    lines = ["    columns:"] if entry.columns else []
    for canonical in layer_columns(entry.layer):
        if canonical in entry.columns:
            value = f"      {canonical}: {_scalar(entry.columns[canonical])}"
            lines.append(_line(value, entry.why.get(canonical, "")))
    if entry.open and not entry.columns:
        lines.append("    # columns:")
    mark = "# " if entry.live else ""
    shared = {c: [k for k, hs in entry.open.items() if hs == h] for c, h in entry.open.items()}
    for canonical, headings in sorted(entry.open.items()):
        rivals = [c for c in shared[canonical] if c != canonical]
        why = f"BELUM JELAS: atau {', '.join(rivals)}" if rivals else "BELUM JELAS"
        lines += [_line(f"      {mark}{canonical}: {_scalar(h)}", why) for h in headings]
    return lines


def _line(text: str, comment: str) -> str:
    """A line with a comment behind it."""
    if not comment:
        return text
    return f"{text.ljust(COMMENT_AT)} # {_plain(comment)}"


def _comment(text: str, indent: str = "", hang: str = "") -> list[str]:
    """Wrapped comment lines; nothing in a delivery's names can end a comment."""
    wrapped = textwrap.wrap(
        _plain(text), WIDTH - len(indent) - 2, subsequent_indent=hang, break_on_hyphens=False
    )
    return [f"{indent}# {line}" for line in wrapped]


def _plain(text: str) -> str:
    one_line = " ".join(str(text).split())
    return "".join(c for c in one_line if c.isprintable())


def _scalar(value: Any) -> str:
    text = yaml.safe_dump(value, allow_unicode=True, width=10_000, default_flow_style=True)
    return text.removesuffix("...\n").strip()


def _flow(table: dict[str, Any]) -> str:
    text = yaml.safe_dump(
        table, allow_unicode=True, width=10_000, default_flow_style=True, sort_keys=False
    )
    return text.strip()
