# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # 13. WGAN-GP: a gradient inside the loss
#
# *About 75 minutes, 10 points. It builds on exercise 9, `gradient_ascent`: the gradient with respect to an image, and
# exercise 12, `gan`.*
#
# **After this notebook you can**
#
# - use a gradient as a term of a loss, with a tape inside a tape;
# - override `compile` for a model with two optimizers and two losses;
# - write a `train_step` with several updates of one network per update of the other.
#
# | question | minutes | points |
# |---|---|---|
# | 1. Two losses | 5 | 1 |
# | 2. The model and its `compile` | 10 | 2 |
# | 3. The gradient penalty | 30 | 4 |
# | 4. The train step | 30 | 3 |
#
# In a GAN the discriminator says how probable it is that an image is fake. With the loss of the original objective,
# $\log(1 - D(G(z)))$, the generator's gradient vanishes when the discriminator recognizes every fake. (The misleading
# labels of exercise 12 avoid that, at the price of unsteady training.) A *Wasserstein* GAN changes the question. Its
# discriminator, now called the **critic**, gives each image a score without bounds, and pulls the mean scores of real
# and fake images apart:
#
# $$ W = \max_{f \text{ 1-Lipschitz}}\; \frac1B \sum_i f(x_i) - \frac1B \sum_i f(G(z_i)) $$
#
# *1-Lipschitz* means that $|f(x) - f(y)| \le \lVert x - y \rVert$: otherwise the critic could multiply its scores by a
# thousand. This maximum is the Wasserstein distance of the two sets of images. WGAN-GP enforces the condition only
# approximately, with a penalty on the **gradient of the critic with respect to its input**.
#
# So far you computed a gradient *from* the loss. Here one is a *part* of the loss: the outer tape differentiates what
# the inner tape returned. You also write `compile`: Keras's own takes one optimizer and one loss.
#
# **To read:**
# [the lecture's WGAN-GP example](https://keras.io/examples/generative/wgan_gp/#create-the-wgangp-model) ·
# [tf.GradientTape](https://www.tensorflow.org/api_docs/python/tf/GradientTape) ·
# [higher-order gradients](https://www.tensorflow.org/guide/advanced_autodiff#higher-order_gradients) ·
# [the WGAN paper, Arjovsky et al. 2017](https://arxiv.org/abs/1701.07875) ·
# [the WGAN-GP paper, Gulrajani et al. 2017](https://arxiv.org/abs/1704.00028)

# %% tags=["setup"]
import keras
import numpy as np
import tensorflow as tf
from keras import layers

# %% [markdown]
# ## 1. Two losses (1 point, 5 minutes)
#
# There are no labels and no logarithms. With the critic's scores of a batch of real images and of as many fakes,
#
# $$ L_\text{critic} = \overline{f(\text{fake})} - \overline{f(\text{real})}, \qquad
#    L_\text{generator} = -\,\overline{f(\text{fake})} $$
#
# where the bar is the mean over the batch. Both are **minimized**: the critic wants high scores for real images and low
# ones for fakes, the generator wants high scores for its images.
#
# **Worked example.** Real scores 1 and 5, fake scores 2 and -4: the means are 3 and -1. So `critic_loss` is
# $-1 - 3 = -4$ and `generator_loss` is $-(-1) = 1$.


# %% question="critic_loss"
def critic_loss(real_img, fake_img):
    """Compute the critic's loss without the penalty.

    real_img, fake_img: scores of real and of fake images, each (batch, 1).
    Returns a scalar tensor.
    """
    # BEGIN SOLUTION
    return tf.reduce_mean(fake_img) - tf.reduce_mean(real_img)
    # END SOLUTION


def generator_loss(fake_img):
    """Compute the generator's loss, a scalar tensor. fake_img: scores of fake images, (batch, 1)."""
    # BEGIN SOLUTION
    return -tf.reduce_mean(fake_img)
    # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# A loss must be small when its network does well: the critic does well when real scores are high and fake ones low.
# </details>
# <details><summary>Hint 2</summary>
#
# If every real score rises by 1, the critic's loss must fall by 1.
# </details>
# <details><summary>Hint 3</summary>
#
# `tf.reduce_mean` (or `keras.ops.mean`) of each argument, and one minus sign in each function.
# </details>

