# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Variational autoencoder: sampling, two networks, one train step
#
# *About 75 minutes. 10 points.*
#
# An autoencoder maps each image to one point. What lies between two points is nobody's business, so a point picked at
# random rarely decodes to anything. The *variational* autoencoder maps an image to a small cloud: a mean $\mu$ and a
# standard deviation $\sigma$ for each latent axis. The decoder sees a random draw from the cloud. Neighbouring points
# then have to decode alike, and the latent space fills up.
#
# ```
#            ┌───► z_mean ─────┐
#  image ──► encoder           ├──► Sampling ──► z ──► decoder ──► reconstruction
#            └───► z_log_var ──┘       ▲
#                                noise ε ~ N(0, 1)
# ```
#
# The lecture used this model to show three things that no argument of `compile` gives you:
#
# - a **layer** that does something of its own when it is called: it draws,
# - two **Functional models** that stay usable on their own,
# - a **train step** with a loss of two terms. One of them is about the codes in the middle of the network, so a loss
#   function of `y_true` and `y_pred` cannot express it. The gradient tape can.
#
# $$ \text{loss} = \underbrace{\text{crossentropy}(x, \hat x)}_{\text{reconstruction}}
#    \; + \; \underbrace{D_{KL}\big(N(\mu, \sigma^2)\,\|\,N(0, 1)\big)}_{\text{clouds stay near the origin}} $$

# %% tags=["setup"]
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

# %% [markdown]
# ## 1. A layer that draws (2 points)
#
# Drawing from $N(\mu, \sigma^2)$ has no gradient with respect to $\mu$ and $\sigma$. The trick is to draw noise that
# depends on nothing, and to shift and stretch it:
#
# $$ z = \mu + \sigma\,\varepsilon, \qquad \varepsilon \sim N(0, 1), \qquad \sigma = e^{\frac12 \log \sigma^2} $$
#
# The encoder gives $\log\sigma^2$ (`z_log_var`), which may be any number, where a variance has to be positive.
#
# The checks look at how $z$ reacts to its two inputs, and at the noise: every entry of `z` has noise of its own, each
# call draws anew, also inside a `tf.function`, and with `training=False` as well. Your noise is never compared with
# ours.


# %% question="sampling"
class Sampling(keras.layers.Layer):
    """Draws a code from the cloud that the encoder describes."""

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
# <details><summary>Hint 1</summary>How many noise values does a batch of 64 codes with 2 latent axes need? Where do you
# find these two numbers, when the batch size is not known before the call?</details>
# <details><summary>Hint 2</summary>Take the shape from the tensor that comes in: <code>tf.shape</code> or
# <code>keras.ops.shape</code> work while a graph is traced, too. Draw with <code>tf.random</code> or
# <code>keras.random</code>, inside <code>call</code>.</details>
# <details><summary>Hint 3</summary>A variance is a squared deviation. So the logarithm of the variance is twice the
# logarithm of the deviation: half it, then exponentiate.</details>

# %% [markdown]
# ## 2. Encoder and decoder (3 points)
#
# Two models that can be used on their own. The encoder has **three** outputs, `[z_mean, z_log_var, z]`: two heads on
# the same features, and what `Sampling` makes of them. The decoder goes the other way. `Conv2DTranspose` is the
# convolution turned round: with `strides=2` it doubles rows and columns.
#
# ```
#   9 × 14  ──conv, stride 2──►  5 × 7  ──conv, stride 2──►  3 × 4      (rounded up)
#  12 × 16  ◄── transposed ──    6 × 8  ◄── transposed ──    3 × 4      (doubled: 3 rows, 2 columns too many)
# ```
#
# The checks use images of 8 to 13 rows and columns, one or three channels, and want back exactly that size. Pixels
# are in $[0, 1]$, and black and white must both be within reach. Sizes and numbers of layers are yours.


# %% question="encoder_decoder"
def build_encoder(image_shape, latent_dim):
    """Make the encoder.

    image_shape: (height, width, channels), at least 8 rows and columns.
    latent_dim: number of latent axes.
    Returns a model from images (batch, height, width, channels) to a list of three tensors (batch, latent_dim):
    [z_mean, z_log_var, z].
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
    """Make the decoder.

    image_shape: (height, width, channels), at least 8 rows and columns, odd or even.
    latent_dim: number of latent axes.
    Returns a model from codes (batch, latent_dim) to images (batch, height, width, channels) with values in [0, 1].
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
# <details><summary>Hint 1</summary>Write the encoder first: convolutions, <code>Flatten</code>, and then the same
# tensor
# goes into two <code>Dense(latent_dim)</code>. Which activation lets a head be negative?</details>
# <details><summary>Hint 2</summary>The decoder starts with a <code>Dense</code> that is large enough for a small image
# with
# many channels, and a <code>Reshape</code>. For 9 rows and two doublings, how small is the small image? 9 // 4 is too
# small.</details>
# <details><summary>Hint 3</summary>Round up, double twice, then cut off what is too much, for example with
# <code>Cropping2D(((0, too_many_rows), (0, too_many_columns)))</code>. The last layer has as many channels as the
# image, and an activation with values in [0, 1].</details>

# %% [markdown]
# ## 3. How far is the cloud from the standard normal? (2 points)
#
# For normal clouds the Kullback-Leibler divergence has a closed form. For one example with latent axes $j$:
#
# $$ D_{KL} = -\tfrac12 \sum_j \left( 1 + \log\sigma_j^2 - \mu_j^2 - \sigma_j^2 \right) $$
#
# It is 0 for $\mu = 0, \sigma = 1$ and positive for every other cloud. The batch is worth the **mean** over its
# examples. The checks look at the value and at both gradients, for these are what training uses.


# %% question="kl_divergence"
def kl_divergence(z_mean, z_log_var):
    """Divergence of a batch of clouds from the standard normal.

    z_mean, z_log_var: two tensors (batch, latent_dim).
    Returns a scalar tensor: mean over the batch of the sum over the latent axes.
    """
    # BEGIN SOLUTION
    terms = 1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var)
    return -0.5 * tf.reduce_mean(tf.reduce_sum(terms, axis=1))
    # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>Put in μ = 0 and log σ² = 0. Every term of the sum must vanish together.</details>
# <details><summary>Hint 2</summary>σ² is <code>exp(z_log_var)</code>, not <code>z_log_var</code>.</details>
# <details><summary>Hint 3</summary>Two reductions, one for each axis: first over the latent axis, then over the batch.
# One of them is a sum, the other a mean.</details>

# %% [markdown]
# ## 4. The model and its train step (3 points)
#
# `fit` calls `train_step` once a batch. Yours encodes the batch, decodes `z`, adds up the loss, takes its gradient
# with respect to the weights of **both** networks, and hands it to `self.optimizer`.
#
# - `data` is a batch of images `(batch, height, width, channels)`; there are no targets: an image is its own.
# - The reconstruction loss is the binary crossentropy. `keras.losses.binary_crossentropy(x, x_hat)` gives the mean
#   over the last axis,
#   the channels. Sum that over height and width, then average over the batch.
# - Return a dict with `loss`, `reconstruction_loss` and `kl_loss`, each the **mean over the epoch so far**: that is
#   what a
#   `keras.metrics.Mean` keeps. The property `metrics` lists them, and `fit` resets what it lists at the start of each
#   epoch.
#
# The checks hand your class two tiny networks that write down what they are called with. After one step they compute
# how each weight should have moved. Wherever your step calls `kl_divergence`, they put in a function of their own, so
# a slip in question 3 costs nothing here.


# %% question="vae"
class VAE(keras.Model):
    """An encoder and a decoder, trained together on reconstruction and divergence."""

    def __init__(self, encoder, decoder, **kwargs):
        """Keep the two networks and make a tracker for each of the three losses.

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
        Returns a dict of scalars: loss, reconstruction_loss, kl_loss, each the mean over the epoch so far.
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
# <details><summary>Hint 1</summary>Three stages: under the tape, everything from the images to the loss; then the
# gradient and
# the optimizer; then the trackers.</details>
# <details><summary>Hint 2</summary>A Keras model collects the weights of the models that are its attributes:
# <code>self.trainable_weights</code> holds those of both networks.</details>
# <details><summary>Hint 3</summary>The crossentropy has shape (batch, height, width). One
# <code>tf.reduce_sum</code> over two axes leaves one number an image. Each tracker needs <code>update_state</code>
# with the value of
# this batch, and gives its mean with <code>result()</code>.</details>

# %% [markdown]
# ## The picture
#
# A latent space of two axes can be drawn. Each tile below is one point of the plane, decoded; the points are spaced
# as the standard normal spaces them. Walk from tile to tile: digits turn into each other, and there are few holes.
# The second plot shows where the encoder puts the real digits. It takes about 20 seconds.

# %% tags=["demo"]
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
figure.colorbar(dots, ax=right, ticks=range(10), label="digit")
plt.show()

# %% [markdown]
# ## One question to think about
#
# Multiply the divergence by 10 and train again, then by 0.1. Which of the two gives sharper reconstructions, and
# which of the two gives better digits from random points? Why can't you have both?
