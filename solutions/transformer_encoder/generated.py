"""Right answers to `transformer_encoder` that nobody wrote: the same block, put together from exchangeable pieces."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

_ATTENTIONS = (
    "layers.MultiHeadAttention(num_heads=num_heads, key_dim=embed_dim)",
    "keras.layers.MultiHeadAttention(num_heads, max(1, embed_dim // num_heads))",
    "tf.keras.layers.MultiHeadAttention(key_dim=5, num_heads=num_heads, use_bias=False)",
    "layers.MultiHeadAttention(num_heads, key_dim=embed_dim, dropout=0.1)",
    "layers.MultiHeadAttention(num_heads, 8, value_dim=6, kernel_initializer='he_normal')",
)
_NORMS = (
    "layers.LayerNormalization()",
    "keras.layers.LayerNormalization(epsilon=1e-6)",
    "tf.keras.layers.LayerNormalization(axis=-1, epsilon=1e-5)",
)
_DENSE = (
    (
        "self.ffn = keras.Sequential([layers.Dense(dense_dim, activation='relu'), layers.Dense(embed_dim)])",
        "self.ffn({p})",
    ),
    (
        "self.wide = layers.Dense(dense_dim, 'relu')\n        self.narrow = layers.Dense(embed_dim)",
        "self.narrow(self.wide({p}))",
    ),
    (
        "self.wide = layers.Dense(dense_dim, kernel_initializer='he_normal')\n"
        "        self.narrow = layers.Dense(units=embed_dim)",
        "self.narrow(tf.nn.relu(self.wide({p})))",
    ),
    (
        "self.wide = layers.Dense(dense_dim)\n        self.act = layers.ReLU()\n"
        "        self.narrow = layers.Dense(embed_dim, activation='linear')",
        "self.narrow(self.act(self.wide({p})))",
    ),
    (
        "self.parts = [layers.Dense(dense_dim, activation=keras.activations.relu), layers.Dense(embed_dim)]",
        "functools.reduce(lambda value, part: part(value), self.parts, {p})",
    ),
    (
        "self.wide = layers.Conv1D(dense_dim, 1, activation='relu')\n"
        "        self.narrow = layers.Conv1D(filters=embed_dim, kernel_size=1)",
        "self.narrow(self.wide({p}))",
    ),
    (
        "self.wide = layers.EinsumDense('bld,dh->blh', (None, dense_dim), bias_axes='h', activation='relu')\n"
        "        self.narrow = layers.EinsumDense('blh,hd->bld', (None, embed_dim), bias_axes='d')",
        "self.narrow(self.wide({p}))",
    ),
)
_SUMS = (
    "{one} + {other}",
    "{other} + {one}",
    "keras.ops.add({one}, {other})",
    "layers.add([{one}, {other}])",
    "tf.add({one}, {other})",
)
_PAIRS = (
    "None if mask is None else mask[:, None, :]",
    "None if mask is None else mask[:, tf.newaxis, :]",
    "mask if mask is None else tf.expand_dims(mask, 1)",
    "None if mask is None else keras.ops.expand_dims(keras.ops.cast(mask, 'bool'), axis=1)",
    "None if mask is None else tf.cast(mask[:, None, :], tf.int32)",
    "tf.ones_like(inputs[:, :, 0], tf.bool)[:, None] if mask is None else mask[:, None]",
)
_CALLS = (
    "self.attention(query=inputs, value=inputs, key=inputs, attention_mask=pairs)",
    "self.attention(inputs, inputs, attention_mask=pairs)",
    "self.attention(inputs, inputs, inputs, attention_mask=pairs)",
    "self.attention(inputs, inputs, attention_mask=pairs, return_attention_scores=True)[0]",
)
_CONFIGS = (
    "config = super().get_config()\n        config.update({{'embed_dim': {e}, 'dense_dim': {d}, 'num_heads': {h}}})\n        return config",
    "return {{**super().get_config(), 'embed_dim': {e}, 'dense_dim': {d}, 'num_heads': {h}}}",
    "return super().get_config() | dict(embed_dim={e}, dense_dim={d}, num_heads={h})",
    "return dict(super().get_config(), num_heads={h}, dense_dim={d}, embed_dim={e})",
)
_STORED = (
    (
        "self.embed_dim, self.dense_dim, self.num_heads = embed_dim, dense_dim, num_heads",
        "self.embed_dim",
        "self.dense_dim",
        "self.num_heads",
    ),
    ("self.sizes = (embed_dim, dense_dim, num_heads)", "self.sizes[0]", "self.sizes[1]", "self.sizes[2]"),
    ("self.own = {'e': embed_dim, 'd': dense_dim, 'h': num_heads}", "self.own['e']", "self.own['d']", "self.own['h']"),
)


@st.composite
def _encoders(draw: Any) -> str:
    stored, *sizes = draw(st.sampled_from(_STORED))
    made, dense = draw(st.sampled_from(_DENSE))
    norm = draw(st.sampled_from(_NORMS))
    parts = [
        f"self.attention = {draw(st.sampled_from(_ATTENTIONS))}",
        made,
        f"self.norm_1 = {norm}",
        f"self.norm_2 = {norm}",
    ]
    parts = draw(st.permutations(parts))
    dropout = draw(st.booleans())
    if dropout:
        parts.append("self.drop = layers.Dropout(0.1)")
    drop = "self.drop({})" if dropout else "{}"
    place = draw(st.sampled_from(("__init__", "build")))
    body = "".join(f"        {part}\n" for part in parts)
    unpack = f"        embed_dim, dense_dim, num_heads = {', '.join(sizes)}\n"
    build = (
        f"\n    def build(self, input_shape):\n{unpack}{body}        super().build(input_shape)\n"
        if place == "build"
        else ""
    )
    first, second = (draw(st.sampled_from(_SUMS)) for _ in range(2))
    e, d, h = sizes
    base = draw(st.sampled_from(("keras.layers.Layer", "layers.Layer", "tf.keras.layers.Layer", "keras.Layer")))
    return f"""import functools


