# %% split_by_reshape_alone
"""Each "head" gets whole positions instead of a slice of each.

Often the split is a reshape straight to `(batch, heads, len, depth)`: it keeps the order of the numbers. Reshape to
`(batch, len, heads, depth)` first, then transpose heads and positions.
"""


class MultiHeadAttention(MultiHeadAttention):
    def split_heads(self, x):
        return tf.reshape(x, [tf.shape(x)[0], self.num_heads, tf.shape(x)[1], self.depth])


# %% split_and_merged_by_reshape_alone
"""Each "head" gets whole positions instead of a slice of each, also in the merge.

The shapes are right. Often heads are split and merged by reshapes only. The split needs a transpose after the reshape,
and the merge one before it.
"""


class MultiHeadAttention(MultiHeadAttention):
    def split_heads(self, x):
        return tf.reshape(x, [tf.shape(x)[0], self.num_heads, -1, self.depth])

    def call(self, q, k, v, mask=None):
        if mask is not None and len(mask.shape) == 3:
            mask = mask[:, None]
        q, k = self.split_heads(self.query_projection(q)), self.split_heads(self.key_projection(k))
        heads, weights = scaled_dot_product_attention(q, k, self.split_heads(self.value_projection(v)), mask)
        return self.output_projection(tf.reshape(heads, [tf.shape(heads)[0], -1, self.d_model])), weights


# %% merged_without_transpose
"""In the merge, a row of the output gets several positions of one head.

The tensor `(batch, heads, len, depth)` has the heads in front of the positions. Often the transpose before the reshape
is missing: move heads and positions back first.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        if mask is not None and len(mask.shape) == 3:
            mask = mask[:, None]
        q, k = self.split_heads(self.query_projection(q)), self.split_heads(self.key_projection(k))
        heads, weights = scaled_dot_product_attention(q, k, self.split_heads(self.value_projection(v)), mask)
        return self.output_projection(tf.reshape(heads, [tf.shape(heads)[0], -1, self.d_model])), weights


# %% one_projection_for_all
"""Queries, keys and values share one projection.

Then the query of a position equals its key, and every position attends most to itself. Use three kernels.
"""


class MultiHeadAttention(MultiHeadAttention):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(d_model, num_heads, **kwargs)
        self.key_projection = self.query_projection
        self.value_projection = self.query_projection


# %% keys_share_with_queries
"""Queries and keys share one projection.

The scores are then symmetric: if one position attends to another, the reverse is also true. Use a separate kernel for
the keys.
"""


class MultiHeadAttention(MultiHeadAttention):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(d_model, num_heads, **kwargs)
        self.key_projection = self.query_projection


# %% values_share_with_keys
"""Keys and values share one projection.

The key determines the weight, the value determines the output. With one kernel for both, neither can be learned without
changing the other.
"""


class MultiHeadAttention(MultiHeadAttention):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(d_model, num_heads, **kwargs)
        self.value_projection = self.key_projection


# %% no_output_projection
"""The output projection is missing.

After the merge, each head is in its own columns, and nothing has mixed them. Add a fourth Dense layer.
"""


class MultiHeadAttention(MultiHeadAttention):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(d_model, num_heads, **kwargs)
        self.output_projection = keras.layers.Identity()


# %% values_not_projected
"""The values are split without a projection.

Each head then averages a fixed slice of the input. Project the values with a Dense layer, like queries and keys.
"""


class MultiHeadAttention(MultiHeadAttention):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(d_model, num_heads, **kwargs)
        self.value_projection = keras.layers.Identity()


# %% heads_with_equal_projections
"""All heads use the same projections.

Heads with the same queries and keys have the same weights. Project to `d_model` numbers, and give each head its own
slice.
"""


class MultiHeadAttention(MultiHeadAttention):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(d_model, num_heads, **kwargs)
        self.query_projection = keras.layers.Dense(self.depth)
        self.key_projection = keras.layers.Dense(self.depth)
        self.value_projection = keras.layers.Dense(self.depth)

    def split_heads(self, x):
        return tf.repeat(x[:, None], self.num_heads, axis=1)


# %% heads_added
"""The heads are added instead of concatenated.

Concatenate the heads, so that each keeps its columns: the last projection then learns how to mix them.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        if mask is not None and len(mask.shape) == 3:
            mask = mask[:, None]
        q, k = self.split_heads(self.query_projection(q)), self.split_heads(self.key_projection(k))
        heads, weights = scaled_dot_product_attention(q, k, self.split_heads(self.value_projection(v)), mask)
        return self.output_projection(tf.reduce_sum(heads, axis=1)), weights


