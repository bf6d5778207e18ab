"""The page in a real browser: languages, tables, map, and no request but for itself."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kotaku_geo.publish import profile
from kotaku_geo.stage import StageContext
from tests.publish.chromium import Page, browser, found

City = Callable[..., StageContext]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(found() is None, reason="Chromium is not installed"),
]
TEXT = "document.querySelector('#{}').textContent"
ROWS = "[...document.querySelectorAll('#t-kawasan tbody tr:not([hidden])')].map(r => r.dataset.k)"


@pytest.fixture(scope="module")
def tab() -> Iterator[Page]:
    with browser() as page:
        yield page


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("page") / "profil.html"


@pytest.fixture
def file(kept: Path, request: pytest.FixtureRequest) -> Path:
    """The small city's page; made once."""
    if not kept.exists():
        ctx = request.getfixturevalue("city")()
        profile.run(ctx)
        kept.write_bytes(ctx.documents[profile.PAGE])
    return kept


def drawn(tab: Page) -> None:
    """Wait for the map's first picture: its scale is text of the page as well."""
    tab.wait("document.querySelector('#scale span').textContent !== ''")


def press(tab: Page, selector: str) -> None:
    assert tab.value(f"document.querySelector({selector!r}).click() || 1")


def test_it_opens_without_a_request_or_an_error(tab: Page, file: Path) -> None:
    tab.open(file)
    assert tab.requests == [file.as_uri()]
    assert tab.problems == []
    assert tab.value("window.alerted") is None


def test_indonesian_first(tab: Page, file: Path) -> None:
    tab.open(file)
    assert tab.value("document.documentElement.lang") == "id"
    assert tab.value(TEXT.format("verifikasi")) == "Verifikasi SK Kumuh"
    assert "13,25 ha" in tab.value("document.body.innerText")


def test_the_address_chooses_the_language(tab: Page, file: Path) -> None:
    tab.open(file, "?lang=en")
    assert tab.value("document.documentElement.lang") == "en"
    assert tab.value(TEXT.format("verifikasi")) == "Verification of the SK"
    assert "13.25 ha" in tab.value("document.body.innerText")
    assert tab.value("document.title").startswith("Slum Profile of Kota")


def test_an_unknown_language_changes_nothing(tab: Page, file: Path) -> None:
    tab.open(file, "?lang=<script>")
    assert tab.value("document.documentElement.lang") == "id"


def test_the_control_switches_there_and_back(tab: Page, file: Path) -> None:
    tab.open(file)
    drawn(tab)
    before = tab.value("document.body.innerText")
    press(tab, "[data-lang=en]")
    assert tab.value("document.documentElement.lang") == "en"
    assert tab.value("document.querySelector('[data-lang=en]').ariaPressed") == "true"
    assert tab.value("document.querySelector('.search').placeholder").startswith("Search")
    press(tab, "[data-lang=id]")
    assert tab.value("document.body.innerText") == before


def test_what_the_server_wrote_is_what_the_script_writes(tab: Page, file: Path) -> None:
    """Numbers, dates and words of both makers agree."""
    tab.open(file)
    drawn(tab)
    first = tab.value("document.querySelector('main').innerText")
    tab.value("translate() || 1")
    assert tab.value("document.querySelector('main').innerText") == first


def test_tables_sort_with_the_unknown_last(tab: Page, file: Path) -> None:
    tab.open(file)
    heading = "#t-kawasan thead th:nth-child(4) .sort"
    press(tab, heading)
    assert tab.value(ROWS) == ["K3", "K2", "K1", "K4"]
    press(tab, heading)
    assert tab.value(ROWS) == ["K1", "K2", "K3", "K4"]


def test_tables_are_narrowed_by_words_and_choices(tab: Page, file: Path) -> None:
    tab.open(file)
    typed = "const s = document.querySelector('.search[data-table=t-kawasan]'); s.value = '{}';"
    tab.value(f"(() => {{ {typed.format('tepi kali')} s.dispatchEvent(new Event('input')); }})()")
    assert tab.value(ROWS) == ["K3"]
    assert "1 dari 4" in tab.value("document.querySelector('[data-count=t-kawasan]').textContent")
    tab.value(f"(() => {{ {typed.format('')} s.dispatchEvent(new Event('input')); }})()")
    choose = (
        "(() => { const s = document.querySelector('select[data-field=tingkat]');"
        " s.value = 'belum_pasti'; s.dispatchEvent(new Event('input')); })()"
    )
    tab.value(choose)
    assert tab.value(ROWS) == ["K4"]


