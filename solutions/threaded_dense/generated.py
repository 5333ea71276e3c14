"""Right answers that nobody wrote: layers, threading and counts, put together from pieces that keep the meaning."""

from __future__ import annotations

from textwrap import indent
from typing import Any

from hypothesis import strategies as st


def _pick(*texts: str) -> st.SearchStrategy[str]:
    return st.sampled_from(texts)


SIGNATURE = _pick(
    "units, activation=None, use_bias=True, **kwargs",
    "units: int, activation=None, use_bias: bool = True, **kwargs",
    "units, activation=None, use_bias=True, *, scale=1.0, **kwargs",
)
BASE = _pick("keras.layers.Layer", "keras.Layer", "tf.keras.layers.Layer")
INITIALIZER = _pick('"glorot_uniform"', '"he_normal"', '"random_normal"', "keras.initializers.Orthogonal()")
SHAPE = _pick(
    "return (*input_shape[:-1], self.units)",
    "return tuple(input_shape[:-1]) + (self.units,)",
    "shape = list(input_shape)\nshape[-1] = self.units\nreturn tuple(shape)",
    "*leading, _ = input_shape\nreturn tuple([*leading, self.units])",
)
ACTIVATION_IN_CONFIG = _pick(
    "keras.activations.serialize(keras.activations.get(self.given))", "self.given", "keras.activations.get(self.given)"
)
CONFIG = _pick(
    'config = super().get_config()\nconfig.update({{"units": self.units, "activation": {activation}, '
    '"use_bias": self.use_bias}})\nreturn config',
    'return {{**super().get_config(), "units": self.units, "activation": {activation}, "use_bias": self.use_bias}}',
    "return dict(super().get_config(), units=self.units, activation={activation}, use_bias=self.use_bias)",
    'own = {{"units": self.units, "activation": {activation}, "use_bias": self.use_bias}}\n'
    "return super().get_config() | own",
)
PRODUCT = _pick(
    "z = keras.ops.matmul(x, self.kernel)",
    "z = x @ self.kernel",
    "z = tf.matmul(x, self.kernel)",
    "z = tf.tensordot(x, self.kernel, axes=[[-1], [0]])",
    'z = tf.einsum("...n,nm->...m", x, self.kernel)',
    'z = keras.ops.einsum("...n,nm->...m", x, self.kernel)',
    "z = keras.ops.dot(x, self.kernel)",
    "z = tf.reduce_sum(x[..., None] * self.kernel, axis=-2)",
    "z = keras.ops.tensordot(x, self.kernel, axes=1)",
    "flat = tf.reshape(x, (-1, x.shape[-1]))\n"
    "z = tf.reshape(flat @ self.kernel, tf.concat([tf.shape(x)[:-1], [self.units]], axis=0))",
)
TURNED = _pick(
    "z = tf.linalg.matmul(x, keras.ops.transpose(self.kernel))",
    'z = tf.einsum("...n,mn->...m", x, self.kernel)',
    "z = x @ keras.ops.transpose(self.kernel)",
)
ADD = _pick(
    "z = z + self.bias", "z = keras.ops.add(z, self.bias)", "z = tf.nn.bias_add(z, self.bias)", "z += self.bias"
)
APPLY = _pick(
    "return keras.activations.get(self.given)(z)",
    "return self.function(z)",
    "return z if self.given is None else self.function(z)",
    "return keras.layers.Activation(self.function)(z)",
)


def _method(head: str, body: str) -> str:
    return f"def {head}:\n{indent(body, '    ')}\n"


@st.composite
def layers(draw: Any) -> str:
    """A `ThreadedDense` with weights of its own, or around a `Dense`."""
    init = "super().__init__(**kwargs)\nself.units = int(units)\nself.given = activation\nself.use_bias = use_bias\n"
    init += "self.function = keras.activations.get(activation)\n"
    build_call = draw(_around_a_dense() if draw(st.integers(0, 3)) == 0 else _own_weights())
    config = draw(CONFIG).format(activation=draw(ACTIVATION_IN_CONFIG))
    methods = [
        _method(f"__init__(self, {draw(SIGNATURE)})", init + build_call[0]),
        *build_call[1:],
        _method("compute_output_shape(self, input_shape)", draw(SHAPE)),
        _method("get_config(self)", config),
    ]
    return f"class ThreadedDense({draw(BASE)}):\n{indent(chr(10).join(methods), '    ')}"


