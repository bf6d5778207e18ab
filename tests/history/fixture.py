"""Makes the fixture of format 1: ``python -m tests.history.fixture``. It was run once.

The tables are cut to few columns, as an earlier release may have had fewer, and kept small.
"""

import sys
import tempfile
from pathlib import Path

from kotaku_geo.history import sealing
from tests.history.world import build

KEPT = {
    "kelurahan": ["kode_kelurahan", "nama_kelurahan", "luas_ha", "geometry"],
    "rt": ["id_rt", "id_kawasan", "kode_kelurahan", "rw", "rt", "luas_ha", "jumlah_kk", "p3a", "n3a",
           "skor", "skor_maks", "tingkat", "geometry"],
    "rt_lain": ["id_rt", "id_kawasan", "luas_ha", "skor", "tingkat", "geometry"],
    "kawasan": ["id_kawasan", "nama_kawasan", "kode_kelurahan", "luas_ha", "p3a", "n3a", "skor",
                "skor_maks", "tingkat", "source_id", "geometry"],
}  # fmt: skip


def make(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as work:
        city = build(Path(work), "kota")
        city.decide()
        for name, columns in KEPT.items():
            city.change(name, lambda f, c=columns: f[c])
        copies = sealing.copies_of(city.file)
        minutes = sealing.Minutes("BA 050/12/2024", "2024-05-02")
        sealing.seal(city.baseline, folder, minutes, root=city.root, copies=copies)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
