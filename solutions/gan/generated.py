"""Right answers for `gan`, drawn from pieces that mean the same or that the text leaves free."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

_from = st.sampled_from


@st.composite
def _inverses(draw: Any) -> str:
    layer = draw(_from(["layers.Conv2DTranspose", "keras.layers.Conv2DTranspose", "tf.keras.layers.Conv2DTranspose"]))
    channels = draw(_from(["input_shape[-1]", "input_shape[2]", "int(tuple(input_shape)[2])", "channels"]))
    bias = draw(_from(["", "use_bias=False,", "use_bias=True,", "use_bias=conv.use_bias,"]))
    extra = draw(_from(["", 'name="inverse",', "dilation_rate=conv.dilation_rate,", 'data_format="channels_last",']))
    kernel_size = draw(_from(["conv.kernel_size", "tuple(conv.kernel_size)", "conv.kernel.shape[:2]"]))
    strides = draw(_from(["conv.strides", "tuple(conv.strides)", 'conv.get_config()["strides"]']))
    shape = draw(
        _from(
            [
                "conv.compute_output_shape((None, *input_shape))",
                "conv.compute_output_shape((1,) + tuple(input_shape))",
                "conv(tf.zeros((1, *input_shape))).shape",
                "(None, None, None, conv.filters)",
            ]
        )
    )
    built = draw(_from(["inverse.build(shape)", "inverse(tf.zeros([2 if n is None else n for n in shape]))"]))
    kernel = draw(
        _from(
            [
                "inverse.kernel.assign(conv.kernel)",
                "inverse.kernel.assign(conv.kernel.numpy())",
                "inverse.set_weights([conv.get_weights()[0]] + inverse.get_weights()[1:])",
                "inverse.weights[0].assign(keras.ops.convert_to_numpy(conv.weights[0]))",
            ]
        )
    )
    return f"""
def invert_convolution(conv, input_shape):
    height, width, channels = input_shape
    shape = {shape}
    inverse = {layer}(
        filters={channels}, kernel_size={kernel_size}, strides={strides}, padding=conv.padding, {bias} {extra}
    )
    {built}
    {kernel}
    return inverse
"""


ACTIVATIONS = ["relu", "gelu", "elu", "selu", "silu", "tanh", "leaky_relu", "softplus"]
NORMS = [
    "",
    "layers.BatchNormalization(),",
    "layers.BatchNormalization(momentum=0.8),",
    "layers.LayerNormalization(),",
    "layers.GroupNormalization(4),",
    "layers.Dropout(0.3),",
]
INITIALIZERS = ["glorot_uniform", "he_normal", "orthogonal", "random_normal"]
ENDS = [
    'layers.Conv2D(1, 3, padding="same", activation="sigmoid"),',
    'layers.Conv2DTranspose(1, 3, padding="same", activation="sigmoid"),',
    'layers.Conv2D(1, 1, use_bias=False), layers.Activation("sigmoid"),',
    'layers.Conv2DTranspose(1, 5, padding="same", activation="tanh"), layers.Rescaling(0.5, offset=0.5),',
    'layers.Conv2D(1, 3, padding="same", activation="hard_sigmoid"),',
]


@st.composite
def _networks(draw: Any) -> str:
    style = draw(_from(["sequential", "functional", "subclassed", "added"]))
    return "\n".join([_HELPERS[style], _generator(draw), _discriminator(draw)])


def _generator(draw: Any) -> str:
    act, norm, init = draw(_from(ACTIVATIONS)), draw(_from(NORMS)), draw(_from(INITIALIZERS))
    width = draw(_from([8, 16, 24, 32]))
    up = f'layers.Conv2DTranspose({width}, {draw(_from([2, 3, 4, 5]))}, strides=2, padding="same"'
    up = f'{up}, kernel_initializer="{init}"), {norm} layers.Activation("{act}"),'
    start = draw(_from(["two", "four", "four_at_once", "crop", "resize"]))
    body = {
        "two": f"{_start(2, width, act)} {up} {up}",
        "four": f"{_start(4, width, act)} {up}",
        "four_at_once": f"{_start(2, width, act)} layers.Conv2DTranspose({width}, 4, strides=4), layers.LeakyReLU(),",
        "crop": f"{_start(5, width, act)} {up} layers.Cropping2D(1),",
        "resize": f"{_start(3, width, act)} {up} layers.Resizing(8, 8),",
    }[start]
    return f"""
