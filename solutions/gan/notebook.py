# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # GAN: two players, one step
#
# *About 75 minutes. 10 points.*
#
# A generative adversarial network is a game. A **generator** turns random numbers into images. A **discriminator**
# looks at images and says which are fakes. Each is the other's teacher: the discriminator learns from the fakes, the
# generator from how it was found out. Nobody ever shows the generator a real image.
#
# ```
#  latent z (batch, latent_dim) --> generator --> fake image --+
#                                                              +--> discriminator --> logit: fake (1) or real (0)?
#                                              real image -----+
# ```
#
# There is no single loss that both could minimise, so `fit` can't do it with what it has: you write the step. But
# first you look at the layer that a generator is made of: the *transposed* convolution, which goes the way of a
# convolution backwards.

# %% tags=["setup"]
import keras
import numpy as np
import tensorflow as tf
from keras import layers

image_shape = (8, 8, 1)

# %% [markdown]
# ## 1. Going back the way of a convolution (3 points)
#
# A convolution is linear. Written as a matrix $C$, it takes an image $x$ to $y = Cx$. A transposed convolution with
# the same kernel, strides and padding is the matrix $C^\top$. It is no inverse (what a convolution has averaged away
# does not come back), but it sends every number of $y$ to just those places in $x$ that it came from. The two are tied
# together by
#
# $$ \langle Cx,\, y \rangle = \langle x,\, C^\top y \rangle \qquad\text{for all } x, y $$
#
# ```
#  conv:      input_shape (height, width, channels)  -->  (height', width', filters)
#  inverse:   input_shape (height, width, channels)  <--  (height', width', filters)
# ```
#
# Both keep their kernel in the shape `(kernel height, kernel width, channels, filters)`, with the channels of the
# larger image first, so the kernel can be handed over as it is.
#
# The shape is the tricky part. With strides of 2, images of 7 and of 8 pixels both give 4 outputs; so
# `Conv2DTranspose` can't know which of them you want. With `output_padding=None` it makes the commonest choice:
#
# | padding | `output_padding=None` | `output_padding=p` |
# |---|---|---|
# | `"valid"` | `(n - 1) * stride + max(k, stride)` | `(n - 1) * stride + k + p` |
# | `"same"` | `n * stride` | `(n - 1) * stride + k - 2 * (k // 2) + p` |
#
# Here `n` is the number of outputs of `conv` on an axis and `k` the reach of its kernel,
# `(kernel_size - 1) * dilation_rate + 1`. Keras wants `p` smaller than the stride. One pair serves both axes, given as
# a tuple.
#
# The check tries many kernels, strides, paddings, dilations and sizes, all of which have an answer.


# %% question="invert_convolution"
def invert_convolution(conv, input_shape):
    """Make the layer that goes back the way that a convolution came.

    conv: a built keras.layers.Conv2D without activation.
    input_shape: (height, width, channels) of the images that conv gets.
    Returns a built keras.layers.Conv2DTranspose, from conv's output shape to input_shape, with conv's kernel.
    """
    # BEGIN SOLUTION
    height_width, channels = input_shape[:2], input_shape[2]
    output_shape = conv.compute_output_shape((None, *input_shape))

    padding = []
    for size, out, kernel, stride, dilation in zip(
        height_width, output_shape[1:3], conv.kernel_size, conv.strides, conv.dilation_rate
    ):
        spread = (kernel - 1) * dilation + 1
        smallest = (out - 1) * stride + (spread if conv.padding == "valid" else spread % 2)
        padding.append(size - smallest)
    # Keras wants less than a stride here; all of a stride is what it does by itself.
    if any(extra >= stride for extra, stride in zip(padding, conv.strides)):
        padding = None

    inverse = layers.Conv2DTranspose(
        channels,
        conv.kernel_size,
        strides=conv.strides,
        padding=conv.padding,
        output_padding=padding,
        dilation_rate=conv.dilation_rate,
        use_bias=False,
    )
    inverse.build(output_shape)
    inverse.kernel.assign(conv.kernel)
    return inverse
    # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# What goes out of the one is what comes into the other. So how many filters does the inverse have, and for which input
# shape is it built?
# </details>
# <details><summary>Hint 2</summary>
#
# Take over `kernel_size`, `strides`, `padding` and `dilation_rate` from `conv`. Build it with
# `conv.compute_output_shape((None, *input_shape))`, and assign the kernel afterwards.
# </details>
# <details><summary>Hint 3</summary>
#
# For the sizes that strides do not divide, solve the right column of the table for `p` on both axes. If the left
# column gives the right size already, leave `output_padding` at None. (Or let the layer compute: try all pairs `p`
# below the strides, and ask each candidate's `compute_output_shape`. Mind that a list never equals a tuple.)
# </details>

# %% [markdown]
# ## 2. The players (2 points)
#
# For digits of 8 by 8 pixels, one channel, values in [0, 1]:
#
# ```
#  generator:      (batch, latent_dim) -> Dense -> Reshape -> Conv2DTranspose, up by 2 each time
#                                                                 -> (batch, 8, 8, 1), in [0, 1]
#  discriminator:  (batch, 8, 8, 1) -> Conv2D with strides, down by 2 each time -> Flatten -> Dense(1)
#                                                                 -> (batch, 1), a logit
# ```
#
# Depth, widths and activations inside are yours. A *logit* is any real number: positive for "fake", negative for
# "real". The sigmoid that would make a probability of it is part of the loss.
#
# The check asks for no more than that. The game below goes wrong easily, though: a discriminator that is always right
# teaches nothing, and the generator ends up painting the same blot for every latent. `Dropout` in the discriminator
# and `BatchNormalization` between the generator's layers keep the two in balance.


# %% question="build_players"
def build_generator(latent_dim):
    """Make a generator.

    latent_dim: length of a latent vector.
    Returns a model from (batch, latent_dim) to images (batch, 8, 8, 1) with values in [0, 1].
    """
    # BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(2 * 2 * 64),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Reshape((2, 2, 64)),
            layers.Conv2DTranspose(64, 4, strides=2, padding="same"),
            layers.BatchNormalization(momentum=0.8),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2DTranspose(32, 4, strides=2, padding="same"),
            layers.BatchNormalization(momentum=0.8),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2D(1, 3, padding="same", activation="sigmoid"),
        ]
    )
    # END SOLUTION


def build_discriminator():
    """Make a discriminator.

    Returns a model from images (batch, 8, 8, 1) to logits (batch, 1): large for a fake, small for a real image.
    """
    # BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input(image_shape),
            layers.Conv2D(32, 4, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(0.4),
            layers.Conv2D(64, 4, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(0.4),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Count backwards: 8 comes from 4, and 4 from 2. Which `Reshape` does the generator start with?
# </details>
# <details><summary>Hint 2</summary>
#
# `Conv2DTranspose(filters, 4, strides=2, padding="same")` doubles height and width; `Conv2D` with the same arguments
# halves them. A kernel size that the stride divides leaves no chequered pattern.
# </details>
# <details><summary>Hint 3</summary>
#
# The generator's last activation has the range [0, 1]. The discriminator's last layer has none.
# </details>

# %% [markdown]
# ## 3. The game (5 points)
#
# One call of `train_step` is one round:
#
# 1. **The discriminator learns.** Draw a latent for each real image, let the generator make fakes, and show the
#    discriminator both kinds: fakes with the label 1, real images with the label 0. `d_optimizer` moves the
#    discriminator's weights, and only these.
# 2. **The generator learns.** Draw latents, make fakes, and ask the discriminator *as its step has just left it*. This
#    time the label lies: 0, "real". The gradient of that loss runs back through the discriminator, through the image,
#    to the generator's weights; `g_optimizer` moves these, and only these.
#
# ```
#  z --> generator --> image --> discriminator --> logit --> loss_fn(0, logit)
#            ^                        |                          |
#            +------ gradient --------+--------------------------+     the discriminator passes it on and stays as it is
# ```
#
# Calls of the loss are `loss_fn(labels, logits)`. Showing both kinds in one call, or in two whose losses you add or
# average, is all the same. So is a little noise on the labels (up to 0.05), which some people like.
#
# Report running means: a `keras.metrics.Mean` for each player, listed in the property `metrics` so that Keras resets
# them at the start of an epoch.


# %% question="gan"
class GAN(keras.Model):
    """Two players and the step that trains them against each other.

    discriminator: model from images to one logit each; generator: model from latents to images;
    latent_dim: length of a latent vector.
    """

    def __init__(self, discriminator, generator, latent_dim):
        # BEGIN SOLUTION
        super().__init__()
        self.discriminator = discriminator
        self.generator = generator
        self.latent_dim = latent_dim
        # END SOLUTION

    def compile(self, d_optimizer, g_optimizer, loss_fn):
        """Take an optimizer for each player, and loss_fn(labels, logits), which gives a scalar."""
        # BEGIN SOLUTION
        super().compile()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.loss_fn = loss_fn
        self.d_loss_metric = keras.metrics.Mean(name="d_loss")
        self.g_loss_metric = keras.metrics.Mean(name="g_loss")
        # END SOLUTION

    @property
    def metrics(self):
        """The list of the two running means, of d_loss and of g_loss."""
        # BEGIN SOLUTION
        return [self.d_loss_metric, self.g_loss_metric]
        # END SOLUTION

    def train_step(self, real_images):
        """Train the discriminator once, then the generator once.

        real_images: (batch, height, width, channels); the last batch of an epoch may be shorter.
        Returns a dict with d_loss and g_loss.
        """
        # BEGIN SOLUTION
        batch_size = tf.shape(real_images)[0]

        fake_images = self.generator(tf.random.normal((batch_size, self.latent_dim)), training=True)
        images = tf.concat([fake_images, real_images], axis=0)
        labels = tf.concat([tf.ones((batch_size, 1)), tf.zeros((batch_size, 1))], axis=0)
        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.discriminator(images, training=True))
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        misleading_labels = tf.zeros((batch_size, 1))
        with tf.GradientTape() as tape:
            fake_images = self.generator(tf.random.normal((batch_size, self.latent_dim)), training=True)
            g_loss = self.loss_fn(misleading_labels, self.discriminator(fake_images, training=True))
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)

        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}
        # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Write the two halves one after the other, each with a tape of its own. What has to be on the second tape so that the
