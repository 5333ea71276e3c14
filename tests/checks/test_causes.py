"""What a student reads where the answer itself raised: the line, the error, its usual cause, and no hint."""

from __future__ import annotations

import linecache
from typing import Any

import pytest
from feedback_records import record
from hypothesis import strategies as st
from keras_checks.causes import cause
from keras_checks.compare import Failure
from keras_checks.errors import describe_error
from keras_checks.feedback import lines, reason, record_of, text
from keras_checks.question import Case, Question

RAISED = {
    "RuntimeError: In layer 'L', you forgot to call `super().__init__()` as the first statement": "first line of",
    "AttributeError: 'PinballLoss' object has no attribute 'reduction'": "`super().__init__()` has not run",
    "ValueError: You must call `compile()` before using the model.": "call `super().compile()`",
    "TypeError: Trainer.compile() got an unexpected keyword argument 'optimiser'": "no argument `optimiser`",
    "ValueError: Argument(s) not recognized: {'lr': 0.1}": "no argument `lr`",
    "ValueError: Could not interpret loss identifier: msee": "check its spelling",
    "TypeError: P.__init__() got an unexpected keyword argument 'reduction'": "`P.__init__` is called with `reduction",
    "TypeError: g() missing 1 required positional argument: 'y'": "`g` needs 'y'",
    "TypeError: g() takes 1 positional argument but 2 were given": "gets 2 arguments and takes 1",
    "TypeError: stand_in_loss() got an unexpected keyword argument 'axis'": "small stand-ins",
    "AttributeError: 'Tiny' object has no attribute 'latent_dim' (the check's stand-in)": "small stand-ins",
    "NameError: name 'learning_rte' is not defined": "run the cell that defines it",
    "UnboundLocalError: cannot access local variable 'y' where it is not associated with a value": "`y` has no value",
    "AttributeError: module 'keras.ops' has no attribute 'reduce_mean'": "`keras.ops.mean`",
    "NotImplementedError: ": "not written yet",
    "TypeError: 'NoneType' object is not subscriptable": "a function without `return`",
    "TypeError: unsupported operand type(s) for *: 'float' and 'NoneType' | w.assign_sub(lr * grad)": "recorded no",
    "TypeError: unsupported operand type(s) for *: 'NoneType' and 'int' | n = x.shape[0] * 2": "`tf.shape(x)`",
    "ValueError: No gradients provided for any variable.": "the tape recorded no",
    "NotImplementedError: Cannot convert a symbolic tf.Tensor (a:0) to a numpy array.": "in place of NumPy",
    "OperatorNotAllowedInGraphError: Using a symbolic `tf.Tensor` as a Python `bool` is not allowed.": "an `if` cannot",
    "OperatorNotAllowedInGraphError: Iterating over a symbolic `tf.Tensor` is not allowed.": "a `for` cannot",
    "ValueError: not enough values to unpack (expected 3, got 2)": "3 names for 2 values",
    "ValueError: not enough values to unpack (expected 3, got 2) | b, r, n = x.shape": "exactly 3 sizes",
    "ValueError: too many values to unpack (expected 2) | b, n = tf.shape(x)": "exactly 2 sizes",
    "ValueError: too many values to unpack (expected 2) | loss, shape = step(x)": "more values than the 2 names",
    "ValueError: too many values to unpack (expected 2) | x, y = data": "three if sample weights",
    "ValueError: tf.function only supports singleton tf.Variables created on the first call.": "Create it once",
    "TypeError: unhashable type: 'list'": "cannot be a dict key",
    "RecursionError: maximum recursion depth exceeded": "calls itself",
    "RecursionError: maximum recursion depth exceeded | super(WGAN, self).__init__()": "Write `super()`",
    "TypeError: super(type, obj): obj must be an instance or subtype of type | super(W, self).f()": "a later cell",
    "MemoryError: Unable to allocate 7.28 TiB for an array with shape (1000000, 1000000)": "The memory is used up",
    "SystemExit: ": "ends the notebook",
    "InvalidArgumentError: {{node X}} Matrix size-incompatible: In[0]: [2,3], In[1]: [4,5] [Op:MatMul] name: ": (
        "The shapes (2,3) and (4,5) do not fit"
    ),
    "ValueError: operands could not be broadcast together with shapes (2,3) (4,) ": "The shapes (2,3) and (4,) do not",
    "InvalidArgumentError: Incompatible shapes: [2,3,2,3] vs. [2,2,3]": (
        "the sizes 3 and 2 meet in axis -3. One of them may lack an axis"
    ),
    "ValueError: operands could not be broadcast together with shapes (2,3) (2,4) ": "sizes 3 and 4 meet in axis -1.",
    "ValueError: Input 0 with name 'x' of layer 'functional' is incompatible with the layer: expected shape=(None, 2), "
    "found shape=(None, 64)": "takes inputs of shape (None, 2), but gets (None, 64)",
    "InvalidArgumentError: Matrix size-incompatible: In[0]: [1,1,4], In[1]: [1,2,4]": "the last but one of the second",
    "ValueError: No such layer: textures. Existing layers are: ['a', 'b'].": "no layer `textures`",
    "InvalidArgumentError: Input shape axis 0 must equal 3, got shape [2] | b, r, n = tf.unstack(tf.shape(x), num=3)": (
        "exactly 3 values, but here there are 2"
    ),
    "ValueError: Input 0 with name 'None' of layer 'dense' is incompatible with the layer: expected axis -1 of input "
    "shape to have value 3, but received input with shape (4, 5)": "a layer before it is left out",
    "InvalidArgumentError: cannot compute Mul as input #1(zero-based) was expected to be a float tensor but is a int32 "
    "tensor [Op:Mul] name: ": "float32 and int32",
}
SILENT = (
    "OSError: No such file",
    "AttributeError: 'str' object has no attribute 'name'",
    "ValueError: `name` must be passed as a keyword argument. Use: add_weight(shape=..., name='kernel').",
)
CELL = """
learning_rate = 0.1

class Layer:
    def __init__(self):
        self.dense = 1

def step(x):
    return x - learning_rte

def call(layer):
    return layer.dens
"""


