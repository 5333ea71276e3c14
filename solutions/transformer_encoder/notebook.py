# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # 6. A Transformer encoder: a layer made of layers
#
# *About 60 minutes, 10 points. It builds on exercise 4, `threaded_dense`, and exercise 5, `attention`.*
#
# **After this notebook you can**
#
# - write a layer that contains other layers, and explain why they are created in `__init__` and not in `call`;
# - combine skip connections, layer normalization and a padding mask in a Transformer block;
# - show which weights a layer keeps.
#
# | question | minutes | points |
# |---|---|---|
# | 1. The encoder block | 50 | 9 |
# | 2. Count the weights after each call | 5 | 1 |
#
# The lecture showed the encoder block of a Transformer and stopped at one subtle point: **where** the inner layers are
# created.
#
# - `__init__` runs once, when the layer object is created. What it stores on `self` is kept: the same attention, the
#   same Dense layers, the same weights in every call.
# - `call` runs again for every batch. A layer that is created there starts with new random weights, is used for one
#   batch and is lost, with every update by the optimizer.
#
# The block has two halves. Each computes something from a sequence of tokens, **adds its own input** (a skip
# connection) and **normalizes the sum** over the features of each token:
#
# $$p = \operatorname{LayerNorm}_1\bigl(x + \operatorname{Attention}(x, x, x)\bigr)
# \qquad
# y = \operatorname{LayerNorm}_2\bigl(p + \operatorname{Dense}(p)\bigr)$$
#
# where $\operatorname{Dense}(p) = \operatorname{relu}(p\,W_1 + b_1)\,W_2 + b_2$ first maps a token to `dense_dim`
# numbers and then back to `embed_dim`. Because each normalization comes *after* its sum, this form is called post-norm.
#
# ```
#       ┌─────────── skip ──────────┐           ┌────────── skip ─────────┐
#   x ──┤                           + ── norm ──┤                         + ── norm ── y
#       └── multi-head attention ───┘     1  p  └── Dense(relu) ── Dense ─┘     2
#                    ▲
#                  mask
# ```
#
# **To read:** the lecture's example,
# [the cell of TransformerEncoder](https://colab.research.google.com/github/keras-team/keras-io/blob/master/examples/nlp/ipynb/neural_machine_translation_with_transformer.ipynb)
# · the paper, [Attention Is All You Need](https://arxiv.org/abs/1706.03762), section 3.1 · Keras's
# [MultiHeadAttention](https://keras.io/api/layers/attention_layers/multi_head_attention/) and
# [LayerNormalization](https://keras.io/api/layers/normalization_layers/layer_normalization/) · Keras's guide to
# [masking and padding](https://keras.io/guides/understanding_masking_and_padding/)

# %% tags=["setup"]
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers

# %% [markdown]
# ## 1. The encoder block (9 points, 50 minutes)
#
# **The idea:** create every part once, in `__init__` (or in `build`), and connect the parts in `call`.
#
# **Worked example.** Take the token $x = (3, 1, 3, 1)$, with attention switched off. It has mean 2 and variance 1, so
# $p = \operatorname{LayerNorm}_1(x) = (1, -1, 1, -1)$. Two hidden units compute $p_1 - p_2 = 2$ and $p_2 - p_1 = -2$;
# relu keeps 2 and changes $-2$ to 0. Let $W_2$ map the first unit to $(0, 1, -1, 0)$: $\operatorname{Dense}(p) = (0,
# 2, -2, 0)$. The sum is $p + \operatorname{Dense}(p) = (1, 1, -1, -1)$, with mean 0 and variance 1, so $y = (1, 1, -1,
# -1)$. (This is for `epsilon` 0. Keras's default, 0.001, gives 0.9995 instead of 1 in $p$ and $y$: right, too.)
#
# - *Shapes.* `inputs` and the output are `(batch, len, embed_dim)`.
# - *Two normalizations.* Each `LayerNormalization` learns its own `gamma` and `beta`, so you need two objects.
# - *The mask.* Sequences of one batch are padded to one length. `mask` is boolean, `(batch, len)`, True at real tokens;
#   there is at least one per sequence. No real token may attend to padding. Attention takes a mask `(batch, query,
#   key)`, which broadcasts: padding is masked as a *key*, for every query. The output *at* a padded position does not
#   matter. Without a mask (`mask=None`) all tokens are real.
# - *Passing the mask on.* The layers after this one need the mask, too. With `self.supports_masking = True` a layer
#   passes its mask on.
# - *Configuration.* `get_config` returns the configuration of the base class plus the arguments of `__init__`, so
#   that `from_config` can create the same layer again.
# - *Your choice:* Keras's attention or your own, Dense layers or what computes the same (`EinsumDense`, raw matrices),
#   `key_dim`, `epsilon`, initializers, names, more arguments with defaults, and dropout that is active only in
#   training.
#
# **What the checks do:** they switch parts of your layer off by setting weights, and compare the rest with the numbers
# above and others worked out by hand; they test which token influences which, through how many heads, with and without
# `mask=...`; they create the layer again from its configuration; and they test that a gradient reaches every part in
# graph mode with unknown batch size, also with `mask=...` and `training=True`.

