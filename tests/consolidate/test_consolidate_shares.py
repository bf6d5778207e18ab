"""Conflicts over shares are written from columns as they would be one by one."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from kotaku_geo.consolidate import conflicts
from kotaku_geo.consolidate.docket import Docket
from kotaku_geo.consolidate.shares import Shares
from tests.consolidate.test_consolidate_properties import layers, survey
from tests.consolidate.world import LAW, Consolidate, decide

TWO = [{"id": "a", "layer": "profil_rt"}, {"id": "b", "layer": "profil_rt"}]
SHOWN = ["dampak_rt", "dampak_kawasan", "luas_ha", "jumlah_kk"]


def random_shares(seed: int) -> Shares:
    rng = np.random.default_rng(seed)
    count = rng.integers(2, 5, 60)
    names = np.array(["a", "b-2", 'kelurahan "x"', "résumé", "z"], dtype=object)
    ends = np.array([-0.04, 0.0, 0.05, 1e-7, 33.35, 100.0, 250.25, 1e7])
    persen = np.where(rng.random(count.sum()) < 0.4, rng.choice(ends, count.sum()),
                      rng.uniform(0, 120, count.sum()))  # fmt: skip
    row = [None if rng.random() < 0.3 else int(n) for n in rng.integers(0, 999, count.sum())]
    groups = pd.DataFrame(
        {"spread": rng.uniform(0, 90, len(count)), "material": rng.random(len(count)) < 0.5}
    )
    return Shares(
        groups,
        np.array([f"33.75.01.1001-RW{i:03d}-RT001" for i in range(len(count))], dtype=object),
        rng.choice(np.array(LAW.parameter_ids, dtype=object), len(count)),
        np.array([str(i) for i in range(len(count))], dtype=object),
        np.append(0, np.cumsum(count)),
        np.arange(count.sum()),
        np.concatenate([rng.permutation(names)[:n] for n in count]),
        np.array(row, dtype=object),
        persen.astype(object),
    )


@pytest.mark.parametrize("seed", range(4))
def test_the_columns_say_what_the_conflicts_say(seed: int) -> None:
    shares = random_shares(seed)
    one_by_one = shares.conflicts()
    shares = replace(
        shares, ident=np.array([c.conflict_id for c in one_by_one], dtype=object)
    )  # fmt: skip
    nothing = pd.DataFrame({name: [None] * len(shares) for name in SHOWN})
    many = conflicts.table([], {}, shares.table(nothing))
    pd.testing.assert_frame_equal(many, conflicts.table(one_by_one, {}, pd.DataFrame()))


def test_what_a_source_says_twice_is_told_one_by_one() -> None:
    shares = random_shares(9)
    twice = shares.source.copy()
    twice[shares.start[3] + 1] = twice[shares.start[3]]
    plain, special = replace(shares, source=twice).parted(Docket())
    assert [c.subject for c in special] == [shares.subject[3]]
    assert plain.subject.tolist() == np.delete(shares.subject, 3).tolist()
    assert plain.source.tolist() == np.delete(
        twice, np.arange(shares.start[3], shares.start[4])
    ).tolist()  # fmt: skip


def test_a_conflict_with_a_stale_decision_shows_what_it_shows_without(
    consolidate: Consolidate,
) -> None:
    """With a decision on file it is told one by one, without one from columns."""
    shares = [
        *np.linspace(0.1, 0.9, 6),
        0.5,
        0.26,
        0.44,
        0.2,
        0.77,
        0.4,
    ]  # of one survey, the other
    forms = [dict.fromkeys(LAW.parameter_ids, float(share)) for share in shares]
    city = layers(survey(forms))
    before = consolidate(sources=TWO, **city)
    found = before.conflicts()
    assert len(found) > 3
    stale = [
        replace(decide(before, p, subject=s, source="a"), evidence="0" * 64)
        for s, p in zip(found["subject"], found["parameter"], strict=True)
    ]
    after = consolidate(sources=TWO, decisions=stale, **city).conflicts()
    assert set(after["status"]) == {"basi"}
    pd.testing.assert_frame_equal(after.assign(status="terbuka"), found)
