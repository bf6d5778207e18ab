"""Sealing, comparing and explaining a city's baseline: each question with its whole answer."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kotaku_geo.config import PipelineFile
from kotaku_geo.errors import PipelineFileError
from kotaku_geo.history import report as reports
from kotaku_geo.history import sealing, versions
from kotaku_geo.history.baseline import Baseline
from kotaku_geo.history.diff import diff
from kotaku_geo.history.explain import Explainer, verified_in
from kotaku_geo.outcome import refused_inputs
from kotaku_geo.publish.differences import write_differences
from kotaku_geo.runner import FACTS, Say, run_stages


@dataclass(frozen=True)
class Answer:
    """What there is to say: for a machine, for a person, and the exit code."""

    content: Mapping[str, Any]
    text: str
    exit_code: int = 0


@dataclass(frozen=True)
class Desk:
    """Where questions are asked.

    Attributes:
        file: the pipeline; None where folders alone are compared.
        build: folder that workspaces are made in.
        drop: delivered files, in place of the pipeline file's own folder.
        seal_dir: where versions are, in place of ``segel/`` beside the pipeline file.
        lang: language of the text.
        workers: threads.
        say: takes lines of progress.
    """

    file: PipelineFile | None
    build: Path
    drop: Path | None = None
    seal_dir: Path | None = None
    lang: str = "id"
    workers: int = 2
    say: Say = lambda _: None

    @property
    def pipeline(self) -> PipelineFile:
        """The pipeline's file, where there must be one."""
        if self.file is None:
            raise PipelineFileError("berkas pipeline belum disebut; pakai --pipeline BERKAS")
        return self.file

    @property
    def versions(self) -> Path:
        """The folder of the pipeline's sealed versions."""
        return versions.folder_of(self.pipeline, self.seal_dir)

    def workspace(self, stage: str = "consolidate") -> Path:
        """The workspace's folder, brought up to date."""
        report = run_stages(
            self.pipeline,
            stage,
            drop=self.drop,
            build=self.build,
            lang=self.lang,
            workers=self.workers,
            say=self.say,
        )
        return report.root

    def baseline(self, name: str | None = None) -> Baseline:
        """A version by its name, a folder's baseline by its path, or that of the workspace."""
        if name is None:
            return Baseline.of_workspace(self.workspace(), self.pipeline)
        return versions.open_named(name, self.versions if self.file is not None else None)


def seal_baseline(desk: Desk, minutes: str, date: str) -> Answer:
    """Freeze the workspace's baseline as an agreed version; exit 3, 4 or 5 where it may not be.

    Args:
        minutes: number of the minutes that agreed on it.
        date: of the minutes, ``YYYY-MM-DD``.

    Raises:
        UsageError: the date is to come, or earlier than what the minutes are said to agree on.
    """
    file = desk.pipeline
    agreed = sealing.Minutes(minutes.strip(), date)
    sealing.refuse_date(agreed, desk.versions, dt.date.today())
    root = desk.workspace()
    baseline = Baseline.of_workspace(root, file)
    sealing.refuse_before_decisions(agreed, baseline)
    found = sealing.hindrances(baseline, refused_inputs(root, file.pipeline))
    if found.exit_code:
        text = reports.hindered_text(found, desk.lang)
        return Answer(reports.hindered_json(found), text, found.exit_code)
    copies = sealing.copies_of(file)
    done = sealing.seal(
        baseline, desk.versions, agreed, root=root, copies=copies, workers=desk.workers
    )
    younger = sealing.younger_sources(done.record, FACTS)
    told = younger, sealing.other_minutes(agreed, baseline)
    return Answer(reports.sealed_json(done, *told), reports.sealed_text(done, desk.lang, *told))


def check_seals(desk: Desk) -> Answer:
    """Whether every sealed version is still what was sealed; exit 3 where one is not."""
    found = versions.checked(desk.versions)
    content = {name: {"altered": wrong} for name, (_, wrong) in found.items()}
    code = 3 if any(wrong for _, wrong in found.values()) else 0
    return Answer(content, reports.checked_text(found, desk.versions, desk.lang), code)


def compare(desk: Desk, before: str, after: str | None, gpkg: Path | None = None) -> Answer:
    """What differs between two baselines; ``gpkg`` is a file to draw it in."""
    one, other = desk.baseline(before), desk.baseline(after)
    if one.name == other.name:  # workspaces of one pipeline go by its name: their folders differ
        one = replace(one, name=before)
        other = replace(other, name=after or str(desk.build / other.name))
    found = diff(one, other, workers=desk.workers)
    if gpkg is not None:
        write_differences(found, one, other, gpkg)
    return Answer(found.as_json(), reports.diff_text(found, desk.lang))


def explain(desk: Desk, name: str, parameter: str | None, version: str | None = None) -> Answer:
    """Why a value or a boundary is what it is, in the workspace or in a sealed version."""
    found = Explainer(desk.baseline(version))
    if version is None and not found.knows(name):
        # An SK location: the verification is brought up to date for it alone.
        root = desk.workspace("verify")
        found = Explainer(Baseline.of_workspace(root, desk.pipeline), verified_in(root))
    story = found.story(name, parameter)
    return Answer(story.as_json(desk.lang), story.text(desk.lang))
