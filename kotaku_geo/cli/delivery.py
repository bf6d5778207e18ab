"""Commands about a delivery before anything is made of it, and the sample of one."""

import json
import os
from pathlib import Path
from typing import Any

import click

from kotaku_geo.cli.common import (
    Options,
    cli,
    common_options,
    format_option,
    guarded,
    misused,
    say,
)


@cli.command("check")
@click.argument("pipeline", required=False, type=click.Path(path_type=Path))
@click.option("--rules", is_flag=True, help="List the rule ids.")
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Folder for the workbooks of --format xlsx.")  # fmt: skip
@format_option("text", "json", "xlsx")
@common_options
def check_command(pipeline: Path | None, rules: bool, output: Path | None, **options: Any) -> None:
    """Ingest in memory, write nothing, print the findings; or a workbook per sender."""
    if not rules and pipeline is None:
        misused("check")
    if (options["form"] == "xlsx") != (output is not None) or (rules and output):
        misused("check_output")
    guarded(lambda: _check(pipeline, rules, output, Options(**options)), options["debug"])


@cli.command("init")
@click.argument("drop", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE",
              help="The pipeline file to write.")  # fmt: skip
@click.option("--force", is_flag=True, help="Overwrite FILE.")
@format_option("text", "json")
@click.option("--lang", type=click.Choice(["id", "en"]), default="id")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def init_command(drop: Path, output: Path, force: bool, form: str, lang: str, debug: bool) -> None:
    """Look through a folder of delivered files and propose the pipeline file."""

    def write_proposal() -> int:
        from kotaku_geo import outcome
        from kotaku_geo.ingest.discover import propose
        from kotaku_geo.ingest.discover.write import check_target, write

        check_target(output, force)
        proposal = propose(drop, say)
        file = write(proposal, drop, output, force)
        click.echo(outcome.init_listing(proposal, file.path, form, lang))
        return 0

    guarded(write_proposal, debug)


@cli.command("sample")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option("--size", type=click.Choice(["kecil", "sedang", "besar"]), default="kecil",
              show_default=True)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace an earlier sample in DIRECTORY.")
@click.option("--debug", is_flag=True)
def sample_command(directory: Path, seed: int, size: str, force: bool, debug: bool) -> None:
    """Write a synthetic, deliberately messy city with its truth."""

    def write() -> int:
        from kotaku_geo.sample import write_sample

        click.echo(write_sample(directory, seed=seed, size=size, force=force, progress=say))
        return 0

    guarded(write, debug)


@cli.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of the pipeline file."""
    from kotaku_geo.config import json_schema

    click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))


def _check(pipeline: Path | None, rules: bool, output: Path | None, options: Options) -> int:
    from kotaku_geo import outcome

    if rules:
        click.echo(outcome.rules_listing(options.form, options.lang))
        return 0
    from kotaku_geo.checking import check_pipeline
    from kotaku_geo.checking.listing import check_listing, written_listing
    from kotaku_geo.config import load_pipeline

    assert pipeline is not None
    result = check_pipeline(load_pipeline(pipeline), options.drop, os.cpu_count() or 1, say)
    if output is not None:
        from kotaku_geo.checking.workbook import write_workbooks

        written = write_workbooks(result, output, options.lang)
        click.echo(written_listing(written, options.lang))
    else:
        click.echo(check_listing(result, options.form, options.lang))
    return outcome.exit_code_of(result.findings, options.fail_on)
