"""What a baseline was made under: the city, the regulation, the policy, and who its sources are.

A sealed version keeps this in its own words, so that a later release's stricter pipeline file
cannot make it unreadable.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from kotaku_geo.config import Pipeline, Source
from kotaku_geo.settings import Verify

_VERIFY = Verify()
_DEFAULT = "default"


@dataclass(frozen=True)
class SourceNote:
    """Who a source is: its layer, agency, date (``YYYY-MM-DD``) and accuracy in metres."""

    layer: str | None = None
    agency: str | None = None
    date: str | None = None
    accuracy_m: float | None = None

    @classmethod
    def of(cls, source: Source) -> Self:
        """What a pipeline file says of a source."""
        date = source.date.isoformat() if source.date else None
        return cls(source.layer, source.agency, date, source.accuracy)


@dataclass(frozen=True)
class Setting:
    """What is needed of a pipeline file to compare and to explain; unknown is None or empty.

    Attributes:
        code, name, crs, size: of the city.
        regulation: id of the regulation in force.
        tolerance_k, min_piece_m2, accuracy_m: of the boundary tolerance.
        order: ``policy.order`` with every source in it, by key; ``default`` is always there.
        tolerance: ``policy.tolerance``, percentage points.
        sources: by source id.
    """

    code: str | None = None
    name: str | None = None
    crs: str | None = None
    size: str | None = None
    regulation: str | None = None
    tolerance_k: float = _VERIFY.tolerance_k
    min_piece_m2: float = _VERIFY.min_piece_m2
    accuracy_m: float = _VERIFY.accuracy_m
    order: Mapping[str, Sequence[str]] = field(default_factory=dict)
    tolerance: Mapping[str, float] = field(default_factory=dict)
    sources: Mapping[str, SourceNote] = field(default_factory=dict)

    @classmethod
    def of_pipeline(cls, pipeline: Pipeline) -> Self:
        """The setting of a pipeline file."""
        city, verify, policy = pipeline.city, pipeline.verify, pipeline.policy
        return cls(
            code=city.code,
            name=city.name,
            crs=city.crs,
            size=city.size,
            regulation=pipeline.regulation,
            tolerance_k=verify.tolerance_k,
            min_piece_m2=verify.min_piece_m2,
            accuracy_m=verify.accuracy_m,
            order={key: pipeline.order(key) for key in sorted({_DEFAULT, *policy.order})},
            tolerance=dict(policy.tolerance),
            sources={
                s.id: SourceNote(
                    s.layer, s.agency, s.date.isoformat() if s.date else None, s.accuracy
                )
                for s in pipeline.sources
            },
        )

    @classmethod
    def of_json(cls, content: Mapping[str, Any]) -> Self:
        """A setting that `as_json` wrote, in this release or another: unknown keys are left out."""
        known = {f.name for f in fields(cls)}
        given = {key: value for key, value in content.items() if key in known}
        names = {f.name for f in fields(SourceNote)}
        given["sources"] = {
            source: SourceNote(**{k: v for k, v in note.items() if k in names})
            for source, note in content.get("sources", {}).items()
        }
        return cls(**given)

    def as_json(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    def ranked(self, key: str) -> list[str]:
        """Source ids, strongest first, for a parameter, ``penyebut.…`` or ``batas.…``."""
        return list(self.order.get(key, self.order.get(_DEFAULT, ())))

    def within(self, parameter: str) -> float:
        """Percentage points within which sources agree on a parameter."""
        return self.tolerance.get(parameter, self.tolerance.get(_DEFAULT, 5.0))

    def of_layer(self, layer: str) -> list[str]:
        """Ids of the sources of a layer, strongest first by ``batas.<layer>``."""
        ids = [s for s, note in self.sources.items() if note.layer == layer]
        order = {s: i for i, s in enumerate(self.ranked(f"batas.{layer}"))}
        return sorted(ids, key=lambda s: (order.get(s, len(order)), s))

    def accuracy(self, source_id: Any) -> float:
        """Accuracy of a source in metres; the verification's own where it states none."""
        note = self.sources.get(source_id) if isinstance(source_id, str) else None
        return self.accuracy_m if note is None or note.accuracy_m is None else note.accuracy_m