# %% [markdown]
# ## 2. The model and its `compile` (2 points, 10 minutes)
#
# `keras.Model.compile` takes one optimizer and one loss. This model needs two of each, so you override `compile`. Your
# method extends Keras's own: call `super().compile()`, without arguments, so that `fit` accepts the model.
#
# ```
# WGAN(discriminator, generator, latent_dim,       compile(d_optimizer, g_optimizer,
#      discriminator_extra_steps=3,                        d_loss_fn, g_loss_fn)
#      gp_weight=10.0)
# ```
#
# Store every argument as an attribute of the same name. **Worked example.** After
# `model = WGAN(critic, generator, 16, gp_weight=2.5)`, `model.gp_weight` is 2.5, `model.discriminator_extra_steps` is
# 3, and `model.trainable_weights` are those of the critic and of the generator.
#
# The methods that train the model follow in the next two cells, which extend this class: `class WGAN(WGAN)` defines a
# class of the same name with everything that it had before. So write `super()` without arguments: in a class that was
# extended in this way, `super(WGAN, self)` calls the same method without end. You may also write the whole class in the
# last of the three cells, and delete the other two: then run the three checks after that cell.


# %% question="wgan"
class WGAN(keras.Model):
    """A critic and a generator, and what their training needs.

    discriminator: the critic, from images (batch, height, width, channels) to scores (batch, 1);
    generator: from latents (batch, latent_dim) to images; latent_dim: length of a latent vector;
    discriminator_extra_steps: updates of the critic per update of the generator;
    gp_weight: weight of the gradient penalty.
    """

    def __init__(self, discriminator, generator, latent_dim, discriminator_extra_steps=3, gp_weight=10.0):
        # BEGIN SOLUTION
        super().__init__()
        self.discriminator = discriminator
        self.generator = generator
        self.latent_dim = latent_dim
        self.discriminator_extra_steps = discriminator_extra_steps
        self.gp_weight = gp_weight
        # END SOLUTION

    def compile(self, d_optimizer, g_optimizer, d_loss_fn, g_loss_fn):
        """Store an optimizer and a loss function for each network.

        d_loss_fn(real_img, fake_img) and g_loss_fn(fake_img) take scores (batch, 1) and return a
        scalar.
        """
        # BEGIN SOLUTION
        super().compile()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.d_loss_fn = d_loss_fn
        self.g_loss_fn = g_loss_fn
        # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Before you can assign a network to `self`, `keras.Model.__init__` must have run.
# </details>
# <details><summary>Hint 2</summary>
#
# There are nine arguments in all, so nine attributes.
# </details>
# <details><summary>Hint 3</summary>
#
# First line of `__init__`: `super().__init__()`. First line of `compile`: `super().compile()`, without arguments. The
# rest are assignments.
# </details>

# %% [markdown]
# ## 3. The gradient penalty (4 points, 30 minutes)
#
# A differentiable 1-Lipschitz critic has a gradient of norm at most 1 everywhere; the best one has norm 1 between the
# real images and the fakes. So the penalty is computed there. For each example draw one number $\alpha_i$ from the
# **uniform** distribution on $[0, 1]$, and take the point
#
# $$ \hat x_i = x_i + \alpha_i \, (\tilde x_i - x_i) $$
#
# on the segment between the real image $x_i$ and the fake $\tilde x_i$. The penalty is
#
# $$ P = \frac1B \sum_i \Big( \big\lVert \nabla_{\hat x_i} f(\hat x_i) \big\rVert_2 - 1 \Big)^2 $$
#
# The norm runs over all pixels and channels of **one** image. In shapes:
#
# ```
#  real, fake       (batch, height, width, channels)
#  alpha            (batch,   1,      1,      1    )    one number per example
#  gradient         (batch, height, width, channels)
#  norm             (batch,)
#  penalty          ()
# ```
#
# The linked Keras example draws $\alpha$ from a *normal* distribution. Then two thirds of the points lie beyond the
# real image or beyond the fake, where the gradient does not matter.
#
# **Worked example.**
#
# - A linear critic, $f(x) = \sum w x + b$, has the gradient $w$ everywhere, so its penalty is $(\lVert w \rVert - 1)^2$
#   for any draw: 2.25 for norm 2.5, and 0.25 for norm 0.5.
# - The critic $f(x) = (x_1^2 + x_2^2)/2$ has the gradient $x$. Take the real images (3, 4) and (0.3, 0.4), and fakes
#   equal to them: every draw gives the images themselves. The norms are 5 and 0.5, so the penalty is
#   $(16 + 0.25)/2 = 8.125$.
#
# At a point where the gradient is exactly 0, the root has no finite derivative, and the gradient of the penalty is NaN.
# A small constant under the root, such as 1e-12, avoids that. The checks avoid such points.


