"""What a notebook's text says that nobody writes in honest work, and that no tripwire in the process can hear.

Python tells no audit hook that somebody reads a function's `__globals__`, lists all classes, or goes from a frame to
its caller's. Whoever builds such a name from pieces is not seen here; the points rest on answers all the same.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator

INTERNALS = {
    "__subclasses__": "lists the classes of the process",
    "__globals__": "reaches into the module of a function",
    "f_back": "reads the frames of its callers",  # a signal handler is given a frame: no tripwire hears of it
    "f_locals": "reads the frames of its callers",
    "_xxsubinterpreters": "starts another interpreter",
    "_interpreters": "starts another interpreter",
}
OF_ANOTHER = {
    "__closure__": "reads what another function keeps",
    "cell_contents": "reads what another function keeps",
    "__self__": "reads whose method a function is",
}
"""Only inside a function or a class: whoever is curious about their own closures looks at them in passing."""
_WORD = re.compile(r"\w+")
_WHOLE_STRING = re.compile(r"[a-zA-Z]*(['\"]{1,3})(\w+)\1")


def reflections(source: str) -> list[str]:
    """What a cell or a module reaches for, each thing once. Comments and longer texts do not count."""
    return list(dict.fromkeys(filter(None, (_meaning(name, inside) for name, inside in _names(source)))))


def _meaning(name: str, inside: bool) -> str:
    return INTERNALS.get(name, "") or (OF_ANOTHER.get(name, "") if inside else "")


def _names(source: str) -> Iterator[tuple[str, bool]]:
    """Names and short texts, each with whether its line is indented."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            inside = token.line[:1].isspace()
            if token.type == tokenize.NAME:
                yield token.string, inside
            elif token.type == tokenize.STRING and (whole := _WHOLE_STRING.fullmatch(token.string)):
                yield whole[2], inside
    except (tokenize.TokenError, SyntaxError, ValueError, RecursionError):  # lines that are IPython's own
        yield from ((word, False) for word in _WORD.findall(source))
