"""What comes once nothing is open or stale: the seal, unless this content has been sealed."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kotaku_geo.config import PipelineFile
from kotaku_geo.errors import InputError
from kotaku_geo.history.agenda import DECISIONS
from kotaku_geo.history.baseline import Baseline
from kotaku_geo.history.phrases import catalogue
from kotaku_geo.history.versions import departed, folder_of, open_version, sealed
from kotaku_geo.workspace import Workspace

_BLANK = {"id": ("NOMOR", "TTTT-BB-HH"), "en": ("NUMBER", "YYYY-MM-DD")}


@dataclass(frozen=True)
class Ready:
    """A baseline that may be sealed.

    Attributes:
        version: the newest version, where its content is that of now.
        record: number and date of the minutes of the latest decision in force; None where there is
            none, or the newest version has later minutes: then they are of a meeting not on file.
        wrong: why the newest version cannot be compared; None where it can.
    """

    version: str | None = None
    record: tuple[str, str] | None = None
    wrong: str | None = None

    def line(self, command: Sequence[str], lang: str) -> str:
        """What to do next, or that it is done; ``command`` is the seal's without its minutes."""
        if self.wrong is not None:
            return self.wrong
        if self.version is not None:
            return catalogue("history").text("agenda.sealed", {"version": self.version}, lang)
        minutes, date = self.record or _BLANK[lang]
        typed = shlex.join([*command, "--minutes", minutes, "--date", date])
        return catalogue("history").text("agenda.next", {"command": typed}, lang)


def ready(root: Path, file: PipelineFile) -> Ready:
    """How a workspace in which nothing is open or stale stands to the sealed versions."""
    folder = folder_of(file)
    known = sealed(folder)
    record = _latest(Workspace(root))
    if not known:
        return Ready(record=record)
    try:
        version = open_version(folder, str(known[-1]))
    except InputError as error:  # the run is none the worse for it, and its reader is told
        return Ready(wrong=str(error))
    if not departed(version, Baseline.of_workspace(root, file)):
        return Ready(version=version.name)
    dated = str((version.seal or {}).get("date") or "")
    return Ready(record=record if record is not None and record[1] >= dated else None)


def _latest(workspace: Workspace) -> tuple[str, str] | None:
    table = workspace.read(DECISIONS, ["status", "minutes", "date"])
    in_force = table[table["status"] == "berlaku"]
    dated = zip(in_force["date"].astype(str), in_force["minutes"].astype(str), strict=True)
    date, minutes = max(dated, default=("", ""))
    return (minutes, date) if date else None
