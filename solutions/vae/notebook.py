# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # 8. Variational autoencoder: a sampling layer, two networks, one train step
#
# *About 90 minutes, 10 points. It builds on exercise 3, `train_step`, and exercise 7, `autoencoder`.*
#
# **After this notebook you can**
#
# - write a layer that draws random numbers and still has gradients;
# - compose a model from two others, and train both in one `train_step`;
# - add a term to the loss that no function of `y_true` and `y_pred` can express.
#
# | question | minutes | points |
# |---|---|---|
# | 1. A layer that draws | 15 | 2 |
# | 2. Encoder and decoder | 30 | 3 |
# | 3. How far is the distribution from the standard normal? | 15 | 2 |
# | 4. The model and its train step | 30 | 3 |
#
# An autoencoder maps each image to one point. Nothing in its loss says what happens between two points, so a random
# point rarely decodes to a realistic image. The *variational* autoencoder maps an image to a normal distribution with
# mean $\mu$ and standard deviation $\sigma$ for each latent axis. The decoder gets a random draw from this
# distribution. So nearby points must decode to similar images, and few gaps remain in the latent space.
#
# ```
#            ┌───► z_mean ─────┐
#  image ──► encoder           ├──► Sampling ──► z ──► decoder ──► reconstruction
#            └───► z_log_var ──┘       ▲
#                                noise ε ~ N(0, 1)
# ```
#
# The lecture says that the encoder produces the pair $(\mu, \sigma)$. Here its heads are $\mu$ (`z_mean`) and
# $\log\sigma^2$ (`z_log_var`). That is the same information, since $\sigma = e^{\frac12 \log\sigma^2}$. The draw `z` is
# the third output, because the decoder needs it.
#
# This model shows three things that no argument of `compile` gives you:
#
# - a **layer** whose `call` draws random numbers,
# - two **models** that can also be used on their own,
# - a **train step** with a loss of two terms. One of them depends on the codes in the middle of the network, so a loss
#   function of `y_true` and `y_pred` cannot express it. In a train step it is one more line under the gradient tape.
#
# $$ \text{loss} = \underbrace{\text{crossentropy}(x, \hat x)}_{\text{reconstruction}}
#    \; + \; \underbrace{D_{KL}\big(N(\mu, \sigma^2)\,\|\,N(0, 1)\big)}_{\text{distributions stay near } N(0, 1)} $$
#
# **To read:** the lecture's example [Variational AutoEncoder](https://keras.io/examples/generative/vae/) with its cells
# on [Sampling](https://colab.research.google.com/github/keras-team/keras-io/blob/master/examples/generative/ipynb/vae.ipynb#scrollTo=Wx_jzzcPtcfz)
# and on [the encoder](https://colab.research.google.com/github/keras-team/keras-io/blob/master/examples/generative/ipynb/vae.ipynb#scrollTo=4rFiHtbCtcf0);
# [Conv2DTranspose](https://keras.io/api/layers/convolution_layers/convolution2d_transpose/);
# [custom train steps](https://keras.io/guides/custom_train_step_in_tensorflow/);
# the paper by Kingma and Welling, [Auto-Encoding Variational Bayes](https://arxiv.org/abs/1312.6114).

# %% tags=["setup"]
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## 1. A layer that draws (2 points, 15 minutes)
#
# A draw from $N(\mu, \sigma^2)$ is a random number: it has no gradient with respect to $\mu$ and $\sigma$. The solution
# is to draw noise that depends on neither, then to scale and shift it:
#
# $$ z = \mu + \sigma\,\varepsilon, \qquad \varepsilon \sim N(0, 1), \qquad \sigma = e^{\frac12 \log \sigma^2} $$
#
# The layer gets $\log\sigma^2$ (`z_log_var`), which may be any number, while a variance must be positive.
#
# **Worked example.** For `z_log_var` $= \log 9 = 2.197$ the variance is 9, so the draws have standard deviation 3. For
# `z_log_var` $= \log 0.25 = -1.386$ it is 0.5. If the noise is $\varepsilon = 2$ and $\mu = 1$, then $z = 1 + 3 \cdot
# 2 = 7$ in the first case, and $z = 1 + 0.5 \cdot 2 = 2$ in the second.
#
# The checks test the gradients of $z$ with respect to the two inputs, and the noise: each entry of `z` has independent
# noise, and each call draws again, also inside a `tf.function` and with `training=False`. You may set a seed, but an
# integer seed in `keras.random.normal` repeats the noise in each call. A `keras.random.SeedGenerator` that is created
# in `__init__` does not.


