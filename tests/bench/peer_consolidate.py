"""The peer: what a competent analyst's geopandas and pandas script makes of the same tables.

Candidates of three surveys and of buildings, roads and drains; per RT and parameter the strongest
source's share, the conflict test, scores and levels; kawasan by sums. No findings, no boundaries,
no repair, no messages.

    python peer_consolidate.py FOLDER [--cell-by-cell]

With ``--cell-by-cell`` each RT and parameter is settled by a function of its group, as such a
script is first written; without it all are settled at once, as one who knows pandas well would.
Prints the seconds that the work took, the import of libraries not counted.
"""

import json
import sys
import time
import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

warnings.simplefilter("ignore")
SURVEYS = ["profil-a", "profil-b", "profil-c"]
ORDER = [*SURVEYS, "tapak", "jalan", "drainase"]
DENOMINATOR = {
    "1a": "jumlah_bangunan", "1b": "luas_ha", "1c": "jumlah_bangunan", "2a": "jalan_ideal_m",
    "2b": "jalan_ideal_m", "3a": "jumlah_kk", "3b": "jumlah_kk", "4a": "luas_ha",
    "4b": "drainase_ideal_m", "4c": "drainase_ideal_m", "5a": "jumlah_kk", "5b": "jumlah_kk",
    "6a": "jumlah_kk", "6b": "jumlah_kk", "7a": "jumlah_bangunan", "7b": "jumlah_bangunan",
}  # fmt: skip
TOLERANCE = 5.0


def score(share: pd.Series) -> np.ndarray:
    return np.select([share >= 0.75995, share >= 0.50995, share >= 0.24995], [5, 3, 1], 0)


def level(total: pd.Series) -> np.ndarray:
    return np.select(
        [total >= 60, total >= 38, total >= 16], ["berat", "sedang", "ringan"], "tidak_kumuh"
    )


def key(frame: pd.DataFrame) -> pd.Series:
    return frame["kode_kelurahan"] + "-RW" + frame["rw"] + "-RT" + frame["rt"]