@st.composite
def _own_weights(draw: Any) -> list[str]:
    turned = draw(st.booleans())
    sizes = "(self.units, input_shape[-1])" if turned else "(input_shape[-1], self.units)"
    kernel = f"self.kernel = self.add_weight(shape={sizes}, initializer={draw(INITIALIZER)})"
    bias = "self.bias = self.add_weight(shape=(self.units,), initializer='zeros') if self.use_bias else None"
    lines = [kernel, bias] if draw(st.booleans()) else [bias, kernel]
    if draw(st.booleans()):
        lines.append("super().build(input_shape)")
    product = draw(TURNED if turned else PRODUCT)
    call = f"{product}\nif self.use_bias:\n    {draw(ADD)}\n{draw(APPLY)}"
    return ["", _method("build(self, input_shape)", "\n".join(lines)), _method("call(self, x)", call)]


@st.composite
def _around_a_dense(draw: Any) -> list[str]:
    inside = draw(st.booleans())
    given = "self.given" if inside else "None"
    make = f"self.inner = keras.layers.Dense(self.units, activation={given}, use_bias=self.use_bias)"
    call = "return self.inner(x)" if inside else "return self.function(self.inner(x))"
    if draw(st.booleans()):
        return [
            make,
            _method("build(self, input_shape)", "self.inner.build(input_shape)"),
            _method("call(self, x)", call),
        ]
    build = f"{make}\nself.inner.build(input_shape)"
    return ["", _method("build(self, input_shape)", build), _method("call(self, x)", call)]


IN = _pick(
    "tf.reshape(x, (-1, x.shape[-1]))",
    "keras.ops.reshape(x, (-1, x.shape[-1]))",
    "tf.reshape(x, [-1, tf.shape(x)[-1]])",
)
OUT = _pick(
    "tf.reshape(rows, tf.concat([tf.shape(x)[:-1], tf.shape(rows)[-1:]], axis=0))",
    "tf.reshape(rows, tf.concat([tf.shape(x)[:-1], [tf.shape(rows)[1]]], 0))",
    "keras.ops.reshape(rows, [*keras.ops.shape(x)[:-1], keras.ops.shape(rows)[-1]])",
    "tf.reshape(rows, tf.stack([*tf.unstack(tf.shape(x))[:-1], tf.shape(rows)[-1]]))",
    "tf.reshape(rows, [tf.shape(x)[0], *x.shape[1:-1], rows.shape[-1]])",
    "tf.reshape(rows, (-1, *x.shape[1:-1], rows.shape[-1]))",
)


@st.composite
def threads(draw: Any) -> str:
    """A `thread`."""
    decorator = draw(_pick("", "", "@tf.function\n"))
    head = draw(_pick("thread(fn, x)", "thread(fn, x, name=None)", "thread(fn, x: tf.Tensor) -> tf.Tensor"))
    call = draw(
        _pick(
            "rows = fn({})", "flat = {}\nrows = fn(flat)", "rows = fn(tf.identity({}))", "rows = (lambda m: fn(m))({})"
        )
    )
    lines = [call.format(draw(IN)), f"return {draw(OUT)}"]
    if not decorator and draw(st.booleans()):
        lines.insert(0, "x = tf.convert_to_tensor(x)")
    if not decorator and draw(st.booleans()):
        lines.insert(0, "if len(x.shape) == 2:\n    return fn(x)")
    return decorator + _method(head, "\n".join(lines))


WIDTH = _pick(
    "n = input_shape[-1]",
    "*_, n = input_shape",
    "n = list(input_shape).pop()",
    "n = tuple(input_shape)[len(input_shape) - 1]",
)
COUNT = _pick(
    "return n * units + (units if use_bias else 0)",
    "return (n + bool(use_bias)) * units",
    "return (n + 1) * units if use_bias else n * units",
    "return int(np.prod((n, units))) + int(use_bias) * units",
    "total = n * units\nif use_bias:\n    total += units\nreturn total",
    "return sum([n * units] + [units] * bool(use_bias))",
    "layer = keras.layers.Dense(units, use_bias=use_bias)\nlayer.build((None, n))\nreturn layer.count_params()",
    "return sum(int(np.prod(shape)) for shape in ([(n, units), (units,)] if use_bias else [(n, units)]))",
)


@st.composite
def counts(draw: Any) -> str:
    """A `count_weights`."""
    head = draw(
        _pick(
            "count_weights(input_shape, units, use_bias=True)",
            "count_weights(input_shape, units: int, use_bias: bool = True) -> int",
            "count_weights(input_shape, units, use_bias=True, verbose=False)",
        )
    )
    return _method(head, f"{draw(WIDTH)}\n{draw(COUNT)}")


ANSWERS = {"threaded_dense": layers(), "thread": threads(), "count_weights": counts()}
