# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # A Transformer encoder: parts that stay
#
# *About 60 minutes. 10 points.*
#
# A layer that is made of other layers is the first step from using Keras to extending it. The lecture showed it on the
# encoder block of a Transformer and stopped at one subtle point: **where** the inner layers are made.
#
# - `__init__` runs once, when the layer object is made. What it stores on `self` stays: the same attention, the same
#   Dense layers, the same weights, call after call.
# - `call` runs again for every batch. A layer that is made there starts with fresh random weights, works for one
#   batch and is forgotten. Nothing that an optimizer does to it survives.
#
# The block itself has two halves. Each takes a sequence of tokens, does something to it, **adds the input back** (a skip
# connection) and **normalises the sum** over the features of each token:
#
# $$p = \operatorname{LayerNorm}_1\bigl(x + \operatorname{Attention}(x, x, x)\bigr)
# \qquad
# y = \operatorname{LayerNorm}_2\bigl(p + \operatorname{Dense}(p)\bigr)$$
#
# where $\operatorname{Dense}(p) = \operatorname{relu}(p\,W_1 + b_1)\,W_2 + b_2$ first widens a token to `dense_dim` numbers
# and then comes back to `embed_dim`. Because each norm comes *after* its sum, this form is called post-norm.
#
# ```
#        ┌───────────── skip ─────────────┐          ┌──────────── skip ───────────┐
#   x ───┤                                + ── norm ─┤                             + ── norm ── y
#        └── multi-head attention ────────┘     1    └── Dense(relu) ── Dense ─────┘     2
#                    ▲                           p
#                  mask
# ```

# %% tags=["setup"]
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers

# %% [markdown]
# ## 1. The encoder block (7 points)
#
# **The idea:** make every part in `__init__`, wire the parts in `call`.
#
# - *Shapes.* `inputs` and the output are `(batch, len, embed_dim)`.
# - *Two norms.* Each of the two `LayerNormalization` layers learns its own gain and shift, so there are two objects.
# - *The mask.* Sequences of one batch are padded to one length. `mask` is boolean, `(batch, len)`, True at real
#   tokens. No token may look at padding. Attention itself wants a mask `(batch, query, key)`, which broadcasts; think
#   about which of the two last axes is the one to hide. What comes out *at* a padded position does not matter.
#   Without a mask (`mask=None`) all tokens are real.
# - *Passing it on.* The layers after this one need the mask too. A layer says that it hands its mask on by
#   `self.supports_masking = True`.
# - *Configuration.* `get_config` returns what `__init__` needs to make such a layer again, on top of what the base
#   class puts there.
#
# `key_dim`, epsilon, initializers, and dropout that acts in training only are yours to choose.
#
# **What the checks look at:** they switch parts of your layer off by setting weights, and compare what is left with the
# formula; they try which token acts on which; they make the layer again from its configuration; and they follow the
# gradient to every part. How you name things is up to you.

# %% question="transformer_encoder"
class TransformerEncoder(keras.layers.Layer):
    """The encoder block of a Transformer, post-norm.

    embed_dim: numbers per token, in and out.
    dense_dim: units of the hidden layer (relu) in the dense part.
    num_heads: heads of the attention.
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
# **Stuck?** Open the hints one by one.
#
# <details><summary>Hint 1</summary>
#
# Count the boxes in the picture: one attention, two Dense layers, two norms. Each is one line in `__init__`, and each
# is used once in `call`. Nothing with weights is made in `call`.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `call` needs three steps: attention of `inputs` on itself; the first norm of a sum; the second norm of a sum. Give the
# middle result a name: the second half uses it twice. Keras's `MultiHeadAttention` takes the queries, keys and values as
# `query=`, `key=`, `value=` and a mask as `attention_mask=`.
# </details>
#
# <details><summary>Hint 3</summary>
#
# A padding mask has one entry a token: `(batch, len)`. Attention scores have one entry for each pair: `(batch, query, key)`.
# Padding is hidden as a *key*, for every query alike, so the axis of size 1 that you put in stands where the queries
# are. For `get_config`: start from `super().get_config()` and add three entries named like the arguments.
# </details>

# %% [markdown]
# ## 2. Count the weights after each call (3 points)
#
# **The idea:** a layer knows only the weights of parts that it holds. Keras collects what is stored on `self`; a part that
# exists only inside one run of `call` is in no list, so `layer.weights` does not have it and no optimizer will see it.
#
# Write a small instrument that shows this: call a layer again and again on the same input, and after each call write
# down how many weights it has.
#
# - A layer that builds itself lazily has no weights *before* its first call: count after.
# - Count all weights, trainable or not.
#
# **What the checks look at:** layers of their own, of which the check knows how many weights they have after each
# call, and how often they were called.

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
# One pass of a loop does two things, in this order: call, count.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Call the object, `layer(x)`, not its method `layer.call(x)`: only the former builds the layer. It must be the same object
# each time.
# </details>
#
# <details><summary>Hint 3</summary>
#
# `layer.weights` is a list of variables. Its length is the number to append to a list that you made before the loop and
# return after it.
# </details>

# %% [markdown]
# ## The picture: ten steps of training
#
# Two layers learn the same task by the same ten steps: each token shall give the (normalised) mean of its sequence. The
# first is your encoder. The second makes your encoder anew in each call. On the left and in the middle you see 40 weights
# of the hidden Dense layer, one row each, as they are at each step.

# %% tags=["demo"]
made_in_call = []


class ForgetfulEncoder(keras.layers.Layer):
    """Makes its part in `call`: each call starts with a new encoder."""

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
    kernels = [w for w in encoder.weights if len(w.shape) == 2 and dense_dim in w.shape]
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
# ## One question to think about
#
# Put the forgetful layer between an `Embedding` and a `Dense(1)` and train the whole model with `fit`. The loss may well go
# down. Who has learned then, and how would you find out that the layer in the middle has not?
