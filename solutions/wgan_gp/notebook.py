# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # WGAN-GP: a gradient inside the loss
#
# *About 70 minutes. 10 points. Do the notebook `gan` first.*
#
# In a GAN the discriminator answers a yes-or-no question, and once it answers it well, it has nothing more to tell: its
# gradient vanishes just when the generator needs it most. A *Wasserstein* GAN asks for something else. Its
# discriminator, now called the **critic**, gives each image a score on an open scale, and tries to pull the scores of
# real and fake images as far apart as it can:
#
# $$ W \approx \max_{f}\; \frac1B \sum_i f(x_i) - \frac1B \sum_i f(G(z_i)) $$
#
# That only makes sense if the critic may not simply multiply its scores by a thousand. So its slope is held near 1: by
# a penalty on the **gradient of the critic with respect to its input**.
#
# Up to now a gradient was something that you computed *from* the loss. Here it is a *part* of the loss: a tape inside a
# tape, and the outer one differentiates the inner one's result. That is one idea of this notebook. The other is that
# `compile` is yours to write: two optimizers and two losses do not fit into the one that Keras has.

# %% tags=["setup"]
import keras
import numpy as np
import tensorflow as tf
from keras import layers

# %% [markdown]
# ## 1. Two losses (1 point)
#
# No labels, no logarithms. With the critic's scores for a batch of real images and for a batch of fakes,
#
# $$ L_\text{critic} = \overline{f(\text{fake})} - \overline{f(\text{real})}, \qquad
#    L_\text{generator} = -\,\overline{f(\text{fake})} $$
#
# where the bar is the mean over the batch. Both are **minimised**: check the signs by asking what each player wants.


# %% question="critic_loss"
def critic_loss(real_img, fake_img):
    """The critic's loss without the penalty.

    real_img, fake_img: scores of real and of fake images, each (batch, 1).
    Returns a scalar tensor.
    """
    # BEGIN SOLUTION
    return tf.reduce_mean(fake_img) - tf.reduce_mean(real_img)
    # END SOLUTION


def generator_loss(fake_img):
    """The generator's loss, a scalar tensor. fake_img: scores of fake images, (batch, 1)."""
    # BEGIN SOLUTION
    return -tf.reduce_mean(fake_img)
    # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The critic wants high scores for real images and low ones for fakes. A loss is small when its owner is content.
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
# ## 2. The model and its own `compile` (2 points)
#
# `keras.Model.compile` takes one optimizer and one loss. Two players need two of each, so you override it. Whoever
# overrides a method owes the original a call: `super().compile()` is what tells `fit` that the model is ready.
#
# ```
# WGAN(discriminator, generator, latent_dim,       compile(d_optimizer, g_optimizer,
#      discriminator_extra_steps=3,                        d_loss_fn, g_loss_fn)
#      gp_weight=10.0)
# ```
#
# Keep every argument as an attribute of the same name. The methods that train the model follow in the next two cells,
# which go on with this class (`class WGAN(WGAN)`: a class of the same name with all that it had before). If you would
# rather write it in one piece, do that in the last of the three cells and delete the other two.


# %% question="wgan"
class WGAN(keras.Model):
    """A critic, a generator, and what is needed to train them.

    discriminator: the critic, from images (batch, height, width, channels) to scores (batch, 1);
    generator: from latents (batch, latent_dim) to images; latent_dim: length of a latent vector;
    discriminator_extra_steps: steps of the critic for one of the generator; gp_weight: weight of the gradient penalty.
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
        """Take an optimizer and a loss function for each player.

        d_loss_fn(real_img, fake_img) and g_loss_fn(fake_img) get scores (batch, 1) and give a scalar.
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
# What must happen before you may put a network on `self`? Keras says so if you forget it.
# </details>
# <details><summary>Hint 2</summary>
#
# Nine arguments in all, so nine attributes.
# </details>
# <details><summary>Hint 3</summary>
#
# First line of `__init__`: `super().__init__()`. First line of `compile`: `super().compile()`, without arguments. The
# rest are assignments.
# </details>

# %% [markdown]
# ## 3. The gradient penalty (4 points)
#
# Where should the critic's slope be 1? On the way from the real images to the fakes. For each example draw one number
# $\alpha_i$ from the **uniform** distribution on $[0, 1]$, and take the point
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
#  alpha            (batch,   1,      1,      1    )    one draw an example
#  gradient         (batch, height, width, channels)
#  norm             (batch,)
#  penalty          ()
# ```
#
# An example that is often copied draws $\alpha$ from a *normal* distribution. Then two thirds of the points lie beyond
# the real image or beyond the fake, where no one wants to know the slope.
#
# A critic that is linear, $f(x) = \sum w x + b$, has the same gradient everywhere, so its penalty is
# $(\lVert w \rVert - 1)^2$ whatever was drawn. Try your method on one.


