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
# | 2. The whole | 15 | 4 |
# | 3. The halves on their own | 10 | 2 |
#
# An autoencoder is trained to return its input. That would be easy without the narrow layer in its middle: 64 pixels go
# in, and only 2 numbers pass. The output can only be built from these two. So the network must find out what the
# examples have in common and what tells them apart, without a single label.
#
# ```
#            encoder                      decoder
#   x  ->  [ 64 -> 32 -> 2 ]  ->  z  ->  [ 2 -> 32 -> 64 ]  ->  reconstruction of x
#  data                          code
#          |______________________________________________|
#                       the whole is what you train
# ```
#
# You **train** the whole, but you **use** the halves. The encoder alone makes a map of your data. The decoder alone
# turns any point of that map into an example, also points that belong to no example.
#
# You could put all the layers into one `Sequential` model, and it would train just as well. But then there is no
# encoder and no decoder that you could call. In this notebook you use that **a model is a layer**: you can call it on a
# tensor, symbolic or not, and it brings its weights along.
#
# ```
# half  = keras.Model(symbol_in, symbol_out)   # a model
# other = half(some_tensor)                    # called like a layer; the same weights, not copies
# ```
#
# **To read:** the lecture's
# [autoencoder example](https://colab.research.google.com/github/kenperry-public/ML_Spring_2024/blob/master/Autoencoder_example.ipynb);
# Keras's guide to [the Functional API](https://keras.io/guides/functional_api/), section "All models are callable, just
# like layers"; [`keras.Model`](https://keras.io/api/models/model/);
# [Building Autoencoders in Keras](https://blog.keras.io/building-autoencoders-in-keras.html); the paper by Hinton and
# Salakhutdinov, [Reducing the Dimensionality of Data with Neural Networks](https://www.cs.toronto.edu/~hinton/absps/science.pdf).

# %% tags=["setup"]
import keras
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## 1. Two halves (4 points, 20 minutes)
#
# Build two models. The encoder $E$ turns each example with `input_dim` features into a code of `latent_dim`
# numbers. The decoder $D$ turns a code back into `output_dim` features:
#
# $$ E: \; (\text{batch}, \text{input\_dim}) \to (\text{batch}, \text{latent\_dim}) \qquad
#    D: \; (\text{batch}, \text{latent\_dim}) \to (\text{batch}, \text{output\_dim}) $$
#
# * Each half is a Keras model **of its own**, with its own input. Each call of the function builds a new model with new
#   weights.
# * Depth, width and activations are up to you. A hidden layer of a few dozen units in each half is plenty.
# * The data are in $[0, 1]$, and several features of an example can be near 1 at the same time. Choose the **last
#   activation of the decoder** so that every output can take every value between 0 and 1.
# * The numbers of a code must be independent of each other: each can change while the others stay. For `latent_dim = 1`
#   there is one number, and it must differ from example to example.
#
# **Worked example.** With `input_dim = 4` and `latent_dim = 1` the encoder turns 3 examples, shape (3, 4), into shape (3, 1).
# An output `sigmoid(x)` is 0.02 for x = −3.9 and 0.98 for x = 3.9. A `softmax` over 4 outputs adds up to 1: if two of
# them are equal, neither exceeds 0.5. And a `softmax` over one number is always 1.
#
# The checks call your halves on small batches, with many random weights of theirs: shapes, the influence of each input,
# in how many directions a code can vary, where outputs get, and whether a gradient reaches the weights. Nothing is
# trained.

# %% question="build_halves"
def build_encoder(input_dim, latent_dim):
    """Build the half that turns data into codes.

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
    """Build the half that turns codes into data.

    Args:
        latent_dim: length of a code.
        output_dim: number of features of an example.

    Returns:
        A Keras model: float32 (batch, latent_dim) to (batch, output_dim); can take each value in [0, 1].
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
# The two functions look alike: an input, a hidden layer, an output layer, and a model around them. They differ in the
# sizes at both ends, and in the range of the last layer.
# </details>
# <details><summary>Hint 2</summary>
#
# Go through the activations you know. Which of them can give 0.02 and 0.98, in any combination within one row? With
# `softmax` the numbers of a row add up to 1. What does that mean for a code of one number, and for 64 pixels?
# </details>
# <details><summary>Hint 3</summary>
#
# `keras.Input((size,))`, `Dense(32, activation="relu")`, then a `Dense` with the wanted number of units: without
# activation for the code, with `"sigmoid"` for the data. `keras.Model(first_symbol, last_symbol)` makes it a model.
# </details>