# %% weights_averaged
"""The returned weights are the mean over the heads.

The heads have different weights. Return those of each head, with shape `(batch, num_heads, len_q, len_k)`.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        output, weights = super().call(q, k, v, mask)
        return output, tf.reduce_mean(weights, axis=1)


# %% scaled_by_d_model
"""The scores of a head are divided by the square root of `d_model` instead of `depth`.

The dot product in a head has `depth` terms, so its standard deviation grows with the square root of `depth`. With
`d_model` the scores are too small and the weights too even.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        q, k = self.split_heads(self.query_projection(q)), self.split_heads(self.key_projection(k))
        scores = tf.matmul(q, k, transpose_b=True) / self.d_model**0.5
        if mask is not None:
            scores = tf.where(mask[:, None] if len(mask.shape) == 3 else mask, scores, scores.dtype.min)
        weights = tf.nn.softmax(scores)
        merged = tf.einsum("bhqk,bhkd->bqhd", weights, self.split_heads(self.value_projection(v)))
        return self.output_projection(tf.reshape(merged, [tf.shape(q)[0], -1, self.d_model])), weights


# %% heads_not_scaled
"""The scores of a head are not scaled.

Divide the scores by the square root of `depth`, or call `scaled_dot_product_attention`, which scales them.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        q, k = self.split_heads(self.query_projection(q)), self.split_heads(self.key_projection(k))
        scores = tf.matmul(q, k, transpose_b=True)
        if mask is not None:
            scores = tf.where(mask[:, None] if len(mask.shape) == 3 else mask, scores, scores.dtype.min)
        weights = tf.nn.softmax(scores)
        merged = tf.einsum("bhqk,bhkd->bqhd", weights, self.split_heads(self.value_projection(v)))
        return self.output_projection(tf.reshape(merged, [tf.shape(q)[0], -1, self.d_model])), weights


# %% softmax_over_the_heads
"""The softmax runs over the heads instead of the keys.

The weights of a query in a head then do not sum to 1. Apply the softmax over the last axis.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        q, k = self.split_heads(self.query_projection(q)), self.split_heads(self.key_projection(k))
        scores = tf.matmul(q, k, transpose_b=True) / self.depth**0.5
        if mask is not None:
            scores = tf.where(mask[:, None] if len(mask.shape) == 3 else mask, scores, scores.dtype.min)
        weights = tf.nn.softmax(scores, axis=1)
        merged = tf.einsum("bhqk,bhkd->bqhd", weights, self.split_heads(self.value_projection(v)))
        return self.output_projection(tf.reshape(merged, [tf.shape(q)[0], -1, self.d_model])), weights


# %% num_heads_ignored
"""`num_heads` is ignored: there is always one head.

Split the projected tensors into `num_heads` heads before attention.
"""


class MultiHeadAttention(MultiHeadAttention):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(d_model, num_heads, **kwargs)
        self.num_heads, self.depth = 1, d_model


# %% mask_ignored_by_the_heads
"""The mask is not passed on.

Without it, every head attends to all keys. `scaled_dot_product_attention` takes the mask as its fourth argument.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        return super().call(q, k, v)


# %% mask_without_head_axis
"""A mask `(batch, q, k)` is used with scores `(batch, heads, q, k)` without an axis for the heads.

Broadcasting aligns the last axes, so the batch axis of the mask meets the heads. This raises an error, or gives a wrong
mask. Add an axis at position 1 to a mask of rank 3.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        return super().call(q, k, v, mask[None] if mask is not None and len(mask.shape) == 3 else mask)


# %% head_axis_always_added
"""Every mask gets an axis for the heads, even one that already has it.

A mask `(batch, heads, q, k)` then has rank 5, and so do the scores. Add the axis only to a mask of rank 3.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        if mask is None or len(mask.shape) == 3:
            return super().call(q, k, v, mask)
        q, k = self.split_heads(self.query_projection(q)), self.split_heads(self.key_projection(k))
        heads, weights = scaled_dot_product_attention(q, k, self.split_heads(self.value_projection(v)), mask[:, None])
        merged = tf.reshape(tf.transpose(heads, [0, 2, 1, 3]), [tf.shape(q)[0], -1, self.d_model])
        return self.output_projection(merged), weights


# %% indivisible_accepted
"""A `d_model` that `num_heads` does not divide is accepted.

