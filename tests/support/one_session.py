"""`python one_session.py DOOR FOLDER [DOOR FOLDER]...`: doors for several submissions, with one import of TensorFlow.

A door starts a session for each submission. Here it gets one that has started already: where what a door makes of a
submission is tested, and not that it starts.
"""

from __future__ import annotations

import importlib
import sys
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import Any

from autograder.doors import single
from autograder.grading.session import Session


def main(*arguments: str) -> None:
    """Call the class ``Door`` of a module for each folder that follows the module's name."""
    with ExitStack() as stack:
        started: dict[str, Session] = {}

        def session(**options: Any) -> nullcontext[Session]:
            if repr(options) not in started:
                started[repr(options)] = stack.enter_context(Session(**options))
            return nullcontext(started[repr(options)])

        single.Session = session  # type: ignore[assignment, misc]
        for door, folder in zip(arguments[::2], arguments[1::2], strict=True):
            importlib.import_module(door).Door(Path(folder)).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
