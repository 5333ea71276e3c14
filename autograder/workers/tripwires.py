"""Tripwires: what a cell does that nobody does in honest work, told to the trusted side at once.

They stop nobody: the points rest on answers (see `SECURITY.md`). They show who tried. An audit hook can't be removed by
Python code, and what it reports is sent before the code that set it off goes on.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from inspect import getattr_static
from types import BuiltinFunctionType, FrameType, FunctionType, ModuleType
from typing import Any

Report = Callable[[str], None]
MAX_REPORTS = 20
EVENTS = {
    "sys._getframe": "reads the frames of its callers",
    "sys._current_frames": "reads the frames of other threads",
    "sys._current_exceptions": "reads the frames of other threads",
    "gc.get_objects": "lists the objects of the process",
    "gc.get_referrers": "looks for who refers to an object",
    "gc.get_referents": "looks at what an object refers to",
    "sys.settrace": "traces what runs",
    "sys.setprofile": "traces what runs",
    "sys.addaudithook": "listens to what the process does",
    "code.__new__": "makes code objects",
    "ctypes.dlopen": "opens a library of the system",
    "ctypes.dlsym": "calls a library of the system",
    "ctypes.dlsym/handle": "calls a library of the system",
}
CODE_ATTRIBUTES = ("__code__", "tb_frame", "gi_frame", "cr_frame", "ag_frame")
HELPERS = ("inspect.py", "threading.py", "ctypes/__init__.py", "bdb.py", "cProfile.py", "profile.py")
"""Modules that do such a thing for whoever calls them."""
WATCHED = (
    "builtins", "json", "struct", "socket", "importlib", "numpy", "tensorflow", "keras", "keras.ops", "keras.layers",
    "keras.losses", "keras.metrics", "keras.optimizers", "keras.activations", "keras.initializers", "keras.saving",
    "keras.utils", "keras.random", "tensorflow.nn", "tensorflow.math", "tensorflow.linalg", "tensorflow.nest",
    "tensorflow.random",
)  # fmt: skip
"""What probes use, and what carries their answers."""
CLASSES = (
    "keras.Model", "keras.Variable", "keras.layers.Layer", "keras.losses.Loss", "keras.metrics.Metric",
    "keras.optimizers.Optimizer", "tensorflow.GradientTape", "tensorflow.Variable", "tensorflow.Tensor",
)  # fmt: skip


class Tripwires:
    """Watches the cells of a submission from :meth:`arm` on."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._seen: set[str] = set()
        self._busy = threading.local()
        self._originals: list[tuple[Any, str, Any, bool]] = []

    def arm(self) -> None:
        """Remember what the probes use, and listen."""
        self._originals = [(owner, *found) for owner in _owners() for found in _callables(owner)]
        sys.addaudithook(self._make_hook())

    def check(self) -> None:
        """Report what was replaced since, and put it back."""
        replaced = []
        for owner, name, value, own in self._originals:
            if getattr_static(owner, name, None) is not value:
                replaced.append(f"replaces {owner.__name__}.{name}")
                setattr(owner, name, value) if own else delattr(owner, name)
        for what in replaced:  # what reports must be whole again
            self._tell(what)

    def _make_hook(self) -> Callable[[str, tuple[Any, ...]], None]:
        busy, events, tell = self._busy, EVENTS, self._tell
        getframe = sys._getframe

        def hook(event: str, arguments: tuple[Any, ...]) -> None:
            said = events.get(event)
            if said is None and event in ("object.__getattr__", "object.__setattr__"):
                said = "reaches for code objects or frames" if arguments[1] in CODE_ATTRIBUTES else None
            if said is None or getattr(busy, "on", False):
                return
            busy.on = True
            try:
                if _is_by_cell(getframe(1)):
                    tell(said)
            finally:
                busy.on = False

        return hook

    def _tell(self, what: str) -> None:
        if what not in self._seen and len(self._seen) < MAX_REPORTS:
            self._seen.add(what)
            self._report(what)


def _is_by_cell(frame: FrameType | None) -> bool:
    """Whether code of a cell does it, itself or by a helper of the standard library."""
    while frame is not None and frame.f_code.co_filename.endswith(HELPERS):
        frame = frame.f_back
    if frame is None:
        return False
    file = frame.f_code.co_filename
    # What dataclasses, named tuples and AutoGraph generate has a file name of its own kind.
    return file.startswith("<cell") or (file == "<string>" and frame.f_globals.get("__name__") == "__main__")


def _owners() -> Iterator[Any]:
    for name in WATCHED:
        module = sys.modules.get(name)
        if isinstance(module, ModuleType):
            yield module
    for path in CLASSES:
        package, _, rest = path.partition(".")
        owner: Any = sys.modules.get(package)
        for part in rest.split("."):
            owner = getattr(owner, part, None)
        if isinstance(owner, type):
            yield owner


def _callables(owner: Any) -> Iterator[tuple[str, Any, bool]]:
    """Functions and classes by name, and whether they are the owner's own or inherited."""
    for name in dir(owner) if isinstance(owner, type) else list(vars(owner)):
        value = getattr_static(owner, name, None)
        if isinstance(value, FunctionType | BuiltinFunctionType | type | staticmethod | classmethod | property):
            yield name, value, name in vars(owner)