# %% question="gradient_penalty"
class WGAN(WGAN):
    """The model with its gradient penalty."""

    def gradient_penalty(self, batch_size, real_images, fake_images):
        """Compute how far the norm of the critic's gradient between real and fake images is from 1.

        batch_size: number of images, an int or a scalar tensor (you need not use it);
        real_images, fake_images: each (batch, height, width, channels), tensors or NumPy arrays.
        Returns a scalar tensor that can be differentiated with respect to the critic's weights.
        """
        # BEGIN SOLUTION
        alpha = tf.random.uniform((batch_size, 1, 1, 1))
        interpolates = real_images + alpha * (fake_images - real_images)
        with tf.GradientTape() as tape:
            tape.watch(interpolates)
            scores = self.discriminator(interpolates, training=True)
        gradient = tape.gradient(scores, interpolates)
        norm = tf.sqrt(tf.reduce_sum(tf.square(gradient), axis=(1, 2, 3)))
        return tf.reduce_mean(tf.square(norm - 1))
        # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# A tape watches trainable variables by itself, but not other tensors. The interpolates are a tensor: call
# `tape.watch(interpolates)`.
# </details>
# <details><summary>Hint 2</summary>
#
# `tape.gradient(scores, interpolates)` is the gradient of the sum of the scores. The score of an image does not depend
# on the other images, so each row of the result is the gradient of one image.
# </details>
# <details><summary>Hint 3</summary>
#
# `tf.random.uniform` of shape `(batch_size, 1, 1, 1)`; the sum of squares over `axis=(1, 2, 3)`; the root; the
# distance from 1; the square; the mean. Do not use `.numpy()`: `train_step` differentiates all of this again.
# </details>

# %% [markdown]
# ## 4. The train step (3 points, 30 minutes)
#
# ```
#  discriminator_extra_steps times:
#      new standard normal latents, one per real image -> fakes
#      d_loss = d_loss_fn(scores of real, scores of fake)
#               + gp_weight * gradient_penalty(batch_size, real, fake)
#      d_optimizer updates the critic's weights
#  once:
#      latents, as many as you like, new or used before -> fakes -> scores of the critic after its last round
#      g_loss = g_loss_fn(scores)
#      g_optimizer updates the generator's weights
# ```
#
# The critic gets more updates because its gradient helps the generator only if the critic is nearly at its maximum. All
# updates are made by the optimizers that `compile` got. They keep momentum from step to step, and the checks use
# momentum, too. Call `self.gradient_penalty` for the penalty: the checks replace it by their own, so that a mistake in
# question 3 does not count again. The order of real and fake in that call is free. You may score real images and fakes
# in one call of the critic or in two, and call each network with or without `training=True`.
#
# Return a dict with `d_loss`, the loss of the critic's **last** round with the weighted penalty, and `g_loss`. Running
# means of the two, updated once per step, are fine as well.
#
# **Worked example.** Images of one pixel. The generator's kernel is 0 and its bias 1, so every fake is 1; the batch is
# one real image, 3. The critic is $f(x) = w x + b$ with $w = 0.5$ and $b = 0$. The checks use $L_\text{critic} =
# \overline{f(\text{fake})^2}/2 - 2\,\overline{f(\text{real})}$, the penalty $w^2/2$ with the weight 2,
# $L_\text{generator} = \overline{(f(\text{fake}) - 2)^2}/2$, SGD with learning rates 1/16 and 1/2, and two rounds:
#
# | | first round | second round |
# |---|---|---|
# | scores | fake 0.5, real 1.5 | fake 0.875, real 2.4375 |
# | `d_loss` | $0.125 - 3 + 2 · 0.125 = -2.625$ | $0.383 - 4.875 + 0.610 = -3.882$ |
# | gradient of $w$ | $0.5·1 - 2·3 + 2·0.5 = -4.5$ | $0.875 - 6 + 1.5625 = -3.5625$ |
# | gradient of $b$ | $0.5 - 2 = -1.5$ | $0.875 - 2 = -1.125$ |
# | new $w$ and $b$ | $0.5 + 4.5/16 = 0.78125$ and 0.09375 | 1.00390625 and 0.1640625 |
#
# For the generator, take a critic that did not change (its learning rate is 0): the score is 0.5, so `g_loss` is
# $1.5^2/2 = 1.125$ and `d_loss` is -2.625. The gradient of the generator's bias is $(0.5 - 2) · 0.5 = -0.75$, and the
# new bias $1 + 0.75/2 = 1.375$.
#
# The checks also use networks that are not linear. Take a critic that squares the pixel, $f(x) = w x^2 + b$. In the
# first round the gradient of $w$ is $0.5·1 - 2·9 + 2·0.5 = -16.5$, so the new $w$ and $b$ are 1.53125 and 0.09375. If
# this critic does not change, the gradient of the generator's bias is $(0.5 - 2) · 2 · 0.5 = -1.5$, and the new bias
# is 1.75.


