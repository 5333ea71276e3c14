"""`kit export`."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from autograder.classroom.gradebook import gradebook
from autograder.commands.words import counted
from autograder.files import write_text


def run(results: Path, platform: str, output: Path, column: str | None, console: Console) -> None:
    """Write the grade book; say what to do with it, and who could not be entered."""
    book = gradebook(results, platform, column)
    write_text(output, book.text)
    console.print(f"{output} written: {counted(book.count, 'student')}. {book.advice}", highlight=False, markup=False)
    for note in book.notes:
        console.print(note, highlight=False, markup=False)
