"""Right answers that nobody wrote, put together from pieces."""

from __future__ import annotations

from textwrap import indent
from typing import Any

from hypothesis import strategies as st

pick = st.sampled_from
ERRORS = ("y_true - y_pred", "tf.subtract(y_true, y_pred)", "keras.ops.subtract(y_true, y_pred)", "-(y_pred - y_true)")
CASTS = (
    "",
    "y_true, y_pred = tf.convert_to_tensor(y_true), tf.convert_to_tensor(y_pred)",
    "y_true, y_pred = keras.ops.cast(y_true, 'float32'), keras.ops.cast(y_pred, 'float32')",
    "y_true, y_pred = tf.cast(y_true, tf.float64), tf.cast(y_pred, tf.float64)",
    "y_pred = keras.ops.convert_to_tensor(y_pred)\ny_true = keras.ops.cast(y_true, y_pred.dtype)",
)
PRICES = (
    "keras.ops.maximum({t} * e, ({t} - 1) * e)",
    "tf.maximum({t} * e, ({t} - 1.0) * e)",
    "tf.where(e >= 0, {t} * e, ({t} - 1) * e)",
    "keras.ops.where(e > 0, {t} * e, -(1 - {t}) * e)",
    "{t} * tf.nn.relu(e) + (1 - {t}) * tf.nn.relu(-e)",
    "{t} * keras.ops.relu(e) + (1 - {t}) * keras.ops.relu(-e)",
    "0.5 * tf.abs(e) + ({t} - 0.5) * e",
    "e * ({t} - tf.cast(e < 0, e.dtype))",
    "keras.ops.abs(e) * keras.ops.where(e > 0, {t}, 1 - {t})",
    "-tf.minimum(-{t} * e, (1 - {t}) * e)",
    "keras.ops.maximum({t} * e, 0.0) + keras.ops.maximum(({t} - 1) * e, 0.0)",
)
MEANS = (
    "keras.ops.mean({}, axis=-1)",
    "tf.reduce_mean({}, axis=-1)",
    "tf.math.reduce_mean({}, axis=1)",
    "keras.ops.average({}, axis=-1)",
    "keras.ops.sum({}, axis=-1) / y_true.shape[-1]",
    "tf.einsum('ij->i', {}) / y_true.shape[-1]",
)


def _body(tau: str) -> Any:
    """Statements that return the loss of each example."""

    def build(error: str, cast: str, price: str, mean: str, back: bool) -> str:
        if "where(e > 0, {t}, 1" in price:  # of numbers alone it is float32
            cast = ""
        value = mean.format(price.format(t=tau))
        value = f"tf.cast({value}, tf.float32)" if "64" in cast or back else value
        return "\n".join(part for part in (cast, f"e = {error}", f"return {value}") if part)

    return st.builds(build, pick(ERRORS), pick(CASTS), pick(PRICES), pick(MEANS), st.booleans())


FUNCTIONS = (
    "def pinball_loss(tau):\n    def loss_fn(y_true, y_pred):\n{body2}\n\n    return loss_fn\n",
    "def pinball_loss(tau):\n    @tf.function\n    def loss_fn(y_true, y_pred):\n{body2}\n\n    return loss_fn\n",
    "import functools\n\n\ndef _loss(y_true, y_pred, tau):\n{body1}\n\n\n"
    "def pinball_loss(tau):\n    return functools.partial(_loss, tau=tau)\n",
    "class _Loss:\n    def __init__(self, tau):\n        self.tau = tau\n\n"
    "    def __call__(self, y_true, y_pred):\n        tau = self.tau\n{body2}\n\n\n"
    "def pinball_loss(tau):\n    return _Loss(tau)\n",
    "def pinball_loss(tau=0.5, name=None):\n    tau = float(tau)\n\n"
    "    def loss_fn(y_true, y_pred, sample_weight=None):\n{body2}\n\n    return loss_fn\n",
    "def _value(y_true, y_pred, tau):\n{body1}\n\n\n"
    "def pinball_loss(tau):\n    return lambda y_true, y_pred: _value(y_true, y_pred, tau)\n",
)


def _function(frame: str, body: str) -> str:
    return frame.format(body1=indent(body, " " * 4), body2=indent(body, " " * 8))


INITS = (
    "def __init__(self, tau, reduction='sum_over_batch_size', name='pinball_loss'):\n"
    "    super().__init__(reduction=reduction, name=name)\n    self.{a} = tau",
    "def __init__(self, tau=0.5, **kwargs):\n    super().__init__(**kwargs)\n    self.{a} = float(tau)",
    "def __init__(self, tau, reduction='sum_over_batch_size', name=None, dtype=None):\n"
    "    self.{a} = tau\n    super().__init__(name=name, reduction=reduction, dtype=dtype)",
    "def __init__(self, tau, *args, **kwargs):\n    keras.losses.Loss.__init__(self, *args, **kwargs)\n    self.{a} = tau",
)
CONFIGS = (
    "def get_config(self):\n    return {{**super().get_config(), 'tau': self.{a}}}",
    "def get_config(self):\n    config = super().get_config()\n    config['tau'] = self.{a}\n    return config",
    "def get_config(self):\n    config = super().get_config()\n    config.update(tau=self.{a})\n    return config",
    "def get_config(self):\n    return dict(super().get_config(), tau=float(self.{a}))",
    "def get_config(self):\n    return super().get_config() | {{'quantile': self.{a}}}\n\n"
    "@classmethod\ndef from_config(cls, config):\n    config = dict(config)\n"
    "    return cls(tau=config.pop('quantile'), **config)",
)
DECORATIONS = ("", "@keras.saving.register_keras_serializable(package='notebook')\n")


@st.composite
def _class(draw: Any) -> str:
    name = draw(pick(("tau", "_tau", "quantile", "q")))
    calls = st.one_of(
        _body(f"self.{name}"),
        st.just(f"return pinball_loss(self.{name})(y_true, y_pred)"),
        st.just(f"loss_fn = pinball_loss(tau=self.{name})\nreturn loss_fn(y_true=y_true, y_pred=y_pred)"),
    )
    decorated = draw(pick(("", "@tf.function\n")))
    parts = [
        draw(pick(INITS)).format(a=name),
        f"{decorated}def call(self, y_true, y_pred):\n{indent(draw(calls), ' ' * 4)}",
        draw(pick(CONFIGS)).format(a=name),
    ]
    base = draw(pick(("keras.losses.Loss", "tf.keras.losses.Loss")))
    return f"{draw(pick(DECORATIONS))}class PinballLoss({base}):\n{indent(chr(10).join(parts), ' ' * 4)}\n"


CLIPS = (
    "p = keras.ops.clip({y}, 1e-7, 1 - 1e-7)",
    "p = tf.clip_by_value({y}, 1e-7, 1 - 1e-7)",
    "p = tf.minimum(tf.maximum({y}, 1e-7), 1 - 1e-7)",
    "p = keras.ops.minimum(keras.ops.maximum({y}, keras.config.epsilon()), 1 - keras.config.epsilon())",
)
LOSSES = (
    "each = -keras.ops.mean({t} * keras.ops.log(p) + (1 - {t}) * keras.ops.log(1 - p), axis=-1)",
    "each = tf.reduce_mean(-{t} * tf.math.log(p) - (1 - {t}) * tf.math.log(1 - p), axis=-1)",
    "each = keras.ops.mean(-keras.ops.log(keras.ops.where({t} > 0.5, p, 1 - p)), axis=-1)",
    "each = -tf.reduce_sum({t} * tf.math.log(p) + (1 - {t}) * tf.math.log1p(-p), axis=1) / {t}.shape[1]",
    "each = -keras.ops.mean(keras.ops.log({t} * p + (1 - {t}) * (1 - p)), axis=-1)",
    "each = keras.losses.binary_crossentropy({t}, p)",
    "each = keras.ops.mean(keras.ops.binary_crossentropy({t}, p), axis=-1)",
)
WEIGHINGS = (
    "if sample_weight is not None:\n    each = each * {w}\nreturn {c}(keras.ops.mean(each))",
    "w = tf.ones_like(each) if sample_weight is None else {w}\nreturn {c}(tf.reduce_mean(w * each))",
    "if sample_weight is None:\n    return {c}(keras.ops.mean(each))\nreturn {c}(keras.ops.mean(keras.ops.multiply({w}, each)))",
    "n = tf.cast(tf.shape(each)[0], each.dtype)\n"
    "total = tf.reduce_sum(each if sample_weight is None else each * {w})\nreturn {c}(total / n)",
    "if sample_weight is not None:\n    each = tf.einsum('i,i->i', each, {w})\nreturn {c}(keras.ops.sum(each) / "
    "keras.ops.cast(keras.ops.shape(each)[0], each.dtype))",
)
WHOLE = (
    "return keras.losses.BinaryCrossentropy()(y_true, y_pred, sample_weight=sample_weight)",
    "loss = tf.keras.losses.BinaryCrossentropy(from_logits=False)\nreturn loss(y_true, y_pred, sample_weight)",
)


@st.composite
def _crossentropy(draw: Any) -> str:
    double = draw(st.booleans())
    y, t, w, c = ("y_pred", "y_true", "sample_weight", "")
    if double:
        y, t, w = (f"tf.cast({name}, tf.float64)" for name in (y, t, w))
        c = "keras.ops.cast"
    clip, loss, weighing = draw(pick(CLIPS)), draw(pick(LOSSES)), draw(pick(WEIGHINGS))
    lines = [clip.format(y=y), f"t = {t}", loss.format(t="t"), weighing.format(w=w, c="_single" if c else "")]
    if draw(st.integers(0, 9)) == 0:
        double, lines = False, [draw(pick(WHOLE))]
    helper = "def _single(value):\n    return tf.cast(value, tf.float32)\n\n\n" if double else ""
    decorated = draw(pick(("", "", "@tf.function\n")))
    head = draw(pick(("y_true, y_pred, sample_weight=None", "y_true, y_pred, sample_weight=None, epsilon=1e-7")))
    body = indent("\n".join(lines), " " * 4)
    return f"{helper}{decorated}def weighted_binary_crossentropy({head}):\n{body}\n"


ACTIVATIONS = ("relu", "gelu", "elu", "selu", "silu", "tanh", "leaky_relu", "softplus")
OPTIMIZERS = (
    "keras.optimizers.Adam(0.005)",
    "keras.optimizers.Adam(0.01)",
    "'adam'",
    "keras.optimizers.RMSprop(0.003)",
    "keras.optimizers.Nadam(0.005)",
    "keras.optimizers.AdamW(0.005, weight_decay=1e-4)",
    "keras.optimizers.SGD(0.02, momentum=0.9)",
    "keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.01, 1000, 0.7))",
)
OWN_LOSSES = (
    "PinballLoss(tau)",
    "PinballLoss(tau=tau)",
    "pinball_loss(tau)",
    "lambda y_true, y_pred: tf.reduce_mean(tf.maximum(tau * (y_true - y_pred), (tau - 1) * (y_true - y_pred)), axis=-1)",
)


@st.composite
def _model(draw: Any) -> str:
    layers = []
    for _ in range(draw(st.integers(0, 2))):
        activation = draw(pick(ACTIVATIONS))
        initializer = draw(pick(("", ", kernel_initializer='he_normal'", ", kernel_initializer='orthogonal'")))
        layers.append(f"keras.layers.Dense({draw(pick((8, 16, 24, 32)))}, activation='{activation}'{initializer})")
        if draw(st.integers(0, 5)) == 0:
            layers.append("keras.layers.LayerNormalization()")
    layers.append(draw(pick(("keras.layers.Dense(1)", "keras.layers.Dense(1, activation='linear')"))))
    loss, optimizer = draw(pick(OWN_LOSSES)), draw(pick(OPTIMIZERS))
    more = draw(pick(("", ", metrics=['mae']", ", jit_compile=False")))
    style = draw(pick(("sequential", "add", "functional", "subclass", "no input")))
    listed = ",\n        ".join(layers)
    if style == "subclass":
        return (
            "class _Quantile(keras.Model):\n    def __init__(self):\n        super().__init__()\n"
            f"        self.parts = [\n        {listed}]\n\n    def call(self, x):\n        for part in self.parts:\n"
            "            x = part(x)\n        return x\n\n\n"
            "def make_quantile_model(n_features, tau):\n    model = _Quantile()\n"
            f"    model.compile(optimizer={optimizer}, loss={loss}{more})\n    return model\n"
        )
    made = {
        "sequential": f"model = keras.Sequential([keras.Input((n_features,)),\n        {listed}])",
        "no input": f"model = keras.Sequential([\n        {listed}])",
        "add": "model = keras.Sequential()\n    model.add(keras.Input(shape=(n_features,)))"
        + "".join(f"\n    model.add({layer})" for layer in layers),
        "functional": "inputs = x = keras.Input((n_features,))"
        + "".join(f"\n    x = {layer}(x)" for layer in layers)
        + "\n    model = keras.Model(inputs, x)",
    }[style]
    return (
        f"def make_quantile_model(n_features, tau):\n    {made}\n"
        f"    model.compile(optimizer={optimizer}, loss={loss}{more})\n    return model\n"
    )


ANSWERS = {
    "pinball_loss": st.builds(_function, pick(FUNCTIONS), _body("tau")),
    "pinball_loss_class": _class(),
    "weighted_binary_crossentropy": _crossentropy(),
    "make_quantile_model": _model(),
}