# %% [markdown]
# ## 2. The whole (4 points, 15 minutes)
#
# Now connect two given halves to **one** model that can be trained:
#
# $$ A(x) = D(E(x)) $$
#
# The whole has no weights but those of the halves. When you train the whole, both halves learn. When you set the
# weights of a half, the output of the whole changes at once.
#
# ```
#            whole
#   +----------------------+        encoder  ---- the same object, the same weights ----  inside the whole
#   |  encoder -> decoder  |        decoder  ---- the same object, the same weights ----  inside the whole
#   +----------------------+
# ```
#
# The Functional way is three lines. A subclass of `keras.Model`, or a `Sequential` model of two models, is fine, too.
# It need not be compiled. `encoder` and `decoder` are Functional models with one input and one output each. Inside
# they may have branches, or layers like batch normalization, so use each of them as one piece.
#
# **Worked example.**
#
# * With $z = (2x_1 - x_2, \; x_1 + x_2)$ and $y = (z_1 + z_2 + 1, \; 2z_2 - 1)$, the input $x = (1, 0)$ has the code
#   $z = (2, 1)$ and the output $y = (4, 1)$.
# * Training: let $z = a x$ and $y = b z$ with $a = 2$, $b = 1$, $x = 1$. The output is 2, the loss $(2 - 1)^2 = 1$. Its
#   gradient is $2 (y - x) b x = 2$ for $a$, and $2 (y - x) z = 4$ for $b$. One step with learning rate 0.1 gives
#   $a = 1.8$ and $b = 0.6$.
# * Batch normalization: let $z = x + 2x$, and let the decoder be a batch normalization with moving mean 3 and moving
#   variance 4. At inference $x = 1$ and $x = 3$, with codes 3 and 9, give $(3 - 3)/2 = 0$ and $(9 - 3)/2 = 3$. In
#   training mode the batch has mean 6 and deviation 3, so they give −1 and 1.
#
# The checks bring their own halves, so a mistake in question 1 costs nothing here.

# %% question="build_autoencoder"
def build_autoencoder(encoder, decoder):
    """Connect two halves to one model.

    Args:
        encoder: Keras model, (batch, input_dim) to (batch, latent_dim).
        decoder: Keras model, (batch, latent_dim) to (batch, input_dim).

    Returns:
        A Keras model, (batch, input_dim) to (batch, input_dim), with the weights of both and no others.
    """
    # BEGIN SOLUTION
    x = keras.Input(encoder.input_shape[1:])
    return keras.Model(x, decoder(encoder(x)), name="autoencoder")
    # END SOLUTION

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# A model can be called like a layer. What do you get when you call the encoder on a symbolic input, and what can you do
# with that?
# </details>
# <details><summary>Hint 2</summary>
#
# `decoder.output` does not help: it belongs to the decoder's own input, and no path leads there from the encoder's
# input. Calling the decoder on the code makes a new path with the same weights.
# </details>
# <details><summary>Hint 3</summary>
#
# A new `keras.Input`, whose shape is that of the encoder's input without the batch axis (or take `encoder.input`
# itself); the encoder called on it; the decoder called on the result; `keras.Model` from the first to the last.
# </details>

# %% [markdown]
# ## 3. The halves on their own (2 points, 10 minutes)
#
# After training you have three models: the whole and two halves. Now reconstruct examples without the whole, in two
# steps: encode, then decode. Between the steps you have the code. In the picture below it becomes a map.
#
# Write it for any pair, whatever is inside: the halves are arguments, and they are used in inference mode, not in
# training mode.
#
# **Worked example.** For the two linear halves of question 2, $x = (1, 0)$ becomes $z = (2, 1)$ and then $y = (4, 1)$. For
# the pair with batch normalization, $x = 1$ and $x = 3$ give 0 and 3, however often you ask.

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
# A pair can be unpacked into two names. Which of the two gets the data?
# </details>
# <details><summary>Hint 2</summary>
#
# Calling a model on numbers gives numbers, in inference mode unless you ask for `training=True`.
# </details>
# <details><summary>Hint 3</summary>
#
# Two calls, one after another: the encoder on `x`, the decoder on what comes out. `predict` instead of a call works,
# too.
# </details>

# %% [markdown]
# ## The picture
#
# 1797 handwritten digits of 8 × 8 pixels, that is 64 numbers each, pass through 2 numbers. Left: the codes of all
# digits. The colors are labels that no model has seen. Middle: digits, and below them their reconstructions. Right:
# the decoder alone, over the whole map. It takes about 30 seconds.
#
# **What you should see.** The mean squared error is about half of that of the mean
# digit or less. Dots of one color are near each other: most digits have a region of their own, some overlap. The
# reconstructions are blurred and show mostly the right digit.
#
# **If you don't:**
#
# - All reconstructions look like the mean digit: the gradient does not reach the encoder, or the code is constant.
# - Reconstructions are pale: the last activation of the decoder does not get near 1.
# - The codes look random while the reconstructions of the whole are good: the whole has weights of its own.

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
axes[2].set_title("The decoder alone, over the whole map")
for axis in axes[1:]:
    axis.axis("off")
plt.tight_layout()
plt.show()

# %% [markdown]
# ## Recap
#
# - A model is a layer. Calling it on a tensor uses its weights; it does not copy them.
# - The last activation decides which data a decoder can reach.
# - Train the whole, use the halves.
#
# ## Stretch task, no points
#
# Build a third model that shares the encoder and has a new `Dense(10,
# activation="softmax")` on the code. Train only that layer on 100 labels. How good is it with `latent_dim` 2, 8 and 32?
#
# ## One question to think about
#
# On the right you see digits that nobody wrote, and in some places of the map nothing that looks like a digit. The loss
# asks for good reconstructions of the examples, and says nothing about codes that belong to no example. What would you
# have to demand of the codes so that *every* point of the map decodes to something sensible?

# %% [markdown] tags=["solution"]
# **Answer.** The codes of the examples must fill the map without holes, and nearby codes must decode to similar images.
# One way: demand that the codes, taken together, follow a known distribution such as the standard normal, so that you
# know where to pick points; and add noise to each code before it is decoded, so that the decoder is trained on the
# surroundings of each code as well. The variational autoencoder of exercise 8 does both: its encoder returns a mean
# and a variance, the decoder gets a random draw, and a second term of the loss pulls the draws towards the standard
# normal.