def surveyed(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every survey's say on every parameter, and the denominators by the first survey."""
    rows = pd.read_parquet(folder / "profil_rt.parquet").drop(columns="geometry")
    rows["id_rt"] = key(rows)
    parts = []
    for parameter, name in DENOMINATOR.items():
        part = rows[["id_rt", "source_id", "source_row"]].copy()
        part["parameter"], part["volume"] = parameter, rows[f"v{parameter}"]
        part["penyebut"] = rows[name]
        parts.append(part)
    first = rows[rows["source_id"] == SURVEYS[0]].set_index("id_rt")
    return pd.concat(parts, ignore_index=True), first


def built(folder: Path, units: gpd.GeoDataFrame) -> pd.DataFrame:
    houses = gpd.read_parquet(folder / "bangunan.parquet")
    houses = houses.set_geometry(houses.representative_point())
    inside = gpd.sjoin(houses, units[["id_rt", "geometry"]], predicate="within")
    inside = inside.assign(**{c: inside[c].astype(float) for c in ("tidak_teratur", "tidak_layak")})
    sums = inside.groupby("id_rt").agg(
        n=("source_id", "size"), a=("tidak_teratur", "sum"), c=("tidak_layak", "sum")
    )
    sums = sums.reindex(units["id_rt"], fill_value=0)
    parts = []
    for parameter, column in (("1a", "a"), ("1c", "c")):
        parts.append(pd.DataFrame({"id_rt": sums.index, "source_id": "tapak", "parameter": parameter,
                                   "volume": sums[column].to_numpy(), "penyebut": sums["n"].to_numpy()}))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def laid(folder: Path, units: gpd.GeoDataFrame, layer: str, ideal: pd.Series, letters: tuple[str, str]) -> pd.DataFrame:  # fmt: skip
    lines = gpd.read_parquet(folder / f"{layer}.parquet")[["kondisi", "geometry"]]
    cut = gpd.overlay(lines, units[["id_rt", "geometry"]], how="intersection", keep_geom_type=True)
    cut["length"] = cut.length
    total = cut.groupby("id_rt")["length"].sum().reindex(units["id_rt"], fill_value=0)
    bad = cut[cut["kondisi"] == "rusak"].groupby("id_rt")["length"].sum()
    bad = bad.reindex(units["id_rt"], fill_value=0)
    ideal = ideal.reindex(units["id_rt"])
    volumes = (np.maximum(ideal - total, 0), bad)
    parts = [
        pd.DataFrame({"id_rt": total.index, "source_id": layer, "parameter": letter,
                      "volume": volume.to_numpy(), "penyebut": ideal.to_numpy()})
        for letter, volume in zip(letters, volumes, strict=True)
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def weighed(facts: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The value that stands in each cell, and the conflicts with their candidates."""
    facts["share"] = facts["volume"] / facts["penyebut"]
    facts.loc[(facts["penyebut"] == 0) & (facts["volume"] == 0), "share"] = 0.0
    facts["score"] = score(facts["share"])
    facts["rank"] = facts["source_id"].map({s: i for i, s in enumerate(ORDER)})
    facts = facts.sort_values(["id_rt", "parameter", "rank"], ignore_index=True)
    cell = facts.groupby(["id_rt", "parameter"])
    facts["spread"] = 100 * (cell["share"].transform("max") - cell["share"].transform("min"))
    facts["material"] = cell["score"].transform("max") != cell["score"].transform("min")
    chosen = facts.drop_duplicates(["id_rt", "parameter"])
    disputed = facts[facts["spread"] > TOLERANCE]
    sides = zip(disputed["source_id"], (100 * disputed["share"]).round(6), strict=True)
    said = pd.Series(
        [json.dumps({"source_id": s, "persen": p}) for s, p in sides], index=disputed.index
    )
    text = said.groupby([disputed["id_rt"], disputed["parameter"]]).agg(", ".join)
    facts["dipakai"] = facts.index.isin(chosen.index)
    conflicts = disputed.drop_duplicates(["id_rt", "parameter"]).set_index(["id_rt", "parameter"])
    return chosen, conflicts[["spread", "material"]].assign(candidates=text).reset_index()


def settled(facts: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """As `weighed`, one group after the other."""
    facts["share"] = facts["volume"] / facts["penyebut"]
    facts.loc[(facts["penyebut"] == 0) & (facts["volume"] == 0), "share"] = 0.0
    facts["score"] = score(facts["share"])
    facts["rank"] = facts["source_id"].map({s: i for i, s in enumerate(ORDER)})
    chosen, conflicts = [], []
    for (id_rt, parameter), cell in facts.groupby(["id_rt", "parameter"]):
        chosen.append(cell.loc[cell["rank"].idxmin()])
        spread = 100 * (cell["share"].max() - cell["share"].min())
        if spread > TOLERANCE:
            sides = zip(cell["source_id"], (100 * cell["share"]).round(6), strict=True)
            conflicts.append(
                {"id_rt": id_rt, "parameter": parameter, "spread": spread,
                 "material": cell["score"].max() != cell["score"].min(),
                 "candidates": json.dumps([{"source_id": s, "persen": p} for s, p in sides])}
            )  # fmt: skip
    return pd.DataFrame(chosen), pd.DataFrame(conflicts)


def main() -> None:
    folder = Path(sys.argv[1])
    started = time.perf_counter()
    ingest, out = folder / "ingest", folder / "peer"
    out.mkdir(exist_ok=True)
    rts, areas = (gpd.read_parquet(ingest / f"{name}.parquet") for name in ("rt", "kawasan"))
    rts["id_rt"] = key(rts)
    units = gpd.overlay(
        rts[["id_rt", "geometry"]], areas[["id_kawasan", "geometry"]], how="intersection"
    )
    units["luas"] = units.area
    units = units.sort_values("luas").drop_duplicates("id_rt", keep="last").sort_values("id_rt")
    said, first = surveyed(ingest)
    facts = pd.concat(
        [
            said,
            built(ingest, units),
            laid(ingest, units, "jalan", first["jalan_ideal_m"], ("2a", "2b")),
            laid(ingest, units, "drainase", first["drainase_ideal_m"], ("4b", "4c")),
        ],
        ignore_index=True,
    )
    facts = facts.merge(units[["id_rt", "id_kawasan"]], on="id_rt")
    chosen, conflicts = (settled if "--cell-by-cell" in sys.argv else weighed)(facts)
    rt = chosen.pivot(index="id_rt", columns="parameter", values="score").sum(axis=1).rename("skor")
    rt = units.merge(rt, on="id_rt").assign(tingkat=lambda f: level(f["skor"]))
    sums = chosen.groupby(["id_kawasan", "parameter"])[["volume", "penyebut"]].sum()
    total = (
        pd.Series(score(sums["volume"] / sums["penyebut"]), sums.index).groupby("id_kawasan").sum()
    )
    kawasan = areas[["id_kawasan", "geometry"]].merge(total.rename("skor"), on="id_kawasan")
    kawasan["tingkat"] = level(kawasan["skor"])
    facts.to_parquet(out / "facts.parquet")
    conflicts.to_parquet(out / "conflicts.parquet")
    rt.to_parquet(out / "rt.parquet")
    kawasan.to_parquet(out / "kawasan.parquet")
    print(time.perf_counter() - started)


if __name__ == "__main__":
    main()