# %% question="gradient_penalty"
class WGAN(WGAN):
    """The model, now with its gradient penalty."""

    def gradient_penalty(self, batch_size, real_images, fake_images):
        """How far the critic's slope between real and fake images is from 1.

        batch_size: number of images, an int or a scalar tensor;
        real_images, fake_images: each (batch, height, width, channels).
        Returns a scalar tensor that can be differentiated for the critic's weights.
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
# A tape follows variables by itself; the interpolates are no variable. How do you tell it to follow them?
# </details>
# <details><summary>Hint 2</summary>
#
# `tape.gradient(scores, interpolates)` adds the scores up first. That does no harm: the score of one image does not
# depend on the others, so each gets its own gradient.
# </details>
# <details><summary>Hint 3</summary>
#
# `tf.random.uniform` of shape `(batch_size, 1, 1, 1)`; the sum of squares over `axis=(1, 2, 3)`; the root; the
# distance from 1; the square; the mean. No `.numpy()` on the way: `train_step` differentiates all of this once more.
# </details>

# %% [markdown]
# ## 4. The train step (3 points)
#
# ```
#  discriminator_extra_steps times:
#      fresh latents -> fakes
#      cost = d_loss_fn(scores of real, scores of fake) + gp_weight * gradient_penalty(batch_size, real, fake)
#      d_optimizer moves the critic's weights
#  once:
#      fresh latents -> fakes -> scores of the critic
#      g_optimizer moves the generator's weights along the gradient of g_loss_fn(scores)
# ```
#
# The critic gets more steps because the generator can only follow a critic that is nearly right. Call
# `self.gradient_penalty` for the penalty: the check puts one of its own in its place, so that a mistake above does not
# count twice.
#
# Return a dict with `d_loss`, the cost of the critic's **last** round with the penalty in it, and `g_loss`.


# %% question="train_step"
class WGAN(WGAN):
    """The model, now with its step of training."""

    def train_step(self, real_images):
        """Train the critic `discriminator_extra_steps` times, then the generator once.

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
# Write the critic's round first, without the loop. Then ask which of its lines must run anew each time.
# </details>
# <details><summary>Hint 2</summary>
#
# Everything that the cost depends on has to be on the tape, the penalty too. The optimizer gets the gradients for
# `self.discriminator.trainable_weights` only.
# </details>
# <details><summary>Hint 3</summary>
#
# In the graph that `fit` makes, `real_images.shape[0]` is None; `tf.shape(real_images)[0]` is not. A Python `for` over
# `range(self.discriminator_extra_steps)` is fine there: it is unrolled.
# </details>

# %% [markdown]
# ## The picture
#
# Digits of 8 by 8 pixels again. On the left are samples for the same eight latents as training goes on, on the right
# the critic's loss and the penalty. Unlike the loss of a GAN, minus the critic's loss means something: it estimates
# how far fakes are from the digits, and goes down as they get better. (About 35 seconds.)

# %% tags=["demo"]
import matplotlib.pyplot as plt
from sklearn.datasets import load_digits

keras.utils.set_random_seed(3)
digits = (load_digits().images[..., None] / 16).astype("float32")
latent_dim, epochs, shown = 16, 60, (1, 5, 20, 60)
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
    """Keeps samples of some epochs, and after each the penalty of a batch of digits."""

    def __init__(self):
        super().__init__()
        self.latents = keras.random.normal((8, latent_dim), seed=0)
        self.pictures, self.penalties = [], []

    def on_epoch_end(self, epoch, logs=None):
        fakes = self.model.generator(keras.random.normal((256, latent_dim)))
        self.penalties.append(float(self.model.gradient_penalty(256, digits[:256], fakes)))
        if epoch + 1 in shown:
            self.pictures.append(np.hstack(self.model.generator(self.latents).numpy()[..., 0]))


album = Album()
data = tf.data.Dataset.from_tensor_slices(digits).shuffle(len(digits)).batch(128, drop_remainder=True)
history = wgan.fit(data, epochs=epochs, verbose=0, callbacks=[album]).history

figure = plt.figure(figsize=(11, 6))
grid = figure.add_gridspec(len(shown) + 1, 2, height_ratios=[1] * (len(shown) + 1), width_ratios=[1.3, 1])
rows = [*zip([f"epoch {epoch}" for epoch in shown], album.pictures), ("digits", np.hstack(digits[:8, ..., 0]))]
for row, (title, picture) in enumerate(rows):
    axes = figure.add_subplot(grid[row, 0])
    axes.imshow(picture, cmap="gray_r", vmin=0, vmax=1)
    axes.set(xticks=[], yticks=[])
    axes.set_ylabel(title, rotation=0, ha="right", va="center")
upper, lower = figure.add_subplot(grid[:3, 1]), figure.add_subplot(grid[3:, 1])
upper.plot(-np.array(history["d_loss"]), color="tab:blue")
upper.axhline(0, color="lightgray")
upper.set(title="minus the critic's loss", xticklabels=[])
lower.plot(album.penalties, color="tab:red")
lower.set(title="gradient penalty", xlabel="epoch", ylim=(0, None))
figure.tight_layout()
plt.show()

# %% [markdown]
# ## One question to think about
#
# Batch normalization in the critic is advised against here, though it helped in many GANs. The penalty asks for the
# gradient of the score of *one* image with respect to *that* image. What does `tape.gradient(scores, interpolates)`
# give if each score depends on the whole batch?
