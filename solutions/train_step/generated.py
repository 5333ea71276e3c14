"""Right answers that nobody wrote: rewrites of the steps and of the weights that keep their meaning."""

from __future__ import annotations

from textwrap import indent
from typing import Any

from hypothesis import strategies as st

VARIABLES = st.sampled_from(["self.trainable_variables", "self.trainable_weights"])
TAPES = st.sampled_from(["tf.GradientTape()", "tf.GradientTape(persistent=True)"])
APPLY = st.sampled_from(
    [
        "self.optimizer.apply(gradients, variables)",
        "self.optimizer.apply(grads=gradients, trainable_variables=variables)",
        "self.optimizer.apply_gradients(zip(gradients, variables))",
        "self.optimizer.apply_gradients([(g, v) for g, v in zip(gradients, variables)])",
        "self.optimizer.build(variables)\nself.optimizer.apply(gradients)",
    ]
)
LOSS_STATE = st.sampled_from(
    [
        "metric.update_state(loss)",
        "metric.update_state(loss, sample_weight=tf.shape(y)[0])",
        "metric.update_state(loss, sample_weight=keras.ops.shape(y_pred)[0])",
        "metric.update_state(tf.convert_to_tensor(loss))",
    ]
)
IS_LOSS = st.sampled_from(
    ['metric.name == "loss"', "metric is self.metrics[0]", "isinstance(metric, keras.metrics.Mean)"]
)
RESULTS = st.sampled_from(
    [
        "return self.get_metrics_result()",
        "return {metric.name: metric.result() for metric in self.metrics}",
        "results = {}\nfor metric in self.metrics:\n    results[metric.name] = metric.result()\nreturn results",
        "return dict((m.name, m.result()) for m in self.metrics)",
    ]
)
INIT = st.sampled_from(
    [
        "",
        "def __init__(self, *args, **kwargs):\n    super().__init__(*args, **kwargs)\n\n",
        "def __init__(self, inputs, outputs, **kwargs):\n"
        "    super().__init__(inputs=inputs, outputs=outputs, **kwargs)\n\n",
    ]
)


@st.composite
def _update(draw: Any, weights: str) -> str:
    """The lines that update all metrics and return their results."""
    if draw(st.booleans()):
        result = f"self.compute_metrics(x, y, y_pred, sample_weight={weights})"
        return f"metric = self.metrics[0]\n{draw(LOSS_STATE)}\nreturn {result}"
    passed = "y, y_pred" if weights == "None" and draw(st.booleans()) else f"y, y_pred, sample_weight={weights}"
    loop = f"for metric in self.metrics:\n    if {draw(IS_LOSS)}:\n        {draw(LOSS_STATE)}\n    else:\n        "
    return f"{loop}metric.update_state({passed})\n{draw(RESULTS)}"


@st.composite
def _compute(draw: Any, weights: str) -> str:
    """The call that computes the loss."""
    calls = [
        f"self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight={weights})",
        f"self.compute_loss(y=y, y_pred=y_pred, sample_weight={weights})",
        f"self.compute_loss(x, y, y_pred, {weights})",
        f"self.compute_loss(None, y, y_pred, sample_weight={weights}, training=True)",
        f"tf.identity(self.compute_loss(y=y, y_pred=y_pred, sample_weight={weights}))",
    ]
    return draw(st.sampled_from(calls))


@st.composite
def _step(draw: Any, unpack: str, weights: str) -> str:
    """A train step with this way to unpack the data."""
    forward = draw(st.sampled_from(["self(x, training=True)", "self.__call__(x, training=True)"]))
    inside = f"y_pred = {forward}\nloss = {draw(_compute(weights))}"
    variables = f"variables = {draw(VARIABLES)}"
    first, last = (variables, "") if draw(st.booleans()) else ("", variables)
    lines = [
        unpack,
        first,
        f"with {draw(TAPES)} as tape:\n{indent(inside, '    ')}",
        last,
        "gradients = tape.gradient(loss, variables)",
        draw(APPLY),
        draw(_update(weights)),
    ]
    return "\n".join(line for line in lines if line)


def _method(name: str, body: str, decorator: str = "") -> str:
    return f"{decorator}def {name}(self, data):\n{indent(body, '    ')}\n"


