"""`python one_session.py DOOR FOLDER...`: a door for several submissions, with one import of TensorFlow for all.

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


def main(door: str, *folders: str) -> None:
    """Call the class ``Door`` of a module for each folder."""
    with ExitStack() as stack:
        started: dict[str, Session] = {}

        def session(**options: Any) -> nullcontext[Session]:
            if repr(options) not in started:
                started[repr(options)] = stack.enter_context(Session(**options))
            return nullcontext(started[repr(options)])

        single.Session = session  # type: ignore[assignment, misc]
        for folder in folders:
            importlib.import_module(door).Door(Path(folder)).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
