"""Right answers of `vae` that nobody wrote: rewrites of formulas, and architectures of free design."""

from __future__ import annotations

from textwrap import dedent, indent
from typing import Any

from hypothesis import strategies as st

pick = st.sampled_from


def _body(text: str, depth: int) -> str:
    return indent(dedent(text).strip(), "    " * depth)


# Sampling

NOISE = [
    "tf.random.normal(tf.shape(z_mean))",
    "tf.random.normal(shape=tf.shape(z_log_var), mean=0.0, stddev=1.0)",
    "keras.random.normal(keras.ops.shape(z_mean))",
    "keras.random.normal(shape=(keras.ops.shape(z_mean)[0], keras.ops.shape(z_mean)[1]), dtype=z_mean.dtype)",
    "tf.random.normal((tf.shape(z_mean)[0], z_mean.shape[1]))",
    "tf.cast(tf.random.normal(tf.shape(z_mean), dtype=tf.float64), z_mean.dtype)",
    "tf.sqrt(-2.0 * tf.math.log(1.0 - tf.random.uniform(tf.shape(z_mean)))) "
    "* tf.cos(2.0 * np.pi * tf.random.uniform(tf.shape(z_mean)))",
    "keras.random.normal(keras.ops.shape(z_mean), seed=self.generator)",
    "self.tf_generator.normal(tf.shape(z_mean))",
]
DEVIATION = [
    "tf.exp(0.5 * z_log_var)",
    "keras.ops.exp(z_log_var / 2)",
    "tf.sqrt(tf.exp(z_log_var))",
    "keras.ops.sqrt(keras.ops.exp(z_log_var))",
    "tf.exp(z_log_var) ** 0.5",
    "tf.math.exp(tf.multiply(z_log_var, 0.5))",
    "tf.cast(tf.exp(0.5 * tf.cast(z_log_var, tf.float64)), z_log_var.dtype)",
    "tf.pow(np.e, 0.5 * z_log_var)",
]
DRAW = [
    "return z_mean + {deviation} * {noise}",
    "return {noise} * {deviation} + z_mean",
    "noise = {noise}\nsigma = {deviation}\nreturn tf.add(z_mean, tf.multiply(sigma, noise))",
    "noise = {noise}\nreturn keras.ops.add(keras.ops.multiply(noise, {deviation}), z_mean)",
    "def scaled(noise):\n    return {deviation} * noise\n\nreturn scaled({noise}) + z_mean",
    "sigma, noise = {deviation}, {noise}\nreturn z_mean - sigma * (-noise)",
]
UNPACK = [
    "z_mean, z_log_var = inputs",
    "z_mean = inputs[0]\nz_log_var = inputs[1]",
    "(z_mean, z_log_var) = tuple(inputs)",
]
BASES = ["keras.layers.Layer", "tf.keras.layers.Layer", "layers.Layer", "keras.Layer"]
CALLS = [
    "def call(self, inputs):",
    "def call(self, inputs, training=None):",
    "@tf.function\n    def call(self, inputs):",
    "def call(self, inputs, **kwargs):",
]
INIT = """
    def __init__(self, {seed}**kwargs):
        super().__init__(**kwargs)
        self.generator = keras.random.SeedGenerator({value})
        self.tf_generator = tf.random.Generator.from_seed({number})
"""


def _sampling(base: str, call: str, unpack: str, draw: str, noise: str, deviation: str, seed: int, shape: bool) -> str:
    init = ""
    if "generator" in noise:
        named = seed % 2
        value = "seed" if named else str(seed)
        init = INIT.format(seed=f"seed={seed}, " if named else "", value=value, number=seed)
    text = draw.format(noise=noise, deviation=deviation)
    after = "\n    def compute_output_shape(self, input_shape):\n        return input_shape[0]\n" if shape else ""
    lines = [
        "from keras import layers\n\n",
        f"class Sampling({base}):{init}\n    {call}",
        _body(unpack, 2),
        _body(text, 2),
    ]
    return "\n".join(lines) + "\n" + after


sampling = st.builds(
    _sampling,
    base=pick(BASES),
    call=pick(CALLS),
    unpack=pick(UNPACK),
    draw=pick(DRAW),
    noise=pick(NOISE),
    deviation=pick(DEVIATION),
    seed=st.integers(1, 9),
    shape=st.booleans(),
)