# %% question="sampling"
class Sampling(keras.layers.Layer):
    """Draws a code from the normal distribution that the encoder describes."""

    def call(self, inputs):
        """Draw one code for each example.

        inputs: [z_mean, z_log_var], two tensors (batch, latent_dim); the batch size may be unknown.
        Returns z, a tensor (batch, latent_dim).
        """
        # BEGIN SOLUTION
        z_mean, z_log_var = inputs
        noise = tf.random.normal(tf.shape(z_mean))
        return z_mean + tf.exp(0.5 * z_log_var) * noise
        # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>A batch of 64 codes with 2 latent axes needs 128 noise values. The batch size is
# known only when the layer is called, so take the shape from an input.</details>
# <details><summary>Hint 2</summary>Get the shape of the input: <code>tf.shape</code> and
# <code>keras.ops.shape</code> also work while a graph is traced. Draw with <code>tf.random</code> or
# <code>keras.random</code>, inside <code>call</code>.</details>
# <details><summary>Hint 3</summary>A variance is a squared deviation, so the logarithm of the variance is twice the
# logarithm of the deviation: halve it, then exponentiate.</details>

# %% [markdown]
# ## 2. Encoder and decoder (3 points, 30 minutes)
#
# Write two Keras models, of any kind, that can be used on their own. The encoder has **three** outputs,
# `[z_mean, z_log_var, z]`: two heads on the same features, and the output of your `Sampling` layer for them.
# The decoder maps a code to an image. `Conv2DTranspose` inverts the shapes of a convolution: with `strides=2` and
# `padding="same"` it doubles rows and columns.
#
# **Worked example**, for an image of 9 rows and 14 columns:
#
# ```
#   9 × 14  ──conv, stride 2──►  5 × 7  ──conv, stride 2──►  3 × 4    rounded up
#  12 × 16  ◄── transposed ──    6 × 8  ◄── transposed ──    3 × 4    doubled
#
#  12 × 16 has 3 rows and 2 columns too many
# ```
#
# The checks use images of at least 8 rows and columns, odd and even, with one or three channels, and the decoder must
# return exactly that size. Pixels are in $[0, 1]$, and the decoder must be able to produce black and white. Each head
# must be able to produce negative and positive numbers. The kind, the number and the sizes of the layers are up to you.
# But no hidden layer may pass on fewer than eight numbers (the heads may, also as one layer that is split): the outputs
# could then vary in few directions only.
#
# The checks set all trainable weights to random values, so it does not matter how you initialize them. While your
# encoder is built, the checks replace `Sampling` with a layer that returns `2 * z_mean - z_log_var`, so a mistake in
# question 1 costs nothing here. That layer takes any arguments, such as `name`.


# %% question="encoder_decoder"
def build_encoder(image_shape, latent_dim):
    """Build the encoder.

    image_shape: (height, width, channels), at least 8 rows and columns.
    latent_dim: number of latent axes.
    Returns a model from images (batch, height, width, channels) to a list or tuple of three
    tensors (batch, latent_dim): [z_mean, z_log_var, z].
    """
    # BEGIN SOLUTION
    images = keras.Input(image_shape)
    x = keras.layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(images)
    x = keras.layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(32, activation="relu")(x)
    z_mean = keras.layers.Dense(latent_dim)(x)
    z_log_var = keras.layers.Dense(latent_dim)(x)
    z = Sampling()([z_mean, z_log_var])
    return keras.Model(images, [z_mean, z_log_var, z])
    # END SOLUTION