def test_tables_fit_a_small_laptop(tab: Page, file: Path) -> None:
    tab.open(file, width=1300)
    wide = "[...document.querySelectorAll('.scroll')].filter(s => s.scrollWidth > s.clientWidth)"
    assert tab.value(f"{wide}.map(s => s.firstElementChild.id)") == []


@pytest.mark.parametrize("query", ["", "?lang=en"])
def test_a_level_stands_on_one_line(tab: Page, file: Path, query: str) -> None:
    tab.open(file, query, width=1300)
    lines = "[...document.querySelectorAll('#t-kawasan .chip')].map(c => c.getClientRects().length)"
    heights = "[...document.querySelectorAll('#t-kawasan .chip')].map(c => c.offsetHeight)"
    assert set(tab.value(lines)) == {1}
    assert max(tab.value(heights)) < 30


def test_a_verdict_narrows_the_relations(tab: Page, file: Path) -> None:
    tab.open(file)
    press(tab, "[data-value=tidak_ada_di_sk]")
    shown = "document.querySelectorAll('#t-relasi tbody tr:not([hidden])').length"
    assert tab.value(shown) == 2
    press(tab, "[data-value=tidak_ada_di_sk]")
    assert tab.value(shown) == 5


def painted(tab: Page) -> int:
    """How many different colours the map shows."""
    return int(
        tab.value(
            "(() => { paint(); const d = pen.getImageData(0, 0, canvas.width, canvas.height).data;"
            " const c = new Set(); for (let i = 0; i < d.length; i += 4)"
            " c.add(d[i] << 16 | d[i + 1] << 8 | d[i + 2]); return c.size; })()"
        )
    )


def test_the_map_is_drawn_and_its_layers_switch(tab: Page, file: Path) -> None:
    tab.open(file)
    full = painted(tab)
    assert full > 20
    tab.value("document.querySelectorAll('#layers input:checked').forEach(i => i.click()) || 1")
    tab.value("document.querySelectorAll('#layers input:checked').forEach(i => i.click()) || 1")
    assert painted(tab) < full
    for view in ("verifikasi", "penapisan"):
        press(tab, f"[data-view={view}]")
        assert painted(tab) > 5


def test_a_click_on_the_map_tells_about_the_kawasan(tab: Page, file: Path) -> None:
    tab.open(file)
    tab.value("document.getElementById('map').scrollIntoView({block: 'center'})")
    tab.value("new Promise(r => setTimeout(r, 700))")
    place = (
        "(() => { const b = LAYERS.kawasan.shapes[2].box, c = canvas.getBoundingClientRect();"
        " return [c.left + (b[0] + b[2]) / 2 * view.s + view.x,"
        " c.top - (b[1] + b[3]) / 2 * view.s + view.y]; })()"
    )
    tab.click(*tab.value(place))
    assert "Tepi Kali" in tab.value(TEXT.format("detail"))
    assert tab.value("document.querySelector('tr.chosen').dataset.k") == "K3"
    press(tab, "[data-lang=en]")
    assert "Heavy slum" in tab.value(TEXT.format("detail"))


def test_a_row_is_found_on_the_map(tab: Page, file: Path) -> None:
    tab.open(file)
    before = tab.value("view.s")
    press(tab, "tr[data-k=K2] .pick")
    assert "<script>" in tab.value(TEXT.format("detail")), "a hostile name is text here too"
    assert tab.value("view.s") > before
    assert tab.value("document.querySelectorAll('#detail script').length") == 0


@pytest.mark.parametrize("width", [360, 768, 1280, 1900])
def test_nothing_is_wider_than_the_window(tab: Page, file: Path, width: int) -> None:
    tab.open(file, width=width)
    assert tab.value("document.documentElement.scrollWidth") <= width


def test_without_geometry_the_map_says_so(tab: Page, city: City, tmp_path: Path) -> None:
    ctx = city(without=("consolidate/kawasan", "consolidate/kelurahan", "consolidate/rt",
                        "verify/pieces", "screen/hits"))  # fmt: skip
    profile.run(ctx)
    path = tmp_path / "kosong.html"
    path.write_bytes(ctx.documents[profile.PAGE])
    tab.open(path, "?lang=en")
    assert tab.problems == []
    assert not tab.value("document.getElementById('map-empty').hidden")
