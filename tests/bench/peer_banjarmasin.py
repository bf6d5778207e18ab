"""The peer: what an analyst's plain geopandas script does with the same delivery.

It reads, repairs, overlays once, screens twice and writes; no findings, no accounts, no verdicts.

    python peer_banjarmasin.py DELIVERY OUTPUT
"""

import sys
import warnings
from pathlib import Path

import geopandas as gpd

warnings.simplefilter("ignore")
CITY = 32750
FILES = [
    "kemendagri/kelurahan_6371", "perkim/kelurahan", "limbah/Kelurahan", "perkim/BATAS_RT_AR",
    "perkim/kumuh2022", "perkim/kumuh", "perkim/persampahan", "perkim/PDPAL_PT",
    "limbah/jaringan_limbah", "limbah/septiktank", "perkim/SUNGAI_LN", "perkim/RAWA_KOLAM_AR",
    "perkim/banjir", "perkim/jalan_jembatan_kotaku", "perkim/drainase_kotaku",
    "perkim/persampahan_kotaku", "perkim/spald_kotaku",
]  # fmt: skip


def read(path: Path) -> gpd.GeoDataFrame:
    frame = gpd.read_file(path, on_invalid="fix")
    frame = frame[frame.geometry.notna() & ~frame.geometry.is_empty]
    frame = frame.set_geometry(frame.geometry.force_2d()).to_crs(CITY)
    return frame.set_geometry(frame.geometry.make_valid())


def main() -> None:
    drop, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    layers = {name.replace("/", "_"): read(drop / f"{name}.geojson") for name in FILES}
    for name, frame in layers.items():
        frame.to_parquet(out / f"{name}.parquet")

    sk = layers["perkim_kumuh"].reset_index(names="id_sk")[["id_sk", "geometry"]]
    kawasan = layers["perkim_kumuh2022"].reset_index(names="id_kawasan")[["id_kawasan", "geometry"]]
    pieces = gpd.overlay(sk, kawasan, how="union", keep_geom_type=True)
    pieces["luas_ha"] = pieces.area / 10_000
    pieces.to_parquet(out / "pieces.parquet")

    rivers = layers["perkim_SUNGAI_LN"]
    swamps = layers["perkim_RAWA_KOLAM_AR"][["geometry"]]
    buffers = gpd.GeoDataFrame(geometry=rivers.buffer(15), crs=CITY)
    for name, theme in (
        (
            "lindung",
            gpd.GeoDataFrame(geometry=list(buffers.geometry) + list(swamps.geometry), crs=CITY),
        ),
        ("bencana", layers["perkim_banjir"][["geometry"]]),
    ):
        hits = gpd.overlay(kawasan, theme, how="intersection", keep_geom_type=True)
        hits = hits.dissolve("id_kawasan", as_index=False)
        hits["luas_ha"] = hits.area / 10_000
        hits.to_parquet(out / f"{name}.parquet")


if __name__ == "__main__":
    main()