# Encoder and decoder

ACTIVATIONS = ["relu", "gelu", "elu", "selu", "silu", "tanh", "leaky_relu", "softplus", "swish", "sigmoid", "mish"]
INITIALIZERS = ["glorot_uniform", "he_normal", "lecun_normal", "random_normal", "orthogonal"]
NORMS = ["", "", "BatchNormalization()", "LayerNormalization()", "GroupNormalization(groups=2)"]


def _encoder(design: dict[str, Any]) -> str:
    activation, norm = design["activation"], design["norm"]
    lines = [
        "def build_encoder(image_shape, latent_dim):",
        "    images = keras.Input(shape=image_shape)",
        "    x = images",
    ]
    for depth in range(design["convolutions"]):
        filters = design["filters"] * (depth + 1)
        start = f'layers.Conv2D({filters}, {design["kernel"]}, padding="same"'
        start += f', kernel_initializer="{design["initializer"]}"'
        if design["pooling"] == "strides":
            lines.append(f'    x = {start}, strides=2, activation="{activation}")(x)')
        else:
            lines += [f'    x = {start}, activation="{activation}")(x)', f"    x = layers.{design['pooling']}(2)(x)"]
        if norm:
            lines.append(f"    x = layers.{norm}(x)")
    lines.append(f"    x = layers.{design['flatten']}(x)")
    if design["dense"]:
        lines.append(f'    x = layers.Dense({design["dense"]}, activation="{activation}")(x)')
    if design["dropout"]:
        lines.append(f"    x = layers.Dropout({design['dropout']})(x)")
    lines += design["heads"]
    outputs = "[z_mean, z_log_var, z]"
    name = ', name="encoder"' if design["named"] else ""
    return "\n".join([*lines, f"    return keras.Model(images, {outputs}{name})"]) + "\n"


HEADS = [
    [
        "    z_mean = layers.Dense(latent_dim)(x)",
        "    z_log_var = layers.Dense(latent_dim)(x)",
        "    z = Sampling()([z_mean, z_log_var])",
    ],
    [
        '    z_mean = layers.Dense(latent_dim, name="z_mean")(x)',
        '    z_log_var = layers.Dense(units=latent_dim, name="z_log_var", kernel_initializer="zeros")(x)',
        '    z = Sampling(name="z")((z_mean, z_log_var))',
    ],
    [
        "    heads = [layers.Dense(latent_dim, use_bias=False)(x), layers.Dense(latent_dim)(x)]",
        "    z_mean, z_log_var = heads",
        "    z = Sampling()(heads)",
    ],
    [
        '    z_mean = layers.Dense(latent_dim)(layers.Dense(12, "tanh")(x))',
        "    z_log_var = layers.Dense(latent_dim, bias_initializer=keras.initializers.Constant(-3.0))(x)",
        "    z = Sampling()([z_mean, z_log_var])",
    ],
    [
        "    both = layers.Dense(2 * latent_dim)(x)",
        "    z_mean, z_log_var = keras.ops.split(both, 2, axis=-1)",
        "    z = Sampling()([z_mean, z_log_var])",
    ],
    [
        "    both = layers.Dense(2 * latent_dim)(x)",
        "    z_mean, z_log_var = both[:, :latent_dim], both[:, latent_dim:]",
        "    z = Sampling()([z_mean, z_log_var])",
    ],
]

encoders = st.fixed_dictionaries(
    {
        "activation": pick(ACTIVATIONS),
        "norm": pick(NORMS),
        "convolutions": st.integers(0, 3),
        "filters": pick([8, 16]),
        "kernel": pick([2, 3, 5]),
        "initializer": pick(INITIALIZERS),
        "pooling": pick(["strides", "MaxPooling2D", "AveragePooling2D"]),
        "flatten": pick(["Flatten()", "Flatten()", "Reshape((-1,))", "GlobalAveragePooling2D()"]),
        "dense": pick([0, 16, 32]),
        "dropout": pick([0, 0, 0.2]),
        "heads": pick(HEADS),
        "named": st.booleans(),
    }
).map(_encoder)

