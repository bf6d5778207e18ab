"""The command line: parse, call, print, and nothing else."""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from kotaku_geo import __version__
from kotaku_geo.errors import KotakuError, PipelineFileError

if TYPE_CHECKING:
    from kotaku_geo.agreement import Answer

STAGE_HELP = {
    "ingest": "Delivered files to canonical layers.",
    "consolidate": "Layers to candidate facts, conflicts and the baseline.",
    "verify": "The slum decree (SK) against the baseline.",
    "screen": "The baseline against protected land, hazards, MHA, heritage and land status.",
    "profile": "The city's slum profile as a page.",
    "publish": "GeoPackage, reports and checksums.",
}


@dataclass(frozen=True)
class Options:
    """What every stage command is told."""

    drop: Path | None
    build: Path
    lang: str
    fail_on: str
    strict: bool
    require_agreed: bool
    debug: bool
    form: str


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="kotaku-geo")
def cli() -> None:
    """From the files of a city's offices to an agreed slum baseline and its verification."""


def _format_option(*forms: str) -> Callable[..., Any]:
    return click.option("--format", "form", type=click.Choice(forms), default=forms[0],
                        show_default=True)  # fmt: skip


def _stage_options(command: Callable[..., None]) -> Callable[..., None]:
    command = _format_option("text", "json")(command)
    return _common_options(command)


def _common_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--require-agreed", is_flag=True, help="Exit 4 on open material conflicts."),
        click.option("--strict", is_flag=True, help="Exit 5 on stale decisions."),
        click.option("--fail-on", type=click.Choice(["error", "warning", "never"]),
                     default="never", show_default=True,
                     help="Exit 1 on findings at or above this severity."),
    ):  # fmt: skip
        command = option(command)
    return _place_options(command)


def _place_options(command: Callable[..., None]) -> Callable[..., None]:
    path = click.Path(path_type=Path)
    for option in (
        click.option("--debug", is_flag=True, help="Show the traceback of an error."),
        click.option("--lang", type=click.Choice(["id", "en"]), default="id"),
        click.option("--build", type=path, default=Path("build"), show_default=True),
        click.option("--drop", type=path, default=None, help="Folder of delivered files."),
    ):
        command = option(command)
    return command


def _look_options(command: Callable[..., None]) -> Callable[..., None]:
    """Options of the commands that look at a baseline."""
    command = _format_option("text", "json")(command)
    return _place_options(command)


def _stage_command(name: str) -> None:
    @cli.command(name, help=STAGE_HELP[name])
    @click.argument("pipeline", type=click.Path(path_type=Path))
    @_stage_options
    def command(pipeline: Path, **options: Any) -> None:
        _guarded(lambda: _run([pipeline], name, Options(**options)), options["debug"])


for _name in STAGE_HELP:
    _stage_command(_name)


@cli.command("run")
@click.argument("pipelines", nargs=-1, required=True, type=click.Path(path_type=Path))
@_stage_options
def run_command(pipelines: tuple[Path, ...], **options: Any) -> None:
    """All stages; several pipelines are several cities."""
    _guarded(lambda: _run(list(pipelines), "publish", Options(**options)), options["debug"])


@cli.command("check")
@click.argument("pipeline", required=False, type=click.Path(path_type=Path))
@click.option("--rules", is_flag=True, help="List the rule ids.")
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Folder for the workbooks of --format xlsx.")  # fmt: skip
@_format_option("text", "json", "xlsx")
@_common_options
def check_command(pipeline: Path | None, rules: bool, output: Path | None, **options: Any) -> None:
    """Ingest in memory, write nothing, print the findings; or a workbook per sender."""
    if not rules and pipeline is None:
        raise click.UsageError("PIPELINE or --rules is needed")
    if (options["form"] == "xlsx") != (output is not None) or (rules and output):
        raise click.UsageError("--format xlsx and -o DIR belong together")
    _guarded(lambda: _check(pipeline, rules, output, Options(**options)), options["debug"])


@cli.command("init")
@click.argument("drop", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE",
              help="The pipeline file to write.")  # fmt: skip
@click.option("--force", is_flag=True, help="Overwrite FILE.")
@_format_option("text", "json")
@click.option("--lang", type=click.Choice(["id", "en"]), default="id")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def init_command(drop: Path, output: Path, force: bool, form: str, lang: str, debug: bool) -> None:
    """Look through a folder of delivered files and propose the pipeline file."""

    def write_proposal() -> int:
        from kotaku_geo import outcome
        from kotaku_geo.ingest.discover import propose
        from kotaku_geo.ingest.discover.write import check_target, write

        check_target(output, force)
        proposal = propose(drop, _say)
        file = write(proposal, drop, output, force)
        click.echo(outcome.init_listing(proposal, file.path, form, lang))
        return 0

    _guarded(write_proposal, debug)


