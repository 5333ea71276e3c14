"""Right answers that nobody wrote: pieces that mean the same, put together at random."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

LAYERS = [
    "model.get_layer(layer_name)",
    "model.get_layer(name=layer_name)",
    "next(layer for layer in model.layers if layer.name == layer_name)",
    "{layer.name: layer for layer in model.layers}[layer_name]",
    "[layer for layer in model.layers if layer.name == layer_name][0]",
]
NETWORKS = [
    "keras.Model(model.inputs, layer.output)",
    "keras.Model(inputs=model.inputs, outputs=layer.output)",
    "keras.Model(model.inputs[0], layer.output, name=f'up_to_{layer_name}')",
    "tf.keras.Model(model.input, layer.output)",
    "keras.models.Model(model.input, layer.output)",
    "Model(inputs=model.inputs, outputs=layer.output)",
]
ENDS = [
    "return part",
    "images = keras.Input(model.input_shape[1:])\n    return keras.Model(images, part(images))",
    "images = keras.Input(model.input_shape[1:])\n    return keras.Model(images, part(images, training=False))",
    "return Frozen(part)",
    "return keras.Sequential([keras.Input(model.input_shape[1:]), part])",
]


@st.composite
def _extractors(draw: Any) -> str:
    pick = lambda options: draw(st.sampled_from(options))  # noqa: E731
    return f"""from keras import Model


class Frozen(keras.Model):
    def __init__(self, part):
        super().__init__()
        self.part = part

    def call(self, images):
        return self.part(images, training=False)


def build_feature_extractor({pick(["model, layer_name", "model: keras.Model, layer_name: str"])}):
    layer = {pick(LAYERS)}
    part = {pick(NETWORKS)}
    {pick(ENDS)}
"""


MAPS = [
    "feature_extractor(input_image)",
    "feature_extractor(input_image, training=False)",
    "feature_extractor(tf.convert_to_tensor(input_image))",
    "tf.identity(feature_extractor(input_image))",
]
INNER = [
    "maps[:, 2:-2, 2:-2, filter_index]",
    "maps[..., filter_index][:, 2:-2, 2:-2]",
    "tf.gather(maps, filter_index, axis=-1)[:, 2:-2, 2:-2]",
    "keras.ops.take(maps[:, 2:-2, 2:-2], filter_index, axis=3)",
    "keras.layers.Cropping2D(2)(maps)[..., filter_index]",
    "tf.transpose(maps, (3, 0, 1, 2))[filter_index][:, 2:-2, 2:-2]",
    "maps[:, 2 : maps.shape[1] - 2, 2 : maps.shape[2] - 2, filter_index]",
    "tf.reduce_sum(maps[:, 2:-2, 2:-2] * tf.one_hot(filter_index, maps.shape[-1]), axis=-1)",
]
MEANS = [
    "tf.reduce_mean(inner)",
    "keras.ops.mean(inner)",
    "tf.math.reduce_mean(inner)",
    "tf.reduce_mean(tf.reduce_mean(inner, axis=(1, 2)))",
    "tf.reduce_mean(tf.reduce_mean(tf.reduce_mean(inner, axis=2), axis=1))",
    "tf.reduce_sum(inner) / tf.cast(tf.size(inner), inner.dtype)",
    "tf.cast(tf.reduce_mean(tf.cast(inner, tf.float64)), tf.float32)",
    "tf.reduce_mean(tf.reshape(inner, (-1,)))",
    "tf.add_n([tf.reduce_mean(one) for one in tf.unstack(inner)]) / inner.shape[0]",
]


@st.composite
def _losses(draw: Any) -> str:
    pick = lambda options: draw(st.sampled_from(options))  # noqa: E731
    given = pick(["input_image, filter_index", "input_image, filter_index, border=2", "input_image, filter_index: int"])
    return f"""{pick(["", "@tf.function"])}
def compute_loss({given}):
    maps = {pick(MAPS)}
    inner = {pick(INNER)}
    return {pick(MEANS)}
