"""What a kawasan sums over its RT, as the facts have it."""

from collections.abc import Mapping
from dataclasses import dataclass

from kotaku_geo.history.known import Known, Row
from kotaku_geo.regulation import Parameter


@dataclass(frozen=True)
class Sum:
    """One parameter of one kawasan.

    Attributes:
        rows: RT and the candidate that stands in each, None where there is none.
        volume, penyebut: sums, None where an RT lacks them.
        share: their quotient, None where it is not known.
    """

    rows: list[tuple[Row, Row | None]]
    volume: float | None
    penyebut: float | None
    share: float | None

    @property
    def missing(self) -> list[Row]:
        """RT without a share."""
        return [rt for rt, fact in self.rows if fact is None or fact["persen"] is None]


def sum_of(
    known: Known, area: Row, parameter: Parameter, instead: Mapping[str, Row] | None = None
) -> Sum:
    """Volumes and denominators of a kawasan's RT summed, as the regulation wants it.

    Args:
        instead: a candidate by id_rt that stands in place of the one that does.
    """
    members = known.members.get(area["id_kawasan"], [])
    swapped = instead or {}
    rows = [(rt, swapped.get(rt["id_rt"], known.used(rt["id_rt"], parameter.id))) for rt in members]
    facts = [fact for _, fact in rows if fact is not None]
    parts = [(fact["volume"], fact["penyebut"]) for fact in facts if fact["persen"] is not None]
    if len(parts) < len(rows) or not rows or any(None in part for part in parts):
        return Sum(rows, None, None, None)
    volume = round(sum(part[0] for part in parts), 9)
    penyebut = round(sum(part[1] for part in parts), 9)
    share = float(known.law.shares(volume, penyebut)[0])
    return Sum(rows, volume, penyebut, None if share != share else share)
