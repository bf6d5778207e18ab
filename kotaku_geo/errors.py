"""One family of errors; each class carries the exit code that scripts branch on.

A message names the file, the layer, the row or column, what is wrong and what to do; the
command line prints it and nothing else.
"""


class KotakuError(Exception):
    """Base of all errors a user may see."""

    exit_code = 1

    def said(self, lang: str) -> str:
        """The message in a language; in Indonesian where it has no other."""
        del lang
        return str(self)


class PipelineFileError(KotakuError):
    """The pipeline file, or the way a command was called, is wrong."""

    exit_code = 2


class InputError(KotakuError):
    """A delivered file cannot be read or is refused."""

    exit_code = 3


class OpenConflictError(KotakuError):
    """Material conflicts are open where an agreed baseline is required."""

    exit_code = 4


class StaleDecisionError(KotakuError):
    """A decision rests on evidence that has changed since."""

    exit_code = 5


class OutputError(KotakuError):
    """A result cannot be written."""

    exit_code = 6