# %% question="train_step"
class WGAN(WGAN):
    """The model with its train step."""

    def train_step(self, real_images):
        """Update the critic `discriminator_extra_steps` times, then the generator once.

        real_images: (batch, height, width, channels); the last batch of an epoch may be shorter.
        Returns a dict with d_loss and g_loss.
        """
        # BEGIN SOLUTION
        batch_size = tf.shape(real_images)[0]
        weights = self.discriminator.trainable_weights
        for _ in range(self.discriminator_extra_steps):
            latents = tf.random.normal((batch_size, self.latent_dim))
            with tf.GradientTape() as tape:
                fake_images = self.generator(latents, training=True)
                real_scores = self.discriminator(real_images, training=True)
                fake_scores = self.discriminator(fake_images, training=True)
                penalty = self.gradient_penalty(batch_size, real_images, fake_images)
                d_loss = self.d_loss_fn(real_scores, fake_scores) + self.gp_weight * penalty
            self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        latents = tf.random.normal((batch_size, self.latent_dim))
        with tf.GradientTape() as tape:
            scores = self.discriminator(self.generator(latents, training=True), training=True)
            g_loss = self.g_loss_fn(scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        return {"d_loss": d_loss, "g_loss": g_loss}
        # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Write the critic's round first, without the loop. Then decide which of its lines must run in each round.
# </details>
# <details><summary>Hint 2</summary>
#
# The tape must record everything that the loss depends on, including the penalty. `d_optimizer` gets the gradients of
# `self.discriminator.trainable_weights` only.
# </details>
# <details><summary>Hint 3</summary>
#
# In the checks, `fit` traces your step for batches of any size (in the picture, all have 128 images). Then
# `real_images.shape[0]` is None: use `tf.shape(real_images)[0]`. A Python `for` over
# `range(self.discriminator_extra_steps)` works there: it is unrolled.
# </details>

# %% [markdown]
# ## The picture
#
# Digits of 8 by 8 pixels again. On the left: samples of the same ten latents as training goes on. On the right: the
# critic's estimate of the distance, $\overline{f(\text{real})} - \overline{f(\text{fake})}$ *without* the penalty, and
# the penalty. (About 45 seconds.)
#
# **What you should see.** The estimate starts high, falls as the fakes get better, and levels off near 0, mostly above.
# The penalty stays far below 1: the norms are near 1. The samples become readable, and differ between columns.
#
# **If you don't:**
#
# - *The estimate grows without bounds:* the penalty is missing, has no gradient, or its weight is ignored.
# - *The estimate stays negative:* a sign in `critic_loss` is wrong.
# - *The penalty stays near 1:* the critic's gradient is pulled to 0, not to 1.
#
# The estimate is the Wasserstein distance only for the best 1-Lipschitz critic. This critic is neither the best, nor
# exactly 1-Lipschitz. Minus `d_loss` is no distance either: it is the estimate minus 10 times the penalty.

# %% tags=["demo"]
import matplotlib.pyplot as plt
from sklearn.datasets import load_digits

keras.utils.set_random_seed(3)
digits = (load_digits().images[..., None] / 16).astype("float32")
latent_dim, epochs, columns, shown = 16, 60, 10, (1, 5, 20, 60)
critic = keras.Sequential(
    [
        keras.Input((8, 8, 1)),
        layers.Conv2D(32, 3, strides=2, padding="same", activation="leaky_relu"),
        layers.Conv2D(64, 3, strides=2, padding="same", activation="leaky_relu"),
        layers.Flatten(),
        layers.Dense(1),
    ]
)
generator = keras.Sequential(
    [
        keras.Input(shape=[latent_dim]),
        layers.Dense(4 * 4 * 64, activation="relu"),
        layers.Reshape(target_shape=(4, 4, 64)),
        layers.Conv2DTranspose(32, 4, strides=2, padding="same", activation="relu"),
        layers.Conv2D(filters=1, kernel_size=3, padding="same", activation="sigmoid"),
    ]
)
wgan = WGAN(critic, generator, latent_dim)
wgan.compile(
    d_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5, beta_2=0.9),
    g_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5, beta_2=0.9),
    d_loss_fn=critic_loss,
    g_loss_fn=generator_loss,
)


