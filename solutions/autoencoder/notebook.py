# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Autoencoder: one model, two halves that stay reachable
#
# *About 45 minutes. 10 points.*
#
# An autoencoder is trained to give back what it gets. That would be easy, were it not for the narrow place in its
# middle: 64 pixels go in, and only 2 numbers pass. What comes out on the other side can only be built from these two.
# So the network has to find out what the examples have in common and what tells them apart, without a single label.
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
# turns any point of that map into an example, also points that no example ever had.
#
# You could stack all the layers in one `Sequential` model, and it would train just as well. But then the narrow place
# is buried in the middle, and nothing like an encoder or a decoder exists that you could call. In this notebook you
# use the fact that **a model is a layer**: it can be called on a tensor, symbolic or not, like any layer, and it
# brings its weights along.
#
# ```
# half  = keras.Model(symbol_in, symbol_out)   # a model
# other = half(some_tensor)                    # called like a layer; the same weights, not copies
# ```

# %% tags=["setup"]
import keras
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## 1. Two halves (4 points)
#
# Build two models. The encoder $E$ turns each example with `input_dim` features into a code with `latent_dim`
# numbers; the decoder $D$ turns a code back into `output_dim` features:
#
# $$ E: \; (\text{batch}, \text{input\_dim}) \to (\text{batch}, \text{latent\_dim}) \qquad
#    D: \; (\text{batch}, \text{latent\_dim}) \to (\text{batch}, \text{output\_dim}) $$
#
# * Each half is a Keras model **of its own**, with its own input. Each call of the function builds a new one.
# * Depth, width and activations are up to you. A hidden layer of a few dozen units in each half is plenty.
# * The data lie in $[0, 1]$, and several features of an example can be near 1 at the same time. Choose the **last
#   activation of the decoder** so that every output can come close to every number between 0 and 1.
# * The code must be free to use all of its `latent_dim` numbers. For `latent_dim = 1` there is just one number left,
#   and it has to differ from example to example.
#
# The checks look at the shapes, at each entry's influence, and at what each of your halves learns when it is trained on
# small data sets.

# %% question="build_halves"
def build_encoder(input_dim, latent_dim):
    """Build the half that makes codes.

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
    """Build the half that makes data from codes.

    Args:
        latent_dim: length of a code.
        output_dim: number of features of an example.

    Returns:
        A Keras model: float32 (batch, latent_dim) to (batch, output_dim); can reach each value in [0, 1].
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
# The two functions look alike: an input, a hidden layer, an output layer, a model around them. What differs is the
# sizes at both ends, and what the last layer may give.
# </details>
# <details><summary>Hint 2</summary>
#
# Go through the activations you know. Which of them can give 0.02 and 0.98, in any combination within one row? Of
# `softmax` the entries of a row add up to 1; think of what that means for a code with one entry, and for 64 pixels.
# </details>
# <details><summary>Hint 3</summary>
#
# `keras.Input((size,))`, `Dense(32, activation="relu")`, then a `Dense` with the wanted number of units: without
# activation for the code, with `"sigmoid"` for the data. `keras.Model(first_symbol, last_symbol)` makes it a model.
# </details>

# %% [markdown]
# ## 2. The whole (4 points)
#
# Now connect two given halves to **one** model that can be trained:
#
# $$ A(x) = D(E(x)) $$
#
# The whole owns nothing: its weights *are* the weights of the halves. Train the whole, and both halves have learned.
# Set the weights of a half, and the whole behaves differently at once.
#
# ```
#            whole
#   +----------------------+        encoder  ---- the same object, the same weights ----  inside the whole
#   |  encoder -> decoder  |        decoder  ---- the same object, the same weights ----  inside the whole
#   +----------------------+
# ```
#
# The Functional way is three lines; a subclass of `keras.Model`, or a model of two models, is fine too. It does not
# have to be compiled. `encoder` and `decoder` are Functional models with one input and one output each; inside they
# may have branches, or layers like batch normalisation, so treat each of them as one piece.
#
# The check uses halves of its own (with a mistake in question 1 you can still get all points here), runs the whole,
# trains it with `fit`, and looks at what became of the halves.

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
# A model can be called like a layer. What do you get if you call the encoder on a symbolic input, and what can you do
# with that?
# </details>
# <details><summary>Hint 2</summary>
#
# `decoder.output` does not help: it hangs on the decoder's own input, and no path leads there from the encoder's.
# Calling the decoder on the code makes a new path with the same weights.
# </details>
# <details><summary>Hint 3</summary>
#
# A new `keras.Input`, whose shape is that of the encoder's input without the batch axis (or take `encoder.input`
# itself); the encoder called on it; the decoder called on the result; `keras.Model` from the first to the last.
# </details>

# %% [markdown]
# ## 3. The halves on their own (2 points)
#
# After training you hold three models: the whole, and two halves. Show that the halves are all you need: rebuild the
# examples without the whole, in two steps, and get the same reconstruction. Between the steps you hold the code in
# your hands. In the picture below it becomes a map.
#
# Write it for any pair, whatever is inside: the halves come in as arguments, and are used as in prediction, not as in
# training.

# %% question="encode_then_decode"
def encode_then_decode(autoencoder_parts, x):
    """Reconstruct examples by the two halves of an autoencoder.

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
# 1797 handwritten digits of 8 × 8 pixels, 64 numbers each, squeezed through 2. Left: the codes of all digits; the
# colours are labels that no model has seen. Middle: digits and what is left of them after two numbers. Right: the
# decoder alone, walking over the map. (About 30 seconds.)

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
# ## One question to think about
#
# On the right you see digits that nobody wrote, and in some places of the map nothing that looks like a digit. The
# loss asks for good reconstructions of the examples, and says nothing about codes that no example has. What would you
# have to demand of the codes so that *every* point of the map decodes to something sensible? (The variational
# autoencoder is one answer.)
