"""What sets off a tripwire, and that honest work does not."""

from __future__ import annotations

import pytest
from sealing import MakeStudent

TRIPS = {
    "reads frames": ("import sys\nsys._getframe(0)", "frames"),
    "reads frames by inspect": ("import inspect\ninspect.currentframe()", "frames"),
    "reads frames of a traceback": ("try:\n    1 / 0\nexcept Exception as e:\n    e.__traceback__.tb_frame", "frames"),
    "lists objects": ("import gc\ngc.get_objects()", "objects"),
    "looks for referrers": ("import gc\ngc.get_referrers(gc)", "refers"),
    "traces": ("import sys\nsys.settrace(None)", "traces"),
    "traces threads": ("import sys\nsys.setprofile(None)", "traces"),
    "replaces a function of NumPy": ("import numpy as np\nnp.asarray = lambda *a, **k: 0", "numpy.asarray"),
    "replaces a method of Keras": ("import keras\nkeras.Model.predict = None", "predict"),
    "replaces a builtin": ("import builtins\nbuiltins.isinstance = lambda *a: True", "isinstance"),
    "replaces a function of NumPy's": ("import numpy as np\nnp.linalg.svd = lambda *a, **k: np.ones(9)", "linalg.svd"),
    "replaces json": ("import json\njson.dumps = lambda *a, **k: ''", "json.dumps"),
    "changes code": ("def f(): pass\ndef g(): pass\nf.__code__ = g.__code__", "code"),
    "lists classes": ("object.__subclasses__()", "lists the classes"),
    "lists classes by a name": ("getattr(object, '__subclasses__')()", "lists the classes"),
    "reads a module": ("def f(): pass\nf.__globals__", "module of a function"),
    "reads a stand-in": ("def f(g):\n    return g.__closure__[0].cell_contents", "another function keeps"),
    "frame of a signal handler": (
        "import signal\ndef f(number, frame):\n    frame.f_back\nsignal.signal(signal.SIGALRM, f)",
        "frames",
    ),
    "another interpreter": ("import _xxsubinterpreters", "another interpreter"),
    "listens": ("import sys\nsys.addaudithook(lambda *a: None)", "listens"),
}
HONEST = {
    "magics": "%matplotlib inline\n%config InlineBackend.figure_format = 'retina'",
    "warnings": "import warnings\nwarnings.filterwarnings('ignore')\nwarnings.warn('x')",
    "signature": "import inspect\ndef g(a, b=1):\n    return a\ninspect.signature(print)\ninspect.signature(g)\n"
    "class S:\n    def __init__(self, a):\n        self.a = a\ninspect.getfullargspec(S.__init__)\n"
    "g.__code__.co_argcount\ninspect.getmembers(S(1))",
    "wraps": "import functools\n\n@functools.wraps(len)\ndef f(x):\n    return len(x)\nf([1])",
    "namedtuple and dataclass": "import collections, dataclasses\nP = collections.namedtuple('P', 'x')\n"
    "@dataclasses.dataclass\nclass Q:\n    x: int = 0\nQ()",
    "enum and typing": "import enum, typing\nclass E(enum.Enum):\n    A = 1\nclass T(typing.NamedTuple):\n    x: int",
    "logging and traceback": "import logging, traceback\nlogging.warning('x')\n"
    "try:\n    1 / 0\nexcept Exception:\n    traceback.format_exc()",
    "seeds": "import keras, numpy as np\nkeras.utils.set_random_seed(1)\nnp.random.seed(1)",
    "own classes patched": "class A:\n    pass\nA.f = lambda self: 1\nA().f()",
    "reload of an own module": "import importlib, own_module\nimportlib.reload(own_module)",
    "words in texts and comments": "# the __globals__ of a function\nprint('see __subclasses__ there')\n%time x = 1",
    "closures": "def f(x):\n    return lambda: x\nf(1).__closure__[0].cell_contents",
    "collect garbage": "import gc\ngc.collect()",
    "tensors": "import tensorflow as tf, keras\n\n@tf.function\ndef f(x):\n"
    "    if tf.reduce_sum(x) > 0:\n        return x\n"
    "    return -x\nf(tf.ones(3))\nkeras.Sequential([keras.layers.Dense(1)])(tf.ones((2, 3)))",
    "plot": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
}


@pytest.mark.parametrize("name", TRIPS)
def test_tampering_is_reported(student: MakeStudent, name: str) -> None:
    source, said = TRIPS[name]
    one = student(source, "x = 1")
    one.run_cells()
    assert any(said in report for report in one.tripwires), one.tripwires
    assert one.tripwires[0].startswith("code cell 1: ")


def test_what_is_done_again_is_reported_again(student: MakeStudent) -> None:
    """Else the first question that is caught would be a decoy for the others."""
    one = student("import sys\nsys._getframe(0)", "sys._getframe(0)")
    one.run_cells()
    assert [report.partition(":")[0] for report in one.tripwires] == ["code cell 1", "code cell 2"]


def test_honest_work_sets_off_nothing(student: MakeStudent) -> None:
    one = student(*HONEST.values(), files={"own_module.py": "y = 1"})
    outcomes = one.run_cells()
    assert one.tripwires == []
    assert [outcome for outcome in outcomes if outcome.status != "ok"] == []