def build_decoder(image_shape, latent_dim):
    """Build the decoder.

    image_shape: (height, width, channels), at least 8 rows and columns, odd or even.
    latent_dim: number of latent axes.
    Returns a model from codes (batch, latent_dim) to images (batch, height, width, channels) with
    values in [0, 1].
    """
    # BEGIN SOLUTION
    height, width, channels = image_shape
    rows, columns = -(-height // 4), -(-width // 4)
    codes = keras.Input((latent_dim,))
    x = keras.layers.Dense(rows * columns * 32, activation="relu")(codes)
    x = keras.layers.Reshape((rows, columns, 32))(x)
    x = keras.layers.Conv2DTranspose(32, 3, strides=2, padding="same", activation="relu")(x)
    x = keras.layers.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu")(x)
    x = keras.layers.Cropping2D(((0, 4 * rows - height), (0, 4 * columns - width)))(x)
    x = keras.layers.Conv2DTranspose(channels, 3, padding="same", activation="sigmoid")(x)
    return keras.Model(codes, x)
    # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>Write the encoder first: convolutions, <code>Flatten</code>, and then two layers
# <code>Dense(latent_dim)</code> on the same tensor. A head must be able to be negative, so check its
# activation.</details>
# <details><summary>Hint 2</summary>The decoder starts with a <code>Dense</code> that is large enough for a small
# image with many channels, and a <code>Reshape</code>. For 9 rows and two doublings, a small image of 9 // 4 = 2 rows
# is too small.</details>
# <details><summary>Hint 3</summary>Round up, double twice, then crop the image, for example with
# <code>Cropping2D(((0, extra_rows), (0, extra_columns)))</code>. The last layer has as many channels as the
# image, and an activation with values in [0, 1].</details>

# %% [markdown]
# ## 3. How far is the distribution from the standard normal? (2 points, 15 minutes)
#
# For normal distributions the Kullback-Leibler divergence has a closed form. For one example with latent axes $j$:
#
# $$ D_{KL} = -\tfrac12 \sum_j \left( 1 + \log\sigma_j^2 - \mu_j^2 - \sigma_j^2 \right) $$
#
# It is 0 for $\mu = 0, \sigma = 1$ and positive for every other normal distribution. For a batch, return the **mean**
# over its examples.
#
# **Worked example.**
#
# | $\mu$ | $\sigma$ | `z_log_var` | divergence |
# |---|---|---|---|
# | 0 | 1 | 0 | 0 |
# | −2 | 1 | 0 | $\frac12 \cdot 4 = 2$ |
# | 0 | 2 | $\log 4 = 1.386$ | $-\frac12 (1 + 1.386 - 4) = 0.807$ |
# | 0 | ½ | $\log \frac14 = -1.386$ | $-\frac12 (1 - 1.386 - 0.25) = 0.318$ |
# | (2, 0) | (1, 2) | (0, 1.386) | $2 + 0.807 = 2.807$ |
#
# The last row is one example with two axes. A batch of two examples with divergences 2.807 and 0.318 has the divergence
# $(2.807 + 0.318) / 2 = 1.5625$.
#
# The checks test the value and both gradients, since training uses the gradients. The gradient with respect to
# $\log\sigma^2$ is $\frac12(\sigma^2 - 1)$, divided by the batch size: 1.5 for σ = 2, and −0.375 for σ = ½, in a
# batch of one.


# %% question="kl_divergence"
def kl_divergence(z_mean, z_log_var):
    """Compute the divergence of a batch of codes from the standard normal distribution.

    z_mean, z_log_var: two tensors (batch, latent_dim); the batch size may be unknown.
    Returns a scalar tensor: mean over the batch of the sum over the latent axes.
    """
    # BEGIN SOLUTION
    terms = 1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var)
    return -0.5 * tf.reduce_mean(tf.reduce_sum(terms, axis=1))
    # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>Insert μ = 0 and log σ² = 0: the terms of the sum must cancel.</details>
# <details><summary>Hint 2</summary>σ² is <code>exp(z_log_var)</code>, not <code>z_log_var</code>.</details>
# <details><summary>Hint 3</summary>Two reductions, one per axis: first over the latent axis, then over the batch.
# One of them is a sum, the other a mean.</details>

# %% [markdown]
# ## 4. The model and its train step (3 points, 30 minutes)
#
# `fit` calls `train_step` once per batch. Yours encodes the batch, decodes `z`, adds the two parts of the loss, takes
# the gradient with respect to the trainable weights of **both** networks, and gives it to `self.optimizer`.
#
# - `data` is a batch of images `(batch, height, width, channels)`. There are no targets: each image is its own target.
# - The reconstruction loss is the binary crossentropy, Keras's or your own. `keras.losses.binary_crossentropy(x,
#   x_hat)` is the mean over the last axis, the channels. Sum it over height and width, then average over the batch.
# - Return a dict with `loss`, `reconstruction_loss` and `kl_loss`, each the **mean over the epoch so far** (of batches
#   or of examples): that is what a `keras.metrics.Mean` of any name computes. The property `metrics` lists these three
#   means, and `fit` resets what it lists at the start of each epoch.
# - Whether you call the networks with `training=True` is up to you.
#
# **Worked example.** A white image of 2 × 3 pixels, each predicted as 0.9, has the reconstruction loss
# $6 \cdot (-\log 0.9) = 6 \cdot 0.105 = 0.632$, whatever the number of channels and of images. A black one has
# $6 \cdot (-\log 0.1) = 13.816$. After one white and one black batch, the tracker returns 7.224.
#
# The checks give your class two tiny networks that record their inputs. They replace `kl_divergence` with another
# function, so a mistake in question 3 costs nothing here.


# %% question="vae"
class VAE(keras.Model):
    """An encoder and a decoder, trained together on reconstruction and divergence."""

    def __init__(self, encoder, decoder, **kwargs):
        """Keep the two networks and create one tracker for each of the three losses.

        encoder: model from images to [z_mean, z_log_var, z].
        decoder: model from z to images.
        """
        super().__init__(**kwargs)
        # BEGIN SOLUTION
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")
        # END SOLUTION

    @property
    def metrics(self):
        """The trackers that are reset at the start of each epoch, as a list."""
        # BEGIN SOLUTION
        return [self.loss_tracker, self.reconstruction_tracker, self.kl_tracker]
        # END SOLUTION

    def train_step(self, data):
        """One step of the optimizer on one batch.

        data: images (batch, height, width, channels) with values in [0, 1].
        Returns a dict of scalars: loss, reconstruction_loss, kl_loss, each the mean over the epoch
        so far.
        """
        # BEGIN SOLUTION
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            pixel_losses = keras.losses.binary_crossentropy(data, self.decoder(z))
            reconstruction_loss = tf.reduce_mean(tf.reduce_sum(pixel_losses, axis=(1, 2)))
            kl_loss = kl_divergence(z_mean, z_log_var)
            loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.loss_tracker.update_state(loss)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        return {metric.name: metric.result() for metric in self.metrics}
        # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>There are three stages: under the tape, everything from the images to the loss; then
# the gradients and the optimizer; then the trackers.</details>
# <details><summary>Hint 2</summary>A Keras model collects the weights of the models that are its attributes:
# <code>self.trainable_weights</code> contains the weights of both networks.</details>
# <details><summary>Hint 3</summary>The crossentropy has shape (batch, height, width). One
# <code>tf.reduce_sum</code> over two axes leaves one number per image. Each tracker needs <code>update_state</code>
# with the value of this batch, and returns its mean with <code>result()</code>.</details>

# %% [markdown]
# ## The picture
#
# A latent space with two axes can be drawn. Each tile on the left is the image decoded from one point of the plane. The
# points are spaced so that the standard normal distribution has equal mass between them. The plot on the right shows
# where the encoder puts the real digits. The cell takes about 20 seconds.
#
# **What you should see.** Neighboring tiles look alike, one digit changes gradually into another, and almost every tile
# is a digit. The dots fill a disk of radius 2 to 3 around the origin, and most digits have a region of their own.
#
# **If you don't:**
#
# - All tiles alike, all dots near the origin: the divergence outweighs the reconstruction. Check that the crossentropy
#   is summed over the pixels, not averaged.
# - Dots far from the origin, many tiles that are not digits: the divergence is missing from the gradient.
# - Gray tiles from edge to edge: the decoder does not learn.

# %% tags=["demo"]
from sklearn.datasets import load_digits

digits, labels = load_digits(return_X_y=True)
images = (digits / 16).reshape(-1, 8, 8, 1).astype("float32")

keras.utils.set_random_seed(1)
encoder, decoder = build_encoder((8, 8, 1), 2), build_decoder((8, 8, 1), 2)
vae = VAE(encoder, decoder)
vae.compile(optimizer=keras.optimizers.Adam(3e-3))
history = vae.fit(images, epochs=80, batch_size=64, verbose=0).history
print({name: round(float(values[-1]), 2) for name, values in history.items()})

# %% tags=["demo"]
from statistics import NormalDist

side = 12
steps = [NormalDist().inv_cdf(share) for share in np.linspace(0.03, 0.97, side)]
codes = np.array([[x, y] for y in reversed(steps) for x in steps], "float32")
tiles = np.asarray(decoder.predict(codes, verbose=0)).reshape(side, side, 8, 8)
tiles = np.pad(tiles, ((0, 0), (0, 0), (1, 1), (1, 1)))
means = np.asarray(encoder.predict(images, verbose=0)[0])

figure, (left, right) = plt.subplots(1, 2, figsize=(14, 7))
left.imshow(tiles.transpose(0, 2, 1, 3).reshape(10 * side, 10 * side), cmap="gray", extent=(0, side, 0, side))
left.set_xticks(np.arange(side)[::2] + 0.5, [f"{step:.1f}" for step in steps[::2]])
left.set_yticks(np.arange(side)[::2] + 0.5, [f"{step:.1f}" for step in steps[::2]])
left.set(title="The latent plane, decoded", xlabel="first latent axis", ylabel="second latent axis")
dots = right.scatter(*means.T, c=labels, cmap="tab10", s=8, vmin=-0.5, vmax=9.5)
right.set(title="Where the encoder puts the digits", xlabel="first latent axis", ylabel="second latent axis")
right.set_aspect("equal")
figure.colorbar(dots, ax=right, ticks=range(10), label="digit", shrink=0.65)
plt.show()

# %% [markdown]
# ## Recap
#
# - A random draw has a gradient if its noise depends on no weight and is then scaled and shifted.
# - Sums over pixels and latent axes put both parts of the loss on the scale of one image.
# - `fit` resets the trackers in `metrics`, and shows what `train_step` returns.
#
# ## Stretch task, no points
#
# Make the divergence's weight an argument of `VAE`, and let it grow from 0 to 1 over
# the first 20 epochs (a *warm-up*). Compare the two plots.
#
# ## One question to think about
#
# Multiply the divergence by 10 and train again, then by 0.1. Which of the two gives sharper reconstructions, and
# which gives better digits from random points? Why can't you have both?

# %% [markdown] tags=["solution"]
# **Answer.** With 0.1 the reconstructions are sharper: the encoder may place the distributions far apart and make them
# narrow, so `z` contains more information about the image. But random points from the standard normal then often fall
# between them, where the decoder was never trained. With 10 the distributions overlap and cover the standard normal, so
# nearly every random point decodes to something like a digit, but a blurred one: one draw could have come from several
# images, and the decoder returns their average. The divergence limits how much information about the image `z` can
# contain, so you cannot have both.
