"""Right answers that nobody wrote: pieces that mean the same, put together at random."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

GRAMS = [
    "tf.einsum('hwi,hwj->ij', x, x)",
    "keras.ops.einsum('hwi,hwj->ij', x, x)",
    "tf.tensordot(x, x, axes=[[0, 1], [0, 1]])",
    "tf.matmul(rows(x), rows(x), transpose_a=True)",
    "tf.transpose(rows(x)) @ rows(x)",
    "keras.ops.matmul(keras.ops.transpose(rows(x)), rows(x))",
    "tf.reduce_sum(x[..., :, None] * x[..., None, :], axis=(0, 1))",
    "tf.reduce_sum(tf.matmul(x, x, transpose_a=True), axis=0)",
    "tf.cast(tf.einsum('hwi,hwj->ij', tf.cast(x, tf.float64), tf.cast(x, tf.float64)), tf.float32)",
]
ROWS = [
    "tf.reshape(x, (-1, tf.shape(x)[-1]))",
    "tf.reshape(x, (-1, x.shape[-1]))",
    "keras.ops.reshape(x, (-1, x.shape[-1]))",
]
SQUARES = [
    "tf.reduce_sum(tf.square({a} - {b}))",
    "keras.ops.sum(({a} - {b}) ** 2)",
    "tf.reduce_sum(tf.math.squared_difference({a}, {b}))",
    "2 * tf.nn.l2_loss({b} - {a})",
    "keras.ops.sum(keras.ops.square({b} - {a}))",
    "tf.reduce_sum(tf.pow({a} - {b}, 2))",
    "tf.reduce_mean(tf.square({a} - {b})) * float(np.prod(({a} - {b}).shape))",
]
DIVISORS = [
    "(4.0 * 3**2 * (img_nrows * img_ncols) ** 2)",
    "(36.0 * float(img_nrows * img_ncols) ** 2)",
    "tf.constant(36.0 * (img_nrows * img_ncols) ** 2)",
    "(6.0 * img_nrows * img_ncols) ** 2",
    "4.0 / 9.0 / (img_nrows * img_ncols) / float(img_nrows * img_ncols)",
]
DECORATED = ["", "", "@tf.function\n"]
GRAM_CALLS = ["gram_matrix", "gram_matrix", "gram"]


@st.composite
def _styles(draw: Any) -> str:
    pick = lambda options: draw(st.sampled_from(options))  # noqa: E731
    gram = pick(GRAM_CALLS)
    value = pick(SQUARES).format(a="a", b="b")
    return f"""def rows(x):
    return {pick(ROWS)}


{pick(DECORATED)}def gram_matrix(x):
    return {pick(GRAMS)}


def gram(x):
    return {pick(GRAMS)}


{pick(DECORATED)}def style_loss(style, combination):
    a = {gram}(style)
    b = {gram}(combination)
    return {value} / {pick(DIVISORS)}
"""


@st.composite
def _contents(draw: Any) -> str:
    pick = lambda options: draw(st.sampled_from(options))  # noqa: E731
    names = draw(st.permutations(["base", "combination"]))
    value = pick(SQUARES).format(a=names[0], b=names[1])
    given = pick(["base, combination", "base: tf.Tensor, combination: tf.Tensor", "base, combination, weight=1.0"])
    body = pick(["return {}", "loss = {}\n    return loss", "return tf.identity({})", "return tf.cast({}, tf.float32)"])
    return f"""{pick(DECORATED)}def content_loss({given}):
    {body.format(value)}
