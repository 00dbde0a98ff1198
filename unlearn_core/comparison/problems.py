"""What a column says that cannot answer, in place of its answer."""

import logging

from unlearn_core.errors import InvalidInput, LetheError

LOG = logging.getLogger(__name__)


class NoRoom(InvalidInput):
    """Everything that may be in memory is in use; some of it is given back before long."""


def problem_of(error: Exception) -> str:
    """What went wrong, for the place where the answer would stand.

    Errors that nobody foresaw (out of memory, a model's own code) also go to the log.
    """
    if isinstance(error, LetheError):
        return str(error)
    LOG.error("A model of a comparison failed.", exc_info=error)
    line = (str(error).strip() or type(error).__name__).splitlines()[0][:200].rstrip(".")
    return f"This model could not answer: {line}. The others are not affected."
