"""Finding the notebook that a student works on, and the zip to hand in."""

from __future__ import annotations

import datetime
import json
import os
import re
from pathlib import Path
from typing import Any

from IPython.core.getipython import get_ipython

from keras_checks.question import questions

HAND_IN = "Hand in this zip or the notebook, as your instructor asks."
COLAB = "In Colab: choose File, Download, Download .ipynb, and hand in that file."


def in_colab() -> bool:
    """Whether this is a notebook of Google Colab, where no file lies beside the notebook."""
    return "google.colab" in str(type(get_ipython()))


def find_notebook(exercise: str) -> str:
    """The file of the running notebook: as the editor names it, or as it was handed out.

    Raises:
        FileNotFoundError: it was renamed and can't be told apart from others.
    """
    for name in _candidates(exercise):
        if name and Path(name).is_file():
            return _relative(Path(name))
    raise FileNotFoundError(
        f'The notebook of {exercise} is not in {Path.cwd()}. Name its file: grader.export("NAME.ipynb")'
    )


def _candidates(exercise: str) -> list[str]:
    names = getattr(get_ipython(), "user_ns", {})
    session = os.environ.get("JPY_SESSION_NAME", "")
    ours = [str(path) for path in sorted(Path.cwd().glob("*.ipynb")) if _exercise_of(path) == exercise]
    named = [str(names.get("__vsc_ipynb_file__") or ""), session, Path(session).name]
    return [*(name for name in named if name.endswith(".ipynb")), f"{exercise}.ipynb", *ours]


def _exercise_of(path: Path) -> str | None:
    try:
        return json.loads(path.read_text(encoding="utf-8"))["metadata"]["kit"]["exercise"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _relative(path: Path) -> str:
    full = path.resolve()
    return str(full.relative_to(Path.cwd())) if full.is_relative_to(Path.cwd()) else str(full)


def zip_name(notebook: str) -> str:
    """Where the zip goes: beside the notebook, with the time in its name."""
    now = datetime.datetime.now().strftime("%Y-%m-%d_%H-%M-%S")
    return str(Path(notebook).with_name(f"{Path(notebook).stem}_{now}.zip"))


def message(notebook: str, target: str, exercise: str) -> str:
    """What a student reads after the export."""
    saved = datetime.datetime.fromtimestamp(Path(notebook).stat().st_mtime).strftime("%H:%M:%S")
    done = f"Written: `{target}`, with `{Path(notebook).name}` as saved at {saved}. {HAND_IN}"
    if not _unsaved(Path(notebook), exercise):
        return done
    return f"{done} The saved notebook does not hold what you ran last: save it (Ctrl+S), then run this cell again."


def _unsaved(notebook: Path, exercise: str) -> bool:
    """Whether an answer was last run in a form that the saved notebook does not hold."""
    manager: Any = getattr(get_ipython(), "history_manager", None)
    history = list(getattr(manager, "input_hist_raw", []))
    cells = json.loads(notebook.read_text(encoding="utf-8")).get("cells", [])
    saved = {"".join(cell.get("source", "")).strip() for cell in cells}
    answers = [name for question in questions(exercise) for name in question.answers]
    return any(cell.strip() not in saved for cell in filter(None, (_last_run(history, name) for name in answers)))


def _last_run(history: list[str], name: str) -> str | None:
    defines = re.compile(rf"^\s*(?:async\s+)?(?:def|class)\s+{re.escape(name)}\b", re.MULTILINE)
    return next((cell for cell in reversed(history) if defines.search(cell)), None)
