# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # 7. Autoencoder: one model, two halves that you can use on their own
#
# *About 50 minutes, 10 points. It builds on exercise 2, `training_loop`: what `fit` does.*
#
# **After this notebook you can**
#
# - build models with the Functional API, and call them like layers;
# - connect two models to one that shares their weights;
# - choose the last activation so that the output can reach the data.
#
# | question | minutes | points |
# |---|---|---|
# | 1. Two halves | 20 | 4 |
# | 2. The autoencoder | 15 | 4 |
# | 3. The halves on their own | 10 | 2 |
#
# An autoencoder is trained to return its input. That would be easy without the narrow layer in its middle: 64 pixels go
# in, and only 2 numbers pass. The output depends only on these two. So the network must learn what the examples have in
# common and how they differ, without any labels.
#
# ```
#            encoder                      decoder
#   x  ->  [ 64 -> 32 -> 2 ]  ->  z  ->  [ 2 -> 32 -> 64 ]  ->  reconstruction of x
#  data                          code
#          |______________________________________________|
#                       the autoencoder is what you train
# ```
#
# You **train** the autoencoder, but you **use** the halves. The encoder alone makes a map of your data. The decoder
# alone maps any point of that map to an example, even a point that is not the code of an example.
#
# You could put all the layers into one `Sequential` model, and it would train just as well. But then there is no
# encoder and no decoder that you could call. In this notebook you use the fact that **a model is a layer**: you can
# call it on a tensor, symbolic or not, and each call uses its weights.
#
# ```
# half  = keras.Model(inputs, outputs)  # a model
# other = half(some_tensor)             # called like a layer; the same weights, not copies
# ```
#
# **To read:** the lecture's
# [autoencoder example](https://colab.research.google.com/github/kenperry-public/ML_Spring_2024/blob/master/Autoencoder_example.ipynb);
# Keras's guide to [the Functional API](https://keras.io/guides/functional_api/), section "All models are callable, just
# like layers"; [keras.Model](https://keras.io/api/models/model/);
# [Building Autoencoders in Keras](https://blog.keras.io/building-autoencoders-in-keras.html); the paper by Hinton and
# Salakhutdinov, [Reducing the Dimensionality of Data with Neural Networks](https://www.cs.toronto.edu/~hinton/absps/science.pdf).

# %% tags=["setup"]
import keras
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## 1. Two halves (4 points, 20 minutes)
#
# Build two models. The encoder $E$ maps each example with `input_dim` features to a code of `latent_dim` numbers. The
# decoder $D$ maps a code back to `output_dim` features:
#
# $$ E: \; (\text{batch}, \text{input\_dim}) \to (\text{batch}, \text{latent\_dim}) \qquad
#    D: \; (\text{batch}, \text{latent\_dim}) \to (\text{batch}, \text{output\_dim}) $$
#
# * Each half is a **separate** Keras model with its own input. Each call of the function builds a new model with new
#   weights. (A subclass of `keras.Model` is accepted, too, but has no attribute `input` for question 2.)
# * Layers, widths and activations are up to you, as long as gradients can train each half: flat parts, as in `relu`,
#   are fine, rounding is not. A hidden layer of a few dozen units in each half is enough.
# * The data are in $[0, 1]$, and several features of an example can be near 1 at the same time. Choose the **last
#   activation of the decoder** so that, with suitable weights, every output can come near every value between 0 and 1,
#   whatever the others are. It may take values outside, too.
# * The numbers of a code must be independent of each other: each can change while the others stay. They may be bounded
#   or positive. For `latent_dim = 1` there is one number, and it must differ from example to example.
#
# **Worked example.** With `input_dim = 4` and `latent_dim = 1` the encoder maps 3 examples, shape (3, 4), to shape (3,
# 1). An output `sigmoid(x)` is 0.02 for x = −3.9 and 0.98 for x = 3.9. The outputs of a `softmax` over 4 units add up
# to 1: if two of them are equal, neither exceeds 0.5. A `softmax` over one number is always 1.
#
# The checks call your halves on small batches, with many random trainable weights. They test shapes, the influence of
# each input, in how many directions codes and outputs can vary with the input and with the weights, the range of the
# outputs, and whether they change as the gradients say. Nothing is trained on data.

