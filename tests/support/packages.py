"""Attacks that are in the file rather than in the code: zips, names, metadata."""

from __future__ import annotations

import io
import pickle
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handed_in import notebook, reference_cells, zipped

MARK = "/tmp/kit-hostile-package-ran"


@dataclass(frozen=True)
class Package:
    """A file that is handed in. ``score`` is that of `pinball_loss`; None where it is refused, saying ``says``."""

    tries: str
    file: str
    make: Callable[[], bytes]
    score: float | None
    says: str = ""


class _Runs:
    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path(MARK),)


def right(*more: str, tags: tuple[str, ...] = (), **metadata: Any) -> bytes:
    """The right notebook, with more cells, tags on all cells, and metadata."""
    return notebook(*reference_cells(), *more, tags=tags, **metadata)


def link() -> bytes:
    """A zip of a symbolic link."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("a.ipynb")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return buffer.getvalue()


def locked() -> bytes:
    """A zip that says of itself that it is protected by a password."""
    data = bytearray(zipped({"a.ipynb": right()}, zipfile.ZIP_STORED))
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(signature) + offset] |= 1
    return bytes(data)


def liar() -> bytes:
    """A zip bomb that says of its member that it is small."""
    size = 2**28
    data = bytearray(zipped({"a.ipynb": bytes(size)}))
    for signature, offset in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        at = data.index(signature) + offset
        data[at : at + 4] = (1000).to_bytes(4, "little")
    return bytes(data)


PICKLE = pickle.dumps(_Runs())
SHADOWED = ("numpy", "pandas", "dill", "keras", "ipykernel_launcher")
SHADOWS = {f"{name}.py": b"open(%r, 'w').close()" % MARK for name in SHADOWED}
STEERING = {
    "kernelspec": {"name": "../evil", "display_name": "evil", "argv": ["/bin/sh", "-c", f"touch {MARK}"]},
    "otter": {"assignment_name": "another", "tests": {"pinball_loss": "raise SystemExit"}, "OK_FORMAT": True},
    "language_info": {"name": "../../etc/passwd"},
}

PACKAGES = {
    "link in a zip": Package("a link to a file of the system", "a.zip", link, None, "holds no notebook"),
    "bomb": Package(
        "256 MB of zeros in a small zip", "a.zip", lambda: zipped({"a.ipynb": bytes(2**28)}), None, "64 MB"
    ),
    "bomb that lies": Package("256 MB that say they are small", "a.zip", liar, None, "zip"),
    "many members": Package(
        "fifty thousand members", "a.zip", lambda: zipped({f"{n}.txt": b"" for n in range(50_000)}), None, "no notebook"
    ),
    "zip in a zip": Package("a zip in a zip", "a.zip", lambda: zipped({"b.zip": locked()}), None, "holds no notebook"),
    "password": Package("a zip that can't be opened", "a.zip", locked, None, "password"),
    "parent folder": Package("a name that leads out", "a.zip", lambda: zipped({"../../a.ipynb": right()}), 2),
    "absolute name": Package("a name from the root", "a.zip", lambda: zipped({"/etc/a.ipynb": right()}), 2),
    "module shadowing": Package(
        "modules named as the grader's", "a.zip", lambda: zipped({"a.ipynb": right(), **SHADOWS}), 2
    ),
    "pickle in Otter's log": Package(
        "a log whose pickle runs code",
        "a.zip",
        lambda: zipped({"a.ipynb": right(), ".OTTER_LOG": PICKLE}),
        2,
    ),
    "steering metadata": Package("metadata that name a kernel and tests", "a.ipynb", lambda: right(**STEERING), 2),
    "exercise as a path": Package(
        "an exercise named by a path",
        "a.ipynb",
        lambda: right(kit={"exercise": "../solutions"}),
        None,
        "notebook of",
    ),
    "answers tagged away": Package("tags that leave its cells out", "a.ipynb", lambda: right(tags=("demo",)), 0),
    "all tags": Package(
        "tags of nbconvert, nbgrader and Otter",
        "a.ipynb",
        lambda: right(tags=("skip", "otter_ignore", "raises-exception")),
        2,
    ),
    "three thousand cells": Package(
        "more cells than a notebook has", "a.ipynb", lambda: right(*["x = 1"] * 3000), None, "more than 2000"
    ),
    "huge output": Package(
        "a script with a page of output",
        "a.py",
        lambda: (
            b"# %%\n"
            + b"\n\n# %%\n".join(c.encode() for c in reference_cells())
            + b"\n\n# %%\nprint('<script>' * 10**6)\n"
        ),
        2,
    ),
}
