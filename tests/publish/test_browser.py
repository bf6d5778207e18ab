"""The page in a real browser: languages, tables, map, and no request but for itself."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from kotaku_geo.publish import profile, stories
from kotaku_geo.publish.release import release
from kotaku_geo.reasons import relation_reasons
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


@pytest.fixture(scope="module")
def kept_open(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("page") / "terbuka.html"


@pytest.fixture
def unsettled(kept_open: Path, tables: dict[str, pd.DataFrame], city: City) -> Path:
    """The page of the small city with K3 berat that may be sedang; made once."""
    if not kept_open.exists():
        tables["consolidate/kawasan"]["tingkat_konflik"] = ["", "", "sedang;berat", "ringan;sedang"]
        ctx = city()
        profile.run(ctx)
        kept_open.write_bytes(ctx.documents[profile.PAGE])
    return kept_open


def test_a_level_that_may_change_is_hatched_and_told(tab: Page, unsettled: Path) -> None:
    tab.open(unsettled)
    colours = (
        "(() => {{ paint(); const b = LAYERS.kawasan.shapes[{}].box, r = ratio(), d = pen.getImageData("
        "(b[0] * view.s + view.x + 2) * r, (view.y - b[3] * view.s + 2) * r,"
        " 12 * r, 12 * r).data; const c = new Set(); for (let i = 0; i < d.length; i += 4)"
        " c.add(d[i + 1] >> 6); return c.size; }})()"
    )
    tab.value("(fit(LAYERS.kawasan.shapes[2].box), 1)")
    assert tab.value(colours.format(2)) > 1, "stripes of red and white"
    tab.value("(fit(LAYERS.kawasan.shapes[0].box), 1)")
    assert tab.value(colours.format(0)) == 1, "plain"
    assert "Kumuh berat, belum pasti" in tab.value(TEXT.format("layers"))
    tab.value("choose(LAYERS.kawasan.shapes[2]) || 1")
    assert "belum pasti: sedang atau berat" in tab.value(TEXT.format("detail"))
    assert "Lengkap, sumber berbeda" in tab.value(TEXT.format("detail"))
    press(tab, "[data-lang=en]")
    assert "not settled: moderate or heavy" in tab.value(TEXT.format("detail"))
    assert "not settled: moderate or heavy" in tab.value(TEXT.format("t-kawasan"))
    choose = (
        "(() => { const s = document.querySelector('select[data-field=tingkat]');"
        " s.value = 'terbuka'; s.dispatchEvent(new Event('input')); })()"
    )
    tab.value(choose)
    assert tab.value(ROWS) == ["K3", "K4"]
    swatch = "getComputedStyle(document.querySelector('.of-which .swatch')).backgroundImage"
    assert "repeating-linear-gradient" in tab.value(swatch)
    assert tab.problems == []


@pytest.mark.parametrize("query", ["", "?lang=en"])
def test_tables_fit_a_small_laptop(tab: Page, unsettled: Path, query: str) -> None:
    tab.open(unsettled, query, width=1280)
    wide = "[...document.querySelectorAll('.scroll')].filter(s => s.scrollWidth > s.clientWidth)"
    assert tab.value(f"{wide}.map(s => s.firstElementChild.id)") == []


def narrowed(tab: Page, width: int) -> None:
    tab.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1,
             mobile=False)  # fmt: skip
    tab.wait(f"innerWidth === {width} && canvas.width <= {width}")
    tab.value("new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")


CITY = "[MAP.box[0] * view.s + view.x, MAP.box[2] * view.s + view.x, canvas.width]"


def test_the_whole_city_stays_whole_when_the_window_changes(tab: Page, file: Path) -> None:
    tab.open(file)
    narrowed(tab, 640)
    west, east, width = tab.value(CITY)
    assert 0 <= west < east <= width
    tab.value("zoom(3, 100, 100) || 1")
    before = tab.value("view.s")
    narrowed(tab, 900)
    assert tab.value("view.s") == before, "who has zoomed in keeps the scale"


def test_on_a_telephone_the_map_is_as_high_as_the_city(tab: Page, file: Path) -> None:
    tab.open(file, width=390, height=844)
    assert 220 <= tab.value("canvas.clientHeight") <= 300, "the city is three times as wide as high"


@pytest.mark.parametrize("query", ["", "?lang=en"])
def test_on_a_telephone_labels_can_be_read(tab: Page, file: Path, query: str) -> None:
    tab.open(file, query, width=390, height=844)
    sizes = (
        "[...document.querySelectorAll('.histogram text, .radar text')].filter(t => t.getClientRects().length)"
        ".map(t => parseFloat(getComputedStyle(t).fontSize) * t.ownerSVGElement.getScreenCTM().a)"
    )
    assert min(tab.value(sizes)) >= 11
    outside = (
        "[...document.querySelectorAll('.histogram text, .radar text')].map(t => t.getBoundingClientRect())"
        ".filter(b => b.width && (b.left < 0 || b.right > innerWidth)).length"
    )
    assert tab.value(outside) == 0
    assert tab.value("document.querySelectorAll('.radar-names li').length") == 7


def test_on_a_telephone_the_menu_ends_beside_the_languages(tab: Page, file: Path) -> None:
    tab.open(file, width=390, height=844)
    ends = (
        "[document.querySelector('.bar-nav ul').getBoundingClientRect().right,"
        " document.querySelector('.languages').getBoundingClientRect().left]"
    )
    right, left = tab.value(ends)
    assert right <= left
    tab.value("document.getElementById('metode').scrollIntoView() || 1")
    here = (
        "(() => { const a = document.querySelector('.bar-nav a.here'); if (!a) return false;"
        " const b = a.getBoundingClientRect(); return b.left >= 0 && b.right <= "
        "document.querySelector('.languages').getBoundingClientRect().left; })()"
    )
    tab.wait(here)


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


def test_the_panel_is_in_the_language_of_the_page(
    tab: Page, tables: dict[str, pd.DataFrame], city: City, tmp_path: Path
) -> None:
    relations = tables["verify/relations"].assign(tau_m=5.3, sebab=None)
    tables["verify/relations"] = relations.assign(alasan=relation_reasons(relations))
    ctx = city()
    profile.run(ctx)
    path = tmp_path / "alasan.html"
    path.write_bytes(ctx.documents[profile.PAGE])
    tab.open(path, "?lang=en")
    tab.value("choose(LAYERS.kawasan.shapes[1]) || 1")
    detail = tab.value(TEXT.format("detail"))
    assert "within a tolerance of 5.3 m" in detail
    assert "dalam toleransi" not in detail
    tab.value("choose(LAYERS.kawasan.shapes[2]) || 1")
    assert "Lowland" in tab.value(TEXT.format("detail"))
    press(tab, "[data-lang=id]")
    assert "Dataran rendah" in tab.value(TEXT.format("detail"))
    assert tab.problems == []


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


STORY = (
    "stories.t[{0}][{1}].map((n) => {{ const [about, ...said] = stories.p[n];"
    " return [inLanguage(stories.a[about]), ...said.map((s) => '  ' + sentence(s))].join('\\n');"
    " }}).join('\\n')"
)


def test_the_page_tells_every_story_as_explain_does(tab: Page, file: Path, city: City) -> None:
    """Both languages, every sentence, every number: the page's script and Python agree."""
    released = release(city())
    tell = stories.explainer(released)
    tab.open(file)
    tab.value("unpacked().then((found) => { stories = found; return 1; })")
    for lang in ("id", "en"):
        tab.value(f"setLanguage('{lang}', false) || 1")
        for name, parameter in stories.asked(released):
            shown = tab.value(STORY.format(json.dumps(name), json.dumps(parameter or "")))
            assert shown == tell.story(name, parameter).text(lang)