LAST = [
    'layers.Conv2DTranspose(channels, 3, padding="same", activation="sigmoid")',
    'layers.Conv2DTranspose(channels, 1, activation="sigmoid", use_bias=False)',
    'layers.Conv2D(channels, 3, padding="same", activation="sigmoid")',
    'layers.Conv2DTranspose(channels, 5, padding="same", activation="hard_sigmoid")',
    'keras.Sequential([layers.Conv2DTranspose(channels, 3, padding="same"), layers.Activation("sigmoid")])',
    'keras.Sequential([layers.Conv2DTranspose(channels, 3, padding="same", activation="tanh"), '
    "layers.Rescaling(0.5, offset=0.5)])",
    'keras.Sequential([layers.Conv2DTranspose(channels, 3, padding="same", bias_initializer="ones"), '
    'layers.BatchNormalization(), layers.Activation("sigmoid")])',
]
UPS = [
    'layers.Conv2DTranspose({filters}, 3, strides=2, padding="same", activation="{activation}")',
    'layers.Conv2DTranspose({filters}, 4, strides=2, padding="same", activation="{activation}")',
    'keras.Sequential([layers.UpSampling2D(), layers.Conv2D({filters}, 3, padding="same", activation="{activation}")])',
    'keras.Sequential([layers.UpSampling2D(interpolation="bilinear"), '
    'layers.Conv2DTranspose({filters}, 3, padding="same", activation="{activation}")])',
]
FITS = [
    "layers.Cropping2D(((0, rows * factor - height), (0, columns * factor - width)))",
    "layers.Cropping2D(((rows * factor - height, 0), (columns * factor - width, 0)))",
    "layers.Resizing(height, width)",
    'layers.Resizing(height, width, interpolation="nearest")',
    "layers.CenterCrop(height, width)",
]


