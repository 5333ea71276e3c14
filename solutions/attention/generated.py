"""Right answers to `attention` that nobody wrote: the same mathematics, put together from exchangeable pieces."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

_PRODUCTS = (
    "tf.matmul({q}, {k}, transpose_b=True)",
    "{q} @ tf.linalg.matrix_transpose({k})",
    "tf.einsum('...id,...jd->...ij', {q}, {k})",
    "keras.ops.matmul({q}, keras.ops.swapaxes({k}, -1, -2))",
    "keras.ops.einsum('...id,...jd->...ij', {q}, {k})",
    "tf.reduce_sum(tf.expand_dims({q}, -2) * tf.expand_dims({k}, -3), axis=-1)",
)
_WIDTHS = ("k.shape[-1]", "q.shape[-1]", "int(k.shape[-1])", "keras.ops.shape(q)[-1]")
_SCALINGS = (
    ("q", "k", " / {width} ** 0.5"),
    ("q", "k", " * (1.0 / math.sqrt({width}))"),
    ("q", "k", " / tf.sqrt(tf.cast({width}, tf.float32))"),
    ("q", "k", " * tf.math.rsqrt(tf.cast(tf.shape(k)[-1], tf.float32))"),
    ("q", "k", " / np.sqrt({width}).astype('float32')"),
    ("(q / {width} ** 0.5)", "k", ""),
    ("q", "(k * float({width}) ** -0.5)", ""),
    ("(q / {width} ** 0.25)", "(k / {width} ** 0.25)", ""),
)
_MASKINGS = (
    "scores = tf.where(mask, scores, scores.dtype.min)",
    "scores = tf.where(mask, scores, -1e9)",
    "scores = keras.ops.where(mask, scores, -1e30)",
    "scores += (1.0 - tf.cast(mask, scores.dtype)) * -1e9",
    "scores = scores + tf.where(mask, 0.0, -1e9)",
    "scores -= 1e10 * keras.ops.cast(keras.ops.logical_not(mask), 'float32')",
    "scores = tf.where(tf.logical_not(mask), tf.constant(-1e9), scores)",
    "keep = tf.cast(mask, tf.float32)\n        scores = scores * keep + -1e9 * (1.0 - keep)",
)
_SOFTMAXES = (
    "weights = tf.nn.softmax(scores, axis=-1)",
    "weights = keras.ops.softmax(scores)",
    "weights = keras.activations.softmax(scores, axis=-1)",
    "weights = keras.layers.Softmax()(scores)",
    "weights = tf.exp(tf.nn.log_softmax(scores))",
    "weights = tf.exp(scores - tf.reduce_logsumexp(scores, axis=-1, keepdims=True))",
    "powers = tf.exp(scores - tf.reduce_max(scores, axis=-1, keepdims=True))\n"
    "    weights = powers / tf.reduce_sum(powers, axis=-1, keepdims=True)",
)
_OUTPUTS = (
    "tf.matmul(weights, v)",
    "weights @ v",
    "keras.ops.matmul(weights, v)",
    "tf.einsum('...ij,...jf->...if', weights, v)",
    "tf.reduce_sum(tf.expand_dims(weights, -1) * tf.expand_dims(v, -3), axis=-2)",
)
_RETURNS = ("return {output}, weights", "output = {output}\n    return output, weights", "return [{output}, weights]")


@st.composite
def _functions(draw: Any) -> str:
    width = draw(st.sampled_from(_WIDTHS))
    q, k, after = (part.format(width=width) for part in draw(st.sampled_from(_SCALINGS)))
    lines = [f"scores = {draw(st.sampled_from(_PRODUCTS)).format(q=q, k=k)}{after}"]
    lines += ["if mask is not None:", f"    {draw(st.sampled_from(_MASKINGS))}"]
    lines += [draw(st.sampled_from(_SOFTMAXES))]
    lines += [draw(st.sampled_from(_RETURNS)).format(output=draw(st.sampled_from(_OUTPUTS)))]
    body = "\n".join(f"    {line}" for line in lines)
    name = "scaled_dot_product_attention"
    function = f"def {name}(q, k, v, mask=None):\n{body}\n"
    wrapping = draw(st.sampled_from(("plain", "graph", "partial", "callable", "lambda")))
    indented = function.replace("\n    ", "\n        ").replace(f"def {name}(", "    def __call__(self, ")
    source = {
        "plain": function,
        "graph": f"@tf.function\n{function}",
        "partial": f"{function.replace(name, 'attend')}\n{name} = functools.partial(attend, mask=None)\n",
        "callable": f"class Attention:\n{indented}\n\n{name} = Attention()\n",
        "lambda": f"{function.replace(name, 'attend')}\n{name} = lambda q, k, v, mask=None: attend(q, k, v, mask)\n",
    }[wrapping]
    return f"import functools\nimport math\n\n\n{source}"


_CHECKS = (
    "if d_model % num_heads != 0:\n            raise ValueError('num_heads must divide d_model')",
    "assert d_model % num_heads == 0",
    "if divmod(d_model, num_heads)[1]:\n            raise ValueError(f'{d_model} / {num_heads}')",
)
_LAYERS = (
    "keras.layers.Dense(d_model)",
    "keras.layers.Dense(units=d_model, use_bias=False)",
    "tf.keras.layers.Dense(d_model, activation='linear', kernel_initializer='he_normal')",
    "keras.layers.Dense(d_model, name=f'own_{next(numbers)}')",
    "keras.layers.EinsumDense('btd,de->bte', (None, d_model), bias_axes='e')",
)
_SPLITS = (
    "x = tf.reshape(x, [tf.shape(x)[0], -1, self.num_heads, self.depth])\n        return tf.transpose(x, [0, 2, 1, 3])",
    "x = keras.ops.reshape(x, (-1, keras.ops.shape(x)[1], self.num_heads, self.depth))\n"
    "        return keras.ops.transpose(x, (0, 2, 1, 3))",
    "return tf.stack(tf.split(x, self.num_heads, axis=-1), axis=1)",
    "x = tf.reshape(x, [-1, tf.shape(x)[1], self.num_heads, self.depth])\n"
    "        return tf.einsum('blhd->bhld', x)",
)
_MERGES = (
    "tf.reshape(tf.transpose(heads, [0, 2, 1, 3]), [tf.shape(heads)[0], -1, self.num_heads * self.depth])",
    "tf.concat(tf.unstack(heads, num=self.num_heads, axis=1), axis=-1)",
    "keras.ops.reshape(keras.ops.transpose(heads, (0, 2, 1, 3)), (-1, keras.ops.shape(heads)[2], self.d_model))",
)
_HEAD_AXES = (
    "if mask is not None and len(mask.shape) == 3:\n            mask = mask[:, None]",
    "if mask is not None and mask.shape.rank == 3:\n            mask = tf.expand_dims(mask, 1)",
    "if mask is not None:\n            mask = keras.ops.expand_dims(mask, 1) if keras.ops.ndim(mask) == 3 else mask",
)
_OWN = (
    "scores = tf.matmul(q, k, transpose_b=True) / self.depth**0.5\n"
    "        scores = scores if mask is None else tf.where(mask, scores, -1e9)\n"
    "        weights = tf.nn.softmax(scores)\n"
    "        heads = tf.matmul(weights, v)"
)
_CALLS = (
    "heads, weights = scaled_dot_product_attention(q, k, v, mask)",
    "heads, weights = scaled_dot_product_attention(q, k, v, mask=mask)",
    "heads, weights = scaled_dot_product_attention(q=q, k=k, v=v, mask=mask)",
    _OWN,
)


@st.composite
def _layers(draw: Any) -> str:
    made = draw(st.sampled_from(_LAYERS))
    names = draw(st.sampled_from((("wq", "wk", "wv", "dense"), ("out", "value", "key", "query"), ("a", "b", "c", "d"))))
    order = draw(st.permutations(range(4)))
    place = draw(st.sampled_from(("__init__", "build")))
    parts = "\n".join(f"        self.{names[number]} = {made}" for number in order)
    build = "\n    def build(self, *shapes, **more):\n        d_model = self.d_model\n" + parts + "\n        self.built = True\n"
    extra = draw(st.sampled_from(("", ", training=None")))
    base = draw(st.sampled_from(("keras.layers.Layer", "tf.keras.layers.Layer", "keras.Layer")))
    return f"""import itertools

numbers = itertools.count()


class MultiHeadAttention({base}):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(**kwargs)
        {draw(st.sampled_from(_CHECKS))}
        self.d_model, self.num_heads, self.depth = d_model, num_heads, d_model // num_heads
{parts if place == "__init__" else ""}
{build if place == "build" else ""}
    def split(self, x):
        {draw(st.sampled_from(_SPLITS))}

    def call(self, q, k, v, mask=None{extra}):
        {draw(st.sampled_from(_HEAD_AXES))}
        q, k, v = self.split(self.{names[0]}(q)), self.split(self.{names[1]}(k)), self.split(self.{names[2]}(v))
        {draw(st.sampled_from(_CALLS))}
        return self.{names[3]}({draw(st.sampled_from(_MERGES))}), weights
"""


ANSWERS = {"scaled_dot_product_attention": _functions(), "multi_head_attention": _layers()}