# %% question="build_halves"
def build_encoder(input_dim, latent_dim):
    """Build the half that maps data to codes.

    Args:
        input_dim: number of features of an example.
        latent_dim: length of a code.

    Returns:
        A Keras model: float32 (batch, input_dim), values in [0, 1], to (batch, latent_dim).
    """
    # BEGIN SOLUTION
    x = keras.Input((input_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(x)
    code = keras.layers.Dense(latent_dim)(hidden)
    return keras.Model(x, code, name="encoder")
    # END SOLUTION


def build_decoder(latent_dim, output_dim):
    """Build the half that maps codes to data.

    Args:
        latent_dim: length of a code.
        output_dim: number of features of an example.

    Returns:
        A Keras model: float32 (batch, latent_dim) to (batch, output_dim). Its output can come near
        each value in [0, 1].
    """
    # BEGIN SOLUTION
    code = keras.Input((latent_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(code)
    x = keras.layers.Dense(output_dim, activation="sigmoid")(hidden)
    return keras.Model(code, x, name="decoder")
    # END SOLUTION

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The two functions are similar: an input, a hidden layer, an output layer, and the model. They differ in the sizes of
# input and output, and in the last activation.
# </details>
# <details><summary>Hint 2</summary>
#
# The last activation of the decoder must allow 0.02 and 0.98 in any combination within one row. With `softmax` the
# numbers of a row add up to 1, so it fits neither a code nor 64 pixels.
# </details>
# <details><summary>Hint 3</summary>
#
# `keras.Input((size,))`, `Dense(32, activation="relu")`, then a `Dense` with the wanted number of units: without
# activation for the code, with `"sigmoid"` for the data. Finish with `keras.Model(inputs, outputs)`.
# </details>

# %% [markdown]
# ## 2. The autoencoder (4 points, 15 minutes)
#
# Now connect two given halves to **one** model that can be trained:
#
# $$ A(x) = D(E(x)) $$
#
# The autoencoder has only the weights of the halves. When you train it, both halves learn. When you set the weights of
# a half, the output of the autoencoder changes, too.
#
# ```
#         autoencoder
#   +----------------------+   encoder -- not a copy, same weights -- inside the autoencoder
#   |  encoder -> decoder  |   decoder -- not a copy, same weights -- inside the autoencoder
#   +----------------------+
# ```
#
# With the Functional API it takes three lines. A subclass of `keras.Model`, or a `Sequential` model of two models, is
# fine, too. You need not compile it. `encoder` and `decoder` are Functional models with one input and one output each,
# and different names. They may contain branches, or layers like batch normalization, so do not call their layers one by
# one.
#
# **Worked example.**
#
# * With $z = (2x_1 - x_2, \; x_1 + x_2)$ and $y = (z_1 + z_2 + 1, \; 2z_2 - 1)$, the input $x = (1, 0)$ has the code
#   $z = (2, 1)$ and the output $y = (4, 1)$.
# * Training: let $z = a x$ and $y = b z$ with $a = 2$, $b = 1$, $x = 1$. The output is 2, the loss $(2 - 1)^2 = 1$. Its
#   gradient is $2 (y - x) b x = 2$ for $a$, and $2 (y - x) z = 4$ for $b$. One step with learning rate 0.1 gives
#   $a = 1.8$ and $b = 0.6$.
# * Batch normalization: let $z = x + 2x$, and let the decoder be a batch normalization with moving mean 3 and moving
#   variance 4. In inference mode $x = 1$ and $x = 3$, with codes 3 and 9, give $(3 - 3)/2 = 0$ and $(9 - 3)/2 = 3$. In
#   training mode the batch has mean 6 and standard deviation 3, so they give −1 and 1.
#
# The checks use their own halves, so a mistake in question 1 costs nothing here.

# %% question="build_autoencoder"
def build_autoencoder(encoder, decoder):
    """Connect two halves to one model.

    Args:
        encoder: Keras model, (batch, input_dim) to (batch, latent_dim).
        decoder: Keras model, (batch, latent_dim) to (batch, input_dim).

    Returns:
        A Keras model, (batch, input_dim) to (batch, input_dim), with the weights of both and no
        others.
    """
    # BEGIN SOLUTION
    x = keras.Input(encoder.input_shape[1:])
    return keras.Model(x, decoder(encoder(x)), name="autoencoder")
    # END SOLUTION

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# A model can be called like a layer. Calling the encoder on a symbolic input gives a symbolic code, on which you can
# call the next model.
# </details>
# <details><summary>Hint 2</summary>
#
# `decoder.output` does not help: it was computed from the decoder's own input, which is not connected to the encoder's
# input. Calling the decoder on the code makes the connection, with the same weights.
# </details>
# <details><summary>Hint 3</summary>
#
# Create a `keras.Input` with the shape of the encoder's input without the batch axis (or use `encoder.input` itself).
# Call the encoder on it and the decoder on the result, and pass the first and the last tensor to `keras.Model`.
# </details>

# %% [markdown]
# ## 3. The halves on their own (2 points, 10 minutes)
#
# After training you have three models: the autoencoder and its two halves. Now reconstruct examples without the
# autoencoder, in two steps: encode, then decode. Between the steps you have the code. The picture below draws it as a
# map.
#
# Write it for any pair: the halves are arguments. Call them in inference mode, and do not change them.
#
# **Worked example.** For the two linear halves of question 2, $x = (1, 0)$ becomes $z = (2, 1)$ and then $y = (4, 1)$. For
# the pair with batch normalization, $x = 1$ and $x = 3$ give 0 and 3 in every call.

# %% question="encode_then_decode"
def encode_then_decode(autoencoder_parts, x):
    """Reconstruct examples with the two halves of an autoencoder.

    Args:
        autoencoder_parts: the pair (encoder, decoder).
        x: float32 examples of shape (batch, input_dim), a tensor or a NumPy array.

    Returns:
        The reconstruction, tensor or NumPy array of shape (batch, input_dim).
    """
    # BEGIN SOLUTION
    encoder, decoder = autoencoder_parts
    code = encoder(x)
    return decoder(code)
    # END SOLUTION

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Unpack the pair into two names. The encoder gets the data.
# </details>
# <details><summary>Hint 2</summary>
#
# Calling a model on numbers returns numbers, in inference mode unless you pass `training=True`.
# </details>
# <details><summary>Hint 3</summary>
#
# Make two calls, one after another: the encoder on `x`, the decoder on the code. `predict` instead of a call works,
# too.
# </details>

# %% [markdown]
# ## The picture
#
# The model encodes 1797 handwritten digits of 8 × 8 pixels, that is 64 numbers each, in 2 numbers. The left plot shows
# the codes of all digits; the colors are labels that no model has seen. The middle plot shows digits, and below them
# their reconstructions. The right plot shows the decoder alone, over the map. The cell takes about 30 seconds.
#
# **What you should see.** The mean squared error is at most about half of that of the mean digit. Dots of one color are
# near each other: most digits have their own region, some overlap. The reconstructions are blurred, and most show the
# right digit.
#
# **If you don't:**
#
# - All reconstructions look like the mean digit: the gradient does not reach the encoder, or the code is constant.
# - The reconstructions are pale: the outputs of the decoder's last activation are never near 1.
# - The codes look random, but the loss is low: the autoencoder does not use the weights of the halves.

# %% tags=["demo"]
import matplotlib.pyplot as plt
from sklearn.datasets import load_digits

keras.utils.set_random_seed(3)
digits = load_digits()
pixels = (digits.data / 16).astype("float32")
encoder, decoder = build_encoder(64, 2), build_decoder(2, 64)
autoencoder = build_autoencoder(encoder, decoder)
autoencoder.compile(optimizer=keras.optimizers.Adam(0.003), loss="mse")
history = autoencoder.fit(pixels, pixels, epochs=150, batch_size=64, verbose=0)
codes = encoder.predict(pixels, verbose=0)
rebuilt = np.asarray(encode_then_decode((encoder, decoder), pixels))
error, spread = history.history["loss"][-1], pixels.var(axis=0).mean()
print(f"mean squared error: {error:.4f}; of the mean digit alone: {spread:.4f}")


def tiles(images, rows):
    """Images (rows * columns, 64) side by side, as one array to show."""
    grid = np.asarray(images).reshape(rows, -1, 8, 8)
    framed = np.pad(grid, ((0, 0), (0, 0), (0, 1), (0, 1)), constant_values=0.5)
    return framed.transpose(0, 2, 1, 3).reshape(rows * 9, -1)


figure, axes = plt.subplots(1, 3, figsize=(16, 5), gridspec_kw={"width_ratios": [1.3, 1, 1]})
points = axes[0].scatter(*codes.T, c=digits.target, cmap="tab10", vmin=-0.5, vmax=9.5, s=7)
figure.colorbar(points, ax=axes[0], ticks=range(10), label="digit (never shown to the model)")
axes[0].set(title="Codes: 64 pixels in 2 numbers", xlabel="first number", ylabel="second number")

pairs = np.stack([pixels[:30].reshape(3, 10, 64), rebuilt[:30].reshape(3, 10, 64)], axis=1)
axes[1].imshow(tiles(pairs.reshape(-1, 64), 6), cmap="gray_r", vmin=0, vmax=1)
axes[1].set_title("Digits, and their reconstructions below")

low, high = np.percentile(codes, [4, 96], axis=0)
first, second = np.meshgrid(np.linspace(low[0], high[0], 12), np.linspace(high[1], low[1], 12))
walk = np.stack([first.ravel(), second.ravel()], axis=1).astype("float32")
axes[2].imshow(tiles(decoder(walk), 12), cmap="gray_r", vmin=0, vmax=1)
axes[2].set_title("The decoder alone, over the map")
for axis in axes[1:]:
    axis.axis("off")
plt.tight_layout()
plt.show()

# %% [markdown]
# ## Recap
#
# - A model is a layer. Calling it on a tensor uses its weights; it does not copy them.
# - The last activation determines which values a decoder can return.
# - Train the autoencoder, use the halves.
#
# ## Stretch task, no points
#
# Build a third model that shares the encoder and has a new `Dense(10, activation="softmax")` on the code. Train only
# that layer on 100 labels. What accuracy does it reach with `latent_dim` 2, 8 and 32?
#
# ## One question to think about
#
# The right plot shows digits that nobody wrote, and in some places nothing that looks like a digit. The loss measures
# the reconstructions of the examples, and says nothing about other codes. What must hold for the codes, so that *every*
# point of the map decodes to a realistic image?

# %% [markdown] tags=["solution"]
# **Answer.** The codes of the examples must fill the map without gaps, and nearby codes must decode to similar images.
# One way is to require that all codes together follow a known distribution such as the standard normal, so that you
# know where to draw points, and to add noise to each code before it is decoded, so that the decoder is also trained
# near each code. The variational autoencoder of exercise 8 does both: its encoder returns a mean and a variance, the
# decoder gets a random draw, and a second term of the loss pulls the draws towards the standard normal.
