"""Commands that run stages."""

import json
import os
import shlex
from pathlib import Path
from typing import Any

import click

from kotaku_geo.cli.common import BUILD, Options, cli, guarded, say, stage_options
from kotaku_geo.errors import PipelineFileError
from kotaku_geo.files import unused

STAGE_HELP = {
    "ingest": "Delivered files to canonical layers.",
    "consolidate": "Layers to candidate facts, conflicts and the baseline.",
    "verify": "The slum decree (SK) against the baseline.",
    "screen": "The baseline against protected land, hazards, MHA, heritage and land status.",
    "profile": "The city's slum profile as a page.",
    "publish": "GeoPackage, reports and checksums.",
}


def _stage_command(name: str) -> None:
    @cli.command(name, help=STAGE_HELP[name])
    @click.argument("pipeline", type=click.Path(path_type=Path))
    @stage_options
    def command(pipeline: Path, **options: Any) -> None:
        guarded(lambda: _run([pipeline], [name], Options(**options)), options["debug"])


for _name in STAGE_HELP:
    _stage_command(_name)


@cli.command("run")
@click.argument("pipelines", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--until",
    type=click.Choice(list(STAGE_HELP)),
    multiple=True,
    default=["publish"],
    show_default=True,
    help="The last stage; may be given again.",
)
@stage_options
def run_command(pipelines: tuple[Path, ...], until: tuple[str, ...], **options: Any) -> None:
    """All stages; several pipelines are several cities."""
    guarded(lambda: _run(list(pipelines), list(until), Options(**options)), options["debug"])


def _run(pipelines: list[Path], targets: list[str], options: Options) -> int:
    from kotaku_geo.config import load_pipeline
    from kotaku_geo.runner import run_stages

    files = [load_pipeline(path) for path in pipelines]
    stems = [file.stem for file in files]
    if len(set(stems)) < len(stems):
        raise PipelineFileError("dua berkas pipeline bernama sama akan memakai folder yang sama")
    codes = []
    for path, file in zip(pipelines, files, strict=True):
        report = run_stages(
            file,
            targets,
            drop=options.drop,
            build=options.build,
            lang=options.lang,
            workers=os.cpu_count() or 1,
            say=say,
        )
        from kotaku_geo.outcome import outcome_of  # loads libraries, as the run has by now

        told = (options.fail_on, options.strict, options.require_agreed)
        seal = _command("seal", path, options=options)
        outcome = outcome_of(report, *told, file, meeting=_meeting(path, options), seal=seal)
        codes.append(outcome.exit_code)
        if len(files) > 1 and options.form == "text":
            click.echo(f"{file.pipeline.city.name} ({file.path.name})")
        if options.form == "json":
            click.echo(json.dumps(outcome.as_json(), ensure_ascii=False))
        else:
            click.echo(outcome.as_text(options.lang))
    order = (2, 3, 6, 4, 5, 1, 0)
    return min(codes, key=order.index)


def _meeting(pipeline: Path, options: Options) -> str:
    """The command that takes the open conflicts of a pipeline to the meeting."""
    workbook = unused("rapat.xlsx")
    return shlex.join(_command("worksheet export", pipeline, workbook, options=options))


def _command(name: str, pipeline: Path, *more: str, options: Options) -> list[str]:
    """A command with the places that the run was told and that are not the default."""
    words = ["kotaku-geo", *name.split(), str(pipeline), *more]
    where = {"--drop": options.drop, "--build": options.build}
    for option, folder in where.items():
        if folder not in (None, BUILD):
            words += [option, str(folder)]
    return words
