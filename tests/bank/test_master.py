"""What an author writes is read, or refused in one line that says where and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.bank.markers import AuthoringError
from autograder.bank.master import exercise_names, read_master
from autograder.bank.variants import read_variants

NOTEBOOK = '''\
# %% [markdown]
# # Sums

# %% tags=["setup"]
import numpy as np

# %% question="add"
def add(a, b):
    """Add two arrays of one shape."""
    # BEGIN SOLUTION
    total = a + b
    return total
    # END SOLUTION

# %% question="add"
class Adder:
    # BEGIN SOLUTION
    def __call__(self, a, b):
        return add(a, b)
    # END SOLUTION

# %%
given = add(1, 2)

# %% tags=["demo"]
print(given)
'''
VARIANT = '''\
# %% by_numpy
"""Adds by `np.add`.

Look at
the sign.
"""


def add(a, b):
    return np.add(a, b)
'''


@pytest.fixture
def solutions(tmp_path: Path) -> Path:
    """A folder `solutions/` with one exercise."""
    folder = tmp_path / "sums"
    for kind in ("alternatives", "misconceptions"):
        (folder / kind).mkdir(parents=True)
    (folder / "notebook.py").write_text(NOTEBOOK)
    (folder / "misconceptions" / "add.py").write_text(VARIANT)
    return tmp_path


def test_master(solutions: Path) -> None:
    master = read_master("sums", solutions)
    assert exercise_names(solutions) == ["sums"]
    assert master.questions() == ["add"]
    assert [cell.kind for cell in master.cells] == ["markdown", *["code"] * 5]
    assert [cell.tags for cell in master.cells][1:] == [("setup",), (), (), (), ("demo",)]


def test_reference_has_the_answers_and_no_demo(solutions: Path) -> None:
    sources = [cell.source for cell in read_master("sums", solutions).reference_cells()]
    assert sources[0] == "import numpy as np"
    assert sources[1] == 'def add(a, b):\n    """Add two arrays of one shape."""\n    total = a + b\n    return total'
    assert sources[-1] == "given = add(1, 2)"


def test_stub_keeps_signature_docstring_and_indentation(solutions: Path) -> None:
    cells = read_master("sums", solutions).cells
    assert cells[2].stubbed().source == (
        'def add(a, b):\n    """Add two arrays of one shape."""\n    # YOUR CODE HERE\n    ...'
    )
    assert cells[3].stubbed().source == "class Adder:\n    # YOUR CODE HERE\n    ..."


def test_variant(solutions: Path) -> None:
    (variant,) = read_variants("sums", "misconceptions", solutions)
    assert (variant.question, variant.name) == ("add", "by_numpy")
    assert (variant.statement, variant.hint) == ("Adds by `np.add`.", "Look at the sign.")
    assert "def add(a, b):" in variant.source
    assert read_variants("sums", "alternatives", solutions) == []


MASTER_ERRORS = {
    "open": (
        ("    # END SOLUTION\n\n# %% question", "# %% question"),
        'add: "# BEGIN SOLUTION" without "# END SOLUTION"',
    ),
    "unopened": (("    # BEGIN SOLUTION\n    total", "    total"), '"# END SOLUTION" without "# BEGIN SOLUTION"'),
    "nested": (("    total = a + b", "    # BEGIN SOLUTION"), '"# BEGIN SOLUTION" twice'),
    "askew": (("return total\n    # END", "return total\n  # END"), "are not indented alike"),
    "trailing": (("    total = a + b", "    total = a  # BEGIN SOLUTION"), "is not alone on its line"),
    "outside": (("given = add(1, 2)", "# BEGIN SOLUTION\ngiven = 1\n# END SOLUTION"), "outside of an answer cell"),
    "unmarked": (("# %%\ngiven", '# %% question="more"\ngiven'), 'the answer cell has no "# BEGIN SOLUTION"'),
    "tag": (('tags=["demo"]', 'tags=["dmeo"]'), "unknown tag 'dmeo'"),
    "tagged answer": (('question="add"', 'question="add" tags=["demo"]'), "delete the tags"),
    "no setup": ((' tags=["setup"]', ""), "has 0 setup cells"),
    "name": (('question="add"', 'question="add it"'), "is not a valid name for a question"),
}


@pytest.mark.parametrize("case", MASTER_ERRORS)
def test_bad_master_is_refused(case: str, solutions: Path) -> None:
    (old, new), message = MASTER_ERRORS[case]
    path = solutions / "sums" / "notebook.py"
    assert old in NOTEBOOK
    path.write_text(NOTEBOOK.replace(old, new, 1))
    with pytest.raises(AuthoringError) as caught:
        read_master("sums", solutions)
    assert message in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


VARIANT_ERRORS = {
    "untitled": (("# %% by_numpy", "# %%"), "a cell has no name"),
    "before the first": (("# %% by_numpy", "a = 1\n\n# %% by_numpy"), "a cell has no name"),
    "odd name": (("by_numpy", "by numpy"), "is not a valid name for a cell"),
    "no docstring": (('"""Adds by `np.add`.\n\nLook at\nthe sign.\n"""\n', ""), "has no docstring"),
    "no hint": (("\n\nLook at\nthe sign.", ""), "has no hint"),
    "other name": (("def add", "def added"), "defines none of Adder, add"),
    "syntax": (("def add(a, b):", "def add(a, b:"), "fix the syntax"),
    "twice": (("# %% by_numpy", VARIANT + "\n# %% by_numpy"), "rename one of them"),
}


@pytest.mark.parametrize("case", VARIANT_ERRORS)
def test_bad_variant_is_refused(case: str, solutions: Path) -> None:
    (old, new), message = VARIANT_ERRORS[case]
    assert old in VARIANT
    (solutions / "sums" / "misconceptions" / "add.py").write_text(VARIANT.replace(old, new, 1))
    with pytest.raises(AuthoringError, match=message) as caught:
        read_variants("sums", "misconceptions", solutions)
    assert "\n" not in str(caught.value)


def test_name_used_in_both_kinds_is_refused(solutions: Path) -> None:
    (solutions / "sums" / "alternatives" / "add.py").write_text(VARIANT)
    with pytest.raises(AuthoringError, match="rename one of them"):
        read_variants("sums", "alternatives", solutions)


@pytest.mark.parametrize(
    ("stray", "message"),
    [
        ("notes.txt", "is a stray file"),
        ("alternatives/notes.txt", "is a stray file"),
        ("alternatives/subtract.py", "there is no question 'subtract': name the file after one of add"),
    ],
)
def test_stray_file_is_refused(stray: str, message: str, solutions: Path) -> None:
    (solutions / "sums" / stray).write_text("")
    with pytest.raises(AuthoringError, match=message):
        read_variants("sums", "alternatives", solutions)


def test_unknown_exercise_is_refused(solutions: Path) -> None:
    with pytest.raises(AuthoringError, match=r"name one of the exercises \(sums\)"):
        read_master("products", solutions)
