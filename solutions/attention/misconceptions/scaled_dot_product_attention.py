# %% no_scaling
"""The scores are not divided by the square root of d.

The wider the queries, the larger their dot products: the softmax then gives nearly everything to one key, and its gradient
vanishes. Divide by sqrt(d) before the softmax.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True)
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% scaled_by_d
"""The scores are divided by d, not by its square root.

A sum of d independent products with mean 0 and variance 1 has standard deviation sqrt(d), not d. After a division by d, wide
queries attend to all keys nearly equally.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.cast(tf.shape(k)[-1], q.dtype)
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% scaled_by_length
"""The scores are divided by the square root of the number of keys.

The width of a query makes a dot product large, not the length of the sequence: take the size of the last axis.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-2], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% softmax_over_the_queries
"""The softmax runs over the queries instead of the keys.

The scores are (query, key), and each query shares its attention among the keys: the weights sum to 1 over the last axis. Over
another axis, the weights of a query sum to anything.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-2)
    return tf.matmul(weights, v), weights


# %% mask_inverted
"""The mask is read the wrong way round: True hides.

Here True means that attention is allowed. Other texts use 1 for what is to be hidden; check which one your source uses.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores.dtype.min, scores)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% mask_ignored
"""The mask is accepted and not used.

Without it every query sees padding, and a decoder sees the tokens that it must predict. Apply it to the scores, before the
softmax.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% mask_after_the_softmax
"""The weights are set to 0 after the softmax.

By then the hidden keys have had their share, and the remaining weights do not sum to 1. Hide the scores instead, and the softmax
shares the whole 1 among the allowed keys.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    weights = tf.nn.softmax(scores, axis=-1)
    if mask is not None:
        weights *= tf.cast(mask, weights.dtype)
    return tf.matmul(weights, v), weights


# %% mask_multiplies_the_scores
"""The scores are multiplied by the mask: hidden ones become 0.

A score of 0 is a score like any other: it is that of a key orthogonal to the query. A weight of 0 needs a very negative
score.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores *= tf.cast(mask, scores.dtype)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% mask_value_leaks
"""The number that replaces hidden scores is not low enough.

With -5 in its place a hidden key still gets a share: the softmax only sees differences, and allowed scores may be far below 0
themselves. Take a number such as -1e9, or the lowest one of the dtype.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, tf.constant(-5.0, scores.dtype))
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% mask_penalty_leaks_for_large_scores
"""The penalty for hidden scores is too small when scores are large.

Subtracting one hundred hides a score of 3, but not a score of 3000. A hidden score must end up far below every score that can
occur.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores += tf.cast(tf.logical_not(mask), scores.dtype) * -100.0
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% shared_out_after_the_mask
"""The weights are set to 0 after the softmax and then divided by what is left.

On paper that is the same as a mask on the scores. But where the hidden keys took the whole share, or nothing is allowed, nothing
is left: 0 / 0 is NaN. Mask the scores, before the softmax.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    weights = tf.nn.softmax(scores, axis=-1)
    if mask is not None:
        allowed = tf.where(mask, weights, tf.zeros_like(weights))
        weights = allowed / tf.reduce_sum(allowed, axis=-1, keepdims=True)
    return tf.matmul(weights, v), weights


# %% largest_of_all_rows_subtracted
"""The softmax is written out with the largest score of the whole tensor subtracted, not that of each row.

A row whose scores all lie far below that number underflows: 0 / 0 is NaN. Subtract the maximum over the keys, row by row, or
use `tf.nn.softmax`, which does.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    powers = tf.exp(scores - tf.reduce_max(scores))
    weights = powers / tf.reduce_sum(powers, axis=-1, keepdims=True)
    return tf.matmul(weights, v), weights


# %% minus_infinity
"""Scores are hidden behind minus infinity, and a row with nothing else becomes NaN.

The softmax subtracts the maximum of a row, and minus infinity minus itself is NaN. A very low finite number hides as well, and
gives finite weights.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, tf.constant(-np.inf, scores.dtype))
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% exponentials_overflow
"""The softmax is written out and overflows for large scores.

