# %% keras_ops_einsum
"""`keras.ops` throughout: einsum for both products, a finite number that depends on the dtype."""


def scaled_dot_product_attention(q, k, v, mask=None):
    logits = keras.ops.einsum("...qd,...kd->...qk", q, k) / q.shape[-1] ** 0.5
    if mask is not None:
        low = -6e4 if keras.backend.standardize_dtype(logits.dtype) == "float16" else -1e30
        logits = keras.ops.where(mask, logits, low)
    attention = keras.ops.softmax(logits, axis=-1)
    return keras.ops.einsum("...qk,...kd->...qd", attention, v), attention


# %% added_penalty_in_float32
"""The scores in float32 whatever comes in, the mask as a penalty that is added, the result in the dtype of the input."""


def scaled_dot_product_attention(q, k, v, mask=None):
    dtype = q.dtype
    q, k, v = [tf.cast(t, tf.float32) for t in (q, k, v)]
    dk = tf.cast(tf.shape(k)[-1], tf.float32)
    scaled_attention_logits = tf.matmul(q, k, transpose_b=True) / tf.math.sqrt(dk)
    if mask is not None:
        scaled_attention_logits += (1.0 - tf.cast(mask, tf.float32)) * -1e9
    attention_weights = tf.nn.softmax(scaled_attention_logits, axis=-1)
    output = tf.matmul(attention_weights, v)
    return tf.cast(output, dtype), tf.cast(attention_weights, dtype)


# %% softmax_by_hand
"""The softmax by hand: minus the maximum of the allowed scores, hidden keys set to 0."""


def scaled_dot_product_attention(q, k, v, mask=None):
    scale = keras.ops.cast(1.0 / np.sqrt(k.shape[-1]), q.dtype)
    scores = keras.ops.matmul(q * scale, keras.ops.swapaxes(k, -1, -2))
    if mask is None:
        mask = keras.ops.ones_like(scores, dtype="bool")
    mask = keras.ops.broadcast_to(mask, keras.ops.shape(scores))
    largest = keras.ops.max(keras.ops.where(mask, scores, -6e4), axis=-1, keepdims=True)
    powers = keras.ops.where(mask, keras.ops.exp(keras.ops.where(mask, scores - largest, 0)), 0)
    total = keras.ops.sum(powers, axis=-1, keepdims=True)
    weights = powers / keras.ops.maximum(total, keras.ops.cast(1e-6, total.dtype))
    return keras.ops.matmul(weights, v), weights


# %% softmax_layer
"""The mask left to the Softmax layer of Keras; type hints and a `tf.function`."""


@tf.function
def scaled_dot_product_attention(
    q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, mask: tf.Tensor | None = None
) -> tuple[tf.Tensor, tf.Tensor]:
    scores = tf.einsum("...id,...jd->...ij", q, k) * (float(k.shape[-1]) ** -0.5)
    weights = keras.layers.Softmax(axis=-1, dtype=q.dtype)(scores, mask=mask)
    return weights @ v, weights


# %% minus_infinity_made_finite
"""Minus infinity under the mask, and rows that have nothing else set to 0 before and after."""


def scaled_dot_product_attention(q, k, v, mask=None):
    kt = tf.linalg.matrix_transpose(k)
    scores = tf.matmul(q, kt) * tf.math.rsqrt(tf.cast(k.shape[-1], q.dtype))
    if mask is not None:
        blocked = tf.logical_not(tf.reduce_any(mask, axis=-1, keepdims=True))
        infinity = tf.constant(np.inf, scores.dtype)
        scores = tf.where(tf.logical_or(mask, blocked), scores, -infinity)
    weights = tf.nn.softmax(scores)
    if mask is not None:
        weights = tf.where(blocked, tf.zeros_like(weights), weights)
    output = tf.matmul(weights, v)
    return [output, weights]


# %% float32_inside
"""All is computed in float32, whatever comes in, and given back in the dtype of `q`."""


def scaled_dot_product_attention(q, k, v, mask=None):
    wide_q, wide_k, wide_v = (tf.cast(x, tf.float32) for x in (q, k, v))
    scores = wide_q @ tf.linalg.matrix_transpose(wide_k) / float(k.shape[-1]) ** 0.5
    if mask is not None:
        scores = scores + tf.where(mask, 0.0, -1e9)
    weights = tf.nn.softmax(scores)
    return tf.cast(weights @ wide_v, q.dtype), tf.cast(weights, q.dtype)


# %% penalty_of_minus_1e9
"""The mask as a penalty of -1e9 that is added, the square root in float32."""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], tf.float32))
    if mask is not None:
        scores += (1.0 - tf.cast(mask, scores.dtype)) * -1e9
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights
