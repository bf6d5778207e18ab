"""The command line: parse, call, print, and nothing else."""

from kotaku_geo.cli import baseline, delivery, meeting, stages
from kotaku_geo.cli.common import cli
from kotaku_geo.cli.stages import STAGE_HELP

__all__ = ["STAGE_HELP", "baseline", "cli", "delivery", "main", "meeting", "stages"]


def main() -> None:
    """Entry point of the command ``kotaku-geo``."""
    cli(prog_name="kotaku-geo")
