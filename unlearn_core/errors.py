"""The errors a person can act on.

Every message is one or two sentences that name what is wrong, the value seen, what is allowed
and what to do next. Both faces show the message as it is; anything else is a bug and keeps its
traceback in the run's log.
"""


class LetheError(Exception):
    """A problem with a remedy; the message is meant for the person, not for a developer."""


class InvalidInput(LetheError, ValueError):
    """A value, file or model that cannot be used as it is."""


class MissingPrerequisite(LetheError):
    """Something else has to be done or given first."""