@st.composite
def custom_models(draw: Any) -> str:
    """A `CustomModel`."""
    unpack = draw(
        st.sampled_from(
            [
                "x, y = data",
                "x, y = data[0], data[1]",
                "(x, y) = data",
                "x, y, _ = keras.utils.unpack_x_y_sample_weight(data)",
                "x, y = data[:2]",
            ]
        )
    )
    decorator = draw(st.sampled_from(["", "", "", "@tf.function\n"]))
    methods = draw(INIT) + _method("train_step", draw(_step(unpack, "None")), decorator)
    return f"class CustomModel(keras.Model):\n{indent(methods, '    ')}"


UNPACK_WEIGHTS = [
    "x, y, w = keras.utils.unpack_x_y_sample_weight(data)",
    "x, y, w = data if len(data) == 3 else (*data, None)",
    "x, y, *rest = data\nw = rest[0] if rest else None",
    "x, y = data[0], data[1]\nw = data[2] if len(data) > 2 else None",
    "x, y, w = (tuple(data) + (None,))[:3]",
    "if len(data) == 2:\n    x, y = data\n    w = None\nelse:\n    x, y, w = data",
]


@st.composite
def weighted_models(draw: Any) -> str:
    """A `WeightedModel`."""
    unpack = st.sampled_from(UNPACK_WEIGHTS)
    train = _method("train_step", draw(_step(draw(unpack), "w")))
    forward = draw(st.sampled_from(["self(x, training=False)", "self(x)"]))
    lines = [draw(unpack), f"y_pred = {forward}", f"loss = {draw(_compute('w'))}", draw(_update("w"))]
    methods = [train, _method("test_step", "\n".join(lines))]
    if draw(st.booleans()):
        methods.reverse()
    return f"class WeightedModel(keras.Model):\n{indent(draw(INIT) + chr(10).join(methods), '    ')}"


FLATTEN = [
    "np.ravel(y)",
    "np.asarray(y).reshape(-1)",
    "np.array(y).flatten()",
    "np.reshape(y, len(y))",
    "np.array([int(label) for label in np.ravel(y)])",
]
UNIQUE = "classes, place, counts = np.unique(labels, return_inverse=True, return_counts=True)"
COUNTS = [
    f"{UNIQUE}\nsame = counts[place]\nk = len(classes)",
    f"{UNIQUE}\nsame = counts[np.searchsorted(classes, labels)]\nk = counts.size",
    "same = (labels[:, None] == labels[None, :]).sum(axis=1)\nk = np.unique(labels).size",
    "from collections import Counter\n"
    "table = Counter(labels.tolist())\n"
    "same = np.array([table[label] for label in labels.tolist()])\n"
    "k = len(table)",
    "known = sorted(set(labels.tolist()))\n"
    "same = sum(np.where(labels == name, np.sum(labels == name), 0) for name in known)\n"
    "k = len(known)",
]
WEIGHTS = [
    "n / (k * same)",
    "n / k / same",
    "(n / k) * (1.0 / same)",
    "(1.0 / same) / np.mean(1.0 / same)",
    "n * (1.0 / same) / (1.0 / same).sum()",
    "np.divide(n, k * same)",
    "np.reciprocal(same / n) / k",
    "tf.cast(n, tf.float64) / (k * tf.cast(same, tf.float64))",
    "keras.ops.convert_to_tensor(n / (k * same), dtype='float32')",
]
CASTS = ["{}", "np.asarray({}, dtype='float32')", "np.asarray({}).astype('float64')"]


@st.composite
def balanced_weights(draw: Any) -> str:
    """A `balanced_sample_weight`."""
    weights = draw(st.sampled_from(CASTS)).format(draw(st.sampled_from(WEIGHTS)))
    lines = [f"labels = {draw(st.sampled_from(FLATTEN))}", "n = len(labels)", draw(st.sampled_from(COUNTS))]
    return f"def balanced_sample_weight(y):\n{indent(chr(10).join([*lines, f'return {weights}']), '    ')}\n"


ANSWERS = {
    "custom_model": custom_models(),
    "weighted_model": weighted_models(),
    "balanced_sample_weight": balanced_weights(),
}