class TransformerEncoder({base}):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(**kwargs)
        {stored}
        self.supports_masking = True
{body if place == "__init__" else ""}{build}
    def call(self, inputs, mask=None{draw(st.sampled_from(("", ", training=None")))}):
        pairs = {draw(st.sampled_from(_PAIRS))}
        attended = {drop.format(draw(st.sampled_from(_CALLS)))}
        p = self.norm_1({first.format(one="inputs", other="attended")})
        return self.norm_2({second.format(one="p", other=drop.format(dense.format(p="p")))})

    def get_config(self):
        {draw(st.sampled_from(_CONFIGS)).format(e=e, d=d, h=h)}
"""


_COUNTS = (
    "len(layer.weights)",
    "len(list(layer.weights))",
    "sum(1 for _ in layer.weights)",
    "len(layer.get_weights())",
)
_CALLED = ("layer(x)", "_ = layer(x)", "layer.__call__(x)", "y = layer(x)")
_LOOPS = (
    "    counts = []\n    for {i} in range(n_calls):\n        {call}\n        counts.append({count})\n    return counts\n",
    "    counts = []\n    while len(counts) < n_calls:\n        {call}\n        counts += [{count}]\n    return counts\n",
    "    def once():\n        {call}\n        return {count}\n\n    return [once() for {i} in range(n_calls)]\n",
    "    counts = [0] * n_calls\n    for {i} in range(n_calls):\n        {call}\n        counts[{i}] = {count}\n    return counts\n",
    "    def numbers():\n        for {i} in range(n_calls):\n            {call}\n            yield {count}\n\n    return list(numbers())\n",
    "    counts = np.zeros(n_calls, int)\n    for {i} in range(n_calls):\n        {call}\n        counts[{i}] = {count}\n    return counts.tolist()\n",
)


@st.composite
def _counters(draw: Any) -> str:
    loop = draw(st.sampled_from(_LOOPS)).format(
        i=draw(st.sampled_from(("i", "step", "k"))),
        call=draw(st.sampled_from(_CALLED)),
        count=draw(st.sampled_from(_COUNTS)),
    )
    return f"def weights_after_each_call(layer, x, n_calls):\n{loop}"


ANSWERS = {"transformer_encoder": _encoders(), "weights_after_each_call": _counters()}
