"""The sealed worker: runs a student's cells, then answers probes about what they defined. It knows no answers."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

from autograder import spans
from autograder.seal.enter import enter
from autograder.seal.limits import Bounds
from autograder.seal.readable import forget_own_code
from autograder.workers.channel import TRIPWIRE, Channel, WireClosed
from autograder.workers.frames import MAX_REPLY_HEADER, MAX_REQUEST_HEADER, WireError
from autograder.workers.probes import Probes, take_probes
from autograder.workers.shell import StudentShell, make_shell, message_of, prepare_loop, run_cell
from autograder.workers.tripwires import Tripwires

HOMES = ("HOME", "IPYTHONDIR", "MPLCONFIGDIR", "TMPDIR", "KERAS_HOME", "XDG_CACHE_HOME", "JUPYTER_CONFIG_DIR")


def main(sock: socket.socket, settings: dict[str, Any]) -> None:
    """Seal, then serve requests until the other end closes.

    ``settings``: ``work`` (the folder), ``exercise``, ``bounds`` (of :class:`autograder.seal.limits.Bounds`),
    ``without``, ``unsealed``.
    """
    if settings.get("profile"):
        spans.record("sealed worker")
        spans.watch_keras()
    channel = Channel(sock, max_receive=MAX_REQUEST_HEADER, max_send=MAX_REPLY_HEADER)
    work = Path(settings["work"])
    hello: dict[str, Any]
    try:
        _quiet()
        _write_only_in(work)
        prepare_loop()
        with spans.span("seal"):
            sealed = enter(
                work,
                Bounds(**settings.get("bounds", {})),
                parent=os.getppid(),
                without=settings.get("without", ()),
                unsealed=settings.get("unsealed", False),
            )
        hello = {"layers": sealed.layers, "reasons": sealed.reasons}
    except Exception as error:  # nothing may run half sealed
        hello = {"refused": f"{error}" or type(error).__name__}
    channel.send({**hello, "nonce": channel.receive()["nonce"]})
    if "refused" not in hello:
        with spans.span("import the probes"):
            probes = take_probes(settings["exercise"])
        _serve(channel, probes)


def _serve(channel: Channel, probes: Probes) -> None:
    forget_own_code()
    sys.path.insert(0, "")  # a notebook imports what lies beside it
    with spans.span("make the shell"):
        shell = make_shell()
        wires = Tripwires(lambda what: channel.send({TRIPWIRE: what}))
        wires.arm(probes.modules)
    with contextlib.suppress(WireClosed):
        while True:
            request = channel.receive()
            with spans.span(_named(request)):
                reply = _reply(shell, probes, request)
            with spans.span("check the tripwires"):
                wires.check()
            if spans.recording():
                reply["spans"] = spans.take()
            _send(channel, {**reply, "nonce": request["nonce"]})


def _named(request: dict[str, Any]) -> str:
    return f"cell {request['index'] + 1}" if request["do"] == "cell" else f"{request['do']} {request['probe']}"


def _reply(shell: StudentShell, probes: Probes, request: dict[str, Any]) -> dict[str, Any]:
    if request["do"] == "cell":
        return _run_cell(shell, probes, request)
    return {"observation": _run_probe(shell, probes, request)}


def _send(channel: Channel, reply: dict[str, Any]) -> None:
    try:
        channel.send(reply)
    except WireClosed:
        raise
    except WireError as error:
        channel.send({"malformed": str(error), "nonce": reply["nonce"]})


def _run_cell(shell: StudentShell, probes: Probes, request: dict[str, Any]) -> dict[str, Any]:
    probes.set_seeds(request["seed"])
    try:
        return run_cell(shell, request["index"], request["source"])
    except BaseException as error:  # IPython lets some of a cell's errors through
        return {"status": "raised", "error_type": type(error).__name__, "message": message_of(error), "line": 0}


def _run_probe(shell: StudentShell, probes: Probes, request: dict[str, Any]) -> dict[str, Any]:
    try:
        probes.set_seeds(request["seed"])
        if request["do"] == "measure":
            return probes.measure(request["probe"], request["model"], request["case"])
        observe = probes.build if request["do"] == "build" else probes.run
        return observe(request["probe"], shell.user_ns, request["case"])
    except BaseException as error:  # SystemExit and its like, from a student's answer
        return {"error": {"type": type(error).__name__, "message": message_of(error)[:400], "where": ""}}


def _quiet() -> None:
    """Standard input is empty; what is printed goes nowhere, at the price of a write to a buffer."""
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    os.close(null)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 - for the life of the process
    for name in ("stdout", "stderr"):
        stream = open(1, "w", buffering=2**16, errors="replace", closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _write_only_in(work: Path) -> None:
    """What libraries write goes into the work folder."""
    os.environ.pop("KIT_CACHE", None)
    os.environ.update(dict.fromkeys(HOMES, str(work)), USER="student", LOGNAME="student")
    tempfile.tempdir = str(work)  # it may have been looked up before the fork
