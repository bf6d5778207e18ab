"""How gaps of a text are filled."""

import pytest

from kotaku_geo.history.phrases import Phrases, catalogue


@pytest.mark.parametrize(
    ("row", "told"), [(51.0, "51"), (1234, "1234"), (None, "–"), (float("nan"), "–")]
)
@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_number_of_a_record_is_told_as_it_is_typed(row: object, told: str, lang: str) -> None:
    """``source#1234`` in a decision; no thousands are parted, and no decimals told."""
    words: Phrases = catalogue("explain")
    text = words.text("calon.record", {"source_id": "bappeda", "row": row}, lang)
    assert text == f"bappeda {'rekaman' if lang == 'id' else 'record'} {told}"


def test_english_counts_one_as_one() -> None:
    one, two = (
        catalogue("explain").text("kawasan.sum", {"n": n, "volume": 5.0}, "en") for n in (1, 2)
    )
    assert one.startswith("Volumes and denominators of 1 RT are summed: 5")
    assert two.startswith("Volumes and denominators of 2 RTs are summed: 5")
