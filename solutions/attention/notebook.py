# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Attention from scratch: who looks at whom
#
# *About 60 minutes. 10 points.*
#
# A Dense layer has fixed weights: the third input always counts as much as training has decided. Attention has weights
# that **depend on the input**. Every position of a sequence asks a question (its *query*), every position
# offers a label (its *key*) and a content (its *value*), and the answer to a question is a mean of the contents, in
# which the contents with matching labels count most.
#
# The lecture's Transformer takes this part ready-made from Keras and points to two places where you can see how it is
# made. Here you make it: first the formula as a function without any weights, then the layer around it that learns what
# to ask, what to label and what to say, several times in parallel.
#
# ```
#            q ─────► Dense ─► split ─┐
#                                     ├─► scores ─► mask ─► softmax ─► weights ─┐
#            k ─────► Dense ─► split ─┘                                         ├─► weights @ v ─► merge ─► Dense ─► output
#            v ─────► Dense ─► split ───────────────────────────────────────────┘
#            └──────────────────────┘ └──────────────────────────────────────────────────────────┘ └─────────────┘
#              part 2: heads                  part 1: the function                                   part 2: heads
# ```

# %% tags=["setup"]
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## 1. Scaled dot-product attention (4 points)
#
# **The idea:** compare each query with each key by a dot product, turn the scores of a query into shares, and take
# the mean of the values with these shares.
#
# $$
# s_{ij} = \frac{q_i \cdot k_j}{\sqrt{d}} \qquad
# w_{ij} = \frac{e^{s_{ij}}}{\sum_{j'} e^{s_{ij'}}} \qquad
# o_i = \sum_j w_{ij} \, v_j
# $$
#
# - *Shapes.* `q` is `(..., len_q, d)`, `k` is `(..., len_k, d)`, `v` is `(..., len_k, d_v)`. The dots are leading axes,
#   the same for all three: `(batch,)` or `(batch, heads)`. So the scores and `weights` are `(..., len_q, len_k)` and
#   `output` is `(..., len_q, d_v)`. The two lengths may differ.
# - *Why the square root?* A dot product of $d$ pairs of numbers of size 1 has size $\sqrt{d}$. Without the division, wide
#   queries make large scores, the softmax turns into "one key takes all", and hardly any gradient is left.
# - *The mask* is boolean, **True where attention is allowed**, and has any shape that broadcasts to the scores: with axes of
#   size 1, or with fewer axes. Where it is False the weight is exactly 0, and the allowed keys share the whole 1.
# - *Nothing allowed.* A row of the mask may be False throughout, as for a sequence that is all padding. Any numbers will do
#   for that query, as long as they are **finite**: one NaN would end up in every gradient.
# - *Numbers.* Scores can be in the thousands, so take a softmax that doesn't overflow, and hide masked
#   scores behind a number that is far below any score. And all must work in **float16** as in float32, since that is what
#   mixed precision computes in. The largest float16 is 65504; beyond it there is only infinity, and $0 \cdot \infty$ is
#   NaN. All tensors of one operation must have one dtype, the square root included.
#
# **What the checks look at:** the shapes; that the weights are shares; values with masks of many shapes, with
# large scores, in float16; the gradient in graph mode with unknown batch size.

# %% question="scaled_dot_product_attention"
def scaled_dot_product_attention(q, k, v, mask=None):
    """Attention without weights of its own.

    q: float tensor (..., len_q, d). k: (..., len_k, d). v: (..., len_k, d_v). All float32, or all float16.
    mask: None, or a boolean tensor that broadcasts to (..., len_q, len_k), True where attention is allowed.

    Returns a pair `(output, weights)`: tensors (..., len_q, d_v) and (..., len_q, len_k).
    """
    # BEGIN SOLUTION
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights
    # END SOLUTION

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Four lines: scores, mask, softmax, mean. Write the shape behind each. A matrix product works on the last two axes and
# leaves all leading axes alone, so rank 3 and rank 4 need no distinction.
# </details>
#
# <details><summary>Hint 2</summary>
#
# The scores are `q` times the transposed `k`; only the last two axes of `k` change places. The mask acts on the scores, not
# on the weights: what is left out *after* the softmax has already had its share.
# </details>
#
# <details><summary>Hint 3</summary>
#
# `tf.matmul(..., transpose_b=True)`; `tf.where(mask, scores, something)`; `tf.nn.softmax(..., axis=-1)`. The something must be
# very negative and finite in the dtype of the scores, and a dtype knows its own smallest number. The result is a pair.
# </details>

