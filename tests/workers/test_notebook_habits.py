"""What honest notebooks do must work, as it does in Jupyter and Colab."""

from __future__ import annotations

import textwrap

import pytest
from sealing import MakeStudent

WORKS = {
    "autograph in a cell": """
        import tensorflow as tf
        @tf.function
        def f(x):
            if x > 0:
                return x
            return -x
        assert f(tf.constant(-1.0)) == 1.0
    """,
    "a model": """
        import keras
        class Half(keras.layers.Layer):
            def call(self, x):
                return x / 2.0
        model = keras.Sequential([keras.Input((3,)), Half(), keras.layers.Dense(1)])
        model.compile("adam", "mse")
        model.fit(tf.ones((8, 3)), tf.ones((8, 1)), epochs=2)
    """,
    "compiled": "assert tf.function(lambda x: x + 1, jit_compile=True)(1.0) == 2",
    "data sets": """
        data = tf.data.Dataset.range(9).map(lambda x: x + 1, num_parallel_calls=tf.data.AUTOTUNE).batch(2).prefetch(2)
        assert len(list(data)) == 5
    """,
    "saving": """
        model.save("model.keras")
        keras.models.load_model("model.keras", custom_objects={"Half": Half})
        model.save_weights("model.weights.h5")
    """,
    "files": """
        import os, pathlib, tempfile
        pathlib.Path("notes.txt").write_text("x")
        os.makedirs("data/raw", exist_ok=True)
        os.chmod("notes.txt", 0o600)
        tempfile.TemporaryDirectory().cleanup()
    """,
    "pictures": """
        %matplotlib inline
        import matplotlib.pyplot as plt
        figure, axes = plt.subplots(2)
        axes[0].imshow(tf.ones((3, 3)))
        plt.title("x"); plt.savefig("x.png"); plt.show()
        display(figure)
        figure
    """,
    "magics": """
        %time x = 1
        %load_ext tensorboard
        %tensorboard --logdir logs
        %pip install something
        !pip install something
        files = !ls
        %no_such_magic
        !ls -l
    """,
    "timing": "%%time\ny = 1",
    "a shell cell": "%%bash\nls",
    "a file cell": "%%writefile mine.py\nz = 3",
    "its own module": "import mine; assert mine.z == 3",
    "await": "import asyncio\nawait asyncio.sleep(0.01)",
    "await later": "async def g(): return 5\nassert await g() == 5 and y == 1",
    "otter": """
        import otter
        grader = otter.Notebook("exercise.ipynb")
        grader.check("q1"); grader.check_all(); grader.export(pdf=False, run_tests=True)
    """,
    "scikit-learn, which the worker has not imported": """
        import keras
        wrapper = keras.wrappers.SKLearnClassifier
        from keras.wrappers import SKLearnClassifier
        from sklearn.base import ClassifierMixin
        from sklearn.utils.class_weight import compute_sample_weight
        assert wrapper is SKLearnClassifier and issubclass(wrapper, ClassifierMixin)
        assert list(compute_sample_weight("balanced", [0, 1])) == [1, 1]
        assert not hasattr(keras, "no_such_name")
    """,
    "threads": """
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(abs, range(-3, 0))) == [3, 2, 1]
    """,
    "a warning": "import warnings; warnings.warn('x', DeprecationWarning)",
    "the help": "?len\nhelp(len)",
    "its own name": "assert __name__ == '__main__' and In and get_ipython()",
    "its source": "import inspect; assert 'x > 0' in inspect.getsource(f.python_function)",
    "digits": "from sklearn.datasets import load_digits; load_digits()",
    "leaving": "exit",
    "time zones": "import zoneinfo; zoneinfo.ZoneInfo('Europe/Berlin')",
    "not in Colab": "import sys; assert 'google.colab' not in sys.modules",
}


def dedent(source: str) -> str:
    return textwrap.dedent(source).strip()


def test_habits_of_honest_notebooks(student: MakeStudent) -> None:
    submission = student(*map(dedent, WORKS.values()))
    outcomes = submission.run_cells()
    failed = {name: outcome for name, outcome in zip(WORKS, outcomes, strict=True) if outcome.status != "ok"}
    assert not failed


def test_an_error_names_the_line_of_its_cell(student: MakeStudent) -> None:
    outcomes = student("x = 1\n\ndef f():\n    return 1 / 0", "y = 2\nf()", "z = 1\nz = (", "1").run_cells()
    assert [(outcome.error_type, outcome.line) for outcome in outcomes[1:3]] == [
        ("ZeroDivisionError", 2),
        ("SyntaxError", 2),
    ]


def test_the_same_submission_gets_the_same_numbers(student: MakeStudent) -> None:
    cells = [
        "import random, numpy, keras, tensorflow as tf\ndropout = keras.layers.Dropout(0.5)",
        """
def answer():
    numbers = [random.random(), numpy.random.rand(), tf.random.normal(()), keras.random.normal((2,)),
               keras.layers.Dense(1)(tf.ones((1, 3))), hash("text")]
    return {"numbers": numbers, "noise": dropout(tf.ones(20), training=True)}
""",
    ]
    first, second = student(*cells), student(*cells)
    first.run_cells(), second.run_cells()
    seen = [one.observe("call", {})["seen"] for one in (first, first, second)]
    numbers = [repr(found["numbers"]) for found in seen]
    assert numbers[0] == numbers[1] == numbers[2]
    # A layer that draws noise keeps a state of its own, which goes on from call to call.
    noise = [repr(found["noise"]) for found in seen]
    assert noise[0] == noise[2] != noise[1]


def test_unsealed_works_the_same(student: MakeStudent) -> None:
    submission = student("def answer(): return 2", unsealed=True)
    submission.run_cells()
    assert submission.observe("call", {}) == {"seen": 2}
    assert submission.isolation == ["rlimits"]


@pytest.mark.parametrize("name", ["Notebook", "export"])
def test_otter_has_no_file_of_checks_in_the_worker(student: MakeStudent, name: str) -> None:
    (outcome,) = student(f"import otter; otter.{name}('x').anything").run_cells()
    assert (outcome.status == "ok") == (name == "Notebook")
