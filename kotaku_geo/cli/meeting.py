"""Commands that take the conflicts to the meeting and its decisions back."""

import json
import os
from pathlib import Path
from typing import Any

import click

from kotaku_geo.cli.common import cli, guarded, look_options, misused, say


@cli.group("worksheet")
def worksheet_group() -> None:
    """The conflicts out as a workbook for the meeting; its decisions back in."""


@worksheet_group.command("export")
@click.argument("pipeline", type=click.Path(path_type=Path))
@click.argument("workbook", type=click.Path(path_type=Path))
@click.option("--docx", type=click.Path(path_type=Path), help="Also the draft minutes.")
@click.option(
    "--new-meeting",
    is_flag=True,
    help="The minutes of --docx blank for the next meeting, not of the latest on file.",
)
@click.option("--force", is_flag=True, help="Overwrite a workbook that holds unsaved entries.")
@click.option("--seal-dir", type=click.Path(path_type=Path), help="In place of segel/.")
@look_options
def worksheet_export_command(pipeline: Path, workbook: Path, debug: bool, **options: Any) -> None:
    """Write the conflicts as WORKBOOK (.xlsx) for the meeting."""
    if options["new_meeting"] and options["docx"] is None:
        misused("new_meeting")
    guarded(lambda: _worksheet_export(pipeline, workbook, options), debug)


@worksheet_group.command("import")
@click.argument("pipeline", type=click.Path(path_type=Path))
@click.argument("workbooks", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--partial", is_flag=True, help="Take what is right although something is wrong.")
@look_options
def worksheet_import_command(
    pipeline: Path, workbooks: tuple[Path, ...], debug: bool, **options: Any
) -> None:
    """Take the decisions of filled WORKBOOKS into keputusan.csv."""
    guarded(lambda: _worksheet_import(pipeline, workbooks, options), debug)


def _worksheet_export(pipeline: Path, workbook: Path, options: dict[str, Any]) -> int:
    from kotaku_geo.config import load_pipeline
    from kotaku_geo.meeting import export_worksheet

    form = options.pop("form")
    how = {"workers": os.cpu_count() or 1, "say_line": say, **options}
    done = export_worksheet(load_pipeline(pipeline), workbook, **how)
    click.echo(json.dumps(done.as_json()) if form == "json" else done.as_text())
    return done.exit_code


def _worksheet_import(pipeline: Path, workbooks: tuple[Path, ...], options: dict[str, Any]) -> int:
    from kotaku_geo.config import load_pipeline
    from kotaku_geo.meeting import import_worksheets

    form = options.pop("form")
    how = {"workers": os.cpu_count() or 1, "say_line": say, **options}
    done = import_worksheets(load_pipeline(pipeline), workbooks, **how)
    text = json.dumps(done.as_json(), ensure_ascii=False) if form == "json" else done.as_text()
    click.echo(text)
    return done.exit_code