def build_generator(latent_dim):
    return assemble((latent_dim,), [{body} {draw(_from(ENDS))}])
"""


def _start(size: int, width: int, activation: str) -> str:
    return f'layers.Dense({size * size * width}, activation="{activation}"), layers.Reshape(({size}, {size}, {width})),'


def _discriminator(draw: Any) -> str:
    act, norm, width = draw(_from(ACTIVATIONS)), draw(_from(NORMS)), draw(_from([8, 16, 32]))
    kernel = draw(_from([2, 3, 4, 5]))
    down = [f'layers.Conv2D({width}, {kernel}, strides=2, padding="same"), {norm} layers.Activation("{act}"),'] * draw(
        _from([1, 2, 3])
    )
    end = draw(
        _from(
            [
                "layers.Flatten(), layers.Dense(1),",
                'layers.Flatten(), layers.Dense(16, activation="relu"), layers.Dense(1),',
                "layers.GlobalAveragePooling2D(), layers.Dense(1),",
                'layers.GlobalMaxPooling2D(), layers.Dense(1, activation="linear"),',
                "layers.Flatten(), layers.Dense(1, use_bias=False),",
                "layers.Conv2D(1, 1), layers.GlobalAveragePooling2D(),",
            ]
        )
    )
    first = draw(_from(["", "layers.Rescaling(2.0, offset=-1.0),", "layers.GaussianNoise(0.1),"]))
    return f"""
def build_discriminator():
    return assemble(image_shape, [{first} {" ".join(down)} {end}])
"""


_HELPERS = {
    "sequential": """
def assemble(shape, parts):
    return keras.Sequential([keras.Input(shape), *parts])
""",
    "functional": """
def assemble(shape, parts):
    inputs = x = keras.Input(shape=shape)
    for part in parts:
        x = part(x)
    return keras.Model(inputs=inputs, outputs=x)
""",
    "subclassed": """
class Assembled(keras.Model):
    def __init__(self, parts):
        super().__init__()
        self.parts = parts

    def call(self, inputs, training=None):
        for part in self.parts:
            inputs = part(inputs, training=training) if isinstance(part, layers.Dropout) else part(inputs)
        return inputs


def assemble(shape, parts):
    return Assembled(parts)
""",
    "added": """
def assemble(shape, parts):
    model = tf.keras.Sequential()
    for part in parts:
        model.add(part)
    model.build((None, *shape))
    return model
""",
}


@st.composite
def _gans(draw: Any) -> str:
    count = draw(_from(["tf.shape(real)[0]", "keras.ops.shape(real)[0]", "tf.shape(real, out_type=tf.int32)[0]"]))
    latents = draw(
        _from(
            [
                "tf.random.normal((n, self.latent_dim))",
                "tf.random.normal(shape=[n, self.latent_dim], mean=0.0, stddev=1.0)",
                "keras.random.normal((n, self.latent_dim))",
                "keras.random.normal((n, self.latent_dim), seed=self.seeds)",
            ]
        )
    )
    training = draw(_from(["", ", training=True", ", training=False"]))
    loss = draw(_from(["self.loss_fn({l}, {p})", "self.loss_fn(y_true={l}, y_pred={p})", "self.cost({l}, {p})"]))
    shown = draw(_from(["one", "one_reversed", "sum", "mean"]))
    noise = draw(_from(["", "labels += 0.05 * tf.random.uniform(tf.shape(labels))", _SIGNED_NOISE]))
    where = draw(_from(["before", "inside", "stopped"]))
    apply = draw(_from(["{o}.apply(grads, w)", "{o}.apply_gradients(zip(grads, w))", "{o}.apply(grads, {m}.{w})"]))
    weights = draw(_from(["trainable_weights", "trainable_variables"]))
    persistent = draw(_from(["", "persistent=True"]))
    many = draw(_from(["n", "2 * n", "n + 1"]))
    returned = draw(_from(["means", "losses", "metrics"]))
    half = {"d": ("self.d_optimizer", "self.discriminator"), "g": ("self.g_optimizer", "self.generator")}
    update = {side: apply.format(o=o, m=m, w=weights) for side, (o, m) in half.items()}
    fakes = "self.generator(self.latents(n)" + training + ")"
    fakes = f"tf.stop_gradient({fakes})" if where == "stopped" else fakes
    made_before, made_inside = ("", f"fakes = {fakes}") if where == "inside" else (f"fakes = {fakes}", "pass")
    return f"""