With `d_model // num_heads` some columns are lost, or the first call fails with an unclear error. Check the two sizes in
`__init__`.
"""


class MultiHeadAttention(MultiHeadAttention):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(num_heads, num_heads, **kwargs)
        self.d_model, self.depth = d_model, d_model // num_heads
        self.query_projection = keras.layers.Dense(d_model)
        self.key_projection = keras.layers.Dense(d_model)
        self.value_projection = keras.layers.Dense(d_model)
        self.output_projection = keras.layers.Dense(d_model)


# %% projections_made_in_call
"""The layer does not keep its projections from call to call.

Often the Dense layers are created in `call`: each call then uses new random kernels that the layer does not track, so
they are never trained. Create the layers once, in `__init__`.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        mask = mask[:, None] if mask is not None and len(mask.shape) == 3 else mask
        q, k, v = (self.split_heads(keras.layers.Dense(self.d_model)(x)) for x in (q, k, v))
        heads, weights = scaled_dot_product_attention(q, k, v, mask)
        merged = tf.reshape(tf.transpose(heads, [0, 2, 1, 3]), [tf.shape(q)[0], -1, self.d_model])
        return keras.layers.Dense(self.d_model)(merged), weights


# %% self_attention_only
"""Keys and values are computed from `q`.

In self-attention the three inputs are the same tensor. A decoder that attends to an encoder passes two different
sequences: use `k` and `v`.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        return super().call(q, q, q, mask)


# %% values_made_from_keys
"""The values are computed from `k`, and `v` is not used.

The two are often the same tensor, but not always. Use `v` for the values.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        return super().call(q, k, k, mask)


# %% arguments_in_another_order
"""`call` takes `v, k, q` instead of `q, k, v`.

Some other implementations have this order. Here it is `call(q, k, v, mask)`, and callers pass the arguments by
position.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, v, k, q, mask=None):
        return super().call(q, k, v, mask)


# %% projections_with_relu
"""The projections have a relu.

The four projections are linear: use no activation.
"""


class MultiHeadAttention(MultiHeadAttention):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(d_model, num_heads, **kwargs)
        self.query_projection = keras.layers.Dense(d_model, activation="relu")
        self.key_projection = keras.layers.Dense(d_model, activation="relu")
        self.value_projection = keras.layers.Dense(d_model, activation="relu")


# %% batch_size_written_down
"""A size is taken from the static shape, and in a graph the batch size there is None.

While `fit` traces, the batch size is unknown. Use `tf.shape(x)[0]`, or -1 for one entry of a reshape.
"""


class MultiHeadAttention(MultiHeadAttention):
    def split_heads(self, x):
        x = tf.reshape(x, (x.shape[0], x.shape[1], self.num_heads, self.depth))
        return tf.transpose(x, [0, 2, 1, 3])


# %% input_added
"""The input is added to the output.

The skip connection is part of the Transformer block around the layer. This layer returns only the output of attention.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        output, weights = super().call(q, k, v, mask)
        return output + q, weights


# %% first_head_shown
"""The returned weights are those of the first head, repeated for each head.

The output is right. Return the weights of every head.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        output, weights = super().call(q, k, v, mask)
        return output, tf.repeat(weights[:, :1], self.num_heads, axis=1)


# %% sizes_kept_on_the_class
"""A second layer changes the sizes of the first.

Often `num_heads` and `depth` are stored on the class instead of on `self`. Store the arguments of `__init__` on `self`.
"""


class MultiHeadAttention(MultiHeadAttention):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(d_model, num_heads, **kwargs)
        for name in ("num_heads", "depth"):
            self.__dict__.pop(name, None)
        type(self).num_heads, type(self).depth = num_heads, d_model // num_heads


# %% batch_size_of_the_first_call
"""The batch size of the first call is used in all later calls.

The last batch of an epoch is often smaller. Get the batch size from the tensors of each call: `tf.shape(q)[0]`.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        if not hasattr(self, "rows"):
            self.rows = q.shape[0]
        return super().call(q, k, v, mask)

    def split_heads(self, x):
        x = tf.reshape(x, [self.rows, -1, self.num_heads, self.depth])
        return tf.transpose(x, [0, 2, 1, 3])


# %% no_pair_returned
"""Only the output is returned.

`call` returns a pair: the output, and the weights of all heads.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        return super().call(q, k, v, mask)[0]


# %% length_of_the_queries_for_all
"""Keys and values are taken to be as long as the queries.

In self-attention the lengths are equal, otherwise they can differ. Use the length of each tensor, or -1.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        self.length = tf.shape(q)[1]
        return super().call(q, k, v, mask)

    def split_heads(self, x):
        x = tf.reshape(x, [tf.shape(x)[0], self.length, self.num_heads, self.depth])
        return tf.transpose(x, [0, 2, 1, 3])