@cli.command("sample")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option("--size", type=click.Choice(["kecil", "sedang", "besar"]), default="kecil",
              show_default=True)  # fmt: skip
@click.option("--debug", is_flag=True)
def sample_command(directory: Path, seed: int, size: str, debug: bool) -> None:
    """Write a synthetic, deliberately messy city with its truth."""

    def write() -> int:
        from kotaku_geo.sample import write_sample

        click.echo(write_sample(directory, seed=seed, size=size, progress=_say))
        return 0

    _guarded(write, debug)


@cli.command("seal")
@click.argument("pipeline", type=click.Path(path_type=Path))
@click.option("--minutes", help="Number of the minutes that agreed on the baseline.")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="Date of the minutes.")
@click.option("--seal-dir", type=click.Path(path_type=Path), help="In place of segel/.")
@click.option("--check", is_flag=True, help="Seal nothing; tell whether sealed versions are whole.")
@_look_options
def seal_command(pipeline: Path, check: bool, debug: bool, **options: Any) -> None:
    """Freeze the baseline as an agreed version."""
    if not check and not (options["minutes"] and options["minutes"].strip() and options["date"]):
        raise click.UsageError("--minutes and --date are needed (or --check)")
    from kotaku_geo import agreement

    if check:
        options = {name: options[name] for name in options if name not in ("minutes", "date")}
    else:
        options["date"] = options["date"].date().isoformat()
    ask = agreement.check_seals if check else agreement.seal_baseline
    _guarded(lambda: _answered(ask, pipeline, options), debug)


@cli.command("diff")
@click.argument("before")
@click.argument("after", required=False)
@click.option("--pipeline", type=click.Path(path_type=Path), help="So that A may be v1.0.")
@click.option("--seal-dir", type=click.Path(path_type=Path), help="In place of segel/.")
@click.option("--gpkg", type=click.Path(path_type=Path), help="Also draw the differences.")
@_look_options
def diff_command(pipeline: Path | None, debug: bool, **options: Any) -> None:
    """What differs between two sealed versions or workspaces."""
    from kotaku_geo import agreement

    if options["after"] is None and pipeline is None:
        raise click.UsageError("B or --pipeline is needed")
    _guarded(lambda: _answered(agreement.compare, pipeline, options), debug)


@cli.command("explain")
@click.argument("pipeline", type=click.Path(path_type=Path))
@click.argument("name", metavar="ID")
@click.argument("parameter", required=False)
@click.option("--version", help="Of a sealed version (v1.0), not of the workspace.")
@click.option("--seal-dir", type=click.Path(path_type=Path), help="In place of segel/.")
@_look_options
def explain_command(pipeline: Path, debug: bool, **options: Any) -> None:
    """Why a value or a boundary is what it is: candidates, rule, decision."""
    from kotaku_geo import agreement

    _guarded(lambda: _answered(agreement.explain, pipeline, options), debug)


@cli.group("worksheet")
def worksheet_group() -> None:
    """The conflicts out as a workbook for the meeting; its decisions back in."""


def _worksheet_options(command: Callable[..., None]) -> Callable[..., None]:
    path = click.Path(path_type=Path)
    for option in (
        click.option("--format", "form", type=click.Choice(["text", "json"]), default="text"),
        click.option("--debug", is_flag=True, help="Show the traceback of an error."),
        click.option("--build", type=path, default=Path("build"), show_default=True),
        click.option("--drop", type=path, default=None, help="Folder of delivered files."),
    ):
        command = option(command)
    return command


@worksheet_group.command("export")
@click.argument("pipeline", type=click.Path(path_type=Path))
@click.argument("workbook", type=click.Path(path_type=Path))
@click.option("--docx", type=click.Path(path_type=Path), help="Also the draft minutes.")
@click.option("--seal-dir", type=click.Path(path_type=Path), help="In place of segel/.")
@_worksheet_options
def worksheet_export_command(pipeline: Path, workbook: Path, debug: bool, **options: Any) -> None:
    """Write the conflicts as WORKBOOK (.xlsx) for the meeting."""
    _guarded(lambda: _worksheet_export(pipeline, workbook, options), debug)


