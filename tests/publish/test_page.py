"""The page as a file: complete, inert, and in need of nothing."""

import base64
import hashlib
import html
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest

from kotaku_geo import findings as register
from kotaku_geo import resources
from kotaku_geo.findings import FindingBook, sentence
from kotaku_geo.publish import (
    faults,
    figures,
    levels,
    listings,
    mapdata,
    page,
    profile,
    rules,
    words,
)
from kotaku_geo.publish.release import release
from kotaku_geo.reasons import relation_reasons
from kotaku_geo.stage import StageContext
from tests.publish.conftest import CRS, HOSTILE

City = Callable[..., StageContext]


def made(ctx: StageContext) -> str:
    profile.run(ctx)
    content = ctx.documents[profile.PAGE]
    assert isinstance(content, bytes)
    return content.decode()


_MADE: list[str] = []


@pytest.fixture
def plain(request: pytest.FixtureRequest) -> str:
    """The small city's page; made once."""
    if not _MADE:
        _MADE.append(made(request.getfixturevalue("city")()))
    return _MADE[0]


class Reader(HTMLParser):
    """Elements with their attributes, and what a reader sees."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.seen: list[str] = []
        self._silent = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._silent += tag in ("script", "style", "title")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style", "title")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.seen.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.seen))


def embedded(text: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_nothing_is_asked_of_the_network(plain: str) -> None:
    text = plain
    assert not re.search(r"https?:|\bwss?:|[\"'(=]//\w", text, re.I)
    assert not re.search(r"@import|url\((?!#)", text)
    for tag, attributes in Reader(text).elements:
        for name in ("src", "srcset", "action", "formaction", "poster", "data", "background"):
            assert name not in attributes, (tag, attributes)
        link = attributes.get("href") or "#"
        assert link.startswith("#") or link == "data:,"


def test_the_policy_allows_its_own_script_and_style_only(plain: str) -> None:
    text = plain
    policy = html.unescape(re.findall(r'Content-Security-Policy" content="([^"]+)"', text)[0])
    assert policy.startswith("default-src 'none';")
    blocks = re.findall(r"<(?:script|style)>(.*?)</(?:script|style)>", text, re.DOTALL)
    assert len(blocks) == 4
    for block in blocks:
        digest = base64.b64encode(hashlib.sha256(block.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert not re.search(
        r"\sstyle=|\son[a-z]+=", re.sub(r"<script.*?</script>", "", text, flags=re.S)
    )


def test_hostile_names_are_text_and_nothing_else(plain: str) -> None:
    text = plain
    assert "<script>alert" not in text
    assert "\u2028" not in text[text.index('id="data"') :]
    scripts = [a for tag, a in Reader(text).elements if tag == "script"]
    assert scripts == [
        {"type": "text/plain", "id": "stories"},
        {"type": "application/json", "id": "data"},
        *[{}] * 3,
    ]
    packed = text.partition('id="stories">')[2].partition("<")[0]
    assert re.fullmatch(r"[A-Za-z0-9+/=]+", packed), "nothing in it can end or open an element"
    assert "<script>alert('x')</script>" in Reader(text).text
    names = {k["nama"] for k in embedded(text)["kawasan"]}
    assert any("</script><!--" in name for name in names)


def test_the_page_is_the_same_twice(city: City) -> None:
    assert made(city()) == made(city())


def test_numbers_are_written_as_in_indonesia(plain: str) -> None:
    seen = Reader(plain).text
    assert "13,25 ha" in seen  # 3 + 5 + 4 + 1.25
    assert "31 Desember 2022" in seen


def test_english_first_when_asked(city: City) -> None:
    ctx = city()
    ctx.lang = "en"
    text = made(ctx)
    assert '<html lang="en">' in text
    assert "13.25 ha" in Reader(text).text
    assert "Verification of the SK" in Reader(text).text


def test_both_levels_stand_side_by_side(city: City) -> None:
    rows = {row["level"]: row for row in figures.by_level(release(city()))}
    assert rows["berat"] == {
        "level": "berat", "kawasan_ha": 4.0, "kawasan_n": 1, "kawasan_open_ha": 0.0,
        "kawasan_open_n": 0, "rt_ha": 0.0, "rt_n": 0, "rt_open_ha": 0.0, "rt_open_n": 0,
    }  # fmt: skip
    assert rows["tidak_diketahui"]["rt_ha"] == 2.5
    headline = figures.headline(release(city()))
    assert headline["kumuh_kawasan_ha"] == 13.25, "ringan;sedang is a slum either way"
    assert headline["kumuh_rt_ha"] == 6.0
    assert headline["jumlah_kk"] == 118.0
    assert headline["jumlah_kk_n"] == 3


def test_only_rts_known_to_be_slums_count_as_such(
    city: City, tables: dict[str, pd.DataFrame]
) -> None:
    headline = figures.headline(release(city()))
    assert (headline["n_rt"], headline["n_rt_kumuh"], headline["n_rt_belum"]) == (5, 3, 1)
    assert "dari 5 RT; 1 belum diketahui" in Reader(made(city())).text
    frame = tables["consolidate/rt"]
    for column in ("tingkat", "tingkat_konflik"):
        frame[column] = pd.Series(None, index=range(5), dtype="str")
    assert figures.headline(release(city()))["n_rt_kumuh"] is None
    frame["tingkat"] = "tidak_kumuh"
    assert figures.headline(release(city()))["n_rt_kumuh"] == 0


def test_hectares_of_no_rt_are_told(city: City, tables: dict[str, pd.DataFrame]) -> None:
    assert figures.headline(release(city()))["tanpa_rt_ha"] == pytest.approx(13.25 - 10.0)
    assert "3,25 ha kawasan (13,25 ha) tidak termasuk RT mana pun" in Reader(made(city())).text
    tables["consolidate/rt"].loc[0, "luas_ha"] = float("nan")
    assert figures.headline(release(city()))["tanpa_rt_ha"] is None


def test_places_verified_from_a_table_are_told_apart(
    city: City, tables: dict[str, pd.DataFrame]
) -> None:
    relations, locations = tables["verify/relations"], tables["verify/locations"]
    relations.loc[len(relations)] = {
        "relation_id": "r6", "mode": "tabel", "id_sk": "S4;S5", "id_kawasan": "K5",
        "verdict": "sesuai", "luas_sk_tertulis_ha": 2.0, "luas_baseline_ha": 1.5,
        "relation": "n:1", "rekomendasi": "tetap", "perubahan_tingkat": "sama",
    }  # fmt: skip
    shared = {"relation_id": "r6", "tetap_ha": None}
    rows = [
        {**shared, "id": "S4", "sisi": "sk", "luas_tertulis_ha": 2.0},
        {**shared, "id": "S5", "sisi": "sk"},
        {**shared, "id": "K5", "sisi": "kawasan", "luas_ha": 1.5},
    ]
    tables["verify/locations"] = pd.concat([locations, pd.DataFrame(rows)], ignore_index=True)
    relations.loc[relations["relation_id"] == "r4", "mode"] = "tabel"  # drawn all the same
    balance = figures.balance(release(city()))
    assert (balance["n_sk"], balance["n_sk_tabel"], balance["sk_tabel"]) == (5, 2, 2.0)
    assert (balance["n_kawasan_tabel"], balance["baseline_tabel"]) == (1, 1.5)
    assert balance["n_tanpa_luas"] == 1
    seen = Reader(made(city())).text
    assert "2 lokasi dari tabel, 2,00 ha tertulis" in seen
    assert f"SK Kumuh {balance['sk'] + 2:.2f} ha".replace(".", ",") in seen
    cards = {v["verdict"]: v["ha"] for v in listings.verdicts(release(city()))}
    assert cards["sesuai"] == pytest.approx(3.51 + 2.0), "the SK's, written where not drawn"
    assert cards["tidak_ada_di_sk"] == pytest.approx(7.2), "the baseline's where the SK has none"


def test_kelurahan_and_city_follow_one_rule(city: City) -> None:
    told = listings.kelurahan(release(city()))
    headline = figures.headline(release(city()))
    assert [r["luas_kumuh_rt_ha"] for r in told["rows"]] == [6.0, 0.0, 0.0]
    assert [r["belum_rt_ha"] for r in told["rows"]] == [0.0, 2.5, 0.0]
    assert told["total"]["luas_kumuh_rt_ha"] == headline["kumuh_rt_ha"]
    assert told["total"]["bagian"] == pytest.approx(13.25 / 300)


@pytest.mark.parametrize("limits", [(60, 38, 16), (71, 45, 19), (10,)])
def test_no_bar_straddles_a_level_limit(limits: tuple[int, ...]) -> None:
    start, width = figures.bins(limits)
    assert -width < start <= 0
    assert all((limit - start) % width == 0 for limit in limits)


def test_a_score_of_partial_data_is_a_span(plain: str) -> None:
    assert "33–37" in Reader(plain).text


def test_follow_ups_are_grouped_by_instrument() -> None:
    spec = resources.load("screening")["follow_up"]["kawasan_lindung"]
    base, setback = spec["terindikasi"]["id"], spec["class"][0]["id"]
    told = pd.Series([base, f"{base}; {setback}", f"{base}; {setback} (lebar asumsi 15 m)"])
    found = [(row["id"], row["n"]) for row in listings.instruments("kawasan_lindung", told)]
    assert found == [(base, 3), (setback, 2), ("lebar asumsi 15 m", 1)]


def test_a_follow_up_is_told_in_english_with_its_figures() -> None:
    spec = resources.load("screening")["follow_up"]["kawasan_lindung"]
    said = f"{spec['terindikasi']['id']}; {spec['class'][0]['id']} (lebar sempadan asumsi 7,5 m)"
    told = listings.retold("kawasan_lindung", said)
    assert told["id"] == said
    assert told["en"] == (
        f"{spec['terindikasi']['en']}; {spec['class'][0]['en']} (assumed setback of 7.5 m)"
    )


def test_reasons_are_told_in_english_with_the_same_figures(
    city: City, tables: dict[str, pd.DataFrame]
) -> None:
    relations = tables["verify/relations"].assign(tau_m=5.3, sebab=None)
    relations["alasan"] = relation_reasons(relations)
    relations.loc[0, "alasan"] = f"Diubah tangan {HOSTILE}"
    tables["verify/relations"] = relations
    told = listings.reasons(release(city()))
    assert told[0] == {"id": f"Diubah tangan {HOSTILE}", "en": None}, "made up of nothing"
    assert told[1]["en"] == (
        "The outlines of SK and baseline agree within a tolerance of 5.3 m; 3.51 ha unchanged. "
        "The level went up from light slum to moderate slum, so it is proposed to amend the SK."
    )
    for one in told[1:]:
        assert one["id"]
        assert one["en"]
        numbers = [re.findall(r"\d+[.,]\d+", text) for text in (one["id"], one["en"])]
        assert [n.replace(",", ".") for n in numbers[0]] == numbers[1]
    ctx = city()
    ctx.lang = "en"
    text = made(ctx)
    table = text[text.index('id="t-relasi"') :].partition("</table>")[0]
    assert "so it is proposed to amend the SK" in Reader(table).text
    assert table.count('lang="id"') == 1, "the one that cannot be told in English"
    assert embedded(text)["relations"][1][2] == [told[1]["id"], told[1]["en"]]


def test_a_typology_is_known_however_it_is_written(
    city: City, tables: dict[str, pd.DataFrame]
) -> None:
    tables["consolidate/kawasan"]["tipologi"] = ["TEPI_AIR", "Dataran  Rendah", "Gambut", None]
    found = [row["tipologi"] for row in mapdata.kawasan_details(release(city()))]
    assert found == ["tepi air", "dataran rendah", "Gambut", None]
    assert words.text("tipologi.dataran rendah", "en") == "Lowland"


def test_an_unread_decree_is_warned_of(city: City, tables: dict[str, pd.DataFrame]) -> None:
    sources = tables["ingest/sources"]
    lost = sources["source_id"] == "sk-2020"
    sources.loc[lost, ["rows_read", "rows_kept"]] = 0
    sources.loc[lost, "sha256"] = None
    book = FindingBook("ingest", CRS)
    book.add("file.unreadable", source_id="sk-2020", path="sk.gpkg", sebab="rusak")
    tables["findings"] = book.frame()
    seen = Reader(made(city())).text
    assert "Berkas SK sk.gpkg tidak terbaca;" in seen
    assert "Berkas tidak dapat dibaca: rusak" in seen
    assert seen.count("tidak ada baris terbaca") == 1


def test_a_decree_that_was_read_has_no_warning(plain: str) -> None:
    assert "tidak terbaca" not in Reader(plain).text


def test_an_open_level_is_told_from_an_unknown_one() -> None:
    frame = pd.DataFrame(
        {
            "tingkat": ["berat", None, None, None],
            "tingkat_konflik": [None, "ringan;sedang", "tidak_kumuh;ringan", None],
        }
    )
    found = levels.reported(frame).tolist()
    assert found == ["berat", "belum_pasti", "tidak_diketahui", "tidak_diketahui"]


@pytest.fixture
def open_tables(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """K2 stands as sedang and may be no slum, K3 as berat and may be sedang; RT 5 may be a slum."""
    tables["consolidate/kawasan"]["tingkat_konflik"] = [
        "", "tidak_kumuh;ringan;sedang", "sedang;berat", "ringan;sedang",
    ]  # fmt: skip
    tables["consolidate/rt"]["tingkat_konflik"] = [
        "ringan;sedang", "", "", "", "tidak_kumuh;ringan",
    ]  # fmt: skip
    return tables


def test_hectares_of_a_level_that_may_change_are_told_beside_it(
    city: City, open_tables: dict[str, pd.DataFrame]
) -> None:
    rows = {row["level"]: row for row in figures.by_level(release(city()))}
    assert (rows["berat"]["kawasan_ha"], rows["berat"]["kawasan_open_ha"]) == (4.0, 4.0)
    assert (rows["sedang"]["kawasan_ha"], rows["sedang"]["kawasan_open_ha"]) == (5.0, 5.0)
    assert (rows["ringan"]["rt_ha"], rows["ringan"]["rt_open_ha"]) == (4.0, 1.0)
    assert rows["belum_pasti"]["kawasan_open_ha"] == 0.0, "it is hatched in whole"
    headline = figures.headline(release(city()))
    assert headline["kumuh_kawasan_ha"] == 13.25, "the strongest source's level stands"
    assert headline["terbuka_kawasan_ha"] == 9.0
    assert headline["kawasan"] == {"ragu_ha": 5.0, "ragu_n": 1, "mungkin_ha": 0.0, "mungkin_n": 0}
    assert headline["rt"] == {"ragu_ha": 0.0, "ragu_n": 0, "mungkin_ha": 1.5, "mungkin_n": 1}
    seen = Reader(made(city())).text
    assert "Tingkat 9,00 ha di antaranya belum pasti" in seen
    assert "Dari luas kumuh ini 5,00 ha mungkin tidak kumuh." in seen
    assert "1,50 ha yang kini terhitung tidak kumuh mungkin kumuh" in seen
    assert "; 1 lainnya mungkin kumuh" in seen


def test_a_level_that_may_change_is_marked_wherever_it_stands(
    city: City, open_tables: dict[str, pd.DataFrame]
) -> None:
    text = made(city())
    table = text[text.index('id="t-kawasan"') :].partition("</table>")[0]
    row = next(r for r in table.split("<tr ") if 'data-k="K3"' in r)
    assert 'class="chip level-berat-open"' in row
    assert "belum pasti: sedang atau berat" in Reader(row).text
    assert "sumber berbeda" in Reader(row).text, "beside: data complete"
    assert 'data-tingkat="berat terbuka"' in row
    assert "belum pasti" not in next(r for r in table.split("<tr ") if 'data-k="K1"' in r)
    relations = text[text.index('id="t-relasi"') :].partition("</table>")[0]
    assert "belum pasti: tidak kumuh, ringan atau sedang" in Reader(relations).text
    data = embedded(text)
    assert data["map"]["kawasan"]["c"] == ["ringan", "sedang-open", "berat-open", "belum_pasti"]
    assert data["map"]["rt"]["c"][0] == "ringan-open"
    assert [note[3] for note in data["relations"]] == [
        None, "tidak_kumuh;ringan;sedang", None, "sedang;berat", None,
    ]  # fmt: skip
    assert "1 tingkatnya belum pasti" in Reader(text).text


def test_where_every_level_is_settled_nothing_is_called_open(
    city: City, tables: dict[str, pd.DataFrame]
) -> None:
    for name in ("kawasan", "rt"):
        tables[f"consolidate/{name}"]["tingkat_konflik"] = None
    text = made(city())
    body = text[text.index("<main") : text.index("<script")]
    assert "-open" not in body
    assert "di antaranya belum pasti" not in Reader(body).text


def test_the_gravest_of_several_levels() -> None:
    assert levels.worst([("berat", None), ("ringan", "ringan;sedang")]) is None
    assert levels.worst([("sedang", None), ("ringan", "ringan;sedang;berat")]) == "sedang;berat"
    assert levels.worst([("ringan", "tidak_kumuh;ringan")]) == "tidak_kumuh;ringan"
    assert levels.worst([("ringan", "ringan;sedang"), (None, None)]) is None


def test_priorities_count_every_kawasan_once(city: City) -> None:
    found = figures.priorities(release(city()))
    assert {r["prioritas"]: r["n"] for r in found["rows"] if r["n"]} == {2: 1, 6: 1, 7: 1}
    assert found["unknown"] == 1
    assert sum(a["n"] for a in found["authorities"]) == 4


def test_where_no_level_is_known_there_is_no_zero(
    city: City, tables: dict[str, pd.DataFrame]
) -> None:
    nothing = pd.Series(None, index=range(5), dtype="str")
    for column in ("tingkat", "tingkat_konflik"):
        tables["consolidate/rt"][column] = nothing
    assert figures.headline(release(city()))["kumuh_rt_ha"] is None
    assert figures.headline(release(city()))["kumuh_kawasan_ha"] == 13.25


def test_hectares_of_the_overlay_add_up(city: City) -> None:
    balance = figures.balance(release(city()))
    assert balance["sk"] == pytest.approx(
        balance["tetap"] + balance["berkurang"] + balance["toleransi_sk"]
    )
    assert balance["baseline"] == pytest.approx(
        balance["tetap"] + balance["bertambah"] + balance["toleransi_baseline"]
    )
    assert balance["sk"] == pytest.approx(3.75 + 3.51 + 4.0)


def test_the_balance_says_why_it_is_not_the_recommendation(city: City) -> None:
    balance = figures.balance(release(city()))
    assert balance["berkurang_tinjau"] == pytest.approx(4.0), "S3 awaits review"
    assert balance["bertambah_tinjau"] == pytest.approx(3.6), "K4 does"
    assert balance["bertambah_biasa"] == 0.0
    seen = Reader(made(city())).text
    assert "4,00 ha yang berkurang dan 3,60 ha yang bertambah menunggu tinjauan" in seen
    assert "Keluar: luas lokasi yang diusulkan keluar dari SK" in seen


def test_what_is_added_and_needs_no_action_is_told(
    city: City, tables: dict[str, pd.DataFrame]
) -> None:
    relations = tables["verify/relations"]
    relations.loc[relations["id_kawasan"] == "K4", "rekomendasi"] = "tidak_perlu_tindakan"
    balance = figures.balance(release(city()))
    assert (balance["bertambah_tinjau"], balance["bertambah_biasa"]) == (0.0, pytest.approx(3.6))
    assert "3,60 ha tidak kumuh dan tidak perlu tindakan" in Reader(made(city())).text


def test_the_head_dates_delineation_and_facts_apart(
    city: City, tables: dict[str, pd.DataFrame]
) -> None:
    sources = tables["ingest/sources"]
    sources.loc[sources["source_id"] == "profil", "date"] = "2024-01-20"
    text = made(city({"profil": {"publish": False}}))
    head = Reader(text[text.index("<header") : text.index("</header>")]).text
    assert "Delineasi baseline per31 Desember 2022" in head
    assert "Data fakta terakhir20 Januari 2024" in head
    assert "1 dari 2 sumber tanpa tanggal" in head, "pdam"
    tables["consolidate/facts"] = tables["consolidate/facts"].head(0)
    text = made(city())
    assert "Data fakta" not in text[text.index("<header") : text.index("</header>")]


def test_parameters_are_means_over_what_is_known(city: City) -> None:
    rows = {r["id"]: r for r in figures.parameters(release(city()))}
    assert rows["4c"]["mean"] is None
    assert rows["4c"]["known"] == 0
    kawasan = city().workspace.read_geo("consolidate/kawasan").iloc[:3]
    expected = (kawasan["p1a"] * kawasan["luas_ha"]).sum() / kawasan["luas_ha"].sum()
    assert rows["1a"]["mean"] == pytest.approx(expected)
    means = {a["aspect"]: a["mean"] for a in figures.aspects(list(rows.values()))}
    assert means["drainase"] == pytest.approx((rows["4a"]["mean"] + rows["4b"]["mean"]) / 2)


def test_the_radar_leaves_out_what_is_unknown() -> None:
    known = [{"aspect": str(i), "mean": 0.5} for i in range(7)]
    assert page.radar(known)[1].count("L") == 6
    gap = [*known[:3], {"aspect": "x", "mean": None}, *known[4:]]
    assert "None" not in page.radar(gap)[1]
    nothing = [{"aspect": str(i), "mean": None} for i in range(7)]
    assert page.radar(nothing)[1] == ""


def test_unknown_looks_different_from_clean(plain: str) -> None:
    text = plain
    style = text[text.index("<style>") : text.index("</style>")]
    looks = {
        status: re.search(rf"\.st-{status}::before \{{([^}}]+)\}}", style)
        for status in ("tidak_terindikasi", "data_sebagian", "data_tidak_tersedia")
    }
    assert len({m[1] for m in looks.values() if m}) == 3
    seen = Reader(text).text
    assert "Data tidak tersedia" in seen
    assert "Tidak terindikasi" in seen


def test_findings_are_grouped_by_who_must_act(city: City) -> None:
    groups = {g["responsible"]: g for g in faults.findings(release(city()))}
    assert sum(g["n"] for g in groups.values()) == 5
    rule = next(r for r in groups["pokja"]["rules"] if r["rule"] == "conflict.value")
    assert rule["act"]["id"] == "Putuskan dalam rapat Pokja PKP"
    assert rule["examples"][0]["subject"] == "33.75.01.1001-RW001-RT001"


def test_waived_findings_are_counted_apart(city: City, tables: dict[str, pd.DataFrame]) -> None:
    found = tables["findings"]
    found.loc[found["rule"] == "conflict.value", "dikecualikan"] = "sudah diperiksa"
    groups = {g["responsible"]: g for g in faults.findings(release(city()))}
    assert (groups["pokja"]["n"], groups["pokja"]["waived"]) == (0, 1)
    assert sum(groups["pokja"]["counts"].values()) == 0
    seen = Reader(made(city())).text
    assert "0 temuan · dikecualikan: 1" in seen
    for finding_id in found["finding_id"]:
        assert finding_id in seen


def test_findings_are_headed_by_a_title() -> None:
    assert rules.title("area.attribute-differs") == "Luas tertulis berbeda dari gambar"
    assert rules.title("nobody.knows", "en") == "nobody.knows"
    for rule, entry in register.rules().items():
        if "title_id" in entry:
            for lang in words.LANGUAGES:
                assert 2 <= len(entry[f"title_{lang}"].split()) <= 6, rule


def test_a_rule_without_a_title_is_headed_by_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = {"a.b": {"id": "Luas {x} ha", "en": "Area {x} ha", "act_id": "Ukur", "act_en": "Survey"}}
    monkeypatch.setattr(register, "rules", lambda: rule)
    assert rules.title("a.b") == "Luas … ha"
    assert rules.act("a.b", "en") == "Survey"


def test_every_text_has_both_languages_and_the_same_gaps() -> None:
    for key, entry in words.catalogue().items():
        gaps = [set(re.findall(r"\{\w+(?::\d)?\}", entry[lang])) for lang in words.LANGUAGES]
        counted = {f"{{{n}:0}}" for n in re.findall(r"\{(\w+)\?", entry["en"])}
        assert counted <= gaps[1], key
        assert gaps[0] == gaps[1], key
        assert entry["id"], key
        assert entry["en"], key


def test_english_counts_one_as_one() -> None:
    assert words.text("kondisi.n_rt", "en", n=1) == "1 RT"
    assert words.text("kondisi.n_rt", "en", n=2) == "2 RTs"
    assert words.text("temuan.jumlah", "en", n=1) == "1 finding"
    assert words.text("temuan.jumlah", "en", n=0) == "0 findings"
    assert words.fill("{n?is|are} {n:0}", {"n": None}, "en") == "are –"


def test_every_text_the_page_asks_for_is_there(plain: str) -> None:
    text = plain
    asked = set(re.findall(r'data-t(?:-placeholder|-aria-label)?="([^"]+)"', text))
    assert asked <= set(words.catalogue())
    scripts = [resources.read_text(f"publish/page/{n}.js") for n in ("bahasa", "tabel", "peta")]
    for key in re.findall(r'(?:word\(|key: |\[)"([a-z_]+\.[a-z_]+)"', "".join(scripts)):
        assert key in words.catalogue(), key


def test_the_map_has_a_shape_for_every_row(plain: str) -> None:
    data = embedded(plain)
    drawn = data["map"]
    assert len(drawn["kawasan"]["g"]) == len(data["kawasan"]) == 4
    assert len(drawn["sk"]["g"]) == len(data["sk"]) == 3
    assert all(drawn["kawasan"]["g"])
    assert set(drawn["tema"]) == {"kawasan_lindung", "rawan_bencana", "mha", "bcb"}
    assert drawn["tema"]["mha"]["g"] == [drawn["kelurahan"]["g"][1]], "the kelurahan, no less"


def test_a_withheld_outline_is_not_on_the_map(city: City) -> None:
    data = embedded(made(city({"delineasi": {"publish": False}})))
    assert not any(data["map"]["kawasan"]["g"])
    assert len(data["kawasan"]) == 4


def test_many_points_are_thinned_until_they_fit(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = release(city())

    def letters() -> int:
        layers = mapdata.map_data(released)
        return sum(len(t) for n in ("kawasan", "sk", "potongan") for t in layers[n]["g"])

    whole = letters()
    monkeypatch.setattr(mapdata, "BUDGET", 1)
    monkeypatch.setattr(mapdata, "TOLERANCE_M", dict.fromkeys(mapdata.TOLERANCE_M, 40.0))
    assert letters() < whole


def test_a_city_without_anything_still_has_a_page(
    city: City, tables: dict[str, pd.DataFrame]
) -> None:
    ctx = city(without=tuple(tables))
    ctx.workspace.path("verify/summary.json").unlink()
    seen = Reader(made(ctx)).text
    assert "SK Kumuh belum diserahkan" in seen
    assert "nan" not in seen.lower().replace("penanganan", "").split()


def test_the_recommendation_names_its_reason(plain: str) -> None:
    text = plain
    assert "Perubahan SK" in Reader(text).text
    assert 'data-en="One location changed"' in text


def test_few_households_are_written_so(city: City, tables: dict[str, pd.DataFrame]) -> None:
    tables["consolidate/kawasan"].loc[2, "jumlah_kk"] = 4.0
    text = made(city())
    assert '<td class="n">&lt; 5</td>' in text
    assert next(k for k in embedded(text)["kawasan"] if k["id"] == "K3")["kk"] == "< 5"


def test_findings_are_told_in_both_languages(city: City) -> None:
    groups = faults.findings(release(city()))
    told = {r["rule"]: r["examples"][0]["message"] for g in groups for r in g["rules"]}
    assert told["geometry.overlap"]["id"] == sentence(
        "geometry.overlap", {"lain": "K2", "luas": "0,01"}
    )
    assert told["geometry.overlap"]["en"] == sentence(
        "geometry.overlap", {"lain": "K2", "luas": "0.01"}, "en"
    )
    hidden = told["parameter.missing"]  # of a small RT
    assert hidden["id"].endswith("(rincian tidak dipublikasikan)")
    assert hidden["en"].endswith("(details not published)")
    assert "2 dari 3" not in str(hidden)


def test_the_english_page_shows_english_findings_and_escapes_them(city: City) -> None:
    ctx = city()
    ctx.lang = "en"
    listed = made(ctx).split('class="examples"', 1)[1]
    english = sentence("value.not-number", {"kolom": "v3a", "isi": HOSTILE}, "en")
    assert f">{english}</span>" in html.unescape(listed), "shown, not only kept beside"
    assert "<script>alert" not in listed