def opened(tab: Page) -> str:
    tab.wait("document.querySelector('#why-story li') !== null")
    return str(tab.value("document.querySelector('#why').innerText"))


def test_why_leads_from_a_kawasan_to_its_rt_to_a_disputed_value(tab: Page, file: Path) -> None:
    tab.open(file)
    press(tab, "tr[data-k=K1] .ask")
    assert "Jumlah nilai 33" in opened(tab)
    press(tab, "#why-story .lead-on")
    assert tab.value(TEXT.format("why-title")) == "RT 001/RW 001"
    press(tab, "#why-picks button:last-child")
    assert "2 kandidat" in tab.value(TEXT.format("why-story"))
    assert tab.value("[...document.querySelectorAll('#why-trail .step')].map(s => s.textContent)") == [
        "Kauman Lor", "RT 001/RW 001",
    ]  # fmt: skip
    press(tab, "[data-lang=en]")
    assert "2 candidates" in tab.value(TEXT.format("why-story"))
    press(tab, "#why-trail .step")
    assert tab.value(TEXT.format("why-title")).startswith("Kauman Lor")
    press(tab, "#why-close")
    assert not tab.value("document.querySelector('#why').open")
    assert tab.requests == [file.as_uri()]
    assert tab.problems == []


def test_the_head_leads_to_what_is_not_agreed(tab: Page, file: Path) -> None:
    tab.open(file, "?lang=en")
    said = "document.querySelector('.agreed').textContent"
    assert (
        tab.value(said)
        == "1 material difference undecided · 1 stale decision · 0 other differences"
    )
    press(tab, ".agreed a")
    tab.wait("Math.abs(document.getElementById('kesepakatan').getBoundingClientRect().top) < 120")
    press(tab, "#t-konflik .ask")
    assert "2 candidates" in opened(tab)
    assert tab.value(TEXT.format("why-title")).startswith("RT 001/RW 001 · 3a")
    assert tab.problems == []