@worksheet_group.command("import")
@click.argument("pipeline", type=click.Path(path_type=Path))
@click.argument("workbooks", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--partial", is_flag=True, help="Take what is right although something is wrong.")
@_worksheet_options
def worksheet_import_command(
    pipeline: Path, workbooks: tuple[Path, ...], debug: bool, **options: Any
) -> None:
    """Take the decisions of filled WORKBOOKS into keputusan.csv."""
    _guarded(lambda: _worksheet_import(pipeline, workbooks, options), debug)


@cli.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of the pipeline file."""
    from kotaku_geo.config import json_schema

    click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))


def _run(pipelines: list[Path], target: str, options: Options) -> int:
    from kotaku_geo.config import load_pipeline
    from kotaku_geo.outcome import outcome_of
    from kotaku_geo.runner import run_stages

    files = [load_pipeline(path) for path in pipelines]
    stems = [file.stem for file in files]
    if len(set(stems)) < len(stems):
        raise PipelineFileError("dua berkas pipeline bernama sama akan memakai folder yang sama")
    codes = []
    for file in files:
        report = run_stages(
            file,
            target,
            drop=options.drop,
            build=options.build,
            lang=options.lang,
            workers=os.cpu_count() or 1,
            say=_say,
        )
        outcome = outcome_of(report, options.fail_on, options.strict, options.require_agreed)
        codes.append(outcome.exit_code)
        if len(files) > 1 and options.form == "text":
            click.echo(f"{file.pipeline.city.name} ({file.path.name})")
        if options.form == "json":
            click.echo(json.dumps(outcome.as_json(), ensure_ascii=False))
        else:
            click.echo(outcome.as_text(options.lang))
    order = (2, 3, 6, 4, 5, 1, 0)
    return min(codes, key=order.index)


def _check(pipeline: Path | None, rules: bool, output: Path | None, options: Options) -> int:
    from kotaku_geo import outcome

    if rules:
        click.echo(outcome.rules_listing(options.form, options.lang))
        return 0
    from kotaku_geo.checking import check_pipeline
    from kotaku_geo.checking.listing import check_listing, written_listing
    from kotaku_geo.config import load_pipeline

    assert pipeline is not None
    result = check_pipeline(load_pipeline(pipeline), options.drop, os.cpu_count() or 1, _say)
    if output is not None:
        from kotaku_geo.checking.workbook import write_workbooks

        written = write_workbooks(result, output, options.lang)
        click.echo(written_listing(written, options.lang))
    else:
        click.echo(check_listing(result, options.form, options.lang))
    return outcome.exit_code_of(result.findings, options.fail_on)


def _answered(ask: Callable[..., "Answer"], pipeline: Path | None, options: dict[str, Any]) -> int:
    """Ask about a baseline with the options given, and print the answer."""
    from kotaku_geo.agreement import Desk
    from kotaku_geo.config import load_pipeline

    form, lang = options.pop("form"), options.pop("lang")
    where = {name: options.pop(name) for name in ("build", "drop", "seal_dir")}
    file = None if pipeline is None else load_pipeline(pipeline)
    desk = Desk(file, **where, lang=lang, workers=os.cpu_count() or 1, say=_say)
    answer = ask(desk, **options)
    as_json = form == "json"
    content = json.dumps(answer.content, ensure_ascii=False, allow_nan=False) if as_json else ""
    click.echo(content if as_json else answer.text)
    return answer.exit_code


def _worksheet_export(pipeline: Path, workbook: Path, options: dict[str, Any]) -> int:
    from kotaku_geo.config import load_pipeline
    from kotaku_geo.meeting import export_worksheet

    form = options.pop("form")
    how = {"workers": os.cpu_count() or 1, "say_line": _say, **options}
    done = export_worksheet(load_pipeline(pipeline), workbook, **how)
    click.echo(json.dumps(done.as_json()) if form == "json" else done.as_text())
    return done.exit_code


def _worksheet_import(pipeline: Path, workbooks: tuple[Path, ...], options: dict[str, Any]) -> int:
    from kotaku_geo.config import load_pipeline
    from kotaku_geo.meeting import import_worksheets

    form = options.pop("form")
    how = {"workers": os.cpu_count() or 1, "say_line": _say, **options}
    done = import_worksheets(load_pipeline(pipeline), workbooks, **how)
    text = json.dumps(done.as_json(), ensure_ascii=False) if form == "json" else done.as_text()
    click.echo(text)
    return done.exit_code


def _say(line: str) -> None:
    click.echo(line, err=True)


def _guarded(action: Callable[[], int], debug: bool) -> None:
    """Run, print errors as sentences, and leave with the family's exit code."""
    try:
        code = action()
    except KotakuError as error:
        if debug:
            raise
        _leave(str(error), error.exit_code)
    except OSError as error:
        if debug:
            raise
        _leave(f"{error.filename or ''}: {error.strerror or error}", 6)
    sys.exit(code)


def _leave(message: str, code: int) -> NoReturn:
    click.echo(f"Galat: {message}", err=True)
    sys.exit(code)


def main() -> None:
    """Entry point of the command ``kotaku-geo``."""
    cli(prog_name="kotaku-geo")
