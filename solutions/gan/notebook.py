# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # 12. GAN: a train step for two networks
#
# *About 75 minutes, 10 points. It builds on exercise 3, `train_step`, and exercise 8, `vae`: `Conv2DTranspose`, two
# models in one.*
#
# **After this notebook you can**
#
# - invert the shape of a convolution with `Conv2DTranspose`, and say what it computes;
# - write a `train_step` with two networks, two losses and two optimizers;
# - control which weights get a gradient, and which ones an optimizer changes.
#
# | question | minutes | points |
# |---|---|---|
# | 1. Invert a convolution | 15 | 2 |
# | 2. Generator and discriminator | 20 | 2 |
# | 3. The train step | 40 | 6 |
#
# A generative adversarial network has two parts. The **generator** turns random numbers into images. The
# **discriminator** looks at an image and says whether it is fake or real. The discriminator learns from real images and
# from the generator's fakes. The generator learns only from the discriminator's answers: it never sees a real image.
#
# ```
#  latent z --> generator --> fake image --+
#                                          +--> discriminator --> logit: fake (1), real (0)
#                          real image -----+
# ```
#
# No single loss is minimized by both, so the built-in `train_step` does not fit: you write it.
#
# **To read:** [Keras guide: customizing fit](https://keras.io/guides/custom_train_step_in_tensorflow/) ·
# [the lecture's DCGAN example](https://keras.io/examples/generative/dcgan_overriding_train_step/#override-trainstep) ·
# [Conv2DTranspose](https://keras.io/api/layers/convolution_layers/convolution2d_transpose/) ·
# [the GAN paper, Goodfellow et al. 2014](https://arxiv.org/abs/1406.2661) ·
# [the DCGAN paper, Radford et al. 2015](https://arxiv.org/abs/1511.06434)

# %% tags=["setup"]
import keras
import numpy as np
import tensorflow as tf
from keras import layers

image_shape = (8, 8, 1)

# %% [markdown]
# ## 1. Invert a convolution (2 points, 15 minutes)
#
# A generator enlarges small arrays with transposed convolutions. What does such a layer compute?
#
# A convolution is linear. Written as a matrix $C$, it maps an image $x$ to $y = Cx$. The transposed convolution with
# the same kernel, strides and padding is the matrix $C^\top$. It does not undo the convolution: $C^\top C x$ is not
# $x$. But it restores the shape. It adds multiples of each number of $y$ to exactly those places of $x$ from which this
# number was computed. The transpose is defined by
#
# $$ \langle Cx,\, y \rangle = \langle x,\, C^\top y \rangle \qquad\text{for all } x, y $$
#
# ```
#  conv:      input_shape (height, width, channels)  -->  (height', width', filters)
#  inverse:   input_shape (height, width, channels)  <--  (height', width', filters)
# ```
#
# **Worked example.** One row of pixels, kernel `[1, 2]`, strides 2, padding "valid". The convolution maps
# `[3, 4, 5, 6]` to `[1·3 + 2·4, 1·5 + 2·6] = [11, 17]`. Its matrix and the transpose:
#
# $$ C = \begin{pmatrix} 1 & 2 & 0 & 0 \\ 0 & 0 & 1 & 2 \end{pmatrix} \qquad
# C^\top \begin{pmatrix} 11 \\ 17 \end{pmatrix} = (11,\; 22,\; 17,\; 34)^\top $$
#
# Both layers keep the kernel in the shape `(kernel height, kernel width, channels, filters)`, where `channels` are
# those of the larger image. So the kernel can be assigned as it is.
#
# In the checks, the strides fit the image, so that `Conv2DTranspose` finds the size by itself: `output_padding` and
# `dilation_rate` keep their defaults. Both layers may have a bias; the checks subtract what it adds.


# %% question="invert_convolution"
def invert_convolution(conv, input_shape):
    """Build the transposed convolution that maps the output shape of conv back to input_shape.

    conv: a built keras.layers.Conv2D without activation, dilation or groups.
    input_shape: (height, width, channels) of the images that conv gets.
    Returns a new, built keras.layers.Conv2DTranspose with a copy of the kernel that conv has now.
    """
    # BEGIN SOLUTION
    inverse = layers.Conv2DTranspose(
        input_shape[-1], conv.kernel_size, strides=conv.strides, padding=conv.padding, use_bias=False
    )
    inverse.build(conv.compute_output_shape((None, *input_shape)))
    inverse.kernel.assign(conv.kernel)
    return inverse
    # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The output of `conv` is the input of the inverse. How many filters does the inverse have, and for which input shape is
# it built?
# </details>
# <details><summary>Hint 2</summary>
#
# `kernel_size`, `strides` and `padding` are attributes of `conv`. `conv.compute_output_shape((None, *input_shape))` is
# the shape to build the inverse with.
# </details>
# <details><summary>Hint 3</summary>
#
# `build` draws a random kernel. Afterwards call `inverse.kernel.assign(conv.kernel)`.
# </details>

# %% [markdown]
# ## 2. Generator and discriminator (2 points, 20 minutes)
#
# Build both for digits of 8 by 8 pixels, one channel, values in [0, 1]:
#
# ```
#  generator:      (batch, latent_dim) -> Dense -> Reshape
#                     -> Conv2DTranspose, up by 2 each time -> (batch, 8, 8, 1), in [0, 1]
#  discriminator:  (batch, 8, 8, 1) -> Conv2D with strides, down by 2 each time
#                     -> Flatten -> Dense(1) -> (batch, 1), a logit
# ```
#
# Depth, widths, the kinds of layers, inner activations and the way to resize (such as `UpSampling2D`) are free. But
# each network needs a 2-D convolution of any kind over more than one pixel, and no hidden layer of the generator may
# pass on fewer than eight numbers: the images could then vary in few directions only. A *logit* is any real number:
# positive for "fake", negative for "real". The sigmoid that turns it into a probability is part of the loss.
#
# **Worked example.** With strides of 2 and padding "same", two transposed convolutions take an array from 2 to 4 to 8
# pixels; two convolutions take it from 8 to 4 to 2. The sigmoid maps the logits -2, 0 and 2 to the probabilities 0.12,
# 0.5 and 0.88: a network that ends in a sigmoid can never give the logit 2.
#
# The checks do not train your networks. But training a GAN is delicate: if the discriminator is always right, the
# generator learns nothing; and the generator may give the same image for every latent. `Dropout` in the discriminator
# and `BatchNormalization` in the generator help against both.


# %% question="build_players"
def build_generator(latent_dim):
    """Build a generator.

    latent_dim: length of a latent vector.
    Returns a new model from (batch, latent_dim) to images (batch, 8, 8, 1) with values in [0, 1].
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
    """Build a discriminator.

    Returns a new model from images (batch, 8, 8, 1) to logits (batch, 1): large for a fake, small
    for a real image.
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
# Count backwards: 8 comes from 4, and 4 from 2. So the generator's `Reshape` gives 2 by 2 pixels, and some channels.
# </details>
# <details><summary>Hint 2</summary>
#
# `Conv2DTranspose(filters, 4, strides=2, padding="same")` doubles height and width; `Conv2D` with the same arguments
# halves them. A kernel size that the stride divides avoids a checkerboard pattern.
# </details>
# <details><summary>Hint 3</summary>
#
# The generator's last activation is a sigmoid, whose range is [0, 1]. The discriminator's last layer has no activation.
# </details>

# %% [markdown]
# ## 3. The train step (6 points, 40 minutes)
#
# **The objective.** Let $D(x)$ be the probability that the discriminator gives to "real". The lecture states
#
# $$ \max_D \; \mathbb{E}_x \log D(x) + \mathbb{E}_z \log\bigl(1 - D(G(z))\bigr) \qquad\qquad
#    \min_G \; \mathbb{E}_z \log\bigl(1 - D(G(z))\bigr) $$
#
# The linked Keras example, and this notebook, use the opposite labels: the logit $\ell(x)$ is that of "**fake**", so
# $D(x) = 1 - \sigma(\ell(x))$. With the binary crossentropy as `loss_fn`:
#
# | | lecture: $D$ = "real" | this notebook: label and loss |
# |---|---|---|
# | discriminator, real image | maximize $\log D(x)$ | label 0: minimize $-\log(1 - \sigma(\ell))$ |
# | discriminator, fake | maximize $\log(1 - D(G(z)))$ | label 1: minimize $-\log \sigma(\ell)$ |
# | generator, fake | minimize $\log(1 - D(G(z)))$ | *misleading* label 0: minimize $-\log(1 - \sigma(\ell))$ |
#
# In the last row the two differ: ours is $-\log D(G(z))$. Both get smaller as $D(G(z))$ grows. But the
# lecture's has almost no gradient while the discriminator recognizes every fake, and ours has its largest one there.
#
# **One call of `train_step`:**
#
# 1. **The discriminator's half.** Draw a standard normal latent vector for each real image and let the generator make
#    fakes. Compute the loss of the discriminator on both kinds: fakes with label 1, real images with label 0.
#    `d_optimizer` updates the discriminator's weights, and only these.
# 2. **The generator's half.** Take latent vectors (as many as you like, new ones or those of the first half), make
#    fakes, and call the *updated* discriminator on them. The labels are misleading: 0. The gradient goes back through
#    the discriminator and the image to the generator's weights; `g_optimizer` updates these, and only these.
#
# ```
#  z --> generator --> image --> discriminator --> logit --> loss_fn(0, logit)
#            ^                        |                          |
#            +------ gradient --------+--------------------------+
#                          (d_optimizer changes nothing here)
# ```
#
# Calls of the loss are `loss_fn(labels, logits)`, where labels have the shape `(batch, 1)` of the logits. You may show
# both kinds in one call, or in two calls whose losses you add or average. The lecture says that the generator may be
# updated several times per update of the discriminator; here it is once. Noise from -0.05 to 0.05 on any label is
# allowed. You may call each network with or without `training=True`. Without it, `Dropout` does nothing, and
# `BatchNormalization` uses its moving statistics.
#
# **Worked example.** Images of one pixel; the generator's kernel is 0 and its bias 1, so every fake is 1; the batch is
# one real image, 3. The discriminator is $\ell(x) = 0.5\,x + 2$, the loss is the mean squared error, both optimizers
# are SGD, with learning rates 1/64 for the discriminator and 1/4 for the generator.
#
# | discriminator's half | one loss of both kinds, or the mean of two | sum of two losses |
# |---|---|---|
# | logits | fake 2.5, real 3.5 | the same |
# | `d_loss` | $(1.5^2 + 3.5^2)/2 = 7.25$ | 14.5 |
# | gradient of the weight | $(2·1.5·1 + 2·3.5·3)/2 = 12$ | 24 |
# | gradient of the bias | $(2·1.5 + 2·3.5)/2 = 5$ | 10 |
# | new weight and bias | $0.5 - 12/64 = 0.3125$ and $2 - 5/64 = 1.922$ | 0.125 and 1.844 |
#
# For the generator's half, take a discriminator that did not change (its learning rate is 0): the fake's logit is 2.5,
# the misleading label 0, so `g_loss` is 6.25. The gradient of the pixel, and of the bias, is $2 · 2.5 · 0.5 = 2.5$. The
# new bias is $1 - 2.5/4 = 0.375$.
#
# The checks also use networks that are not linear. Take a discriminator that squares the pixel, $\ell(x) = 0.5\,x^2 + 2$.
# The logits are 2.5 and 6.5, and the gradient of the weight is $(2·1.5·1 + 2·6.5·9)/2 = 60$. So the new weight and bias
# are $0.5 - 60/64 = -0.4375$ and $2 - 8/64 = 1.875$ (for the sum of two losses, -1.375 and 1.75). If this discriminator
# does not change, the gradient of the pixel is $2 · 2.5 · 0.5 · 2 = 5$, and the generator's new bias is
# $1 - 5/4 = -0.25$.
#
# **`compile` and `metrics`.** `compile` takes two optimizers, but Keras's own `compile` takes only one. Call
# `super().compile()` so that `fit` accepts the model, and store the arguments on `self` each time `compile` is called.
# Attributes may have any names, but the picture needs `self.generator`. All updates are made by these two optimizers.
# They keep momentum from step to step, and the checks use momentum, too. Report running means: one `keras.metrics.Mean`
# per loss, made in `__init__` or in `compile` and listed in the property `metrics`, so that Keras resets both at the
# start of each epoch. A running mean may count batches or examples. The step returns these means, or its own two
# losses.


# %% question="gan"
class GAN(keras.Model):
    """A generator and a discriminator, and the step that trains them against each other.

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
        """Store an optimizer for each network, and loss_fn(labels, logits), which returns a scalar."""
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
# Write the two halves one after the other, each with its own tape. What must be on the second tape so that the gradient
# reaches the generator?
# </details>
# <details><summary>Hint 2</summary>
#
# `tape.gradient(loss, weights)` with the `trainable_weights` of one network; the same list goes to the optimizer.
# `generator.predict` returns NumPy arrays, through which no gradient passes: call
# `self.generator(latents, training=True)`.
# </details>
# <details><summary>Hint 3</summary>
#
# In the checks, `fit` traces your step for batches of any size (in the picture, all have 128 images). So the batch size
# is `tf.shape(real_images)[0]`, latents are `tf.random.normal((batch_size, self.latent_dim))`, labels `tf.ones` and
# `tf.zeros` of shape `(batch_size, 1)`. Put images and labels together in the same order.
# </details>

# %% [markdown]
# ## The picture
#
# 1,797 digits, and what the generator makes of the same twelve latents while it learns; below, both losses. (About 45
# seconds.)
#
# **What you should see.** Blots in the first epochs, strokes after about ten, and at the end mostly digits that you can
# read, different ones in different columns. Both losses stay near 0.69, which is $\log 2$: the loss of a discriminator
# that can't tell fakes from real images. (If you add two losses, `d_loss` stays near 1.39.)
#
# **If you don't:**
#
# - *The same image in every column:* the generator gives one image for all latents (see the question below), or its
#   output does not depend on the latents.
# - *`d_loss` falls to 0 and `g_loss` grows:* the discriminator is always right. Give it more `Dropout`, call it with
#   `training=True`, and check that the generator's gradient is not 0.
# - *Gray noise until the end:* the generator's weights do not change, or its fakes have the label 1.

# %% tags=["demo"]
import matplotlib.pyplot as plt
from sklearn.datasets import load_digits

keras.utils.set_random_seed(2)
digits = (load_digits().images[..., None] / 16).astype("float32")
latent_dim, epochs, columns, shown = 16, 100, 12, (1, 5, 20, 50, 100)
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
        self.latents = keras.random.normal((columns, latent_dim), seed=0)
        self.pictures = []

    def on_epoch_end(self, epoch, logs=None):
        if epoch + 1 in shown:
            self.pictures.append(self.model.generator(self.latents).numpy())


album = Album()
data = tf.data.Dataset.from_tensor_slices(digits).cache().shuffle(len(digits)).batch(128, drop_remainder=True)
history = gan.fit(data, epochs=epochs, shuffle=False, verbose=0, callbacks=[album]).history

figure, rows = plt.subplots(len(shown) + 1, columns, figsize=(9, 5))
titles = [f"epoch {epoch}" for epoch in shown] + ["real digits"]
for row, pictures, title in zip(rows, [*album.pictures, digits[:columns]], titles):
    for axes, image in zip(row, pictures):
        axes.imshow(image[..., 0], cmap="gray_r", vmin=0, vmax=1)
        axes.set(xticks=[], yticks=[])
    row[0].set_ylabel(title, rotation=0, ha="right", va="center")
figure.suptitle("One latent per column while the generator learns, and real digits")
figure.tight_layout()
plt.show()

figure, axes = plt.subplots(figsize=(9, 2.5))
axes.plot(history["d_loss"], label="d_loss")
axes.plot(history["g_loss"], label="g_loss")
axes.axhline(np.log(2), color="gray", linewidth=0.8, linestyle="--", label="log 2")
axes.set(xlabel="epoch", ylabel="loss", ylim=(0, 2))
axes.legend(ncols=3)
plt.show()

# %% [markdown]
# ## Recap
#
# - A transposed convolution is the transpose of a convolution's matrix: it restores the shape, not the values.
# - With two objectives, each half of the step has its own tape, its own list of weights and its own optimizer.
# - The tape must record everything from the weights to the loss; the list of weights decides what changes.
# - `metrics` lists what Keras resets; `super().compile()` makes `fit` accept the model.
#
# ## One question to think about
#
# Suppose that the generator finds *one* image that the discriminator takes for real, and makes it for every latent.
# What does the discriminator learn in the next steps, and what does the generator do then? Do the two losses show it?

# %% [markdown] tags=["solution"]
# **Answer.** The discriminator learns that this one image is fake: its logit rises there. The generator then moves to
# another image that the discriminator still takes for real, again for all latents, and so on in a circle. This is *mode
# collapse*. The losses hardly show it: `g_loss` drops while the new image is accepted and rises when it is recognized,
# and both go up and down around the same level as in good training. You see it only when you look at the images of
# several latents next to each other.

# %% [markdown]
# ## Stretch task, no points
#
# With strides of 2, images of 7 and of 8 pixels both give 4 outputs, so `Conv2DTranspose` can't know which size to
# return. Extend `invert_convolution` to images that the strides do not fit: compute `output_padding` from the table,
# one number per axis. `n` is the number of outputs on the axis, `k` the kernel size there, and Keras wants `p` smaller
# than the stride.
#
# | padding | `output_padding=None` | `output_padding=p` |
# |---|---|---|
# | `"valid"` | `(n - 1) * stride + max(k, stride)` | `(n - 1) * stride + k + p` |
# | `"same"` | `n * stride` | `(n - 1) * stride + k - 2 * (k // 2) + p` |
#
# A dilated kernel (`dilation_rate`) reaches over `(kernel_size - 1) * dilation_rate + 1` pixels: use that for `k`. (On
# a CPU TensorFlow runs a dilated `Conv2DTranspose` only inside `tf.function(jit_compile=True)`.)