# %% [markdown]
# ## 2. Several heads (6 points)
#
# **The idea:** one set of weights $w_{ij}$ can follow one relation at a time. So project queries, keys and values to
# `num_heads` small spaces and let attention run in each, side by side.
#
# With `depth = d_model / num_heads`:
#
# 1. *Project.* Three Dense layers of `d_model` units, one each for queries, keys and values, no activation.
# 2. *Split.* The last axis of each is cut into `num_heads` slices of `depth` numbers:
#    `(batch, len, d_model)` becomes `(batch, num_heads, len, depth)`.
# 3. *Attend.* Part 1, with the heads as a leading axis; so here $d$ is `depth`.
# 4. *Merge.* `(batch, num_heads, len_q, depth)` becomes `(batch, len_q, d_model)`.
# 5. *Project* once more: a fourth Dense layer of `d_model` units mixes what the heads have found.
#
# A reshape does not move any number: it reads them row by row and cuts anew. For `len = 2` and two heads, with `a0` for
# position a and head 0, a row is `[a0 a1]`. See what a reshape straight to `(heads, len)` makes of it:
#
# ```
#     (len, heads)              (heads, len) is due         reshape alone gives
#     a0 a1                     a0 b0                       a0 a1      <- this "head" has position a only
#     b0 b1                     a1 b1                       b0 b1
# ```
#
# - *The mask* is one for all heads, `(len_q, len_k)` or `(batch, len_q, len_k)`, or has its own axis for them,
#   `(batch, num_heads, len_q, len_k)`. In each form an axis may have size 1, as in a padding mask `(batch, 1, len_k)`.
# - *`q`, `k`, `v`* are `(batch, len_q, d_model)` and twice `(batch, len_k, d_model)`: three different tensors, as when a
#   decoder looks at what an encoder has made.
# - *Sizes.* If `num_heads` does not divide `d_model`, `__init__` raises a `ValueError`.
# - *Made once.* Everything with weights is made in `__init__`. The batch size isn't known when `fit` traces `call`.
#
# **What the checks look at:** they set the weights of your layer to numbers for which the result is known, whatever the
# names and the order; they ask which weights act on what; they try all forms of the mask. For this question a
# function of theirs stands in for your `scaled_dot_product_attention`, so a mistake there does not count twice.