def test_the_detail_of_a_kawasan_asks_why(tab: Page, file: Path) -> None:
    tab.open(file)
    press(tab, "tr[data-k=K1] .pick")
    press(tab, "#detail .ask-why")
    assert "Kauman Lor" in opened(tab)
    press(tab, "#why-close")
    press(tab, "#detail button.mini")
    tab.wait("document.querySelector('#why-title').textContent.includes('1a')")


def test_a_hostile_name_is_text_in_a_story(tab: Page, file: Path) -> None:
    tab.open(file)
    press(tab, "tr[data-k=K2] .ask")
    assert "<script>" in opened(tab)
    assert tab.value("document.querySelectorAll('#why script, #why [onclick]').length") == 0
    assert tab.value("window.alerted") is None


def test_an_rt_on_the_map_tells_its_level_and_why(tab: Page, file: Path) -> None:
    tab.open(file)
    press(tab, "[data-layer=rt]")
    tab.value("choose(LAYERS.rt.shapes[1]) || 1")
    assert "Kumuh sedang" in tab.value(TEXT.format("detail"))
    assert "< 5" in tab.value(TEXT.format("detail"))
    press(tab, "#detail .ask-why")
    assert "kurang dari 5 KK" in opened(tab)
    middle = "(() => { const b = LAYERS.rt.shapes[1].box; return pickAt((b[0] + b[2]) / 2 * view.s + view.x, -(b[1] + b[3]) / 2 * view.s + view.y).layer === MAP.rt; })()"
    assert tab.value(middle), "it lies over its kawasan"


@pytest.mark.parametrize("width", [360, 1280])
def test_a_story_fits_the_window(tab: Page, file: Path, width: int) -> None:
    tab.open(file, width=width, height=700)
    press(tab, "tr[data-k=K2] .ask")
    opened(tab)
    box = tab.value(
        "(() => { const b = why.getBoundingClientRect(); return [b.left, b.right, b.bottom, why.scrollWidth - why.clientWidth]; })()"
    )
    assert box[0] >= 0
    assert box[1] <= width
    assert box[2] <= 700
    assert box[3] <= 0


def test_a_browser_that_cannot_unpack_says_so(tab: Page, file: Path) -> None:
    tab.open(file)
    tab.value("delete window.DecompressionStream && 1")
    press(tab, "tr[data-k=K1] .ask")
    tab.wait("document.querySelector('#why-story').textContent !== ''")
    assert "kotaku-geo explain" in tab.value(TEXT.format("why-story"))
