"""JupyterLab as a student starts it, and a Chromium that opens it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from processes import free_port
from student_machine import plain_environment, student_folder, student_python

__all__ = ["open_notebook", "student_folder", "student_python"]

START_SECONDS = 60
SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}


@contextmanager
def jupyterlab(folder: Path, home: Path, python: Path) -> Iterator[str]:
    """A running JupyterLab whose kernel is the student's Python; the address of its pages."""
    _write_kernel(home / "kernels" / "python3", python)
    for name, values in SETTINGS.items():
        path = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), encoding="utf-8")
    port = free_port()
    options = {"ServerApp.port": port, "ServerApp.open_browser": False, "IdentityProvider.token": "student"}
    options |= {"ServerApp.root_dir": folder, "LabApp.user_settings_dir": home / "settings"}
    options |= {"LabApp.expose_app_in_browser": True}  # for `set_theme`
    arguments = [f"--{name}={value}" for name, value in options.items()]
    environment = plain_environment() | {"HOME": str(home), "JUPYTER_PATH": str(home)}
    command = [sys.executable, "-m", "jupyterlab", "--allow-root", *arguments]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        _wait(f"http://localhost:{port}/api?token=student", process, home / "log")
        yield f"http://localhost:{port}/lab/tree/{{}}?token=student"
    finally:
        process.terminate()
        process.wait(20)


def _write_kernel(folder: Path, python: Path) -> None:
    folder.mkdir(parents=True)
    command = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": command, "display_name": "Python 3", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError(f"JupyterLab did not start: {log.read_text(errors='replace')[-1500:]}")


@pytest.fixture
def open_notebook(
    browser: Browser,
    student_folder: Path,
    student_python: Path,
    tmp_path: Path,
    pytestconfig: pytest.Config,
) -> Iterator[Callable[[str], Page]]:
    """Opens a notebook of the student's folder in JupyterLab; how it looked last is kept as a picture."""
    home = tmp_path / "home"
    home.mkdir()
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    with jupyterlab(student_folder, home, student_python) as address:

        def opened(name: str) -> Page:
            page = context.new_page()
            # JupyterLab sometimes asks for the kernel; a student takes the one that it offers.
            page.add_locator_handler(page.locator(".jp-Dialog"), lambda it: it.locator(".jp-mod-accept").last.click())
            page.goto(address.format(name))
            return page

        yield opened
        for page in context.pages:
            page.screenshot(path=pytestconfig.cache.mkdir("screenshots") / "last.png")
        context.close()