def error_of(whole: str) -> dict[str, str]:
    said, _, line = whole.partition(" | ")
    kind, _, message = said.partition(": ")
    return {"type": kind, "message": message, "where": f"code cell 3, line 7, in f: {line}"}


@pytest.mark.parametrize("whole", RAISED)
def test_the_usual_cause_is_said(whole: str) -> None:
    assert RAISED[whole] in cause(error_of(whole))


@pytest.mark.parametrize("whole", SILENT)
def test_nothing_is_said_of_an_error_without_a_usual_cause(whole: str) -> None:
    assert cause(error_of(whole)) == ""


def described(call: str) -> dict[str, str]:
    """The error of a call in a cell of a graded notebook."""
    name, names = "<cell 6>", {"__name__": "__main__"}
    source = f"{CELL}\n{call}\n"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    try:
        exec(compile(source, name, "exec"), names)
    except Exception as error:
        return describe_error(error)
    raise AssertionError("nothing was raised")


def test_the_line_is_the_students_own() -> None:
    error = described("step(1)")
    assert error["where"] == "code cell 7, line 9, in step: return x - learning_rte"
    assert error["message"] == "name 'learning_rte' is not defined; did you mean `learning_rate`?"


def test_an_attribute_that_is_spelled_alike_is_named() -> None:
    assert described("call(Layer())")["message"].endswith("no attribute 'dens'; did you mean `dense`?")


def test_what_raised_has_its_line_and_cause_but_no_hint_of_the_check() -> None:
    error = error_of("TypeError: 'NoneType' object is not iterable | a, b = halves(x)")
    failed = record(error=error, hint="Weigh both sides.", counterexample={"tau": 0.9})
    assert {line.label for line in lines(failed)} == {"", "Your line", "Usual cause", "Tried with"}
    assert "Weigh both sides." not in text(failed)


def test_one_reason_is_one_card() -> None:
    first, other = (error_of(f"ValueError: Dimensions must be equal, but are {n} and 3 | z @ w") for n in (2, 4))
    assert reason(record(error=first)) == reason(record(error=other, check="another"))
    assert reason(record(error=first)) != reason(record(error=error_of("TypeError: no | z @ w")))
    in_a_graph = error_of("InvalidArgumentError: Incompatible shapes | z @ w")
    assert reason(record(error=first)) == reason(record(error=in_a_graph))
    shape, value = "`z` has the wrong shape.", "`z` has the wrong value."
    assert reason(record(message=shape)) == reason(record(message=shape, check="another"))
    assert reason(record(message=shape)) != reason(record(message=value))


def failed_with(failure: Failure, hint: str, *, hidden: bool = False) -> str:
    """The hint of a failed check that has a hint of its own."""
    question = Question("q", ("q",), 1, "lecture")
    trial = question.trial(lambda _ns, _case: None, st.just({}))

    def holds(case: Case, seen: Any) -> None:
        """It holds."""

    (trial.judge if hidden else trial.check)(points=1, hint=hint)(holds)
    return record_of("vae", question.checks[0], failure).hint


def test_the_hint_is_that_of_the_failure() -> None:
    shape = Failure("The loss has the wrong shape.", "shape (2, 3)", "shape (2,)")
    assert failed_with(Failure("The loss has the wrong value."), "Weigh both sides.") == "Weigh both sides."
    assert failed_with(Failure("It is wrong.", hint="This one."), "Weigh both sides.") == "This one."
    assert "axis too many" in failed_with(shape, "Weigh both sides.")
    merged = Failure("The output has the wrong shape.", "shape (4, 2)", "shape (2, 2, 2)")
    assert "a reshape merges" in failed_with(merged, "Weigh both sides.")
    assert failed_with(shape, "Mean over the last axis.") == "Mean over the last axis."
    assert "log(0)" in failed_with(Failure("The loss is not finite."), "Weigh both sides.")
    assert failed_with(Failure("The loss is not finite."), "Clip the probabilities.") == "Clip the probabilities."
    gradient = "The gradient has the wrong value."
    assert failed_with(Failure(gradient, [0.5]), "No NumPy.").startswith("The gradient does arrive")
    assert failed_with(Failure(gradient, [0.0]), "No NumPy.") == "No NumPy."


def test_the_hint_of_a_hidden_check_tells_nothing_of_the_expected_shape() -> None:
    shape = Failure("The loss has the wrong shape.", "shape (2, 3)", "shape (2,)")
    assert failed_with(shape, "Weigh both sides.", hidden=True).startswith("Print the shape")
