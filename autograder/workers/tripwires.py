"""Tripwires: what a cell does that nobody does in honest work, told to the trusted side at once.

They stop nobody: the points rest on answers (see `SECURITY.md`). They show who tried. An audit hook can't be removed by
Python code, and what it reports is sent before the code that set it off goes on.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
_FRAMES = ("tb_frame", "gi_frame", "cr_frame", "ag_frame")
ATTRIBUTES = {"object.__getattr__": _FRAMES, "object.__setattr__": ("__code__", *_FRAMES)}
"""Reading `__code__` is what `inspect.signature` does for whoever calls it."""
HELPERS = ("inspect.py", "threading.py", "ctypes/__init__.py", "bdb.py", "cProfile.py", "profile.py")
"""Modules that do such a thing for whoever calls them."""
WATCHED = (
    "builtins", "json", "struct", "socket", "importlib", "numpy", "numpy.linalg", "tensorflow", "tensorflow.nn",
    "tensorflow.math", "tensorflow.linalg", "tensorflow.nest", "tensorflow.random", "keras", "keras.ops",
    "keras.layers", "keras.losses", "keras.metrics", "keras.optimizers", "keras.activations", "keras.initializers",
    "keras.saving", "keras.utils", "keras.random",
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
        self._watched: list[_Watched] = []

    def arm(self, modules: Sequence[ModuleType] = ()) -> None:
        """Remember what the probes use, and what they are: their ``modules``; then listen."""
        self._watched = [_watched(owner) for owner in (*_owners(), *modules)]
        sys.addaudithook(self._make_hook())

    def check(self) -> None:
        """Report what was replaced since, and put it back."""
        replaced = []
        for watched in self._watched:
            replaced += watched.put_back()
        for what in replaced:  # what reports must be whole again
            self._tell(what)
        self._seen.clear()  # the next answer is reported again

    def _make_hook(self) -> Callable[[str, tuple[Any, ...]], None]:
        busy, events, tell = self._busy, EVENTS, self._tell
        getframe = sys._getframe

        def hook(event: str, arguments: tuple[Any, ...]) -> None:
            said = events.get(event)
            if said is None and event in ATTRIBUTES:
                said = "reaches for code objects or frames" if arguments[1] in ATTRIBUTES[event] else None
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


@dataclass(frozen=True)
class _Watched:
    """A module or a class, and the functions and classes that it held.

    It is looked at after every answer, so without going through the attributes of the owner one by one.
    """

    owner: Any
    name: str
    names: Mapping[str, Any]
    """What the owner holds now, itself."""
    originals: list[tuple[str, Any]]
    inherited: frozenset[str]

    def put_back(self) -> list[str]:
        """Undo what was replaced since; what that was."""
        changed = [(name, value) for name, value in self.originals if self.names.get(name) is not value]
        for name, value in changed:
            setattr(self.owner, name, value)
        hiding = self.inherited & self.names.keys()
        for name in hiding:
            delattr(self.owner, name)
        return [f"replaces {self.name}.{name}" for name in [*(name for name, _ in changed), *sorted(hiding)]]


def _watched(owner: Any) -> _Watched:
    found = list(_callables(owner))
    own = [(name, value) for name, value, own in found if own]
    return _Watched(owner, owner.__name__, vars(owner), own, frozenset(name for name, _, own in found if not own))


def _owners() -> Iterator[Any]:
    """The modules and classes, and the classes that these inherit from."""
    for name in WATCHED:
        module = sys.modules.get(name)
        if isinstance(module, ModuleType):
            yield module
    classes: dict[type, None] = {}
    for path in CLASSES:
        package, _, rest = path.partition(".")
        owner: Any = sys.modules.get(package)
        for part in rest.split("."):
            owner = getattr(owner, part, None)
        if isinstance(owner, type):
            classes |= dict.fromkeys(owner.__mro__[:-1])
    yield from classes


def _callables(owner: Any) -> Iterator[tuple[str, Any, bool]]:
    """Functions and classes by name, and whether they are the owner's own or inherited."""
    for name in dir(owner) if isinstance(owner, type) else list(vars(owner)):
        value = getattr_static(owner, name, None)
        kinds = FunctionType | BuiltinFunctionType | type | staticmethod | classmethod | property
        if isinstance(value, kinds) or (isinstance(owner, ModuleType) and type(value).__module__ == "numpy"):
            yield name, value, name in vars(owner)  # most functions of NumPy's are objects of its own kinds