# %% question="transformer_encoder"
class TransformerEncoder(keras.layers.Layer):
    """The encoder block of a Transformer, post-norm.

    embed_dim: numbers per token, in and out.
    dense_dim: units of the hidden layer (relu) in the dense part.
    num_heads: heads of the attention, a divisor of embed_dim.
    """

    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(**kwargs)
        # BEGIN SOLUTION
        self.embed_dim = embed_dim
        self.dense_dim = dense_dim
        self.num_heads = num_heads
        self.attention = layers.MultiHeadAttention(num_heads=num_heads, key_dim=embed_dim)
        self.dense_part = keras.Sequential([layers.Dense(dense_dim, activation="relu"), layers.Dense(embed_dim)])
        self.norm_1 = layers.LayerNormalization()
        self.norm_2 = layers.LayerNormalization()
        self.supports_masking = True
        # END SOLUTION

    def call(self, inputs, mask=None):
        """inputs: (batch, len, embed_dim). mask: None, or boolean (batch, len), True at real tokens.

        Returns (batch, len, embed_dim).
        """
        # BEGIN SOLUTION
        attention_mask = None if mask is None else mask[:, None, :]
        attended = self.attention(query=inputs, value=inputs, key=inputs, attention_mask=attention_mask)
        middle = self.norm_1(inputs + attended)
        return self.norm_2(middle + self.dense_part(middle))
        # END SOLUTION

    def get_config(self):
        """Returns a dict: the base class's configuration, and the arguments of `__init__`."""
        # BEGIN SOLUTION
        config = super().get_config()
        sizes = {"embed_dim": self.embed_dim, "dense_dim": self.dense_dim, "num_heads": self.num_heads}
        return {**config, **sizes}
        # END SOLUTION

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Count the boxes in the diagram: one attention, two Dense layers, two normalizations. Each is one line in `__init__`,
# and each is used once in `call`. Create nothing with weights in `call`.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `call` needs three steps: attention of `inputs` on itself; the first normalization of a sum; the second normalization
# of a sum. Give the result of the first normalization a name: the second half uses it twice. Keras's
# `MultiHeadAttention` takes queries, keys and values as `query=`, `key=`, `value=` and a mask as `attention_mask=`.
# </details>
#
# <details><summary>Hint 3</summary>
#
# A padding mask has one entry per token: `(batch, len)`. Attention scores have one entry per pair: `(batch, query, key)`.
# Padding is masked as a key, for every query, so add an axis of size 1 for the queries: `mask[:, None,
# :]`. For `get_config`: start from `super().get_config()` and add three entries named like the arguments.
# </details>

# %% [markdown]
# ## 2. Count the weights after each call (1 point, 5 minutes)
#
# **The idea:** Keras collects only the weights of parts that are stored on `self`. A part that exists only during one
# run of `call` is not collected: `layer.weights` does not list it, and no optimizer sees it.
#
# Write a function that shows this: call a layer several times on the same input, and record after each call
# how many weights it has.
#
# - **Worked example.** A new `Dense(2)` gets a kernel and a bias in its first call: three calls give `[2, 2, 2]`.
# - Count all weights, trainable or not: `len(layer.weights)`.
#
# **What the checks do:** they use layers whose number of weights after each call is known, and count how often these
# are called.

# %% question="weights_after_each_call"
def weights_after_each_call(layer, x, n_calls):
    """Call `layer(x)` `n_calls` times.

    layer: a Keras layer, built or not. x: its input. n_calls: how often to call, at least 1.
    Returns a list of `n_calls` integers: `len(layer.weights)` after each call.
    """
    # BEGIN SOLUTION
    counts = []
    for _ in range(n_calls):
        layer(x)
        counts.append(len(layer.weights))
    return counts
    # END SOLUTION

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Each iteration of a loop does two things, in this order: call, count.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Call the object, `layer(x)`, not its method `layer.call(x)`: only the first builds the layer. Use the same object
# each time.
# </details>
#
# <details><summary>Hint 3</summary>
#
# `layer.weights` is a list of variables. Append its length to a list that you created before the loop, and return that
# list after it.
# </details>

# %% [markdown]
# ## The picture: ten steps of training
#
# Two layers learn the same task by the same ten steps: the target for every token is the normalized mean of its
# sequence. The first layer is your encoder. The second creates a new encoder in each call. The left and the middle plot
# show 40 weights of the hidden Dense layer, one row each, before each step and after the last.

