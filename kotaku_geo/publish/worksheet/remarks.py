"""What is told of a workbook that came back: where it stands, and what is wrong or to be known."""

from dataclasses import dataclass
from typing import Any, Self

from kotaku_geo.publish.worksheet.form import SHEET
from kotaku_geo.publish.worksheet.returned import Row
from kotaku_geo.publish.worksheet.words import say


@dataclass(frozen=True)
class Remark:
    """A sentence with the place that it is about; ``row`` is None where it is the whole file."""

    file: str
    text: str
    row: int | None = None
    column: str | None = None

    @classmethod
    def at(cls, row: Row, column: str, text: str) -> Self:
        """Of one cell."""
        return cls(row.file, text, row.number, column)

    def as_text(self) -> str:
        """File, sheet, row, column, and the sentence."""
        if self.row is None:
            return self.text
        return say("baca.di", berkas=self.file, lembar=SHEET, baris=self.row, kolom=self.column,
                   isi=self.text)  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """The same for a machine."""
        sheet = None if self.row is None else SHEET
        return {"file": self.file, "sheet": sheet, "row": self.row, "column": self.column,
                "message": self.text}  # fmt: skip


@dataclass(frozen=True)
class Fault(Remark):
    """Something that keeps a row, or a whole file, from being taken."""


@dataclass(frozen=True)
class Notice(Remark):
    """Something to be known that keeps nothing from being taken."""
