"""Hectares that the decree writes, and the findings they raise."""

import numpy as np
import pandas as pd
import pytest

from kotaku_geo.verify.written import allowed, half_digit, written_hectares
from tests.verify.city import KEL, box, kawasan, row, sk

HECTARE = box(0, 0, 100, 100)  # 1 ha, less 0.05 % on the ellipsoid


class TestHalfDigit:
    @pytest.mark.parametrize(
        ("value", "half"),
        [(12.5, 0.05), (12.34, 0.005), (12.0, 0.5), (120.0, 0.5), (0.7, 0.05), (1e-3, 0.0005)],
    )
    def test_of_a_number(self, value, half):
        assert half_digit(value) == pytest.approx(half)

    @pytest.mark.parametrize("value", [float("nan"), 0.0, float("inf")])
    def test_of_nothing(self, value):
        assert np.isnan(half_digit(value))

    def test_allowed(self):
        limit = allowed(np.array([1.0, 100.0, 1.0]), np.array([0.005, 0.005, 0.5]), 1.0)
        assert limit.tolist() == pytest.approx([0.05, 1.0, 0.5])


class TestSum:
    @staticmethod
    def of(values, drawn_rows, total):
        rows = pd.DataFrame({"place": 0, "luas_sk_ha": values, "drawn_ha": drawn_rows})
        return written_hectares(rows, np.array([total], dtype=float)).hectares[0]

    def test_rows_are_summed(self):
        assert self.of([1.2, 0.8], [1.2, 0.8], 2.0) == pytest.approx(2.0)

    def test_one_total_on_every_row_counts_once(self):
        assert self.of([2.0, 2.0], [1.2, 0.8], 2.0) == 2.0

    def test_equal_rows_that_are_no_total(self):
        assert self.of([1.0, 1.0], [1.0, 1.0], 2.0) == 2.0

    def test_one_total_on_one_row(self):
        assert self.of([2.0, None, None], [0.7, 0.7, 0.6], 2.0) == 2.0

    def test_a_row_without_figure_leaves_the_sum_unknown(self):
        assert np.isnan(self.of([1.2, None], [1.2, 0.8], 2.0))
        assert np.isnan(self.of([1.2, 0.5, 0.0], [1.2, 0.5, 0.3], 2.0))

    def test_without_a_drawing_a_repeated_figure_is_one_total(self):
        assert self.of([2.0, 2.0], [0, 0], np.nan) == 2.0
        assert self.of([2.0, 1.5], [0, 0], np.nan) == 3.5

    @pytest.mark.parametrize("value", [None, 0.0, -1.0])
    def test_nothing_written(self, value):
        assert np.isnan(self.of([value], [1.0], 1.0))


class TestFindings:
    def severity(self, verify, written, outline=HECTARE):
        found = verify([sk(outline, id_sk="S", luas_sk_ha=written)], []).findings
        rows = found[found["rule"] == "sk.area-differs"]
        return None if rows.empty else rows["severity"].iloc[0]

    @pytest.mark.parametrize(
        ("written", "severity"),
        [(1.0, None), (1.04, None), (1.06, "warning"), (1.094, "warning"), (1.12, "error"),
         (0.93, "warning"), (0.5, "error"), (1.4, "error"), (2.0, "error")],
    )  # fmt: skip
    def test_limits(self, verify, written, severity):
        """Never below 0.05 ha: at 1 ha a difference of 1 % is none. 10 % is an error."""
        assert self.severity(verify, written) == severity

    def test_percent_at_large(self, verify):
        large = box(0, 0, 1000, 400)  # 40 ha: the warning starts at 0.4 ha
        assert self.severity(verify, 40.3, large) is None
        assert self.severity(verify, 40.55, large) == "warning"

    def test_never_below_half_the_last_digit(self, verify):
        """14 ha against 13.6: 3 % off, but a decree in whole hectares cannot say it better."""
        assert self.severity(verify, 14.0, box(0, 0, 340, 400)) is None
        assert self.severity(verify, 14.01, box(0, 0, 340, 400)) == "warning"

    @pytest.mark.parametrize("written", [None, 0.0])
    def test_missing_is_a_finding_of_its_own(self, verify, written):
        found = verify([sk(HECTARE, id_sk="S", luas_sk_ha=written)], [])
        assert found.rules.count("sk.area-missing") == 1
        assert "sk.area-differs" not in found.rules
        assert found.only.isna()["luas_sk_tertulis_ha"]

    def test_it_does_not_touch_the_verdict(self, verify):
        found = verify([sk(HECTARE, luas_sk_ha=9.0)], [kawasan("K", HECTARE)])
        assert found.only["verdict"] == "sesuai"

    def test_relations_sum_what_is_written(self, verify):
        halves = [sk(box(0, 0, 50, 100), id_sk="A", luas_sk_ha=0.5),
                  sk(box(50, 0, 100, 100), id_sk="B", luas_sk_ha=0.52)]  # fmt: skip
        assert verify(halves, [kawasan("K", HECTARE)]).only["luas_sk_tertulis_ha"] == pytest.approx(
            1.02
        )
        halves[1]["luas_sk_ha"] = None
        unknown = verify(halves, [kawasan("K", HECTARE)]).only
        assert unknown.isna()["luas_sk_tertulis_ha"]

    def test_numbers_are_written_as_people_do(self, verify):
        found = verify([sk(HECTARE, id_sk="S", luas_sk_ha=1234.5)], []).findings
        message = found[found["rule"] == "sk.area-differs"]["message"].iloc[0]
        assert "1.234,50 ha" in message

    def test_a_merged_total_in_a_table(self, verify):
        """Two rows of a table repeat one total of 1 ha; their kawasan has 1 ha."""
        table = [row(nama_lokasi="Melati", rt=rt, luas_sk_ha=1.0) for rt in ("001", "002")]
        found = verify([], [kawasan("K", HECTARE, nama_kawasan="Melati")], sk_table=table)
        assert found.only["luas_sk_tertulis_ha"] == 1.0
        assert found.only["verdict"] == "sesuai"

    def test_rows_in_a_table(self, verify):
        """Two rows of 1 ha each; their kawasan has 2 ha."""
        table = [row(nama_lokasi="Melati", rt=rt, luas_sk_ha=1.0) for rt in ("001", "002")]
        k = kawasan("K", box(0, 0, 200, 100), nama_kawasan="Melati")
        found = verify([], [k], sk_table=table)
        assert found.only["luas_sk_tertulis_ha"] == 2.0
        assert found.only["verdict"] == "sesuai"

    def test_finding_ids_do_not_hang_on_the_row(self, verify):
        rows = [sk(HECTARE, id_sk="S", luas_sk_ha=2.0), sk(box(500, 0, 600, 100), id_sk="T")]
        ids = [set(verify(order, []).findings["finding_id"]) for order in (rows, rows[::-1])]
        assert ids[0] == ids[1]
        assert f"SK-{KEL}" not in ids[0]
