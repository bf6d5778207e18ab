"""The five themes: how a row becomes a class, a hit, a kind; all of it data."""

from typing import Literal

from kotaku_geo import resources
from kotaku_geo.late import record
from kotaku_geo.screen.words import canonical
from kotaku_geo.settings import Screen

OTHER = "*"
INDEX_CLASSES = ("rendah", "sedang", "tinggi")  # of a hazard index, in the order of its breaks


@record
class Theme:
    """A theme of ``schemas/screening.yaml``; its layer bears the same name.

    Attributes:
        name: the layer and the value of ``tema``.
        kind: column that says what was looked for, if the theme has kinds.
        label: columns that name the class, the first that is filled in.
        unlabeled: class of a row that fills in none.
        order: classes from the one that counts first; empty: by area.
        no_hit: canonical words of classes that are no hit.
        reach: by what features are widened.
        width: the assumed width in metres, where there is one.
        looked: what the data cover.
        required: kinds that must have been looked for; None: those delivered.
    """

    name: str
    kind: str | None
    label: tuple[str, ...]
    unlabeled: str
    order: tuple[str, ...]
    no_hit: frozenset[str]
    reach: Literal["stated_or_assumed", "assumed"] | None
    width: float
    looked: Literal["stated", "value"]
    required: tuple[str, ...] | None

    def rank(self, label: str) -> int:
        """Place of a class in the theme's order; 0 for all where there is none."""
        if not self.order:
            return 0
        return self.order.index(label if label in self.order else OTHER)

    def is_hit(self, label: str) -> bool:
        """Whether a class is a hit."""
        return canonical(label) not in self.no_hit


def themes(screen: Screen) -> list[Theme]:
    """The themes in the order of the report, with the pipeline file's settings."""
    widths = {"kawasan_lindung": screen.kawasan_lindung.sempadan_m, "bcb": screen.bcb.buffer_m}
    required = {"rawan_bencana": screen.rawan_bencana.jenis_wajib}
    found = []
    for name, spec in resources.load("screening")["themes"].items():
        words = spec.get("no_hit", [])
        listed = required.get(name)
        found.append(
            Theme(
                name=name,
                kind=spec.get("kind"),
                label=tuple(spec["label"]),
                unlabeled=spec["unlabeled"],
                order=tuple(spec.get("order", ())),
                no_hit=frozenset(
                    canonical(w) for w in (screen.status_tanah.jelas if words == "jelas" else words)
                ),
                reach=spec.get("reach"),
                width=widths.get(name, 0.0),
                looked=spec["looked"],
                required=None if listed is None else tuple(listed),
            )
        )
    return found