"""


NORMALIZED = [
    "tf.math.l2_normalize(gradient)",
    "tf.nn.l2_normalize(gradient)",
    "gradient / (tf.norm(gradient) + 1e-8)",
    "gradient / tf.maximum(tf.norm(gradient), 1e-10)",
    "gradient / tf.sqrt(tf.reduce_sum(tf.square(gradient)) + 1e-12)",
    "tf.math.divide_no_nan(gradient, tf.norm(gradient))",
    "gradient * tf.math.rsqrt(tf.maximum(tf.reduce_sum(gradient**2), 1e-12))",
    "gradient / (keras.ops.sqrt(keras.ops.sum(keras.ops.square(gradient))) + 1e-7)",
    "tf.where(tf.norm(gradient) > 0, gradient / (tf.norm(gradient) + 1e-9), tf.zeros_like(gradient))",
    "tf.cast(tf.math.l2_normalize(tf.cast(gradient, tf.float64)), tf.float32)",
]
TAPES = [
    "with tf.GradientTape() as tape:\n        tape.watch(img)",
    "with tf.GradientTape(watch_accessed_variables=False) as tape:\n        tape.watch(img)",
    "with tf.GradientTape(persistent=True) as tape:\n        tape.watch([img])",
    "img = tf.convert_to_tensor(img)\n    with tf.GradientTape() as tape:\n        tape.watch(img)",
    "img = tf.identity(img)\n    with tf.GradientTape() as tape:\n        tape.watch(img)",
]
LOSSES = ["compute_loss(img, filter_index)", "compute_loss(input_image=img, filter_index=filter_index)"]
MOVES = [
    "img + learning_rate * step",
    "tf.add(img, tf.multiply(step, learning_rate))",
    "img - (-learning_rate) * step",
    "keras.ops.add(img, learning_rate * step)",
    "tf.add_n([img, step * learning_rate])",
]
RETURNS = ["loss, moved", "[loss, moved]", "tf.identity(loss), tf.identity(moved)", "(loss, moved)"]


@st.composite
def _steps(draw: Any) -> str:
    pick = lambda options: draw(st.sampled_from(options))  # noqa: E731
    gradient = pick(
        ["tape.gradient(loss, img)", "tape.gradient(target=loss, sources=img)", "tape.gradient(loss, [img])[0]"]
    )
    return f"""{pick(["", "@tf.function"])}
def gradient_ascent_step(img, filter_index, learning_rate):
    {pick(TAPES)}
        loss = {pick(LOSSES)}
    gradient = {gradient}
    step = {pick(NORMALIZED)}
    moved = {pick(MOVES)}
    return {pick(RETURNS)}
"""


LOOPS = [
    "for _ in range(iterations):\n        {}",
    "for step in range(1, iterations + 1):\n        {}",
    "left = iterations\n    while left > 0:\n        {}\n        left -= 1",
    "for _ in tf.range(iterations):\n        {}",
    "losses = []\n    for _ in [None] * iterations:\n        {}\n        losses.append(loss)\n    loss = losses[-1]",
]
CALLS = [
    "loss, img = gradient_ascent_step(img, filter_index, learning_rate)",
    "loss, img = gradient_ascent_step(img, filter_index=filter_index, learning_rate=learning_rate)",
    "result = gradient_ascent_step(img, filter_index, learning_rate)\n        loss, img = result[0], result[1]",
    "(loss, img) = one(img, filter_index, learning_rate)",
]
GIVEN = [
    "filter_index, iterations=30, learning_rate=10.0",
    "filter_index: int, iterations: int = 30, learning_rate: float = 10.0",
    "filter_index, iterations=30, learning_rate=10.0, verbose=False",
]
BACK = [
    "loss, img",
    "float(loss), img",
    "loss, img.numpy()",
    "(loss, np.asarray(img))",
    "loss, tf.convert_to_tensor(img)",
    "loss, img[0]",
]


@st.composite
def _ascents(draw: Any) -> str:
    pick = lambda options: draw(st.sampled_from(options))  # noqa: E731
    return f"""def one(*given):
    return gradient_ascent_step(*given)


def visualize_filter({pick(GIVEN)}):
    img = {pick(["initialize_image()", "tf.convert_to_tensor(initialize_image())", "tf.identity(initialize_image())"])}
    {pick(LOOPS).format(pick(CALLS))}
    return {pick(BACK)}
"""


ANSWERS = {
    "feature_extractor": _extractors(),
    "compute_loss": _losses(),
    "gradient_ascent_step": _steps(),
    "visualize_filter": _ascents(),
}
