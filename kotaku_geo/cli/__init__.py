"""The command line: parse, call, print, and nothing else."""

import atexit
import os
import sys
from typing import NoReturn

from kotaku_geo import garbage
from kotaku_geo.cli import baseline, delivery, meeting, stages
from kotaku_geo.cli.common import cli
from kotaku_geo.cli.stages import STAGE_HELP
from kotaku_geo.errors import OutputError

CANNOT_WRITE = OutputError.exit_code

__all__ = ["STAGE_HELP", "baseline", "cli", "delivery", "main", "meeting", "stages"]


def main() -> NoReturn:
    """Entry point of the command ``kotaku-geo``."""
    garbage.seldom()
    try:
        cli(prog_name="kotaku-geo")
    except SystemExit as end:
        _leave(end.code if isinstance(end.code, int) else int(end.code is not None))
    _leave(0)


def _leave(code: int) -> NoReturn:
    """End the process now: what is written is written, and the system frees memory at once, for
    which Python would take apart every library first."""
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # nobody reads any more
        code = code or CANNOT_WRITE
    os._exit(code)
