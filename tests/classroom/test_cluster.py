"""Grading on a Dask scheduler with two workers gives what this machine gives, also when a worker dies."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.class_run.helpers import (
    answers,
    environment,
    gone,
    kit,
    light_class,
    mistake,
    notebook,
    results,
    start,
    verdicts,
    wait_for,
)

pytest.importorskip("distributed")
pytestmark = pytest.mark.slow
LIGHT = 10


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def dask(*arguments: str, cwd: Path) -> subprocess.Popen[bytes]:
    """Start `dask` as by hand."""
    with (cwd / f"{arguments[0]}-{arguments[-1]}.log").open("wb") as log:
        command = [sys.executable, "-m", "dask", *arguments]
        return subprocess.Popen(command, cwd=cwd, env=environment(), stdout=log, stderr=log)


def stop(*processes: subprocess.Popen[bytes]) -> None:
    """End processes of `dask`."""
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:  # a worker whose scheduler went first may wait for it
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler, and its two workers."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    scheduler = dask("scheduler", "--no-dashboard", "--host", "127.0.0.1", "--port", str(port), cwd=tmp_path)
    options = ("--no-dashboard", "--nthreads", "1", "--no-nanny", "--death-timeout", "60")
    workers = [dask("worker", address, *options, "--name", name, cwd=tmp_path) for name in ("one", "two")]
    yield address, workers
    stop(*workers, scheduler)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A class with mistakes, a duplicate, and a notebook that is none."""
    folder = light_class(tmp_path / "class", LIGHT)
    for name in ("squared_sides", "base_not_initialised"):
        notebook(folder / f"{name}.ipynb", [*answers("pinball_loss", "pinball_loss_class"), mistake(name)])
    (folder / "copy.ipynb").write_bytes((folder / "squared_sides.ipynb").read_bytes())
    (folder / "empty.ipynb").write_bytes(b"")
    return folder


@pytest.mark.timeout(600)
def test_a_worker_dies_and_the_results_are_the_same_bit_for_bit(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], folder: Path, tmp_path: Path
) -> None:
    address, (victim, survivor) = cluster
    far, near = tmp_path / "far", tmp_path / "near"
    run = start("grade", folder, "--scheduler", address, "--output", far)
    try:
        wait_for(lambda: far.is_dir() and len(results(far)) >= 3)
        orphans = psutil.Process(victim.pid).children(recursive=True)
        assert orphans, "the worker has no zygote"
        victim.kill()
        victim.wait()
        assert gone(orphans), "the zygote outlives its worker"
        said = run.communicate(timeout=200)[0]
    finally:
        run.kill()
    assert run.returncode == 0, said
    assert survivor.poll() is None
    kit("grade", folder, "--output", near, "--jobs", "2")
    assert len(results(near)) == LIGHT + 4
    assert verdicts(far) == verdicts(near)
    assert (far / "scores.csv").is_file()
    assert (far / "report.html").is_file()


@pytest.mark.timeout(300)
def test_ctrl_c_ends_the_sessions_and_leaves_the_workers(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], folder: Path, tmp_path: Path
) -> None:
    address, workers = cluster
    output = tmp_path / "results"
    run = start("grade", folder, "--scheduler", address, "--output", output)
    try:
        wait_for(lambda: output.is_dir() and len(results(output)) >= 2)
        zygotes = [child for worker in workers for child in psutil.Process(worker.pid).children()]
        assert zygotes
        run.send_signal(signal.SIGINT)
        said = run.communicate(timeout=60)[0]
    finally:
        run.kill()
    assert run.returncode == 130, said
    assert "The same command goes on from there." in said
    assert "Traceback" not in said
    assert gone(zygotes, 30)
    assert [worker.poll() for worker in workers] == [None, None]


def test_nobody_there(tmp_path: Path) -> None:
    folder = light_class(tmp_path / "class", 1)
    run = start("grade", folder, "--scheduler", f"tcp://127.0.0.1:{free_port()}", "--output", tmp_path / "results")
    said = run.communicate(timeout=100)[0]
    assert run.returncode == 1
    assert "No scheduler answers" in said
    assert "Traceback" not in said


@pytest.mark.timeout(600)
def test_a_worker_with_another_kit_is_refused(tmp_path: Path) -> None:
    """A worker that would judge by other checks must not: its results would not be those of the others."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    other = other_kit(tmp_path / "other")
    scheduler = dask("scheduler", "--no-dashboard", "--host", "127.0.0.1", "--port", str(port), cwd=tmp_path)
    paths = os.pathsep.join([str(other), str(other / "exercises")])
    command = [sys.executable, "-m", "dask", "worker", address, "--no-dashboard", "--nthreads", "1", "--no-nanny"]
    worker = subprocess.Popen(
        command,
        cwd=other,
        env=environment() | {"PYTHONPATH": paths},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        folder = light_class(tmp_path / "class", 1)
        run = start("grade", folder, "--scheduler", address, "--output", tmp_path / "results")
        said = run.communicate(timeout=150)[0]
    finally:
        stop(worker, scheduler)
    assert run.returncode == 1
    assert "has another kit" in " ".join(said.split())
    assert not results(tmp_path / "results")


def other_kit(target: Path) -> Path:
    """A copy of the kit in which a judge was changed."""
    from shutil import copytree, ignore_patterns

    from tests.class_run.helpers import ROOT

    for room in ("autograder", "exercises", "solutions"):
        copytree(ROOT / room, target / room, ignore=ignore_patterns("__pycache__"))
    with (target / "autograder" / "judges" / "custom_loss.py").open("a") as judges:
        judges.write("\n# mended\n")
    return target
