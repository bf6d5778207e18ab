"""Commands that seal, compare and explain a baseline."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kotaku_geo.cli.common import cli, guarded, look_options, misused, say

if TYPE_CHECKING:
    from kotaku_geo.agreement import Answer


@cli.command("seal")
@click.argument("pipeline", type=click.Path(path_type=Path))
@click.option("--minutes", help="Number of the minutes that agreed on the baseline.")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="Date of the minutes.")
@click.option("--seal-dir", type=click.Path(path_type=Path), help="In place of segel/.")
@click.option("--check", is_flag=True, help="Seal nothing; tell whether sealed versions are whole.")
@look_options
def seal_command(pipeline: Path, check: bool, debug: bool, **options: Any) -> None:
    """Freeze the baseline as an agreed version."""
    if not check and not (options["minutes"] and options["minutes"].strip() and options["date"]):
        misused("seal")
    from kotaku_geo import agreement

    if check:
        options = {name: options[name] for name in options if name not in ("minutes", "date")}
    else:
        options["date"] = options["date"].date().isoformat()
    ask = agreement.check_seals if check else agreement.seal_baseline
    guarded(lambda: _answered(ask, pipeline, options), debug)


@cli.command("diff")
@click.argument("before", metavar="A")
@click.argument("after", metavar="[B]", required=False)
@click.option(
    "--pipeline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Whose versions are meant by name, and whose workspace stands in for B.",
)
@click.option("--seal-dir", type=click.Path(path_type=Path), help="In place of segel/.")
@click.option("--gpkg", type=click.Path(path_type=Path), help="Also draw the differences.")
@look_options
def diff_command(pipeline: Path | None, debug: bool, **options: Any) -> None:
    """What differs between A and B.

    Each is the name of a sealed version (v1.0, of --pipeline), the folder of one, or a workspace;
    without B, A is compared with the workspace of --pipeline.
    """
    from kotaku_geo import agreement

    if options["after"] is None and pipeline is None:
        misused("diff")
    guarded(lambda: _answered(agreement.compare, pipeline, options), debug)


@cli.command("explain")
@click.argument("pipeline", type=click.Path(path_type=Path))
@click.argument("name", metavar="ID")
@click.argument("parameter", required=False)
@click.option("--version", help="Of a sealed version (v1.0), not of the workspace.")
@click.option("--seal-dir", type=click.Path(path_type=Path), help="In place of segel/.")
@look_options
def explain_command(pipeline: Path, debug: bool, **options: Any) -> None:
    """Why a value or a boundary is what it is: candidates, rule, decision."""
    from kotaku_geo import agreement

    guarded(lambda: _answered(agreement.explain, pipeline, options), debug)


def _answered(ask: Callable[..., "Answer"], pipeline: Path | None, options: dict[str, Any]) -> int:
    """Ask about a baseline with the options given, and print the answer."""
    from kotaku_geo.agreement import Desk
    from kotaku_geo.config import load_pipeline

    form, lang = options.pop("form"), options.pop("lang")
    where = {name: options.pop(name) for name in ("build", "drop", "seal_dir")}
    file = None if pipeline is None else load_pipeline(pipeline)
    desk = Desk(file, **where, lang=lang, workers=os.cpu_count() or 1, say=say)
    answer = ask(desk, **options)
    as_json = form == "json"
    content = json.dumps(answer.content, ensure_ascii=False, allow_nan=False) if as_json else ""
    click.echo(content if as_json else answer.text)
    return answer.exit_code
