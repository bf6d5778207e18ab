"""A large city's survey and footprints, within a generous limit, and threads that leave no trace."""

import time
from typing import Any

import numpy as np
import pandas as pd
import shapely

from kotaku_geo.consolidate import stage
from tests.consolidate.world import (
    KODE,
    LAW,
    X0,
    Y0,
    Consolidate,
    Outcome,
    area,
    box,
    profile,
    rt_row,
)

RT_COUNT, HOUSES = 600, 40_000
LIMIT_S = 12.0  # of processor time; a loop over facts or houses takes many times that


def city() -> dict[str, Any]:
    rng = np.random.default_rng(7)
    side = 30
    numbers = [f"{n % side + 1:03d}" for n in range(RT_COUNT)]
    rws = [f"{n // side + 1:03d}" for n in range(RT_COUNT)]
    cells = [box(100 * (n % side), 100 * (n // side), 100) for n in range(RT_COUNT)]
    form = {"jumlah_bangunan": 60, "jumlah_kk": 70, "jumlah_penduduk": 250, "luas_ha": 1.0,
            "jalan_ideal_m": 300, "drainase_ideal_m": 300}  # fmt: skip
    rows = []
    for source in ("a", "b", "c"):
        drawn = rng.uniform(0, 60, (RT_COUNT, len(LAW.parameters)))
        rows += [
            profile(numbers[n], rw=rws[n], source_id=source, **form,
                    **{f"v{p}": v for p, v in zip(LAW.parameter_ids, drawn[n], strict=True)})
            for n in range(RT_COUNT)
        ]  # fmt: skip
    x, y = X0 + rng.uniform(0, 3000, HOUSES), Y0 + rng.uniform(0, 2000, HOUSES)
    houses = [{"geometry": g, "tidak_teratur": True, "tidak_layak": False} for g in shapely.box(x, y, x + 6, y + 8)]  # fmt: skip
    blocks = [area(box(0, 200 * i, 3000, 200), nama_kawasan=f"K{i}") for i in range(10)]
    return {
        "rt": [rt_row(numbers[n], cells[n], rw=rws[n]) for n in range(RT_COUNT)],
        "profil_rt": rows, "bangunan": houses, "kawasan": blocks,
        "kelurahan": [{"kode_kelurahan": KODE, "nama_kelurahan": "Satu", "geometry": box(0, 0, 5000)}],
    }  # fmt: skip


def test_a_large_city_is_quick_and_the_number_of_workers_leaves_no_trace(
    consolidate: Consolidate,
) -> None:
    sources = [{"id": i, "layer": "profil_rt"} for i in ("a", "b", "c")]
    done: Outcome = consolidate(sources=sources, **city())
    assert len(done.table("facts")) > 3 * 16 * RT_COUNT
    before = {name: frame.copy() for name, frame in done.ctx.tables.items()}
    done.ctx.tables.clear()
    done.ctx.workers = 1
    start = time.process_time()
    stage.run(done.ctx)
    assert time.process_time() - start < LIMIT_S
    for name, frame in before.items():
        pd.testing.assert_frame_equal(frame, done.ctx.tables[name], check_exact=True)