# %% tags=["demo"]
made_in_call = []


class ForgetfulEncoder(keras.layers.Layer):
    """Creates its part in `call`: each call starts with a new encoder."""

    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(**kwargs)
        self.sizes = (embed_dim, dense_dim, num_heads)

    def call(self, inputs):
        encoder = TransformerEncoder(*self.sizes)
        outputs = encoder(inputs)
        made_in_call.append(encoder)  # only for the picture: the layer itself forgets it
        return outputs


def hidden_kernel(encoder, dense_dim):
    """40 weights of the hidden Dense layer: the first matrix with an axis of `dense_dim`."""
    kernels = [w for w in encoder.weights if len(w.shape) > 1 and dense_dim in w.shape]
    return np.ravel(kernels[0])[:40]


def ten_steps(layer, x, target, kernel):
    """Train for ten steps; the loss and the weights before each step and after the last."""
    optimizer = keras.optimizers.Adam(0.02)
    losses, weights = [], []
    for _ in range(11):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((layer(x) - target) ** 2)
        losses.append(loss.numpy())
        weights.append(kernel())
        gradients = tape.gradient(loss, layer.trainable_weights)
        if gradients:
            optimizer.apply_gradients(zip(gradients, layer.trainable_weights))
    return losses, np.array(weights).T


keras.utils.set_random_seed(1)
x = tf.random.normal((64, 6, 16))
mean = tf.reduce_mean(x, axis=1, keepdims=True)
target = tf.repeat(mean / tf.math.reduce_std(mean, axis=-1, keepdims=True), 6, axis=1)

kept, forgetful = TransformerEncoder(16, 37, 2), ForgetfulEncoder(16, 37, 2)
print("weights of the encoder after each call:     ", weights_after_each_call(kept, x, 3))
print("weights of the forgetful one after each call:", weights_after_each_call(forgetful, x, 3))

runs = {
    "parts made in __init__": ten_steps(kept, x, target, lambda: hidden_kernel(kept, 37)),
    "parts made in call": ten_steps(forgetful, x, target, lambda: hidden_kernel(made_in_call[-1], 37)),
}
figure, axes = plt.subplots(1, 3, figsize=(13, 4), layout="constrained")
for axis, (title, (_, weights)) in zip(axes, runs.items()):
    image = axis.imshow(weights, cmap="RdBu", vmin=-0.4, vmax=0.4, aspect="auto", interpolation="nearest")
    axis.set(title=f"40 weights, {title}", xlabel="step", ylabel="weight", xticks=range(0, 11, 2))
figure.colorbar(image, ax=axes[:2], label="value")
for title, (losses, _) in runs.items():
    axes[2].plot(losses, marker="o", label=title)
axes[2].set(title="Loss", xlabel="step", ylabel="mean squared error", ylim=(0, None), xticks=range(0, 11, 2))
axes[2].legend()
plt.show()

# %% [markdown]
# **What you should see.** On the left there are stripes whose colors change slowly from step to step: the weights are
# kept and trained. In the middle there is noise: every column has new random weights. The loss of your encoder falls;
# the loss of the other layer varies around its first value. The printed lines show the same number of weights three
# times for your encoder, and 0 for the other layer.
#
# **If you don't:** noise on the left, or a number that is 0 or grows, means that a part is created in `call`. Stripes
# that never change mean that no gradient reaches the Dense layers.

# %% [markdown]
# ## Recap
#
# - Layers with weights are created once, as attributes; `call` only uses them.
# - Post-norm: each half is `norm(input + part(input))`.
# - Padding is masked as a key, and `supports_masking` passes the mask on.
#
# ## Stretch task, no points
#
# Stack six of your encoders and train them on the task above. Then write the pre-norm form, $x +
# \operatorname{part}(\operatorname{LayerNorm}(x))$ for each half, and compare the two losses. Which one tolerates the
# larger learning rate?
#
# ## One question to think about
#
# Put the forgetful layer between an `Embedding` and a `Dense(1)` and train the whole model with `fit`. The loss may
# decrease. Which layers have learned, and how can you show that the layer in the middle has not?

# %% [markdown] tags=["solution"]
# **Answer.** The `Embedding` and the `Dense(1)` have learned: the forgetful layer is a random function, but its skip
# connections pass some of its input on, and the two trainable layers adapt to that. Inside `fit`, `call` is traced
# once, so its part may even keep the same random weights during one `fit`. To show that it has not learned: it has no
# weights (`layer.weights` is empty, `model.summary()` shows 0 parameters), so there is nothing to compare before and
# after `fit`. After saving and loading, or in the next call outside the traced function, it has new random outputs.
