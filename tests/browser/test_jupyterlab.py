"""A student at work: JupyterLab in Chromium, a wrong answer, a right one, the export, the grade."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from results_on_disk import points

from autograder.grading.session import Session
from autograder.results.result import Result, result
from autograder.submissions.bounded import read_submission

WRONG = """def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        return keras.ops.mean(keras.ops.abs(y_true - y_pred))

    return loss_fn
"""
RIGHT = """def pinball_loss(tau):
    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        return tf.reduce_mean(tf.maximum(tau * error, (tau - 1) * error), axis=-1)

    return loss_fn
"""
SECONDS = 5.0
READABLE = 4.5
SET_THEME = "name => window.jupyterapp.commands.execute('apputils:change-theme', {theme: name})"
CONTRAST = """(panel) => {
    const luminance = (rgb) => {
        const [r, g, b] = rgb.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const colour = (text) => text.match(/[\\d.]+/g).map(Number);
    const behind = (node) => {
        for (; node; node = node.parentElement) {
            const found = colour(getComputedStyle(node).backgroundColor);
            if (found.length < 4 || found[3] > 0.99) return found.slice(0, 3);
        }
        return [255, 255, 255];
    };
    const texts = [panel, ...panel.querySelectorAll("*")].filter((node) =>
        [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim()));
    return Math.min(...texts.map((node) => {
        const [a, b] = [luminance(colour(getComputedStyle(node).color)), luminance(behind(node))];
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }));
}"""


def cell(page: Page, text: str) -> Locator:
    return page.locator(".jp-Notebook .jp-CodeCell").filter(has_text=text).first


def run(page: Page, text: str) -> Locator:
    """Run the cell that holds ``text``; its outputs."""
    found = cell(page, text)
    prompt = found.locator(".jp-InputPrompt")
    before = prompt.inner_text()
    for _ in range(3):  # a key pressed while the page still loads is lost
        found.locator(".cm-content").click()
        page.keyboard.press("Control+Enter")
        with contextlib.suppress(AssertionError):
            expect(prompt).not_to_have_text(before, timeout=1_000)
            break
    expect(prompt).to_have_text(re.compile(r"\[\d+\]"), timeout=240_000)  # on a busy machine
    return found.locator(".jp-OutputArea").first


def answer(page: Page, source: str) -> None:
    """Type an answer over what the cell of `pinball_loss` holds, and run it."""
    found = cell(page, "def pinball_loss(tau)")
    found.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(source)
    page.keyboard.press("Shift+Enter")


def check(page: Page) -> tuple[Locator, float]:
    """Run the check of `pinball_loss`; what it shows, and the seconds that it took."""
    start = time.monotonic()
    shown = run(page, 'grader.check("pinball_loss")')
    return shown, time.monotonic() - start


def is_readable(shown: Locator, name: str, folder: Path) -> None:
    """In both of JupyterLab's themes; a picture of each is kept in ``folder``."""
    for theme in ("Dark", "Light"):
        shown.page.evaluate(SET_THEME, f"JupyterLab {theme}")
        expect(shown.page.locator("body")).to_have_attribute("data-jp-theme-name", f"JupyterLab {theme}")
        shown.page.wait_for_timeout(500)  # the style sheet comes after the name
        assert shown.evaluate(CONTRAST) > READABLE, theme
        shown.screenshot(path=folder / f"{name}_{theme.lower()}.png")


@pytest.mark.slow
@pytest.mark.timeout(800)
def test_wrong_answer_right_answer_export_grade(
    open_notebook: Callable[[str], Page],
    student_folder: Path,
    session: Session,
    pytestconfig: pytest.Config,
) -> None:
    folder = pytestconfig.cache.mkdir("screenshots")
    page = open_notebook("custom_loss.ipynb")
    expect(page.locator(".jp-Notebook .jp-CodeCell").first).to_be_visible(timeout=60_000)
    expect(page.locator(".jp-Notebook-ExecutionIndicator")).to_have_attribute("data-status", "idle", timeout=60_000)
    run(page, "import keras_checks")
    answer(page, WRONG)
    check(page)  # the first check traces TensorFlow's first functions
    shown, seconds = check(page)
    expect(shown).to_contain_text(re.compile(r"[01] of \d checks pass"))
    expect(shown).to_contain_text("The loss has the wrong shape")
    assert seconds < SECONDS
    is_readable(shown, "failed", folder)

    answer(page, RIGHT)
    shown, seconds = check(page)
    expect(shown).to_contain_text(re.compile(r"all \d checks pass|the check passes"))
    assert seconds < SECONDS
    is_readable(shown, "passed", folder)

    page.keyboard.press("Control+s")
    page.wait_for_timeout(1_500)
    shown = run(page, "grader.export()")
    expect(shown).to_contain_text("Hand in this zip or the notebook")
    expect(shown).not_to_contain_text("does not hold what you ran last")
    (exported,) = student_folder.glob("custom_loss_*.zip")
    assert points(_graded(session, exported))["pinball_loss"] == 2


def _graded(session: Session, path: Path) -> Result:
    submission = read_submission(path)
    assert submission.exercise == "custom_loss"
    return result(session.grade(submission, "custom_loss", only="pinball_loss"))
