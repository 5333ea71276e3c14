"""The class that comes with the repository is that of the exercises as they are."""

from __future__ import annotations

from make_class import CLASS, class_files


def test_class_is_up_to_date() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in CLASS.iterdir()}
    assert committed == class_files(), "Run `uv run python tests/support/make_class.py` and commit what it changes."
