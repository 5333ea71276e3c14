"""The root of the errors that a person reads: one line that says what to do, and the exit status of a command."""

from __future__ import annotations


class KitError(Exception):
    """Something could not be done. The message is one line that says what to do."""

    exit_status = 1


class UsageError(KitError):
    """A command was called in a way that it does not know."""

    exit_status = 2