"""


DOWN = [
    "tf.square(x[:, :-1, :-1] - x[:, 1:, :-1])",
    "(x[:, 1:, :-1, :] - x[:, :-1, :-1, :]) ** 2",
    "keras.ops.square(keras.ops.diff(x, axis=1)[:, :, :-1])",
    "tf.math.squared_difference(x[:, 1:], x[:, :-1])[:, :, :-1]",
    "tf.square(x - tf.roll(x, -1, axis=1))[:, :-1, :-1]",
    "tf.square(x[:, : img_nrows - 1, : img_ncols - 1, :] - x[:, 1:, : img_ncols - 1, :])",
]
RIGHT = [
    "tf.square(x[:, :-1, :-1] - x[:, :-1, 1:])",
    "(x[:, :-1, 1:, :] - x[:, :-1, :-1, :]) ** 2",
    "keras.ops.square(keras.ops.diff(x, axis=2)[:, :-1])",
    "tf.math.squared_difference(x[:, :, 1:], x[:, :, :-1])[:, :-1]",
    "tf.square(x - tf.roll(x, -1, axis=2))[:, :-1, :-1]",
    "tf.square(x[:, : img_nrows - 1, : img_ncols - 1, :] - x[:, : img_nrows - 1, 1:, :])",
]
POWERS = [
    "tf.reduce_sum(tf.pow(a + b, 1.25))",
    "keras.ops.sum((a + b) ** 1.25)",
    "tf.reduce_sum(tf.math.pow(tf.add(b, a), 5 / 4))",
    "tf.reduce_sum(tf.reduce_sum((a + b) ** 1.25, axis=-1))",
    "keras.ops.sum(keras.ops.power(a + b, 1.25))",
]


@st.composite
def _variations(draw: Any) -> str:
    pick = lambda options: draw(st.sampled_from(options))  # noqa: E731
    return f"""{pick(DECORATED)}def total_variation_loss({pick(["x", "x: tf.Tensor", "x, power=1.25"])}):
    a = {pick(DOWN)}
    b = {pick(RIGHT)}
    return {pick(POWERS)}
"""


LAYERS = ["model.layers", "model.layers[1:]", "[layer for layer in model.layers if layer.name]"]
OUTPUTS = [
    "{layer.name: layer.output for layer in chosen}",
    "dict((layer.name, layer.output) for layer in chosen)",
    "dict(zip([layer.name for layer in chosen], [layer.output for layer in chosen]))",
    "{name: model.get_layer(name).output for name in [layer.name for layer in chosen]}",
]
MODELS = [
    "return keras.Model(model.input, outputs)",
    "return keras.Model(inputs=model.inputs, outputs=outputs)",
    "return keras.models.Model(model.inputs[0], outputs, name='extractor')",
    "return tf.keras.Model(model.input, outputs)",
    "inner = keras.Model(model.input, outputs)\n"
    "    return lambda images, training=False: inner(images, training=training)",
    "inner = keras.Model(model.input, list(outputs.values()))\n"
    "    return lambda images, **options: dict(zip(outputs, inner(images, **options)))",
    "inner = keras.Model(model.input, outputs)\n    return Extract(inner)",
]


@st.composite
def _extractors(draw: Any) -> str:
    pick = lambda options: draw(st.sampled_from(options))  # noqa: E731
    return f"""class Extract:
    def __init__(self, inner):
        self.inner = inner
        self.trainable_variables = inner.trainable_variables

    def __call__(self, images, training=False):
        return self.inner(images, training=training)


def build_feature_extractor({pick(["model", "model: keras.Model", "model, verbose=False"])}):
    chosen = {pick(LAYERS)}
    outputs = {pick(OUTPUTS)}
    {pick(MODELS)}
