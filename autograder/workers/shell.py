"""Runs a notebook's cells with IPython's machinery: magics, ``display`` and top-level ``await`` work, nothing is shown.

What needs a terminal, a network or another program does nothing instead of failing.
"""

from __future__ import annotations

import builtins
import contextlib
import getpass
import importlib
import sys
import types
import warnings
from collections.abc import Iterator
from typing import Any

from IPython.core.async_helpers import get_asyncio_loop
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

# They need a program, a display, or the network.
_IDLE = (
    "matplotlib pip conda mamba micromamba uv tensorboard load_ext reload_ext unload_ext autoreload system sx sc bash "
    "sh script cmd html javascript js svg latex debug pdb edit ed gui pylab tensorflow_version"
)
IDLE_MAGICS = frozenset(_IDLE.split())
NO_INPUT = "input() does not work while a notebook is graded."
MAX_MESSAGE = 2000


class StudentShell(InteractiveShell):
    """An IPython shell without a screen, a history or other programs."""

    def run_line_magic(self, magic_name: str, line: str, _stack_depth: int = 1) -> Any:
        if magic_name in IDLE_MAGICS or self.find_line_magic(magic_name) is None:
            return None
        return super().run_line_magic(magic_name, line, _stack_depth + 1)

    def run_cell_magic(self, magic_name: str, line: str, cell: str) -> Any:
        if magic_name in IDLE_MAGICS or self.find_cell_magic(magic_name) is None:
            return None
        return super().run_cell_magic(magic_name, line, cell)

    def system(self, cmd: str) -> None:  # noqa: ARG002
        """``!command``: not here."""
        self.user_ns["_exit_code"] = 127

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:  # noqa: ARG002
        """``x = !command``: nothing."""
        return [] if split else ""

    def showtraceback(self, *_args: Any, **_kwargs: Any) -> None:
        """Errors are returned, not shown."""

    def showsyntaxerror(self, *_args: Any, **_kwargs: Any) -> None:
        """Errors are returned, not shown."""

    @contextlib.contextmanager
    def _tee(self, channel: str) -> Iterator[None]:  # noqa: ARG002 # pyright: ignore[reportIncompatibleMethodOverride]
        """What is printed is not kept: IPython would store it, until the memory is full."""
        yield

    def ask_exit(self) -> None:
        """``exit`` and ``quit`` end nothing."""


def prepare_loop() -> None:
    """Make the event loop for top-level ``await`` now: it needs a socket pair, which a sealed process cannot make."""
    get_asyncio_loop()


def make_shell() -> StudentShell:
    """The shell, with the surroundings of a notebook. HOME must be a folder that can be written."""
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.StudentShell.cache_size = 0
    config.StudentShell.colors = "nocolor"
    config.StudentShell.ast_node_interactivity = "none"
    shell = StudentShell.instance(config=config)
    InteractiveShell._instance = shell  # `get_ipython` and `display` look there
    assert shell.display_formatter is not None
    shell.display_formatter.format = lambda *_args, **_kwargs: ({}, {})
    shell.compile.get_code_name = lambda _raw, _code, number: f"<cell {number}>"
    _no_input()
    _no_pictures()
    sys.modules["otter"] = _stand_in_for_otter()
    importlib.import_module("keras_checks").Notebook = _Notebook  # type: ignore[attr-defined]
    warnings.simplefilter("ignore")
    return shell


def run_cell(shell: StudentShell, index: int, source: str) -> dict[str, Any]:
    """Run one cell. Returns ``{"status": "ok"}`` or ``{"status": "raised", "error_type", "message", "line"}``."""
    shell.execution_count = index
    result = shell.run_cell(source, store_history=False, silent=False, cell_id=None)
    _close_figures()
    error = result.error_before_exec or result.error_in_exec
    return {"status": "ok"} if error is None else describe(error, index)


def describe(error: BaseException, index: int) -> dict[str, Any]:
    """An error as plain text, and the line of cell ``index`` that it passed through last, 0 if none."""
    return {
        "status": "raised",
        "error_type": _public_name(type(error))[:200],
        "message": message_of(error),
        "line": _line(error, f"<cell {index}>"),
    }


def _public_name(kind: type[BaseException]) -> str:
    """``SyntaxError``, say, where Python has a private kind of it."""
    return next((str(base.__name__) for base in kind.__mro__ if not base.__name__.startswith("_")), kind.__name__)


def message_of(error: BaseException) -> str:
    """``str(error)``, shortened; empty when the error's own class cannot say it."""
    try:
        return str(error)[:MAX_MESSAGE]
    except BaseException:  # the class is a student's
        return ""


def _line(error: BaseException, file: str) -> int:
    if isinstance(error, SyntaxError) and isinstance(error.lineno, int):
        return error.lineno
    line, step = 0, error.__traceback__
    while step is not None:
        line = step.tb_lineno if step.tb_frame.f_code.co_filename == file else line
        step = step.tb_next
    return line


def _no_input() -> None:
    def refuse(*_args: Any, **_kwargs: Any) -> str:
        raise EOFError(NO_INPUT)

    builtins.input = refuse
    getpass.getpass = refuse


def _no_pictures() -> None:
    with contextlib.suppress(ImportError):
        import matplotlib.pyplot as plt

        plt.show = lambda *_args, **_kwargs: plt.close("all")


def _close_figures() -> None:
    """As a notebook does at the end of each cell."""
    with contextlib.suppress(BaseException):  # a student may have replaced anything
        sys.modules["matplotlib.pyplot"].close("all")


class _Notebook:
    """``otter.Notebook`` where checks come from outside: everything it is asked to do does nothing."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_args, **_kwargs: None


def _stand_in_for_otter() -> types.ModuleType:
    module = types.ModuleType("otter")
    module.Notebook = _Notebook  # type: ignore[attr-defined]
    return module
