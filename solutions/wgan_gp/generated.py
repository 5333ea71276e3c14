"""Right answers for `wgan_gp`, drawn from pieces that mean the same or that the text leaves free."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

_from = st.sampled_from
MEANS = ["tf.reduce_mean({x})", "keras.ops.mean({x})", "tf.math.reduce_mean({x}, axis=0)[0]", "mean_of({x})"]
HELPER = """
def mean_of(scores):
    return tf.reduce_sum(scores) / tf.cast(tf.size(scores), scores.dtype)
"""


@st.composite
def _losses(draw: Any) -> str:
    mean, other = draw(_from(MEANS)), draw(_from(MEANS))
    decorated = draw(_from(["", "@tf.function\n"]))
    real, fake = mean.format(x="real_img"), other.format(x="fake_img")
    critic = draw(
        _from(
            [
                f"{fake} - {real}",
                f"-({real} - {fake})",
                f"tf.subtract({fake}, {real})",
                f"keras.ops.subtract({fake}, {real})",
                mean.format(x="(fake_img - real_img)"),
                f"tf.add_n([{fake}, -1.0 * {real}])",
                mean.format(x="tf.cast(tf.cast(fake_img, tf.float64) - tf.cast(real_img, tf.float64), tf.float32)"),
            ]
        )
    )
    generator = draw(_from([f"-{fake}", other.format(x="(-fake_img)"), f"tf.negative({fake})", f"0.0 - {fake}"]))
    style = draw(_from(["functions", "classes", "lambdas"]))
    if style == "lambdas":
        lambdas = f"critic_loss = lambda real_img, fake_img: {critic}\ngenerator_loss = lambda fake_img: {generator}"
        return f"{HELPER}\n{lambdas}\n"
    if style == "classes":
        return f"""{HELPER}
class CriticLoss:
    def __call__(self, real_img, fake_img):
        return {critic}


class GeneratorLoss:
    def __call__(self, fake_img):
        return {generator}


critic_loss, generator_loss = CriticLoss(), GeneratorLoss()
"""
    return f"""{HELPER}
{decorated}def critic_loss(real_img, fake_img):
    return {critic}


{decorated}def generator_loss(fake_img, name="generator"):
    return {generator}
"""


@st.composite
def _models(draw: Any) -> str:
    options = draw(_from(["", ", **kwargs"]))
    start = draw(
        _from(["super().__init__({o})", "super(WGAN, self).__init__({o})", "keras.Model.__init__(self{c}{o})"])
    )
    start = start.format(o=options.removeprefix(", "), c=", " if options else "")
    compiled = draw(_from(["super().compile()", "super(WGAN, self).compile()", "keras.Model.compile(self)"]))
    steps = draw(_from(["discriminator_extra_steps", "d_steps"]))
    order = draw(_from(["before", "after"]))
    kept = """
        self.d_optimizer, self.g_optimizer = d_optimizer, g_optimizer
        self.d_loss_fn, self.g_loss_fn = d_loss_fn, g_loss_fn"""
    body = f"\n        {compiled}{kept}" if order == "before" else f"{kept}\n        {compiled}"
    weight = draw(_from(["gp_weight", "float(gp_weight)", "gp_weight * 1.0"]))
    metrics = draw(
        _from(["", 'self.trackers = [keras.metrics.Mean(name="d_loss"), keras.metrics.Mean(name="g_loss")]'])
    )
    typed = draw(_from(["", ": keras.Model"]))
    default = draw(_from(["10.0", "10", "1e1"]))
    extra = draw(_from(["", ", name=None"])) if not options else ""
    return f"""
class WGAN(keras.Model):
    def __init__(
        self,
        discriminator{typed},
        generator{typed},
        latent_dim,
        discriminator_extra_steps=3,
        gp_weight={default}{extra}{options}
    ):
        {start}
        self.discriminator = discriminator
        self.generator = generator
        self.latent_dim = latent_dim
        self.{steps} = discriminator_extra_steps
        self.gp_weight = {weight}
        {metrics}

    def compile(self, d_optimizer, g_optimizer, d_loss_fn, g_loss_fn):{body}
