"""The city's recommendation: hectares that leave and enter, and whether the SK can stand."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from kotaku_geo.late import record
from kotaku_geo.reasons import city_reason
from kotaku_geo.verify.relations import TABLE

HALF = 0.5  # of the SK's hectares
LEAVE, ENTER, AMEND, REVIEW = (
    "keluarkan_dari_sk", "masukkan_ke_sk", "ubah_sk", "tinjau_lapangan",
)  # fmt: skip
SETTLED = ("tetap", "tidak_perlu_tindakan")


@record
class Moved:
    """Hectares of the city by what becomes of them, each hectare once.

    Attributes:
        luas_sk: of the SK: as drawn, as written where it is only in a table.
        keluar: of locations to leave the SK, and what is lost of those to be amended.
        masuk: of kawasan to enter, and what is added to those to be amended.
        tinjau_sk, tinjau_baseline: of either side's places that await review.
        tinjau: of the SK's places that await review, and of kawasan that have none.
    """

    luas_sk: float
    keluar: float
    masuk: float
    tinjau_sk: float
    tinjau_baseline: float
    tinjau: float


def moved(pieces: pd.DataFrame, relations: pd.DataFrame) -> Moved:
    """Add up pieces, and for what was matched by table the figures of the relations.

    Args:
        pieces: id_sk, id_kawasan, kelas, luas_ha.
        relations: the judged relations.
    """
    by_table = relations[relations["mode"] == TABLE]
    ubah = by_table[by_table["rekomendasi"] == AMEND]
    sk = _Side(pieces, relations, "id_sk", "luas_sk_tertulis_ha")
    kawasan = _Side(pieces, relations, "id_kawasan", "luas_baseline_ha")
    tinjau_sk, without_sk = sk.of(REVIEW), relations["id_sk"].isna()
    alone = _Side(pieces, relations[without_sk], "id_kawasan", "luas_baseline_ha")
    return Moved(
        luas_sk=sk.all(),
        keluar=sk.of(LEAVE, "berkurang") + float(ubah["berkurang_ha"].sum()),
        masuk=kawasan.of(ENTER, "bertambah") + float(ubah["bertambah_ha"].sum()),
        tinjau_sk=tinjau_sk,
        tinjau_baseline=kawasan.of(REVIEW),
        tinjau=tinjau_sk + alone.of(REVIEW),
    )


def recommendation(
    hectares: Moved,
    locations: pd.DataFrame,
    causes: list[str],
    decreed: bool,
    unread: Sequence[str] = (),
) -> dict[str, Any]:
    """sk_tetap, perubahan_sk or sk_baru, with its reason and the hectares it rests on.

    ``nilai`` is null where there is neither an SK nor a kawasan to put in one, and where a part
    of the SK could not be read: what is not known is no ground for a recommendation.

    Args:
        hectares: what leaves, enters and awaits review; the last counts as neither.
        locations: the places of both sides with their recommendation.
        causes: why the SK cannot stand whatever its places (`decree.faults`).
        decreed: whether an SK was delivered.
        unread: sources of the SK of which no row could be used.
    """
    settled = bool(locations["rekomendasi"].isin(SETTLED).all())
    value, key = _value(hectares, decreed, settled, causes)
    if unread:
        value, key, causes = None, "tidak_terbaca", []
    numbers = {name: getattr(hectares, name) for name in ("luas_sk", "keluar", "masuk", "tinjau")}
    return {
        "nilai": value,
        "alasan": city_reason(key, numbers, causes, unread=unread),
        "alasan_en": city_reason(key, numbers, causes, "en", unread),
        "sebab": causes,
        "luas_sk_ha": round(hectares.luas_sk, 6),
        "keluar_ha": round(hectares.keluar, 6),
        "masuk_ha": round(hectares.masuk, 6),
        "menunggu_tinjauan_ha": round(hectares.tinjau, 6),
        "menunggu_tinjauan_sk_ha": round(hectares.tinjau_sk, 6),
        "menunggu_tinjauan_baseline_ha": round(hectares.tinjau_baseline, 6),
    }


def _value(
    hectares: Moved, decreed: bool, settled: bool, causes: list[str]
) -> tuple[str | None, str]:
    """The recommendation, and the key of its reason."""
    if not decreed:
        return ("sk_baru", "sk_baru.tanpa_sk") if hectares.masuk > 0 else (None, "tanpa_sk")
    if settled:
        return ("perubahan_sk", "perubahan_sk.umur") if causes else ("sk_tetap", "sk_tetap")
    if max(hectares.keluar, hectares.masuk) > HALF * hectares.luas_sk:
        return "sk_baru", "sk_baru"
    return "perubahan_sk", "perubahan_sk"


class _Side:
    """One side's hectares by recommendation: of its pieces, and of its relations by table.

    A piece that several locations share counts once.
    """

    def __init__(
        self, pieces: pd.DataFrame, relations: pd.DataFrame, ids: str, table_ha: str
    ) -> None:
        drawn = relations["mode"] != TABLE
        # In a city without SK polygons kawasan that nobody names are of mode tabel, yet drawn.
        drawn |= relations["id_sk"].isna()
        named = relations[ids].notna()
        self.table = relations[~drawn & named]
        self.table_ha = table_ha
        members = relations.loc[drawn & named, [ids, "rekomendasi"]].to_numpy(object).tolist()
        action = {name: what for listed, what in members for name in listed.split(";")}
        own = pieces[ids].notna().to_numpy(bool)
        texts = pieces[ids].to_numpy(object)[own]
        self.actions = [{action.get(name) for name in text.split(";")} for text in texts]
        self.kelas = pieces["kelas"].to_numpy(object)[own]
        self.hectares = pieces["luas_ha"].to_numpy(float)[own]

    def all(self) -> float:
        """All hectares of the side."""
        return float(self.hectares.sum() + self.table[self.table_ha].sum())

    def of(self, action: str, changed: str | None = None) -> float:
        """Hectares of places of one recommendation.

        Args:
            action: the recommendation.
            changed: a class of pieces that counts too where the place is to be amended; of what
                is to enter, it alone counts.
        """
        counted = np.array([action in actions for actions in self.actions], dtype=bool)
        if changed is not None:
            of_class = self.kelas == changed
            counted |= of_class & np.array([AMEND in a for a in self.actions], dtype=bool)
            if action == ENTER:  # what of it lies in the SK already does not enter
                counted &= of_class
        by_table = self.table[self.table["rekomendasi"] == action]
        return float(self.hectares[counted].sum() + by_table[self.table_ha].sum())
