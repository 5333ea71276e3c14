# %% no_scaling
"""The scores are not divided by the square root of d.

The wider the queries, the larger their dot products: the softmax then gives nearly all the weight to one key, and its
gradient vanishes. Divide by sqrt(d) before the softmax.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True)
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% scaled_by_d
"""The scores are divided by d instead of its square root.

A sum of d independent products with mean 0 and variance 1 has standard deviation sqrt(d). If you divide by d, the
weights of wide queries are nearly equal for all keys.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.cast(tf.shape(k)[-1], q.dtype)
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% scaled_by_length
"""The scores are divided by the square root of the number of keys.

The dot product grows with the width of a query, not with the length of the sequence. Use the size of the last axis.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-2], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% softmax_over_the_queries
"""The softmax runs over the queries instead of the keys.

The scores have shape `(..., query, key)`, and the weights of each query must sum to 1 over the keys, the last axis.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-2)
    return tf.matmul(weights, v), weights


# %% mask_inverted
"""The mask is inverted: keys with True are masked.

Here True means that attention is allowed. Some other texts use 1 for masked keys.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores.dtype.min, scores)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% mask_ignored
"""The mask is not used.

Without it every query attends to padding, and a decoder sees the tokens that it must predict. Apply it to the scores,
before the softmax.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% mask_after_the_softmax
"""The weights are set to 0 after the softmax.

The remaining weights then do not sum to 1. Mask the scores before the softmax, so that the weights of the allowed keys
sum to 1.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    weights = tf.nn.softmax(scores, axis=-1)
    if mask is not None:
        weights *= tf.cast(mask, weights.dtype)
    return tf.matmul(weights, v), weights


# %% mask_multiplies_the_scores
"""The scores are multiplied by the mask, so masked scores become 0.

A score of 0 does not give a weight of 0: it is the score of a key orthogonal to the query. Replace masked scores with a
very low number.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores *= tf.cast(mask, scores.dtype)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% mask_value_leaks
"""The number that replaces masked scores is not low enough.

With -5, for example, a masked key still gets some weight, and allowed scores can be lower than that. Use a number such
as -1e9, or the lowest float32.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, tf.constant(-5.0, scores.dtype))
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% mask_penalty_leaks_for_large_scores
"""With large scores, masked keys get some of the weight.

Often a number is subtracted that is too small: subtracting 100 masks a score of 3, but not a score of 3000. A masked
score must be far below every possible score.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores += tf.cast(tf.logical_not(mask), scores.dtype) * -100.0
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% shared_out_after_the_mask
"""The weights are 0 / 0 if no key is allowed, or if the masked keys had nearly all the weight.

Often they are set to 0 after the softmax and then divided by their sum. Mask the scores before the softmax.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    weights = tf.nn.softmax(scores, axis=-1)
    if mask is not None:
        allowed = tf.where(mask, weights, tf.zeros_like(weights))
        weights = allowed / tf.reduce_sum(allowed, axis=-1, keepdims=True)
    return tf.matmul(weights, v), weights


# %% largest_of_all_rows_subtracted
"""A row whose scores are all far below those of another row becomes NaN.

Often the largest score of the whole tensor is subtracted: all exponentials of such a row are 0, and 0 / 0 is NaN.
Subtract the maximum over the keys, row by row, or use `tf.nn.softmax`.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    powers = tf.exp(scores - tf.reduce_max(scores))
    weights = powers / tf.reduce_sum(powers, axis=-1, keepdims=True)
    return tf.matmul(weights, v), weights


# %% minus_infinity
"""A row with no allowed key becomes NaN.

Often masked scores are minus infinity: the softmax subtracts the maximum of a row, and minus infinity minus itself is
NaN. Use a very low finite number, before the softmax.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, tf.constant(-np.inf, scores.dtype))
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% exponentials_overflow
"""Large scores give NaN.

Often the softmax is computed with `exp`: exp(89) is infinite in float32, and infinity divided by infinity is NaN.
Subtract the maximum of the row first, or use `tf.nn.softmax`.
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
"""Beyond a limit, all scores count the same.

Often they are clipped, which keeps the exponentials finite but changes the weights. Subtract the maximum of the row
instead.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    scores = tf.clip_by_value(scores, -30.0, 30.0)
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% scores_returned
"""The scores are returned in place of the weights.

The output is right. Return the result of the softmax as weights: positive numbers that sum to 1.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    return tf.matmul(tf.nn.softmax(scores, axis=-1), v), scores


# %% results_swapped
"""The results are in the wrong order: weights first.

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

The function returns the pair `(output, weights)`.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    return tf.matmul(tf.nn.softmax(scores, axis=-1), v)


# %% no_gradient_through_the_weights
"""No gradient passes through the weights.

The output depends on them, but queries and keys get no gradient from it. Do not use `stop_gradient` or NumPy on the way
to the weights.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.stop_gradient(tf.nn.softmax(scores, axis=-1))
    return tf.matmul(weights, v), weights


# %% axes_of_the_mask_fixed
"""A mask with the shape of the scores gets one axis too many, and so do the weights.

Often an axis for the heads is always added. Do not reshape the mask: it broadcasts to the scores.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask[:, None], scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% dropout_on_the_weights
"""The weights are random.

Often dropout is applied to them. Here attention has no dropout: with it, the weights do not sum to 1.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.dropout(tf.nn.softmax(scores, axis=-1), 0.1)
    return tf.matmul(weights, v), weights


# %% divided_after_the_softmax
"""The weights are divided by the square root of d instead of the scores.

After the softmax, the division only makes the output smaller: the weights sum to 1 / sqrt(d). Divide the scores.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True)
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    return tf.matmul(weights, v), weights


# %% scaled_by_the_width_of_the_values
"""The scores are divided by the square root of d_v, the width of the values.

The values are not part of the dot products. Use the width of queries and keys, the size of their last axis.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(v)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% two_axes_transposed_by_number
"""The transpose of the keys works only for rank 3.

With heads the tensors have rank 4. Often all axes are permuted by number. `tf.matmul(..., transpose_b=True)` swaps the
last two axes for any rank.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, tf.transpose(k, [0, 2, 1])) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% similarity_of_directions
"""Queries and keys are normalized to length 1 before the product.

This is the cosine similarity: the length of a key has no effect, and no score exceeds 1 / sqrt(d). Use the plain dot
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
"""Large scores give NaN, and so does a row without an allowed key.

Often the softmax is computed with `exp`: exp(89) is infinite in float32, infinity divided by infinity is NaN, and so is
0 / 0. Subtract the maximum of the row first, or use `tf.nn.softmax`.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    powers = tf.exp(scores)
    weights = powers / tf.reduce_sum(powers, axis=-1, keepdims=True)
    return tf.matmul(weights, v), weights


# %% hidden_scores_not_low_enough
"""Allowed scores can be lower than the number that masked scores get.

Scores can be in the thousands, positive or negative. A masked score must be far below any of them: use the lowest
float32.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, tf.constant(-100.0, scores.dtype))
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% attention_of_keras
"""A Keras layer computes the attention.

Write it yourself: scores by a matrix product, weights by a softmax, the output by another matrix product. Keras's own
attention is switched off while the checks run.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scaled = q / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    return keras.layers.Attention()([scaled, v, k], return_attention_scores=True)


# %% nan_replaced
"""With a query that has no allowed key, the output is finite, but its gradient is NaN.

Often a NaN is replaced after the softmax: the gradient still passes through it. Use a very low finite score in place of
minus infinity.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores += tf.where(mask, tf.constant(0.0, scores.dtype), tf.constant(-np.inf, scores.dtype))
    weights = tf.nn.softmax(scores, axis=-1)
    weights = tf.where(tf.math.is_nan(weights), tf.zeros_like(weights), weights)
    return tf.matmul(weights, v), weights


# %% mask_broadcast_to_static_sizes
"""The mask is given a static shape, and in a graph the batch size there is None.

While `fit` traces, the batch size is unknown. `tf.where(mask, scores, low)` broadcasts the mask by itself.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        mask = tf.broadcast_to(mask, scores.shape)
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% mask_through_numpy
"""NumPy is given a tensor, often the mask.

While `fit` traces, a tensor has no values yet, so it cannot be converted. Use `tf.where` on the mask itself.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores += np.where(np.asarray(mask), 0.0, -1e30).astype("float32")
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% mask_tested_by_if
"""Python tests the values of a tensor, often the mask, as in an `if`.

While `fit` traces, a tensor has no values yet. Leave the test out: `tf.where` with a mask that is True throughout
changes nothing.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None and not bool(tf.reduce_all(mask)):
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% no_gradient_with_a_mask
"""With a mask, no gradient passes through the weights.

Queries and keys are then not trained. Do not use `stop_gradient` or NumPy on the way to the weights.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.stop_gradient(tf.where(mask, scores, scores.dtype.min))
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% square_root_limited
"""For wide queries, the number that the scores are divided by is too small.

The standard deviation of a dot product grows with the square root of d, however large d is. Divide by sqrt(d), without
a limit.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / min(float(k.shape[-1]) ** 0.5, 8.0)
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights
