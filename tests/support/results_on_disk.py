"""What `kit grade` has written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

MEASURED = ("execution_time", "seconds", "peak_mb")
"""What a result says of the run, not of the submission."""


def results_in(folder: Path) -> dict[str, dict[str, Any]]:
    """The results in a folder by submission."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def verdicts_in(folder: Path) -> dict[str, str]:
    """The text of each result without what was measured."""
    return {name: json.dumps(_without(result, MEASURED)) for name, result in results_in(folder).items()}


def points(result: Any) -> dict[str, float]:
    """The points of a result by question."""
    return {test["name"]: test["score"] for test in result["tests"] if "score" in test}


def _without(data: Any, keys: Sequence[str]) -> Any:
    if isinstance(data, dict):
        return {key: _without(value, keys) for key, value in data.items() if key not in keys}
    return [_without(value, keys) for value in data] if isinstance(data, list) else data
