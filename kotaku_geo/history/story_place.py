"""Stories of a kelurahan and of an SK location."""

from collections.abc import Iterator

from kotaku_geo.history.known import Known, Row, area_name
from kotaku_geo.history.phrases import Sentence
from kotaku_geo.history.story import Story, paragraphs, say
from kotaku_geo.history.story_outline import LEAST_HA, of_outline


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
    parts = ("apa", about), ("kawasan", areas), ("batas", of_outline(known, code, "kelurahan"))
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


def _areas(known: Known, code: str) -> Iterator[Sentence]:
    """Kawasan that lie in a kelurahan, with the part that does, and those written there."""
    for name, area in sorted(known.kawasan.items()):
        written = str(area.get("kode_kelurahan") or "").split(";")
        hectares = area.get("luas_ha")
        told = {"id": name, "nama": area_name(area), "luas_ha": hectares,
                "tingkat": area.get("tingkat")}  # fmt: skip
        inside = known.parts.get((code, name), 0.0)
        unmeasured = known.shapeless_kawasan(name) or name in known.unseen.kawasan
        if unmeasured or hectares is None:
            if code in written:
                yield say("kelurahan.kawasan", **told)
        elif code in written and inside < LEAST_HA:
            yield say("kelurahan.kawasan_elsewhere", **told)
        elif code in written:
            whole = hectares - inside < LEAST_HA
            key = "kelurahan.kawasan" if whole else "kelurahan.kawasan_part"
            yield say(key, **told, inside_ha=inside)
        elif inside >= LEAST_HA:
            others = [known.called("kode_kelurahan", other) for other in written if other]
            yield say("kelurahan.kawasan_foreign", **told, inside_ha=inside, written=others)
