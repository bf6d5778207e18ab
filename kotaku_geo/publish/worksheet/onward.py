"""What comes after an export, and after decisions have been taken in: commands, as typed."""

import os
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kotaku_geo.decisions import Decision
from kotaku_geo.files import unused
from kotaku_geo.publish.worksheet.cases import DECIDED, STALE, Case
from kotaku_geo.publish.worksheet.words import number, say

_BUILD = Path("build")


@dataclass(frozen=True)
class Step:
    """A command, and the line that tells it."""

    command: str
    told: str


def after_export(
    file: Path, workbook: Path, cases: Sequence[Case], drop: Path | None, build: Path
) -> Iterator[Step]:
    """The import of the workbook once it is filled in, where anything in it is left to decide."""
    if any(case.status != DECIDED for case in cases):
        command = _command("worksheet import", file, drop, build, str(workbook))
        yield Step(command, say("hasil.isi_lalu", perintah=command))


def next_steps(
    file: Path, cases: Sequence[Case], taken: Sequence[Decision], drop: Path | None, build: Path
) -> Iterator[Step]:
    """The run, and after it the seal, or another meeting where something keeps it from sealing.

    Args:
        file: the pipeline file.
        cases: conflicts as they were before the decisions.
        taken: the decisions that are taken now.
        drop, build: as the import was told.
    """
    decided = {decision.about for decision in taken}
    left = [c for c in cases if c.status != DECIDED and (c.kind, c.subject, c.parameter)
            not in decided]  # fmt: skip
    run = _command("run", file, drop, build)
    yield Step(run, say("hasil.selanjutnya", perintah=run))
    material, stale = sum(c.material for c in left), sum(c.status == STALE for c in left)
    if material or stale:
        export = _command("worksheet export", file, drop, build, unused("rapat-berikutnya.xlsx"))
        counts = {"material": number(material, 0), "basi": number(stale, 0)}
        yield Step(export, say("hasil.masih_terbuka", perintah=export, **counts))
        return
    last = max(taken, key=lambda d: (d.date, d.minutes))
    record = "--minutes", last.minutes, "--date", last.date.isoformat()
    seal = _command("seal", file, drop, build, *record)
    yield Step(seal, say("hasil.lalu_segel", perintah=seal))


def _command(name: str, file: Path, drop: Path | None, build: Path, *more: str) -> str:
    """A command with the options that the import had and that are not the default."""
    here = Path(os.path.relpath(file))
    places = [*(("--drop", str(drop)) if drop is not None else ()),
              *(("--build", str(build)) if build != _BUILD else ())]  # fmt: skip
    shown = file if here.parts[0] == os.pardir else here
    return f"kotaku-geo {name} {shlex.join([str(shown), *more, *places])}"