class GAN(keras.Model):
    def __init__(self, discriminator, generator, latent_dim, **kwargs):
        super().__init__(**kwargs)
        self.discriminator, self.generator, self.latent_dim = discriminator, generator, latent_dim
        self.seeds = keras.random.SeedGenerator(7)
        self.means = [keras.metrics.Mean(name=name) for name in ("d_loss", "g_loss")]

    def compile(self, d_optimizer, g_optimizer, loss_fn):
        super().compile()
        self.d_optimizer, self.g_optimizer, self.loss_fn = d_optimizer, g_optimizer, loss_fn

    @property
    def metrics(self):
        return self.means

    def cost(self, labels, logits):
        return self.loss_fn(labels, logits)

    def latents(self, n):
        return {latents}

    def train_step(self, real):
        n = {count}
        {made_before}
        with tf.GradientTape({persistent}) as tape:
            {made_inside}
{_shown(shown, noise, loss, training)}
        w = self.discriminator.{weights}
        grads = tape.gradient(d_loss, w)
        {update["d"]}
        with tf.GradientTape() as tape:
            logits = self.discriminator(self.generator(self.latents({many}){training}){training})
            labels = tf.zeros_like(logits)
            g_loss = {loss.format(l="labels", p="logits")}
        w = self.generator.{weights}
        grads = tape.gradient(g_loss, w)
        {update["g"]}
        for mean, value in zip(self.means, (d_loss, g_loss)):
            mean.update_state(value)
        return {_RETURNED[returned]}
"""


_SIGNED_NOISE = "labels += tf.random.uniform(tf.shape(labels), -0.05, 0.05)"
_RETURNED = {
    "means": '{"d_loss": self.means[0].result(), "g_loss": self.means[1].result()}',
    "losses": "dict(d_loss=d_loss, g_loss=g_loss)",
    "metrics": "{mean.name: mean.result() for mean in self.metrics}",
}


def _shown(shown: str, noise: str, loss: str, training: str) -> str:
    if shown.startswith("one"):
        order = "fakes, real" if shown == "one" else "real, fakes"
        labels = "tf.ones((n, 1)), tf.zeros((n, 1))" if shown == "one" else "tf.zeros((n, 1)), tf.ones((n, 1))"
        lines = [f"labels = keras.ops.concatenate([{labels}], axis=0)", noise or "pass"]
        lines += [f"logits = self.discriminator(tf.concat([{order}], 0){training})"]
        lines += [f"d_loss = {loss.format(l='labels', p='logits')}"]
    else:
        lines = [f"logits = self.discriminator(real{training})", "labels = tf.zeros_like(logits)", noise or "pass"]
        lines += [f"d_loss = {loss.format(l='labels', p='logits')}", f"logits = self.discriminator(fakes{training})"]
        lines += [f"d_loss = d_loss + {loss.format(l='tf.ones_like(logits)', p='logits')}"]
        lines += ["d_loss = d_loss / 2" if shown == "mean" else "pass"]
    return "\n".join(" " * 12 + line for line in lines)


ANSWERS = {"invert_convolution": _inverses(), "build_players": _networks(), "gan": _gans()}
