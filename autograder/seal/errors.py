"""What goes wrong when a process is sealed."""

from __future__ import annotations

from autograder.errors import KitError


class SealError(KitError):
    """The seal does not hold here. One line that says what to do."""


class LayerMissing(Exception):
    """A layer of the seal can't be had on this machine. The message says why; the other layers may hold without it."""