"""


FEATURES = [
    "feature_extractor(tf.concat([base_image, style_reference_image, combination_image], axis=0))",
    "feature_extractor(tf.concat((base_image, style_reference_image, combination_image), 0), training=False)",
    "feature_extractor(keras.ops.concatenate([base_image, style_reference_image, combination_image], axis=0))",
    "together(feature_extractor(base_image), feature_extractor(style_reference_image), "
    "feature_extractor(tf.convert_to_tensor(combination_image)))",
]
CONTENT = ["content_loss(content[0], content[2])", "content_loss(base=content[0], combination=content[2])"]
STYLE_LOOPS = [
    "style = 0.0\n        for name in style_layer_names:\n"
    "            style += style_loss(features[name][1], features[name][2]) / len(style_layer_names)",
    "styles = [style_loss(features[n][1], features[n][2]) for n in style_layer_names]\n"
    "        style = tf.reduce_mean(tf.stack(styles))",
    "style = sum(style_loss(features[n][1], features[n][2]) for n in style_layer_names)\n"
    "        style = style / len(style_layer_names)",
    "styles = [style_loss(features[n][1], features[n][2]) for n in style_layer_names]\n"
    "        style = tf.add_n(styles) / len(styles)",
]
TOTALS = [
    "content_weight * near + style_weight * style + total_variation_weight * total_variation_loss(combination_image)",
    "tf.add_n([total_variation_weight * total_variation_loss(combination_image), style_weight * style, "
    "content_weight * near])",
    "total_variation_weight * total_variation_loss(combination_image) + (content_weight * near + style_weight * style)",
]
GRADIENTS = [
    "tape.gradient(loss, combination_image)",
    "tape.gradient(loss, [combination_image])[0]",
    "tape.gradient(target=loss, sources=combination_image)",
]
TAPES = ["tf.GradientTape()", "tf.GradientTape(persistent=True)"]


@st.composite
def _gradients(draw: Any) -> str:
    pick = lambda options: draw(st.sampled_from(options))  # noqa: E731
    return f"""def together(*features):
    return {{name: tf.concat([one[name] for one in features], axis=0) for name in features[0]}}


{pick(DECORATED)}def compute_loss_and_grads(combination_image, base_image, style_reference_image):
    with {pick(TAPES)} as tape:
        features = {pick(FEATURES)}
        content = features[content_layer_name]
        near = {pick(CONTENT)}
        {pick(STYLE_LOOPS)}
        loss = {pick(TOTALS)}
    return loss, {pick(GRADIENTS)}
"""


STARTS = [
    "tf.Variable(base_image)",
    "tf.Variable(tf.identity(base_image))",
    "tf.Variable(initial_value=base_image, dtype=tf.float32)",
]
OPTIMIZERS = [
    "keras.optimizers.Adam(learning_rate)",
    "keras.optimizers.Adam(learning_rate=learning_rate)",
    "keras.optimizers.SGD(learning_rate)",
    "keras.optimizers.SGD(learning_rate, momentum=0.5)",
    "keras.optimizers.RMSprop(learning_rate)",
    "keras.optimizers.Adamax(learning_rate)",
    "keras.optimizers.Nadam(learning_rate)",
    "tf.keras.optimizers.Adam(learning_rate, beta_1=0.9)",
]
APPLY = [
    "optimizer.apply_gradients([(gradient, image)])",
    "optimizer.apply_gradients(zip([gradient], [image]))",
    "optimizer.apply([gradient], [image])",
]
LOOPS = ["for _ in range(iterations):", "for step in range(1, iterations + 1):", "for _ in tf.range(iterations):"]
CALLS = [
    "loss, gradient = compute_loss_and_grads(image, base_image, style_reference_image)",
    "_, gradient = compute_loss_and_grads(image, base_image, style_reference_image)",
    "gradient = compute_loss_and_grads(image, base_image, style_reference_image)[1]",
]
RESULTS = [
    "image.numpy()",
    "image",
    "tf.convert_to_tensor(image)",
    "np.array(image)",
    "image.read_value()",
    "tf.identity(image)",
]


@st.composite
def _transfers(draw: Any) -> str:
    pick = lambda options: draw(st.sampled_from(options))  # noqa: E731
    return f"""def transfer(base_image, style_reference_image, iterations, learning_rate):
    image = {pick(STARTS)}
    optimizer = {pick(OPTIMIZERS)}
    {pick(LOOPS)}
        {pick(CALLS)}
        {pick(APPLY)}
    return {pick(RESULTS)}
"""


ANSWERS = {
    "style_loss": _styles(),
    "content_loss": _contents(),
    "total_variation_loss": _variations(),
    "build_feature_extractor": _extractors(),
    "compute_loss_and_grads": _gradients(),
    "transfer": _transfers(),
}
