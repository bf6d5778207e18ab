"""What an officer does with the workbook: looks it up, fills rows, makes mistakes, saves a copy."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
from click.testing import CliRunner, Result
from openpyxl.worksheet.worksheet import Worksheet

from kotaku_geo.cli import cli

RECORD = {
    "alasan": "Dicek bersama di lapangan", "forum": "Rapat Pokja PKP",
    "berita_acara": "BA 050/12/2024", "tanggal": "2 Mei 2024", "oleh": "Pokja PKP",
}  # fmt: skip
CONTRACT = ["conflict_id", "kind", "subject", "parameter", "kandidat", "bukti", "pilihan", "nilai",
            "alasan", "forum", "berita_acara", "tanggal", "oleh"]  # fmt: skip


class Copy:
    """One copy of the workbook, opened to be filled."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = openpyxl.load_workbook(path)
        sheet = self.book["konflik"]
        assert isinstance(sheet, Worksheet)
        self.sheet = sheet
        self.columns = {str(c.value): c.column for c in sheet[1]}
        self.rows = {str(sheet.cell(r, 1).value): r for r in range(2, sheet.max_row + 1)
                     if sheet.cell(r, 1).value}  # fmt: skip

    def ids(self, kind: str, material: bool = True) -> list[str]:
        """Conflicts of a kind, in the order of the sheet."""
        keys = self.book["_kunci"].iter_rows(min_row=2, max_col=4, values_only=True)
        weight = {str(key[0]): bool(key[3]) for key in keys}
        return [i for i in self.rows if weight[i] == material and self.get(i, "kind") == kind]

    def get(self, conflict_id: str, column: str) -> Any:
        return self.sheet.cell(self.rows[conflict_id], self.columns[column]).value

    def put(self, conflict_id: str, /, **cells: Any) -> None:
        for column, value in cells.items():
            self.sheet.cell(self.rows[conflict_id], self.columns[column]).value = value

    def choices(self, conflict_id: str, column: str = "pilihan") -> list[str]:
        """The entries of a cell's dropdown, as its validation refers to them."""
        cell = self.sheet.cell(self.rows[conflict_id], self.columns[column]).coordinate
        rules = [r for r in self.sheet.data_validations.dataValidation
                 if r.type == "list" and cell in r.sqref]  # fmt: skip
        if not rules:
            return []
        name, area = rules[0].formula1.lstrip("=").split("!")
        found = self.book[name.strip("'")][area.replace("$", "")]
        cells = found[0] if isinstance(found, tuple) else [found]
        return [str(c.value) for c in cells]

    def decide(self, conflict_id: str, /, last: bool = False, **cells: Any) -> None:
        """Fill a row as it should be: the first (or last) entry of its dropdown, and the record."""
        place = -1 if last else 0
        column = "nilai" if self.get(conflict_id, "kind") == "identitas" else "pilihan"
        chosen = {column: self.choices(conflict_id, column)[place]}
        self.put(conflict_id, **{**chosen, **RECORD, **cells})

    def save(self, path: Path) -> Path:
        self.book.save(path)
        return path


class Desk:
    """A city's pipeline with its build folder, and the two commands."""

    def __init__(self, pipeline: Path, build: Path, desk: Path) -> None:
        self.pipeline, self.build, self.desk = pipeline, build, desk

    @property
    def decisions(self) -> Path:
        return self.pipeline.parent / "keputusan.csv"

    def call(self, *args: Any) -> Result:
        options = ["--build", self.build]
        return CliRunner().invoke(cli, [str(a) for a in (*args, *options)])

    def export(self, name: str = "rapat.xlsx", *more: Any) -> Path:
        target = self.desk / name
        done = self.call("worksheet", "export", self.pipeline, target, *more)
        assert done.exit_code == 0, done.output
        return target

    def bring_back(self, *copies: Path, partial: bool = False) -> tuple[int, Mapping[str, Any]]:
        more = ["--partial"] if partial else []
        done = self.call("worksheet", "import", self.pipeline, *copies, "--format", "json", *more)
        assert done.exit_code in (0, 3), done.output
        return done.exit_code, json.loads(done.stdout)

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.build / self.pipeline.stem / f"consolidate/{name}.parquet")

    def consolidate(self, *more: Any) -> int:
        return self.call("consolidate", self.pipeline, *more).exit_code
