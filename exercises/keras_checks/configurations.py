"""A saved configuration with other values written into it: what is made from it must follow them.

An object that comes back with its own values may have been looked up in a table of the notebook. One that follows
values which no object ever had was made from the configuration.
"""

from __future__ import annotations

from typing import Any

CLOSE = 1e-5
"""A value that went through float32 on its way into the configuration is the same value."""


def edited(config: Any, values: dict[Any, Any]) -> Any:
    """A copy of a configuration in JSON in which each entry that equals a key of ``values`` has that key's value.

    Entries are found by their value: what a class calls them is its own business.
    """
    if isinstance(config, dict):
        return {name: edited(entry, values) for name, entry in config.items()}
    if isinstance(config, list):
        return [edited(entry, values) for entry in config]
    return next((new for old, new in values.items() if _same(config, old)), config)


def _same(entry: Any, value: Any) -> bool:
    if type(entry) is not type(value):
        return False
    return abs(entry - value) <= CLOSE if isinstance(value, float) else entry == value
