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

A sum of d products of independent numbers grows like sqrt(d), not like d. Dividing by d makes wide queries nearly
indifferent: all keys get the same share.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.cast(tf.shape(k)[-1], q.dtype)
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% scaled_by_length
"""The scores are divided by the square root of the number of keys.

It is the width of a query that makes a dot product large, not the length of the sequence: take the size of the last axis.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-2], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% softmax_over_the_queries
"""The softmax runs over the queries instead of the keys.

The scores are (query, key), and each query shares its attention among the keys: the sum over the last axis is 1. With another
axis a query may get nothing, or everything several times.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-2)
    return tf.matmul(weights, v), weights


# %% mask_inverted
"""The mask is read the wrong way round: True hides.

Here True means that attention is allowed. Other texts use 1 for what is to be hidden; look twice when you carry over
code.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores.dtype.min, scores)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% mask_ignored
"""The mask is accepted and not used.

Without it every query sees padding, and a decoder sees the future that it is to predict. It has to act between scores and
softmax.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% mask_after_the_softmax
"""The weights are set to 0 after the softmax.

By then the hidden keys have had their share, and what is left does not sum to 1. Hide the scores, and the softmax shares the
whole among the allowed keys.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    weights = tf.nn.softmax(scores, axis=-1)
    if mask is not None:
        weights *= tf.cast(mask, weights.dtype)
    return tf.matmul(weights, v), weights


# %% mask_multiplies_the_scores
"""The scores are multiplied by the mask: hidden ones become 0.

A score of 0 is a score like any other; its share is that of a key that is orthogonal to the query. A share of 0 needs a very
negative score.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores *= tf.cast(mask, scores.dtype)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% mask_value_leaks
"""The number behind which scores are hidden is not low enough.

With -5 in its place a hidden key still gets a share: the softmax knows only differences, and scores may themselves be far
below 0. Go to the end of the range of the dtype.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, tf.constant(-5.0, scores.dtype))
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% mask_penalty_leaks_for_large_scores
"""The penalty for hidden scores is too small when scores are large.

Minus one hundred hides a score of 3, not a score of 3000. What hides must be lower than every score, whatever the
input.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores += tf.cast(tf.logical_not(mask), scores.dtype) * -100.0
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% minus_infinity
"""Scores are hidden behind minus infinity, and a row with nothing else becomes NaN.

The softmax takes off the maximum of a row, and minus infinity minus itself is NaN. The lowest finite number hides as well, and
leaves numbers.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, tf.constant(-np.inf, scores.dtype))
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% penalty_overflows_in_float16
"""The penalty is finite in float32 only: in float16 it makes NaN.

In float16 -1e9 is minus infinity, and the penalty of an allowed key, 0 times infinity, is NaN. Choose the number by the dtype,
or select with `where`.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores += (1.0 - tf.cast(mask, scores.dtype)) * -1e9
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% float32_only
"""The square root is a float32 whatever the input: float16 raises an error.

TensorFlow does not mix dtypes in one operation. Cast the width to the dtype of the queries, or divide by a Python number.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], tf.float32))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% exponentials_overflow
"""The softmax is written out and overflows for large scores.

exp(89) is infinite in float32, and infinity by infinity is NaN. Take the maximum of the row off first, or use the softmax that
does.
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

This keeps the exponentials finite and changes the answer: beyond the limit all keys count alike. Taking off the maximum of
the row costs nothing and is exact.
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

The output is right, but the second result is not what it was made with. Return the shares: positive, with sum 1.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    return tf.matmul(tf.nn.softmax(scores, axis=-1), v), scores


# %% results_swapped
"""The weights come first and the output second.

The pair is `(output, weights)`, in this order.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1)
    return weights, tf.matmul(weights, v)


# %% output_only
"""Only the output is returned.

A pair is asked for: the weights are what you will want to look at.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    return tf.matmul(tf.nn.softmax(scores, axis=-1), v)


# %% no_gradient_through_the_weights
"""No gradient passes through the weights.

The output is right, but queries and keys never learn: the weights leave TensorFlow's record, by `stop_gradient` or a detour
through NumPy. Use TensorFlow or Keras operations only.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.stop_gradient(tf.nn.softmax(scores, axis=-1))
    return tf.matmul(weights, v), weights


# %% axes_of_the_mask_fixed
"""The mask is always given one more axis for the heads.

A mask that has the shape of the scores already gets one axis too many, and the weights with it. The mask broadcasts to the scores
as it comes.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask[:, None], scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights


# %% minus_1e9_in_float16
"""Scores are hidden behind -1e9, which float16 does not hold: a row with nothing else becomes NaN there.

Cast to float16, -1e9 is minus infinity, and minus infinity minus itself is NaN. Ask the dtype of the scores for its own lowest
finite number.
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, tf.cast(-1e9, scores.dtype))
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights
