"""Right answers of `autoencoder` that nobody wrote: architectures of free design, and other ways to compose models."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

pick = st.sampled_from
ACTIVATIONS = ["relu", "gelu", "elu", "selu", "silu", "tanh", "leaky_relu", "softplus", "sigmoid", "mish", "hard_silu"]
INITIALIZERS = ["glorot_uniform", "he_normal", "lecun_normal", "random_normal", "orthogonal"]
NORMS = ["", "", "BatchNormalization()", "LayerNormalization()"]
LAST_OF_CODE = ["", "", ', activation="linear"', ', activation="tanh"', ', activation="sigmoid"', ", use_bias=False"]
LAST_OF_DATA = [
    ', activation="sigmoid"',
    ', activation="sigmoid"',
    ', activation="hard_sigmoid"',
    ', activation=keras.activations.sigmoid, bias_initializer="ones"',
    ', activation="sigmoid", use_bias=False',
    "",
    ', activation="relu"',
    ', activation="tanh"',
    ", activation=lambda x: keras.ops.clip(x, 0.0, 1.0)",
]


def _layers(design: dict[str, Any], last: str, units: str) -> list[str]:
    """The layers of a half, one expression each."""
    found = []
    for width in design["widths"]:
        style = design["style_of_activation"]
        init = f'kernel_initializer="{design["initializer"]}"'
        inside = f', activation="{design["activation"]}"' if style == "inside" else ""
        found.append(f"keras.layers.Dense({width}{inside}, {init})")
        if style != "inside":
            found.append(f'keras.layers.Activation("{design["activation"]}")')
        if design["norm"]:
            found.append(f"keras.layers.{design['norm']}")
        if design["dropout"]:
            found.append(f"keras.layers.Dropout({design['dropout']})")
    found.append(f"keras.layers.Dense({units}{last})")
    if design["reshaped"]:
        found += ["keras.layers.Reshape((-1, 1))", "keras.layers.Flatten()"]
    return found


def _half(name: str, arguments: tuple[str, str], design: dict[str, Any], last: str) -> str:
    size, units = arguments
    stack = _layers(design, last, units)
    lines = [f"def {name}({size}, {units}):"]
    if design["style"] == "functional":
        lines.append(f"    x = symbol = keras.Input(shape=({size},))")
        lines += [f"    x = {layer}(x)" for layer in stack]
        lines.append(
            f'    return keras.Model(symbol, x, name="{name}")'
            if design["named"]
            else "    return keras.Model(symbol, x)"
        )
    elif design["style"] == "sequential":
        lines.append(f"    return keras.Sequential([keras.Input(({size},)), {', '.join(stack)}])")
    elif design["style"] == "deferred":
        lines += [
            "    model = keras.models.Sequential()",
            *(f"    model.add({layer})" for layer in stack),
            "    return model",
        ]
    elif design["style"] == "loop":
        lines += [
            f"    symbol = x = keras.layers.Input(({size},), dtype='float32')",
            f"    for layer in [{', '.join(stack)}]:",
        ]
        lines += ["        x = layer(x)", "    return keras.models.Model(inputs=[symbol], outputs=[x][0])"]
    else:
        lines += [
            "    class Half(keras.Model):",
            "        def __init__(self):",
            "            super().__init__()",
            f"            self.stack = [{', '.join(stack)}]",
            "",
            "        def call(self, x, training=None):",
            "            for layer in self.stack:",
            "                x = layer(x)",
            "            return x",
            "",
            "    half = Half()",
            f"    half(np.zeros((1, {size}), 'float32'))",
            "    return half",
        ]
    return "\n".join(lines) + "\n"


designs = st.fixed_dictionaries(
    {
        "activation": pick(ACTIVATIONS),
        "initializer": pick(INITIALIZERS),
        "norm": pick(NORMS),
        "dropout": pick([0, 0, 0.1]),
        "widths": pick([[], [16], [32], [64, 32], [24, 24], [128, 64, 32], [20]]),
        "style": pick(["functional", "sequential", "deferred", "loop", "subclassed"]),
        "style_of_activation": pick(["inside", "layer"]),
        "reshaped": pick([False, False, True]),
        "named": st.booleans(),
    }
)
build_halves = st.builds(
    lambda one, other, code, data: (
        _half("build_encoder", ("input_dim", "latent_dim"), one, code)
        + "\n\n"
        + _half("build_decoder", ("latent_dim", "output_dim"), other, data)
    ),
    designs,
    designs,
    pick(LAST_OF_CODE),
    pick(LAST_OF_DATA),
)


# The whole

SYMBOLS = [
    "keras.Input(encoder.input_shape[1:])",
    "keras.Input(shape=(encoder.input_shape[-1],))",
    "keras.layers.Input(shape=decoder.output_shape[1:])",
    "tf.keras.Input((int(encoder.input_shape[1]),), name='data')",
    "encoder.input",
    "encoder.inputs[0]",
]
THROUGH = [
    "decoder(encoder({x}))",
    "decoder(inputs=encoder({x}))",
    "decoder.__call__(encoder({x}))",
    "decoder((lambda code: code)(encoder({x})))",
    "keras.Sequential([encoder, decoder])({x})",
]
MODELS = [
    "keras.Model({x}, {y})",
    "keras.models.Model(inputs={x}, outputs={y})",
    "tf.keras.Model([{x}], {y}, name='whole')",
]
COMPILED = ["", 'model.compile(optimizer="adam", loss="mse")', "model.compile('sgd', 'binary_crossentropy')"]
KEPT = [
    "self.encoder, self.decoder = encoder, decoder",
    "self.halves = [encoder, decoder]",
    "self.e = encoder\nself.d = decoder",
]
NAMES = [("self.encoder", "self.decoder"), ("self.halves[0]", "self.halves[1]"), ("self.e", "self.d")]
CALLS = [
    ("x", "{d}({e}(x))"),
    ("x, training=None", "{d}({e}(x, training=training), training=training)"),
    ("inputs, training=False", "{d}({e}(inputs, training=training), training=training)"),
    ("x, **kwargs", "{d}({e}(x, **kwargs), **kwargs)"),
]
BUILT = ["", "model.build(encoder.input_shape)", "model(keras.ops.zeros((1, encoder.input_shape[-1])))"]


def _functional(symbol: str, through: str, model: str, compiled: str, steps: bool) -> str:
    lines = ["def build_autoencoder(encoder, decoder):", f"    x = {symbol}"]
    if steps:
        lines += ["    code = encoder(x)", "    y = decoder(code)"]
    else:
        lines.append(f"    y = {through.format(x='x')}")
    lines.append(f"    model = {model.format(x='x', y='y')}")
    lines += [f"    {compiled}"] if compiled else []
    return "\n".join([*lines, "    return model"]) + "\n"


def _subclass(way: int, call: tuple[str, str], built: str, compiled: str, inside: bool, base: str) -> str:
    arguments, body = call
    encoder, decoder = NAMES[way]
    kept = KEPT[way].split("\n")
    whole = [
        f"class Whole({base}):",
        "    def __init__(self, encoder, decoder, **kwargs):",
        "        super().__init__(**kwargs)",
        *(f"        {line}" for line in kept),
        "",
        f"    def call(self, {arguments}):",
        f"        return {body.format(e=encoder, d=decoder)}",
    ]
    lines = ["def build_autoencoder(encoder, decoder):"]
    if inside:
        lines += [f"    {line}" if line else "" for line in whole] + [""]
        whole = []
    lines += ["    model = Whole(encoder, decoder)"]
    lines += [f"    {line}" for line in (built, compiled) if line]
    return "\n".join([*whole, "", "", *lines, "    return model"]).lstrip("\n") + "\n"


SEQUENTIALS = [
    "return keras.Sequential([encoder, decoder])",
    "model = keras.Sequential()\n    model.add(encoder)\n    model.add(decoder)\n    return model",
    "return keras.Sequential([keras.Input(encoder.input_shape[1:]), encoder, decoder], name='autoencoder')",
    "return tf.keras.models.Sequential(layers=[encoder, decoder])",
]
build_autoencoder = st.one_of(
    st.builds(_functional, pick(SYMBOLS), pick(THROUGH), pick(MODELS), pick(COMPILED), st.booleans()),
    st.builds(
        _subclass,
        st.integers(0, 2),
        pick(CALLS),
        pick(BUILT),
        pick(COMPILED),
        st.booleans(),
        pick(["keras.Model", "tf.keras.Model", "keras.models.Model"]),
    ),
    pick(SEQUENTIALS).map(lambda body: f"def build_autoencoder(encoder, decoder):\n    {body}\n"),
)


# The halves on their own

UNPACK = [
    "encoder, decoder = autoencoder_parts",
    "encoder = autoencoder_parts[0]\n    decoder = autoencoder_parts[1]",
    "(encoder, decoder) = tuple(autoencoder_parts)",
    "encoder, decoder, *_ = autoencoder_parts",
]
INPUTS = [
    "x",
    "tf.convert_to_tensor(x)",
    "np.asarray(x)",
    "keras.ops.convert_to_tensor(x, 'float32')",
    "tf.cast(x, 'float32')",
]
RECONSTRUCT = [
    "decoder(encoder({x}))",
    "decoder(encoder({x}, training=False), training=False)",
    "decoder.predict(encoder.predict({x}, verbose=0), verbose=0)",
    "decoder.predict_on_batch(encoder.predict_on_batch({x}))",
    "np.asarray(decoder(np.asarray(encoder({x}))))",
    "decoder(encoder({x})).numpy()",
    "tf.stop_gradient(decoder(tf.stop_gradient(encoder({x}))))",
    "keras.Sequential([encoder, decoder])({x})",
    "tf.function(lambda value: decoder(encoder(value)))(tf.convert_to_tensor({x}))",
    "tf.concat([decoder(encoder({x}[i : i + 1])) for i in range(len(x))], axis=0)",
]
encode_then_decode = st.builds(
    lambda unpack, inputs, reconstruct, named: (
        f"def encode_then_decode(autoencoder_parts, x):\n    {unpack}\n"
        + (
            f"    result = {reconstruct.format(x=inputs)}\n    return result\n"
            if named
            else f"    return {reconstruct.format(x=inputs)}\n"
        )
    ),
    pick(UNPACK),
    pick(INPUTS),
    pick(RECONSTRUCT),
    st.booleans(),
)

ANSWERS = {
    "build_halves": build_halves,
    "build_autoencoder": build_autoencoder,
    "encode_then_decode": encode_then_decode,
}
