"""Pages of ours, open in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page

SIZES = {"desktop": (1280, 900), "phone": (375, 740)}
"""Width and height of screens, in pixels."""
Scheme = Literal["light", "dark"]


@contextmanager
def opened(browser: Browser, file: Path, **options: Any) -> Iterator[Page]:
    """A page in a context of its own, on a desktop unless ``options`` of the context say otherwise.

    What it asks for beside ``file``, and any error of a script, fails the test.
    """
    wrong: list[str] = []
    own = (file.as_uri(), "data:")
    width, height = SIZES["desktop"]
    with browser.new_context(**{"viewport": {"width": width, "height": height}, **options}) as context:
        page = context.new_page()
        page.on("request", lambda request: None if request.url.startswith(own) else wrong.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.goto(file.as_uri())
        yield page
    assert not wrong


def resize(page: Page, size: str) -> int:
    """Show a page on one of the :data:`SIZES`; its width."""
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    return width
