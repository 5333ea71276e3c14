"""Numbers in sentences."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """Such as ``1 submission``, ``2 submissions``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def doing(count: int, verb: str, rest: str) -> str:
    """Such as ``1 gains points``, ``2 gain points``."""
    return f"{count} {verb}s {rest}" if count == 1 else f"{count} {verb} {rest}"
