"""Notebooks and zips, broken in any way that Hypothesis thinks of."""

from __future__ import annotations

import copy
import io
import json
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

CELL = {"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "execution_count": None, "source": "x = 1\n"}
NOTEBOOK: dict[str, Any] = {
    "cells": [
        {"cell_type": "markdown", "id": "m", "metadata": {}, "source": "# Title"},
        {**CELL, "source": ["import keras\n", "grader = keras_checks.Notebook('custom_loss')"]},
        {**CELL, "id": "b", "metadata": {"tags": ["demo"], "question": "q"}},
        {**CELL, "id": "c", "outputs": [{"output_type": "stream", "name": "stdout", "text": ["1\n"]}]},
    ],
    "metadata": {"kit": {"exercise": "custom_loss"}, "kernelspec": {"name": "python3", "display_name": "Python 3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}
ODD_TEXTS = ["", "\0", "\ud800", "../../etc/passwd", "=cmd()", "<script>", "\r\n", "𝒳" * 10, "%%bash\nls", "def f(:"]

texts = st.one_of(st.sampled_from(ODD_TEXTS), st.text(max_size=30))
numbers = st.one_of(st.integers(-(2**70), 2**70), st.floats(), st.booleans(), st.none())
json_values = st.recursive(
    st.one_of(texts, numbers),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=8,
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each container in ``value`` with each of its keys."""
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from places(value[key])


@st.composite
def broken_json(draw: Any) -> bytes:
    """A notebook with some values replaced, removed or doubled: JSON still, mostly."""
    node = copy.deepcopy(NOTEBOOK)
    for _ in range(draw(st.integers(1, 4))):
        found = list(places(node))
        if not found:
            break
        container, key = found[draw(st.integers(0, len(found) - 1))]
        match draw(st.sampled_from(["replace", "remove", "double", "wrap"])):
            case "replace":
                container[key] = draw(json_values)
            case "remove":
                del container[key]
            case "double" if isinstance(container, list):
                container.insert(key, copy.deepcopy(container[key]))
            case _:
                container[key] = [container[key]] * draw(st.integers(1, 3))
    return json.dumps(node).encode("utf-8", "surrogatepass")


@st.composite
def broken_bytes(draw: Any, data: bytes) -> bytes:
    """``data`` with bytes changed, cut out, put in, or cut off."""
    changed = bytearray(data)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(changed) - 1)))
        match draw(st.sampled_from(["change", "cut", "insert", "end"])):
            case "change":
                changed[at : at + 1] = draw(st.binary(min_size=1, max_size=1))
            case "cut":
                del changed[at : at + draw(st.integers(1, 60))]
            case "insert":
                changed[at:at] = draw(st.binary(max_size=12))
            case _:
                del changed[at:]
    return bytes(changed)


@st.composite
def broken_cells(draw: Any) -> bytes:
    """A well-formed notebook of odd cells."""
    cells = [
        {
            **CELL,
            "id": f"c{number}",
            "source": draw(st.one_of(texts, st.lists(texts, max_size=4))),
            "metadata": draw(st.dictionaries(texts, json_values, max_size=2)),
        }
        for number in range(draw(st.integers(0, 5)))
    ]
    version = draw(st.sampled_from([(4, 5), (4, 0), (3, 0), (5, 0), (1, 0), (4, 99)]))
    node = {**NOTEBOOK, "cells": cells, "nbformat": version[0], "nbformat_minor": version[1]}
    return json.dumps(node).encode("utf-8", "surrogatepass")


notebooks = st.one_of(broken_json(), broken_cells(), broken_bytes(json.dumps(NOTEBOOK).encode()))
member_names = st.one_of(
    st.sampled_from(
        ["a.ipynb", "../a.ipynb", "/etc/a.ipynb", "a\\b.ipynb", "__MACOSX/a.ipynb", "d/", ".ipynb", "a.py", "in.zip"]
    ),
    st.text(min_size=1, max_size=12).map(lambda name: name.encode("utf-8", "replace").decode() + ".ipynb"),
)


@st.composite
def zips(draw: Any) -> bytes:
    """A zip of odd members, perhaps damaged."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for _ in range(draw(st.integers(0, 3))):
            info = zipfile.ZipInfo(draw(member_names).replace("\0", "") or "a")
            info.compress_type = draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2]))
            info.external_attr = draw(st.sampled_from([0o100644 << 16, 0o120777 << 16, 0o040755 << 16, 0x10, 0]))
            info.create_system = draw(st.sampled_from([0, 3]))
            content = draw(notebooks)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of names that come twice
                archive.writestr(info, content)
            if draw(st.sampled_from([False, False, False, True])):
                archive.filelist[-1].filename = draw(st.sampled_from(["", "a.ipynb", "b.zip/"]))  # as its list says
    data = buffer.getvalue()
    return draw(st.one_of(st.just(data), broken_bytes(data)))