class Album(keras.callbacks.Callback):
    """Keeps samples of some epochs, and after each epoch the estimated distance and the penalty of 256 digits."""

    def __init__(self):
        super().__init__()
        self.latents = keras.random.normal((columns, latent_dim), seed=0)
        self.pictures, self.distances, self.penalties = [], [], []

    def on_epoch_end(self, epoch, logs=None):
        real, fakes = digits[:256], self.model.generator(keras.random.normal((256, latent_dim)))
        critic = self.model.discriminator
        self.distances.append(float(tf.reduce_mean(critic(real)) - tf.reduce_mean(critic(fakes))))
        self.penalties.append(float(self.model.gradient_penalty(256, real, fakes)))
        if epoch + 1 in shown:
            self.pictures.append(self.model.generator(self.latents).numpy())


album = Album()
data = tf.data.Dataset.from_tensor_slices(digits).cache().shuffle(len(digits)).batch(128, drop_remainder=True)
wgan.fit(data, epochs=epochs, shuffle=False, verbose=0, callbacks=[album])

figure = plt.figure(figsize=(12, 4.5), layout="constrained")
left, right = figure.subfigures(1, 2, width_ratios=[1.7, 1])
rows = left.subplots(len(shown) + 1, columns)
titles = [f"epoch {epoch}" for epoch in shown] + ["real digits"]
for row, pictures, title in zip(rows, [*album.pictures, digits[:columns]], titles):
    for axes, image in zip(row, pictures):
        axes.imshow(image[..., 0], cmap="gray_r", vmin=0, vmax=1)
        axes.set(xticks=[], yticks=[])
    row[0].set_ylabel(title, rotation=0, ha="right", va="center")
upper, lower = right.subplots(2, 1, sharex=True)
upper.plot(album.distances, color="tab:blue")
upper.axhline(0, color="lightgray")
upper.set(title="mean score of real minus fake images")
lower.plot(album.penalties, color="tab:red")
lower.set(title="gradient penalty", xlabel="epoch", ylim=(0, None))
plt.show()

# %% [markdown]
# ## Recap
#
# - A gradient can be a term of a loss: compute it with an inner tape, and keep everything on the outer one.
# - The penalty has one draw, one gradient and one norm per example; the mean comes last.
# - `compile` is a method that you can extend: call `super().compile()`, and store the rest on `self`.
# - The critic is updated several times per update of the generator, with new fakes each time.
#
# ## One question to think about
#
# The WGAN-GP paper advises against batch normalization in the critic. The penalty needs the gradient of the score of
# *one* image with respect to *that* image. What does `tape.gradient(scores, interpolates)` return if each score depends
# on the whole batch?

# %% [markdown] tags=["solution"]
# **Answer.** `tape.gradient` differentiates the sum of all scores. With batch normalization an image changes the mean
# and the variance of the batch, and through them the scores of the other images. Row $i$ of the gradient is then
# $\nabla_{x_i} \sum_j f_j$: it mixes the influence of image $i$ on its own score with that on all others. Its norm is
# no longer that of the critic's gradient for one image, so the penalty no longer controls what it should. Layer
# normalization has no such effect: it uses statistics of one example.

# %% [markdown]
# ## Stretch task, no points
#
# Replace the penalty by the **one-sided** one, $\max(0, \lVert \nabla f \rVert - 1)^2$, which only forbids norms above
# 1: subclass `WGAN` and override `gradient_penalty`. Train both for 60 epochs from the same seed, and compare the
# curves and the samples. Which of the two does the definition of "1-Lipschitz" ask for?