exp(89) is infinite in float32, and infinity divided by infinity is NaN. Subtract the maximum of the row first, or use
`tf.nn.softmax`, which does.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    powers = tf.exp(scores)
    tiny = tf.constant(1e-7, scores.dtype)
    weights = powers / (tf.reduce_sum(powers, axis=-1, keepdims=True) + tiny)
    return tf.matmul(weights, v), weights


# %% scores_clipped
"""Scores are clipped to a moderate range.

This keeps the exponentials finite and changes the answer: beyond the limit all keys count alike. Subtracting the maximum of the
row is exact.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    scores = tf.clip_by_value(scores, -30.0, 30.0)
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% scores_returned
"""The scores are returned as weights, from before the softmax.

The output is right, but the second result is not what it was made with. Return the weights: positive, with sum 1.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    return tf.matmul(tf.nn.softmax(scores, axis=-1), v), scores


# %% results_swapped
"""The weights come first and the output second.

The function returns `(output, weights)`, in this order.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1)
    return weights, tf.matmul(weights, v)


# %% output_only
"""Only the output is returned.

The function returns a pair: the weights are what you will plot.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    return tf.matmul(tf.nn.softmax(scores, axis=-1), v)


# %% no_gradient_through_the_weights
"""No gradient passes through the weights.

The output is right, but queries and keys never learn: `stop_gradient`, or a step through NumPy, cuts the weights off. Use
TensorFlow or Keras operations only.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.stop_gradient(tf.nn.softmax(scores, axis=-1))
    return tf.matmul(weights, v), weights


# %% axes_of_the_mask_fixed
"""The mask always gets one more axis for the heads.

A mask that has the shape of the scores gets one axis too many, and so do the weights. Leave the mask as it comes: it broadcasts
to the scores.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask[:, None], scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% dropout_on_the_weights
"""Some weights are dropped at random, at every call.

Here attention has no dropout: a weight that is set to 0 and others that are scaled up no longer share the whole 1. A layer may
add dropout, in training only.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.dropout(tf.nn.softmax(scores, axis=-1), 0.1)
    return tf.matmul(weights, v), weights


# %% divided_after_the_softmax
"""The weights are divided by the square root of d, not the scores.

After the softmax a division only shrinks the output: the weights then sum to 1 / sqrt(d). Divide the scores.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True)
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    return tf.matmul(weights, v), weights


# %% scaled_by_the_width_of_the_values
"""The scores are divided by the square root of d_v, the width of the values.

The values take no part in the dot products. The width of queries and keys is the size of their last axis.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(v)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% two_axes_transposed_by_number
"""The axes of the keys are permuted by fixed numbers, so only rank 3 works.

With heads the tensors have rank 4. `tf.matmul(..., transpose_b=True)` swaps the last two axes for any rank.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, tf.transpose(k, [0, 2, 1])) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% similarity_of_directions
"""Queries and keys are normalized to length 1 before the product.

That is the cosine similarity: the length of a key no longer counts, and no score exceeds 1 / sqrt(d). Take the plain dot
product.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    q, k = tf.math.l2_normalize(q, axis=-1), tf.math.l2_normalize(k, axis=-1)
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% exponentials_not_shifted
"""The softmax is written out, and nothing is subtracted from the scores.

exp(89) is infinite in float32, and infinity divided by infinity is NaN. Where nothing is allowed, 0 / 0 is NaN, too. Subtract
the maximum of the row first, or use `tf.nn.softmax`, which does.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    powers = tf.exp(scores)
    weights = powers / tf.reduce_sum(powers, axis=-1, keepdims=True)
    return tf.matmul(weights, v), weights


# %% hidden_scores_not_low_enough
"""Hidden scores become -100, and the allowed ones may be lower than that.

Scores can be in the thousands, of either sign. A hidden score must be far below any of them: take the lowest float32.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, tf.constant(-100.0, scores.dtype))
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights
