"""An error of a student's code as short plain text: its type, its message, and the student's own line."""

from __future__ import annotations

import linecache
import re
import traceback
from collections.abc import Iterator
from difflib import get_close_matches
from types import FrameType
from typing import Any

from keras_checks.causes import STAND_IN

MAX_TEXT = 400
_COLOURS = re.compile(r"\x1b\[[\d;]*m")
"""What Keras puts into its messages for terminals."""
_FRAME_OF_KERAS = re.compile(
    r"^Exception encountered when calling [^\n]*\n+(.*?)(\n+Arguments received by .*)?$", re.DOTALL
)
_GRAPH_FRAME = re.compile(r'File "([^"]+)", line (\d+), in (\S+)')
_GRAPH_MESSAGE = re.compile(r"^Graph execution error.*\n(\S[^\n]*)\n\s*\[\[\{\{node", re.DOTALL)
"""What TensorFlow says of an error in a graph: it holds a traceback, and the message proper at its end."""
_GRAPH_STACK = re.compile(r"Detected at node .*?most recent call last\):\s*(?:File \"[^\"]+\", line \d+, in \S+\s*)*")
_NUMBERS_WITHIN = re.compile(r"(<[\w.]+:? [^<>]{0,200}?),\s*(?:numpy|value)=\s*(?:array\()?\[[^<>]*>")
"""The numbers of a variable or tensor: they take the place of what the message goes on to say."""
_NO_ATTRIBUTE = re.compile(r"'(\w+)' object has no attribute '(\w+)'")
_CELL = re.compile(r"<cell (?:\w+ )?(\d+)>")
_OLD_CELL = re.compile(r"<ipython-input-(\d+)-")
OURS = "keras_checks"


def describe_error(error: BaseException) -> dict[str, str]:
    """Type, message and place of an error in a student's cell."""
    return {"type": type(error).__name__, "message": short(_message(error)), "where": _place(error)}


def short(text: str) -> str:
    """Text in one line of at most ``MAX_TEXT`` signs."""
    line = " ".join(_COLOURS.sub("", text).split())
    return line if len(line) <= MAX_TEXT else line[: MAX_TEXT - 1] + "…"


def _message(error: BaseException) -> str:
    said, more = _said(error), _more(error)
    return said.removesuffix(".") + more if more else said


def _said(error: BaseException) -> str:
    try:
        # What is raised while a graph is traced comes wrapped into a traceback of AutoGraph's.
        metadata = getattr(error, "ag_error_metadata", None)
        said = str(error) if metadata is None else metadata.cause_message
        said = _COLOURS.sub("", said).strip().removeprefix(f"{type(error).__name__}: ")
        framed = _FRAME_OF_KERAS.match(said) or _GRAPH_MESSAGE.match(said)
        return _NUMBERS_WITHIN.sub(r"\1>", _GRAPH_STACK.sub("", framed[1] if framed else said))
    except Exception:
        return ""


def _more(error: BaseException) -> str:
    try:
        return _near_name(error)
    except Exception:  # a student's own error, or object, may have any form
        return ""


def _near_name(error: BaseException) -> str:
    """``; did you mean `loss_fn`?`` for a name or an attribute that does not exist, where one is spelled like it."""
    if isinstance(error, AttributeError):
        owner, name = _owner(error)
        if _is_ours(owner):
            return f" ({STAND_IN})"
        known = dir(owner)
    elif isinstance(error, NameError) and not isinstance(error, UnboundLocalError):
        name = getattr(error, "name", None) or ""
        known = [each for frame in _own_frames(error) for each in (*frame.f_locals, *frame.f_globals)]
    else:
        return ""
    near = get_close_matches(name, {each for each in known if not each.startswith("_") and each != name}, 1, 0.75)
    return f"; did you mean `{near[0]}`?" if near and not name.startswith("_") else ""


def _owner(error: AttributeError) -> tuple[Any, str]:
    """The object that lacks an attribute, and the attribute; Keras's copies of an error know neither."""
    if error.obj is not None:
        return error.obj, error.name or ""
    found = _NO_ATTRIBUTE.search(str(error))
    if found is None:
        return None, ""
    values = [value for frame in reversed(_own_frames(error)) for value in frame.f_locals.values()]
    return next((value for value in values if type(value).__name__ == found[1]), None), found[2]


def _own_frames(error: BaseException) -> list[FrameType]:
    """The frames of the student's code, also where AutoGraph has rewritten it."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return [it for it in frames if _cell(it.f_code.co_filename) or "autograph_generated" in it.f_code.co_filename]


def _is_ours(owner: Any) -> bool:
    """Whether an object is one that a check uses in place of a student's."""
    home = getattr(owner, "__module__", None) if callable(owner) else type(owner).__module__
    return isinstance(home, str) and home.partition(".")[0] == OURS


def _place(error: BaseException) -> str:
    """The last line of a notebook cell that the error passed through, or ""."""
    try:
        lines = [(cell, name, line, source) for file, line, name, source in _steps(error) if (cell := _cell(file))]
    except Exception:
        return ""
    if not lines:
        return ""
    cell, name, line, source = lines[-1]
    function = "" if name.startswith("<module") else f", in {name}"
    return short(f"{cell}, line {line}{function}: {source}".rstrip(": "))


def _steps(error: BaseException) -> Iterator[tuple[str, int | None, str, str]]:
    """File, line, function and source of each step of the traceback; of code in a graph, the original."""
    for frame in traceback.extract_tb(error.__traceback__):
        yield frame.filename, frame.lineno, frame.name, frame.line or ""
    metadata: Any = getattr(error, "ag_error_metadata", None)
    for frame in reversed(getattr(metadata, "translated_stack", ())):
        yield frame.filename, frame.lineno, frame.function_name, frame.code or ""
    for file, line, name in _GRAPH_FRAME.findall(str(error)):
        yield file, int(line), name, linecache.getline(file, int(line)).strip()


def _cell(file: str) -> str:
    """A cell as its reader numbers it, or "" for a file that is none."""
    if found := _CELL.match(file):
        return f"code cell {int(found[1]) + 1}"
    if found := _OLD_CELL.match(file):
        return f"cell [{found[1]}]"
    return _running_cell(file) if "ipykernel" in file else ""


def _running_cell(file: str) -> str:
    """A cell of a running notebook, by the number that the notebook shows beside it."""
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()
    compiler: Any = getattr(shell, "compile", None)
    if hasattr(compiler, "format_code_name"):
        label = compiler.format_code_name(file)  # ("Cell", "In[7]")
        return f"cell {label[1].removeprefix('In')}" if label else ""
    # IPython before 8, which Colab has, keeps no names, but gives the same source the same name again.
    sources = shell.history_manager.input_hist_raw if shell else []
    numbers = [number for number, it in enumerate(sources) if number and compiler.get_code_name(it, it, number) == file]
    return f"cell [{numbers[-1]}]" if numbers else "a cell"