def _decoder(design: dict[str, Any]) -> str:
    activation, filters, factor = design["activation"], design["filters"], 2 ** design["ups"]
    stack = [
        f'layers.Dense(rows * columns * {filters}, activation="{activation}", '
        f'kernel_initializer="{design["initializer"]}")',
        f"layers.Reshape((rows, columns, {filters}))",
    ]
    for depth in range(design["ups"]):
        stack.append(design["up"].format(filters=max(4, filters // (depth + 1) // 2 * 2), activation=activation))
        if design["norm"]:
            stack.append(f"layers.{design['norm']}")
    if design["dense_first"]:
        stack.insert(0, f'layers.Dense(16, activation="{activation}")')
    stack += [design["fit"], design["last"]] if design["fit_first"] else [design["last"], design["fit"]]
    lines = [
        "def build_decoder(image_shape, latent_dim):",
        "    height, width, channels = image_shape",
        f"    factor = {factor}",
        "    rows, columns = -(-height // factor), -(-width // factor)",
        "    stack = [",
        *(f"        {each}," for each in stack),
        "    ]",
    ]
    if design["style"] == "subclassed":
        lines += [
            "    class Decoder(keras.Model):",
            "        def __init__(self):",
            "            super().__init__()",
            "            self.stack = stack",
            "",
            "        def call(self, codes, training=None):",
            "            x = codes",
            "            for layer in self.stack:",
            "                x = layer(x)",
            "            return x",
            "",
            "    decoder = Decoder()",
            "    decoder(keras.ops.zeros((1, latent_dim)))",
            "    return decoder",
        ]
    elif design["style"] == "sequential":
        lines.append("    return keras.Sequential([keras.Input((latent_dim,)), *stack])")
    else:
        name = ', name="decoder"' if design["style"] == "named" else ""
        lines += [
            "    codes = x = keras.Input(shape=(latent_dim,))",
            "    for layer in stack:",
            "        x = layer(x)",
            f"    return keras.Model(codes, x{name})",
        ]
    return "\n".join(lines) + "\n"


decoders = st.fixed_dictionaries(
    {
        "activation": pick(ACTIVATIONS),
        "norm": pick(NORMS),
        "ups": st.integers(0, 2),
        "filters": pick([8, 16]),
        "initializer": pick(INITIALIZERS),
        "up": pick(UPS),
        "fit": pick(FITS),
        "fit_first": st.booleans(),
        "last": pick(LAST),
        "dense_first": st.booleans(),
        "style": pick(["functional", "named", "sequential", "subclassed"]),
    }
).map(_decoder)

encoder_decoder = st.builds(
    lambda encoder, decoder: f"from keras import layers\n\n\n{encoder}\n\n{decoder}", encoders, decoders
)


# Divergence

TERMS = [
    "-0.5 * (1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var))",
    "0.5 * (keras.ops.exp(z_log_var) + z_mean**2 - 1.0 - z_log_var)",
    "(tf.math.expm1(z_log_var) + z_mean * z_mean - z_log_var) / 2",
    "0.5 * tf.square(z_mean) + 0.5 * (tf.exp(z_log_var) - 1.0) - 0.5 * z_log_var",
    "keras.ops.subtract(0.5 * (keras.ops.exp(z_log_var) + keras.ops.square(z_mean) - 1), z_log_var / 2)",
    "(tf.exp(z_log_var / 2) ** 2 + tf.pow(z_mean, 2) - 1) / 2 - tf.math.log(tf.exp(0.5 * z_log_var))",
    "sum([0.5 * z_mean**2, 0.5 * tf.exp(z_log_var), -0.5 * z_log_var, -0.5])",
]
REDUCE = [
    "tf.reduce_mean(tf.reduce_sum({t}, axis=1))",
    "tf.reduce_sum(tf.reduce_mean({t}, axis=0))",
    "keras.ops.mean(keras.ops.sum({t}, axis=-1), axis=0)",
    "tf.reduce_sum({t}) / tf.cast(tf.shape(z_mean)[0], tf.float32)",
    "tf.reduce_mean({t}) * z_mean.shape[-1]",
    'tf.reduce_mean(tf.einsum("ij->i", {t}))',
    "tf.cast(tf.reduce_mean(tf.reduce_sum(tf.cast({t}, tf.float64), axis=[1])), tf.float32)",
    "keras.ops.sum(keras.ops.mean({t}, axis=0))",
]
SHELLS = [
    "def kl_divergence(z_mean, z_log_var):\n    return {e}\n",
    "@tf.function\ndef kl_divergence(z_mean, z_log_var):\n    return {e}\n",
    "def kl_divergence(z_mean, z_log_var, beta=1.0):\n    result = {e}\n    return beta * result\n",
    "kl_divergence = lambda z_mean, z_log_var: {e}\n",
    "class _Divergence:\n    def __call__(self, z_mean, z_log_var):\n        return {e}\n\n\n"
    "kl_divergence = _Divergence()\n",
    "import functools\n\n\ndef _scaled(scale, z_mean, z_log_var):\n    return scale * ({e})\n\n\n"
    "kl_divergence = functools.partial(_scaled, 1.0)\n",
    "def kl_divergence(z_mean, z_log_var):\n    z_mean, z_log_var = map(tf.convert_to_tensor, (z_mean, z_log_var))\n"
    "    return {e}\n",
]
kl_divergence = st.builds(
    lambda shell, reduce, terms: shell.format(e=reduce.format(t=f"({terms})")), pick(SHELLS), pick(REDUCE), pick(TERMS)
)


# The model

PIXELS = [
    "keras.losses.binary_crossentropy(data, x_hat)",
    "tf.keras.losses.binary_crossentropy(y_true=data, y_pred=x_hat)",
    'keras.losses.BinaryCrossentropy(reduction="none")(data, x_hat)',
    "keras.losses.BinaryCrossentropy(reduction=None)(data, x_hat)",
    "tf.reduce_mean(keras.ops.binary_crossentropy(data, x_hat), axis=-1)",
    "tf.reduce_mean(-data * tf.math.log(x_hat + 1e-7) - (1 - data) * tf.math.log(1 - x_hat + 1e-7), axis=-1)",
]
IMAGES = [
    "tf.reduce_mean(tf.reduce_sum({p}, axis=(1, 2)))",
    "keras.ops.mean(keras.ops.sum({p}, axis=[1, 2]))",
    "keras.ops.sum(keras.ops.mean({p}, axis=0))",
    "tf.reduce_sum({p}) / tf.cast(tf.shape(data)[0], tf.float32)",
    "tf.reduce_mean(tf.reduce_sum(tf.reshape({p}, (tf.shape(data)[0], -1)), axis=-1))",
    "tf.reduce_mean({p}) * data.shape[1] * data.shape[2]",
]
DIVERGENCES = [
    "kl_divergence(z_mean, z_log_var)",
    "kl_divergence(z_mean=z_mean, z_log_var=z_log_var)",
    "-0.5 * tf.reduce_mean(tf.reduce_sum(1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var), axis=1))",
    "tf.reduce_mean(0.5 * keras.ops.sum(z_mean**2 + keras.ops.exp(z_log_var) - 1 - z_log_var, axis=1))",
]
ENCODE = [
    "z_mean, z_log_var, z = self.encoder(data)",
    "z_mean, z_log_var, z = self.encoder(data, training=True)",
    "outputs = self.encoder(data)\nz_mean, z_log_var, z = outputs[0], outputs[1], outputs[2]",
]
TOTALS = ["reconstruction + divergence", "tf.add_n([reconstruction, divergence])", "divergence + 1.0 * reconstruction"]
UPDATES = [
    "variables = self.trainable_weights\ngradients = tape.gradient(loss, variables)\n"
    "self.optimizer.apply_gradients(zip(gradients, variables))",
    "variables = self.trainable_variables\nself.optimizer.apply(tape.gradient(loss, variables), variables)",
    "variables = self.encoder.trainable_weights + self.decoder.trainable_weights\n"
    "self.optimizer.apply_gradients(list(zip(tape.gradient(loss, variables), variables)))",
    "one, two = tape.gradient(loss, [self.encoder.trainable_variables, self.decoder.trainable_variables])\n"
    "self.optimizer.apply(one + two, self.encoder.trainable_variables + self.decoder.trainable_variables)",
]
TRACKERS = [
    "self.trackers = [keras.metrics.Mean(name=name) for name in NAMES]",
    "self.trackers = []\nfor name in NAMES:\n    self.trackers.append(keras.metrics.Mean(name))",
    "self.trackers = [keras.metrics.Mean() for _ in NAMES]",
    "self.trackers = list(map(tf.keras.metrics.Mean, NAMES))",
]
RETURNS = [
    "return {name: tracker.result() for name, tracker in zip(NAMES, self.trackers)}",
    "return dict(zip(NAMES, (tracker.result() for tracker in self.trackers)))",
    'return {"loss": self.trackers[0].result(), "reconstruction_loss": self.trackers[1].result(), '
    '"kl_loss": self.trackers[2].result()}',
]
UNPACKS = [
    "",
    "if isinstance(data, (tuple, list)):\n    data = data[0]",
    "data = keras.utils.unpack_x_y_sample_weight(data)[0]",
]


def _vae(
    base: str,
    trackers: str,
    unpack: str,
    encode: str,
    pixels: str,
    images: str,
    kl: str,
    total: str,
    update: str,
    end: str,
) -> str:
    under = f"{encode}\nx_hat = self.decoder(z)\nreconstruction = {images.format(p=pixels)}\n"
    under += f"divergence = {kl}\nloss = {total}"
    track = (
        "for tracker, value in zip(self.trackers, (loss, reconstruction, divergence)):\n    tracker.update_state(value)"
    )
    body = f"{unpack}\nwith tf.GradientTape() as tape:\n{indent(under, '    ')}\n{update}\n{track}\n{end}"
    return (
        'NAMES = ("loss", "reconstruction_loss", "kl_loss")\n\n\n'
        f"class VAE({base}):\n"
        "    def __init__(self, encoder, decoder, **kwargs):\n"
        "        super().__init__(**kwargs)\n"
        "        self.encoder, self.decoder = encoder, decoder\n"
        f"{indent(trackers, ' ' * 8)}\n\n"
        "    @property\n    def metrics(self):\n        return self.trackers\n\n"
        f"    def train_step(self, data):\n{indent(body, ' ' * 8)}\n"
    )


vae = st.builds(
    _vae,
    base=pick(["keras.Model", "tf.keras.Model", "keras.models.Model"]),
    trackers=pick(TRACKERS),
    unpack=pick(UNPACKS),
    encode=pick(ENCODE),
    pixels=pick(PIXELS),
    images=pick(IMAGES),
    kl=pick(DIVERGENCES),
    total=pick(TOTALS),
    update=pick(UPDATES),
    end=pick(RETURNS),
)

ANSWERS = {"sampling": sampling, "encoder_decoder": encoder_decoder, "kl_divergence": kl_divergence, "vae": vae}