# %% question="multi_head_attention"
class MultiHeadAttention(keras.layers.Layer):
    """Attention with several heads.

    d_model: width of inputs and output. num_heads: number of heads, must divide d_model.
    """

    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(**kwargs)
        # BEGIN SOLUTION
        if d_model % num_heads:
            raise ValueError(f"d_model must be divisible by num_heads, got {d_model} and {num_heads}.")
        self.d_model = d_model
        self.num_heads = num_heads
        self.depth = d_model // num_heads
        self.query_projection = keras.layers.Dense(d_model)
        self.key_projection = keras.layers.Dense(d_model)
        self.value_projection = keras.layers.Dense(d_model)
        self.output_projection = keras.layers.Dense(d_model)
        # END SOLUTION

    def call(self, q, k, v, mask=None):
        """q: (batch, len_q, d_model). k, v: (batch, len_k, d_model).

        mask: None, or boolean, (len_q, len_k), (batch, len_q, len_k) or (batch, num_heads, len_q, len_k), True where
        attention is allowed; axes of size 1 broadcast.

        Returns a pair: the output (batch, len_q, d_model), and the weights (batch, num_heads, len_q, len_k).
        """
        # BEGIN SOLUTION
        if mask is not None and len(mask.shape) == 3:
            mask = mask[:, None]
        q = self.split_heads(self.query_projection(q))
        k = self.split_heads(self.key_projection(k))
        v = self.split_heads(self.value_projection(v))
        heads, weights = scaled_dot_product_attention(q, k, v, mask)
        merged = tf.transpose(heads, [0, 2, 1, 3])
        merged = tf.reshape(merged, [tf.shape(merged)[0], tf.shape(merged)[1], self.d_model])
        return self.output_projection(merged), weights

    def split_heads(self, x):
        """(batch, len, d_model) to (batch, num_heads, len, depth)."""
        x = tf.reshape(x, [tf.shape(x)[0], tf.shape(x)[1], self.num_heads, self.depth])
        return tf.transpose(x, [0, 2, 1, 3])
        # END SOLUTION

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# You need the split three times: make it a method of its own. Merging is the same way back, step by step in reverse.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Only the last axis may be cut by a reshape, because its numbers lie side by side: `d_model` into `num_heads` times
# `depth`. Bringing the heads in front of the positions is then the work of a transpose.
# </details>
#
# <details><summary>Hint 3</summary>
#
# Split: reshape to `(batch, len, num_heads, depth)`, then transpose axes 1 and 2. In the reshape one entry may be -1. Merge:
# transpose axes 1 and 2, then reshape. A mask of rank 3 has no axis for the heads: give it one at position 1. A rank is
# known even while tracing: `len(mask.shape)`.
# </details>

# %% [markdown]
# ## The picture: what each head looks at
#
# A task that no position can solve alone. Each sequence has 10 symbols out of 8. At each position three questions must be
# answered: which symbol stands **just before** me, which at the **mirrored** position, and which at the **start**? One
# layer of yours with three heads gets the symbols with a learned code for the position, and one Dense layer reads the three
# answers. After some hundred steps each head has found a place to look. (About 10 seconds.)

# %% tags=["demo"]
LENGTH, SYMBOLS, WIDTH, HEADS = 10, 8, 48, 3


class WhoIsWhere(keras.Model):
    """Symbols (batch, LENGTH) to logits (batch, LENGTH, 3, SYMBOLS), by one multi-head attention."""

    def __init__(self):
        super().__init__()
        self.symbols = keras.layers.Embedding(SYMBOLS, WIDTH)
        self.positions = keras.layers.Embedding(LENGTH, WIDTH)
        self.attention = MultiHeadAttention(WIDTH, HEADS)
        self.answers = keras.layers.Dense(3 * SYMBOLS)

    def look(self, x):
        here = self.symbols(x) + self.positions(tf.range(LENGTH))
        return self.attention(here, here, here)

    def call(self, x):
        output, _ = self.look(x)
        return tf.reshape(self.answers(output), [-1, LENGTH, 3, SYMBOLS])


keras.utils.set_random_seed(4)
places = np.arange(LENGTH)
asked = np.stack([np.maximum(places - 1, 0), places[::-1], 0 * places], axis=-1)
sequences = np.random.default_rng(4).integers(0, SYMBOLS, (8192, LENGTH))
model = WhoIsWhere()
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"])
history = model.fit(sequences, sequences[:, asked], batch_size=128, epochs=8, verbose=0)

_, weights = model.look(sequences[:256])
figure, axes = plt.subplots(1, HEADS + 1, figsize=(14, 3.8), layout="constrained")
for head, axis in enumerate(axes[:HEADS]):
    image = axis.imshow(np.mean(weights[:, head], axis=0), cmap="magma", vmin=0, vmax=1)
    axis.set(title=f"Head {head + 1}", xlabel="looks at position", ylabel="position")
figure.colorbar(image, ax=axes[:HEADS], label="share of the attention")
axes[HEADS].plot(range(1, 9), history.history["accuracy"], marker="o")
axes[HEADS].set(title="Answers that are right", xlabel="epoch", ylim=(0, 1.02))
plt.show()

# %% [markdown]
# ## One question to think about
#
# Take the position codes away. The three questions are then hopeless, whatever the heads do: why? What does attention
# do to its output when you shuffle the keys together with their values?
