"""Which of a delivery's slum polygons are the decree and which the delineation.

Files are judged beside each other: one says who it is by its columns or name; of two that do not,
the older is like the decree. Without any sign nothing is called a decree.
"""

from kotaku_geo import resources
from kotaku_geo.ingest.discover.details import year_of
from kotaku_geo.ingest.discover.scoring import Scored, Subject

SLUM = {"sk", "kawasan"}
LIKE_DECREE = (
    "BELUM PASTI: berkas ini tidak menyebut diri SK. Ia diperlakukan seperti SK karena {why}; "
    "tanyakan kepada Pokja PKP"
)
NOT_CALLED = (
    "tidak jelas apakah ini SK atau delineasi; dibaca sebagai delineasi (kawasan). Bila ini peta "
    "SK, ganti menjadi `layer: sk`"
)


def told_apart(found: dict[int, tuple[Subject, list[Scored]]]) -> dict[int, tuple[str, str | None]]:
    """For each slum polygon file: its layer, and what to say where that is not certain.

    Args:
        found: position of the file → the file and its scored layers, of the files whose likeliest
            layer is one of the two.
    """
    lean = {i: _lean(subject) for i, (subject, _) in found.items()}
    clear = float(resources.load("discovery")["slum"]["clear"])
    sure: dict[int, str] = {}
    for i, points in lean.items():
        if abs(points) >= clear:
            sure[i] = "sk" if points > 0 else "kawasan"
    out: dict[int, tuple[str, str | None]] = {i: (layer, None) for i, layer in sure.items()}
    unsure = sorted(set(found) - set(sure))
    decrees = [i for i, layer in sure.items() if layer == "sk"]
    for i in unsure:
        why = None if decrees or len(unsure) > 1 else _older(i, found)
        if why:
            out[i] = ("sk", LIKE_DECREE.format(why=why))
        else:
            out[i] = ("kawasan", NOT_CALLED)
    if len(unsure) > 1 and not decrees:
        _eldest(unsure, found, out)
    return out


def _older(i: int, found: dict[int, tuple[Subject, list[Scored]]]) -> str | None:
    """Why a file is the older beside those that are delineations; None where it is not."""
    others = [s for k, (s, _) in found.items() if k != i]
    if not others:
        return None
    years = [y for s in others if (y := year_of(s)) is not None]
    own = year_of(found[i][0])
    name = others[0].look.name
    if own is not None and years and own < min(years):
        return f"lebih tua ({own}) daripada {name} ({min(years)})"
    if own is None and years:
        return f"{name} adalah delineasi tahun {min(years)} dan berkas ini tidak bertahun"
    return None


def _eldest(
    unsure: list[int],
    found: dict[int, tuple[Subject, list[Scored]]],
    out: dict[int, tuple[str, str | None]],
) -> None:
    """Of several files without a sign, all with a year, the one that is clearly the oldest."""
    years = {i: year_of(found[i][0]) for i in unsure}
    dated = sorted((y, i) for i, y in years.items() if y is not None)
    if len(dated) == len(unsure) and dated[0][0] < dated[1][0]:
        year, oldest = dated[0]
        out[oldest] = ("sk", LIKE_DECREE.format(why=f"ia yang tertua ({year})"))


def _lean(subject: Subject) -> float:
    """Points for the decree (above 0) or the delineation (below)."""
    from kotaku_geo.ingest.discover.mapping import map_layer

    rules = resources.load("discovery")["slum"]
    words = set(subject.words) | set(subject.folders)
    points = float(rules["word"]) * bool(words & set(rules["decree_words"]))
    points -= float(rules["word"]) * bool(words & set(rules["survey_words"]))
    decree = map_layer("sk", subject.columns).chosen
    survey = map_layer("kawasan", subject.columns).chosen
    points += sum(w for c, w in rules["decree_columns"].items() if c in decree)
    points -= sum(w for c, w in rules["survey_columns"].items() if c in survey)
    return float(points)