# %% scaled_twice
"""The scores of a head are scaled twice: divided by `depth`, not by its square root.

`scaled_dot_product_attention` divides by the square root. Do not scale the queries, keys or scores as well.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        if mask is not None and len(mask.shape) == 3:
            mask = mask[:, None]
        q, k = self.split_heads(self.query_projection(q)), self.split_heads(self.key_projection(k))
        v = self.split_heads(self.value_projection(v))
        heads, weights = scaled_dot_product_attention(q / self.depth**0.5, k, v, mask)
        merged = tf.reshape(tf.transpose(heads, [0, 2, 1, 3]), [tf.shape(q)[0], -1, self.d_model])
        return self.output_projection(merged), weights


# %% values_without_a_split_per_head
"""All heads use the first slice of the values.

Split the values like queries and keys: head h uses slice h.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        if mask is not None and len(mask.shape) == 3:
            mask = mask[:, None]
        q, k = self.split_heads(self.query_projection(q)), self.split_heads(self.key_projection(k))
        v = self.value_projection(v)[..., : self.depth]
        v = tf.repeat(v[:, None], self.num_heads, axis=1)
        heads, weights = scaled_dot_product_attention(q, k, v, mask)
        merged = tf.reshape(tf.transpose(heads, [0, 2, 1, 3]), [tf.shape(q)[0], -1, self.d_model])
        return self.output_projection(merged), weights


# %% mask_inverted_for_the_heads
"""The mask is negated before it is passed to the attention function.

True means allowed, in the layer and in the function of question 1. Pass the mask on without negating it, with an axis
for the heads.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        return super().call(q, k, v, mask=None if mask is None else tf.logical_not(mask))


# %% layer_of_keras
"""Keras's own `MultiHeadAttention` computes the result.

Write the layer yourself: projections, split, attention in each head, merge, and the last projection. Keras's own
attention is switched off while the checks run.
"""


class MultiHeadAttention(keras.layers.Layer):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(**kwargs)
        if d_model % num_heads:
            raise ValueError("d_model must be divisible by num_heads.")
        self.attention = keras.layers.MultiHeadAttention(num_heads, d_model // num_heads)

    def call(self, q, k, v, mask=None):
        return self.attention(q, v, k, attention_mask=mask, return_attention_scores=True)


# %% heads_use_mean_weights
"""Every head uses the mean of the weights of all heads.

The output is then that of a single head. Multiply the weights of each head by that head's own slice of the values.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        if mask is not None and len(mask.shape) == 3:
            mask = mask[:, None]
        q, k = self.split_heads(self.query_projection(q)), self.split_heads(self.key_projection(k))
        v = self.split_heads(self.value_projection(v))
        _, weights = scaled_dot_product_attention(q, k, v, mask)
        heads = tf.reduce_mean(weights, axis=1, keepdims=True) @ v
        merged = tf.reshape(tf.transpose(heads, [0, 2, 1, 3]), [tf.shape(heads)[0], -1, self.d_model])
        return self.output_projection(merged), weights


# %% heads_use_first_weights
"""Every head uses the weights of the first head.

The weights of the other heads are then never used. Multiply the weights of each head by that head's own slice of the
values.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        if mask is not None and len(mask.shape) == 3:
            mask = mask[:, None]
        q, k = self.split_heads(self.query_projection(q)), self.split_heads(self.key_projection(k))
        v = self.split_heads(self.value_projection(v))
        _, weights = scaled_dot_product_attention(q, k, v, mask)
        heads = weights[:, :1] @ v
        merged = tf.reshape(tf.transpose(heads, [0, 2, 1, 3]), [tf.shape(heads)[0], -1, self.d_model])
        return self.output_projection(merged), weights


# %% mask_of_heads_broadcast_to_static_sizes
"""The mask is given a static shape, and in a graph the batch size there is None.

While `fit` traces, the batch size is unknown. Only add the axis for the heads: the mask broadcasts to the scores.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        if mask is not None:
            mask = mask[:, None] if len(mask.shape) == 3 else mask
            mask = tf.broadcast_to(mask, (q.shape[0], self.num_heads, q.shape[1], k.shape[1]))
        return super().call(q, k, v, mask)


# %% one_head_not_projected
"""With one head, the output is not projected.

The fourth Dense layer is part of the layer for any number of heads: it also mixes the columns within a head. Use it
without an exception.
"""


class MultiHeadAttention(MultiHeadAttention):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(d_model, num_heads, **kwargs)
        if num_heads == 1:
            self.output_projection = lambda merged: merged