# gradient reaches the generator?
# </details>
# <details><summary>Hint 2</summary>
#
# `tape.gradient(loss, weights)` with the `trainable_weights` of one player; the same list goes to the optimizer.
# `generator.predict` would leave TensorFlow, and with it the tape.
# </details>
# <details><summary>Hint 3</summary>
#
# `fit` runs your step as a graph for batches of any size: the batch size is `tf.shape(real_images)[0]`, latents are
# `tf.random.normal((batch_size, self.latent_dim))`, labels `tf.ones` and `tf.zeros` of shape `(batch_size, 1)`. Put
# images and labels together in the same order.
# </details>

# %% [markdown]
# ## The picture
#
# 1,797 digits, and what the generator makes of the same ten latents while it learns. (About 25 seconds.)

# %% tags=["demo"]
import matplotlib.pyplot as plt
from sklearn.datasets import load_digits

keras.utils.set_random_seed(2)
digits = (load_digits().images[..., None] / 16).astype("float32")
latent_dim, epochs, shown = 16, 60, (1, 5, 20, 40, 60)
gan = GAN(build_discriminator(), build_generator(latent_dim), latent_dim)
gan.compile(
    d_optimizer=keras.optimizers.Adam(2e-3, beta_1=0.5),
    g_optimizer=keras.optimizers.Adam(2e-3, beta_1=0.5),
    loss_fn=keras.losses.BinaryCrossentropy(from_logits=True),
)


class Album(keras.callbacks.Callback):
    """Keeps the images that the generator makes of the same latents after some epochs."""

    def __init__(self):
        super().__init__()
        self.latents = keras.random.normal((10, latent_dim), seed=0)
        self.pictures = []

    def on_epoch_end(self, epoch, logs=None):
        if epoch + 1 in shown:
            self.pictures.append(np.hstack(self.model.generator(self.latents).numpy()[..., 0]))


album = Album()
data = tf.data.Dataset.from_tensor_slices(digits).shuffle(len(digits)).batch(128, drop_remainder=True)
gan.fit(data, epochs=epochs, verbose=0, callbacks=[album])

figure, rows = plt.subplots(len(shown) + 1, 1, figsize=(9, 6))
titles = [f"epoch {epoch}" for epoch in shown] + ["digits"]
for axes, picture, title in zip(rows, [*album.pictures, np.hstack(digits[:10, ..., 0])], titles):
    axes.imshow(picture, cmap="gray_r", vmin=0, vmax=1)
    axes.set(xticks=[], yticks=[])
    axes.set_ylabel(title, rotation=0, ha="right", va="center")
figure.suptitle("The same ten latents while the generator learns, and ten real digits")
figure.tight_layout()
plt.show()

# %% [markdown]
# ## One question to think about
#
# Suppose that the generator finds *one* image that fools the discriminator, and paints it for every latent. What will
# the discriminator learn in the next rounds, and what will the generator do then? Which of the two losses tells you
# that this is going on?
