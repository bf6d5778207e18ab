"""Conflicts over shares: of these a city has thousands, so they are columns and not objects."""

import json
from collections.abc import Iterator
from itertools import pairwise
from json.encoder import encode_basestring as quoted
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from kotaku_geo.consolidate.choose import Choice, cells_of
from kotaku_geo.consolidate.conflicts import OPEN, Candidate, Conflict, conflict_id, evidence_of
from kotaku_geo.consolidate.docket import Docket
from kotaku_geo.consolidate.tables import Bools, Ints, Objects
from kotaku_geo.findings import FindingBook
from kotaku_geo.late import record
from kotaku_geo.regulation import Regulation
from kotaku_geo.texts import numbers

KIND = "nilai"


@record
class Shares:
    """Disputed cells, and their candidates below each other.

    Attributes:
        groups: the cells, as in `Choice.groups`.
        subject, parameter: id_rt and parameter of each cell.
        ident: its conflict_id.
        start: where the candidates of each cell begin, and the end of the last (m + 1).
        place: row of each candidate in `Choice.candidates`.
        source, row, persen: who says it, in which record (None: measured from many), what.
    """

    groups: pd.DataFrame
    subject: Objects
    parameter: Objects
    ident: Objects
    start: Ints
    place: Ints
    source: Objects
    row: Objects
    persen: Objects

    def __len__(self) -> int:
        return len(self.groups)

    @property
    def owner(self) -> Ints:
        """The cell of each candidate."""
        return np.repeat(np.arange(len(self)), np.diff(self.start))

    @property
    def apart(self) -> Bools:
        """Whether candidates differ by more than the tolerance."""
        return np.asarray(self.groups["kind"] == "beda", dtype=bool)

    def only(self, keep: Bools) -> "Shares":
        """Some of the cells."""
        mine = keep[self.owner]
        count = np.diff(self.start)[keep]
        return Shares(
            self.groups[keep].reset_index(drop=True), self.subject[keep], self.parameter[keep],
            self.ident[keep], np.append(0, np.cumsum(count)), self.place[mine],
            self.source[mine], self.row[mine], self.persen[mine],
        )  # fmt: skip

    def parts(self, values: list[Any]) -> Iterator[list[Any]]:
        """What is said of the candidates, cell by cell."""
        return (values[a:b] for a, b in pairwise(self.start.tolist()))

    def conflicts(self) -> list[Conflict]:
        """The cells as conflicts like any other."""
        said = [
            Candidate(source, row, persen=persen)
            for source, row, persen in zip(self.source, self.row, self.persen, strict=True)
        ]
        columns = (self.groups[name].tolist() for name in ("spread", "material"))
        rows = zip(self.subject, self.parameter, self.parts(said), *columns, strict=True)
        return [Conflict(KIND, *about) for about in rows]

    def parted(self, docket: Docket) -> tuple["Shares", list[Conflict]]:
        """The open cells that nobody decided on and where each source has one say; and the others.

        Those others are few, and are told as any conflict is.
        """
        codes = pd.factorize(self.source)[0] + self.owner * (len(self.source) + 1)
        twice = pd.Series(codes).duplicated().to_numpy()
        special = np.zeros(len(self), dtype=bool)
        special[self.owner[twice]] = True
        if docket.on_file:
            cells = zip(self.subject, self.parameter, strict=True)
            special |= np.array([docket.knows((KIND, *cell)) for cell in cells], dtype=bool)
        return self.only(~special), self.only(special).conflicts()

    def table(self, shown: pd.DataFrame) -> pd.DataFrame:
        """Rows of ``consolidate/conflicts``; ``shown``: columns that tell of consequences."""
        return pd.DataFrame(
            {
                "conflict_id": self.ident,
                "kind": KIND,
                "subject": self.subject,
                "parameter": self.parameter,
                "candidates": self._records(),
                "spread": [round(spread, 6) for spread in self.groups["spread"].tolist()],
                "material": self.groups["material"].to_numpy(dtype=bool),
                "status": OPEN,
                "evidence": self._evidence(),
                "decision_id": None,
                "names": None,
                **{name: shown[name].to_numpy() for name in shown},
            }
        )

    def _records(self) -> list[str]:
        """The candidates as JSON: `Candidate.record` of each, in the order of `Conflict.row`."""
        who = {source: (json.dumps(source), quoted(source)) for source in set(self.source)}
        rounded = json.dumps([round(persen, 6) + 0.0 for persen in self.persen])
        texts = [] if not len(self.persen) else rounded[1:-1].split(", ")
        keys = [f"{t}, {who[s][0]}" for t, s in zip(texts, self.source, strict=True)]
        rows = ["null" if row is None else row for row in self.row]
        said = [
            (key, f'{{"source_id": {who[s][1]}, "source_row": {row}, "persen": {t}}}')
            for key, s, row, t in zip(keys, self.source, rows, texts, strict=True)
        ]
        first = _first
        return [f"[{', '.join([s for _, s in sorted(o, key=first)])}]" for o in self.parts(said)]

    def _evidence(self) -> list[str]:
        said = [
            (source, str(round(persen, 1) + 0.0))
            for source, persen in zip(self.source, self.persen, strict=True)
        ]
        return [evidence_of(own) for own in self.parts(said)]


def _first(pair: tuple[str, str]) -> str:
    return pair[0]


def of_groups(choice: Choice, groups: pd.DataFrame, units: pd.DataFrame, law: Regulation) -> Shares:
    """Cells of ``choice.groups`` with their candidates; those that were typed are none."""
    table = choice.candidates
    number = np.full(choice.chosen.share.size, -1)
    cells = np.sort(cells_of(groups, law))
    number[cells] = np.arange(len(cells))
    group, share = number[cells_of(table, law)], table["share"].to_numpy(dtype=float)
    place = np.flatnonzero((group >= 0) & ~np.isnan(share) & (table["rank"].to_numpy() >= 0))
    rows = table["source_row"].iloc[place].astype(object)
    unit, par = np.divmod(cells, len(law.parameters))
    subject = units["id_rt"].to_numpy(dtype=object)[unit]
    parameter = np.array(law.parameter_ids, dtype=object)[par]
    about = zip(subject.tolist(), parameter.tolist(), strict=True)
    return Shares(
        groups.sort_values(["unit", "par"], ignore_index=True),
        subject,
        parameter,
        np.array([conflict_id(KIND, *each) for each in about], dtype=object),
        np.searchsorted(group[place], np.arange(len(cells) + 1)),
        place,
        table["source_id"].iloc[place].to_numpy(dtype=object),
        rows.where(rows.notna(), None).to_numpy(dtype=object),
        (100 * share[place]).astype(object),
    )


def open_ones(
    choice: Choice, units: gpd.GeoDataFrame, law: Regulation, findings: FindingBook
) -> Shares:
    """Open conflicts over values, each with its finding; and findings for what straddles a limit.

    What is decided is neither.
    """
    found = of_groups(choice, choice.groups[~choice.groups["decided"]], units, law)
    _tell(found, units.geometry.to_numpy(), findings)
    return found.only(found.apart | found.groups["material"].to_numpy(dtype=bool))


def _tell(found: Shares, shapes: Objects, findings: FindingBook) -> None:
    shares = zip(found.source, numbers(found.persen.tolist(), 1), strict=True)
    said = found.parts([f"{source} {share} %" for source, share in shares])
    rows = zip(
        found.ident, found.subject, found.parameter, said, found.apart,
        shapes[found.groups["unit"].to_numpy(dtype=np.int64)],
        numbers(found.groups["spread"].tolist(), 1), strict=True,
    )  # fmt: skip
    for ident, subject, parameter, own, apart, shape, spread in rows:
        rule, value = ("conflict.value", spread) if apart else ("parameter.band-limit", None)
        findings.add(
            rule, subject=subject, key=ident, value=value, geometry=shape, parameter=parameter,
            selisih=spread, kandidat="; ".join(own),
        )  # fmt: skip
