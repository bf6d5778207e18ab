"""Stories of a kelurahan, of an SK location, and of a name that fits two places."""

import json
from collections.abc import Iterator

from kotaku_geo.history.known import KEPT, Known, Row, area_name
from kotaku_geo.history.phrases import Sentence
from kotaku_geo.history.story import Story, paragraphs, say


def of_kelurahan(known: Known, row: Row, parameter: str | None = None) -> Story:
    """A kelurahan: its hectares of slum, its kawasan, and who drew its boundary."""
    code = row["kode_kelurahan"]
    head = {c: row.get(c) for c in ("luas_ha", "luas_kawasan_ha")}
    slum = {"rt": row.get("luas_kumuh_rt_ha"), "kawasan": row.get("luas_kumuh_kawasan_ha")}
    about = [
        say("kelurahan.head", nama=row["nama_kelurahan"], id=code,
            kecamatan=row.get("nama_kecamatan"), **head),
        say("kelurahan.slum", **slum),
    ]  # fmt: skip
    areas = () if parameter else _areas(known, code)
    parts = ("apa", about), ("kawasan", areas), ("batas", known.boundary(code, "kelurahan", None))
    return Story(code, "kelurahan", parameter, paragraphs(*parts))


def of_sk(known: Known, row: Row, relation: Row | None) -> Story:
    """An SK location: what it says, what became of it, and the kawasan it has to do with."""
    verdict = row.get("verdict") or (relation or {}).get("verdict")
    about = [
        say("sk.head", id=row["id"], nama=row.get("nama"), written=row.get("luas_tertulis_ha"),
            drawn=row.get("luas_ha")),
        say("sk.level", tingkat=row.get("tingkat")),
    ]  # fmt: skip
    judged = [
        say("sk.parts", same=row.get("tetap_ha"), percent=row.get("tetap_persen"),
            gone=row.get("berubah_ha"), noise=row.get("toleransi_ha")),
        say("sk.verdict", verdict=verdict, advice=row.get("rekomendasi")),
    ]  # fmt: skip
    if row.get("alasan"):
        judged.append(say("sk.reason", reason=row["alasan"]))
    related = str((relation or {}).get("id_kawasan") or "").split(";")
    areas = [known.kawasan[name] for name in related if name in known.kawasan]
    told = [
        say("sk.related", id=a["id_kawasan"], nama=area_name(a), luas_ha=a["luas_ha"],
            skor=a["skor"], tingkat=a["tingkat"])
        for a in areas
    ]  # fmt: skip
    parts = ("apa", about), ("verifikasi", judged), ("kawasan", told)
    return Story(row["id"], "sk", None, paragraphs(*parts))


def of_identity(known: Known, conflict: Row) -> Story:
    """A name that fits several things: what it may mean, who uses it, what was decided."""
    head = say("identitas.head", subject=conflict["subject"], parameter=conflict["parameter"])
    said = [
        say("kandidat.kept" if KEPT in c else "kandidat.identity",
            who=known.who(c.get("source_id"), c.get("source_row")), value=c.get("value"))
        for c in json.loads(conflict["candidates"] or "[]")
    ]  # fmt: skip
    ruled = known.conflict(conflict["subject"], conflict["parameter"])
    parts = ("apa", [head]), ("kandidat", said), ("aturan", ruled)
    return Story(conflict["subject"], "identitas", conflict["parameter"], paragraphs(*parts))


def _areas(known: Known, code: str) -> Iterator[Sentence]:
    for name, area in sorted(known.kawasan.items()):
        if code in str(area.get("kode_kelurahan") or "").split(";"):
            told = {c: area.get(c) for c in ("luas_ha", "tingkat")}
            yield say("kelurahan.kawasan", id=name, nama=area_name(area), **told)
