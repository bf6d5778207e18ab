"""What commands share: the group, the options, and how a command ends."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import click

from kotaku_geo import __version__
from kotaku_geo.errors import KotakuError

BUILD = Path("build")
_PREFIX = {"id": "Kesalahan", "en": "Error"}


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


def format_option(*forms: str) -> Callable[..., Any]:
    """How the result is printed; the first form is the default."""
    return click.option("--format", "form", type=click.Choice(forms), default=forms[0],
                        show_default=True)  # fmt: skip


def stage_options(command: Callable[..., None]) -> Callable[..., None]:
    """Options of the commands that run stages."""
    command = format_option("text", "json")(command)
    return common_options(command)


def common_options(command: Callable[..., None]) -> Callable[..., None]:
    """Options that decide the exit code, and those of every command that has a workspace."""
    for option in (
        click.option("--require-agreed", is_flag=True, help="Exit 4 on open material conflicts."),
        click.option("--strict", is_flag=True, help="Exit 5 on decisions that are not in force."),
        click.option("--fail-on", type=click.Choice(["error", "warning", "never"]),
                     default="never", show_default=True,
                     help="Exit 1 on findings at or above this severity."),
    ):  # fmt: skip
        command = option(command)
    return place_options(command)


def place_options(command: Callable[..., None]) -> Callable[..., None]:
    """Where things are, in which language, and how errors are shown."""
    path = click.Path(path_type=Path)
    for option in (
        click.option("--debug", is_flag=True, help="Show the traceback of an error."),
        click.option("--lang", type=click.Choice(["id", "en"]), default="id"),
        click.option("--build", type=path, default=BUILD, show_default=True),
        click.option("--drop", type=path, default=None, help="Folder of delivered files."),
    ):
        command = option(command)
    return command


def look_options(command: Callable[..., None]) -> Callable[..., None]:
    """Options of the commands that look at a baseline."""
    command = format_option("text", "json")(command)
    return place_options(command)


def say(line: str) -> None:
    """A line of progress, to stderr."""
    click.echo(line, err=True)


def guarded(action: Callable[[], int], debug: bool) -> None:
    """Run, print errors as sentences, and leave with the family's exit code."""
    try:
        code = action()
    except KotakuError as error:
        if debug:
            raise
        _leave(error.said(_lang()), error.exit_code)
    except OSError as error:
        if debug:
            raise
        _leave(f"{error.filename or ''}: {error.strerror or error}", 6)
    sys.exit(code)


def misused(key: str) -> NoReturn:
    """Leave because the command was called wrongly, in the words of ``schemas/usage.yaml``."""
    from kotaku_geo.history.phrases import UsageError

    context = click.get_current_context()
    error = UsageError("usage", key)
    _leave(f"{error.said(_lang())}: {context.command_path} --help", error.exit_code)


def _lang() -> str:
    """The language that the command was told to speak."""
    return str(click.get_current_context().params.get("lang") or "id")


def _leave(message: str, code: int) -> NoReturn:
    click.echo(f"{_PREFIX[_lang()]}: {message}", err=True)
    sys.exit(code)