"""


@st.composite
def _penalties(draw: Any) -> str:
    count = draw(_from(["batch_size", "tf.shape(real_images)[0]", "keras.ops.shape(fake_images)[0]"]))
    alpha = draw(
        _from(
            [
                "tf.random.uniform((n, 1, 1, 1))",
                "tf.random.uniform([n, 1, 1, 1], 0.0, 1.0)",
                "keras.random.uniform((n, 1, 1, 1))",
                "tf.reshape(tf.random.uniform((n,)), (-1, 1, 1, 1))",
                "tf.random.uniform((n, 1))[:, :, None, None]",
                "1 - tf.random.uniform((n, 1, 1, 1), maxval=1.0)",
            ]
        )
    )
    point = draw(
        _from(
            [
                "real_images + alpha * (fake_images - real_images)",
                "alpha * real_images + (1 - alpha) * fake_images",
                "fake_images - alpha * (fake_images - real_images)",
                "tf.add(real_images * (1.0 - alpha), tf.multiply(alpha, fake_images))",
            ]
        )
    )
    call = draw(_from(["", ", training=True", ", training=False"]))
    gradient = draw(
        _from(
            [
                "tape.gradient(scores, point)",
                "tape.gradient(scores, [point])[0]",
            ]
        )
    )
    norm = draw(
        _from(
            [
                "tf.sqrt(tf.reduce_sum(tf.square(gradient), axis=(1, 2, 3)))",
                "tf.sqrt(tf.reduce_sum(gradient**2, axis=[1, 2, 3]) + 1e-12)",
                "keras.ops.sqrt(keras.ops.sum(keras.ops.square(gradient), axis=(1, 2, 3)))",
                "tf.norm(tf.reshape(gradient, (tf.shape(gradient)[0], -1)), axis=1)",
                "tf.norm(keras.layers.Flatten()(gradient), axis=-1)",
                "tf.reduce_sum(gradient * gradient, axis=[1, 2, 3]) ** 0.5",
                "tf.sqrt(tf.maximum(tf.reduce_sum(tf.square(gradient), axis=[1, 2, 3]), 1e-12))",
                "tf.sqrt(tf.einsum('bhwc,bhwc->b', gradient, gradient))",
            ]
        )
    )
    result = draw(
        _from(
            [
                "tf.reduce_mean((norm - 1) ** 2)",
                "tf.reduce_mean(tf.square(norm - 1.0))",
                "keras.ops.mean(keras.ops.square(1.0 - norm))",
                "tf.reduce_sum((norm - 1) ** 2) / tf.cast(tf.size(norm), tf.float32)",
                "tf.reduce_mean(tf.math.squared_difference(norm, 1.0))",
                "tf.reduce_mean(norm**2) - 2 * tf.reduce_mean(norm) + 1",
            ]
        )
    )
    persistent = draw(_from(["", "persistent=True"]))
    return f"""
class WGAN(WGAN):
    def gradient_penalty(self, batch_size, real_images, fake_images):
        n = {count}
        alpha = {alpha}
        point = {point}
        with tf.GradientTape({persistent}) as tape:
            tape.watch(point)
            scores = self.discriminator(point{call})
        gradient = {gradient}
        norm = {norm}
        return {result}
"""


@st.composite
def _steps(draw: Any) -> str:
    count = draw(_from(["tf.shape(real)[0]", "keras.ops.shape(real)[0]"]))
    latents = draw(
        _from(
            [
                "tf.random.normal((n, self.latent_dim))",
                "tf.random.normal(shape=[n, self.latent_dim])",
                "keras.random.normal((n, self.latent_dim))",
            ]
        )
    )
    training = draw(_from(["", ", training=True", ", training=False"]))
    inside = draw(_from([True, False]))
    scores = draw(
        _from(
            [
                "real_scores, fake_scores = self.discriminator(real{t}), self.discriminator(fakes{t})",
                "s = self.discriminator(tf.concat([real, fakes], 0){t}); real_scores, fake_scores = tf.split(s, 2)",
                "fake_scores = self.discriminator(fakes{t}); real_scores = self.discriminator(real{t})",
            ]
        )
    ).format(t=training)
    images = draw(_from(["n, real, fakes", "n, fakes, real", "batch_size=n, real_images=real, fake_images=fakes"]))
    total = draw(
        _from(
            [
                "self.d_loss_fn(real_scores, fake_scores) + self.gp_weight * penalty",
                "self.d_loss_fn(real_img=real_scores, fake_img=fake_scores) + penalty * self.gp_weight",
                "tf.add(self.d_loss_fn(real_scores, fake_scores), tf.multiply(penalty, self.gp_weight))",
                "sum([self.gp_weight * penalty, self.d_loss_fn(real_scores, fake_scores)])",
            ]
        )
    )
    apply = draw(
        _from(["{o}.apply(grads, w)", "{o}.apply_gradients(zip(grads, w))", "{o}.apply_gradients(list(zip(grads, w)))"])
    )
    weights = draw(_from(["trainable_weights", "trainable_variables"]))
    loop = draw(
        _from(
            ["for _ in range(self.discriminator_extra_steps):", "for step in range(0, self.discriminator_extra_steps):"]
        )
    )
    many = draw(_from(["n", "2 * n"]))
    before, within = ("fakes = self.fakes(n)", "pass") if not inside else ("pass", "fakes = self.fakes(n)")
    returned = draw(_from(['{"d_loss": d_loss, "g_loss": g_loss}', "dict(g_loss=g_loss, d_loss=d_loss)"]))
    tuples = draw(_from(["pass", "real = real[0] if isinstance(real, (tuple, list)) else real"]))
    return f"""
class WGAN(WGAN):
    def fakes(self, n):
        return self.generator({latents}{training})

    def train_step(self, real):
        {tuples}
        n = {count}
        {loop}
            {before}
            with tf.GradientTape() as tape:
                {within}
                {scores}
                penalty = self.gradient_penalty({images})
                d_loss = {total}
            w = self.discriminator.{weights}
            grads = tape.gradient(d_loss, w)
            {apply.format(o="self.d_optimizer")}
        with tf.GradientTape() as tape:
            g_loss = self.g_loss_fn(self.discriminator(self.fakes({many}){training}))
        w = self.generator.{weights}
        grads = tape.gradient(g_loss, w)
        {apply.format(o="self.g_optimizer")}
        return {returned}
"""


ANSWERS = {"critic_loss": _losses(), "wgan": _models(), "gradient_penalty": _penalties(), "train_step": _steps()}
