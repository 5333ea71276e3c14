# %% gram_over_channels
"""The Gram matrix has one row per place.

The product sums over the channels and keeps the places. It must sum over the places, so that the shape is
`(channels, channels)`.
"""


def gram_matrix(x):
    places = tf.reshape(x, (-1, tf.shape(x)[-1]))
    return tf.matmul(places, places, transpose_b=True)


# %% reshaped_not_transposed
"""The rows of `(channels, places)` hold a mixture of all channels.

Often the channels are moved to the front by a reshape: it keeps the order of the numbers, in which the channels run
fastest. Transpose first, then reshape.
"""


def gram_matrix(x):
    features = tf.reshape(x, (x.shape[-1], -1))
    return tf.matmul(features, tf.transpose(features))


# %% gram_divided_by_places
"""The Gram matrix is a mean over the places.

The definition has a sum. The division by the size of the image comes in the style loss only.
"""


def gram_matrix(x):
    places = tf.reshape(x, (-1, x.shape[-1]))
    return tf.matmul(places, places, transpose_a=True) / tf.cast(tf.shape(places)[0], tf.float32)


# %% centred_gram
"""The mean of each channel is subtracted first.

That gives the covariance of the channels. The Gram matrix uses the activations without subtracting anything.
"""


def gram_matrix(x):
    places = tf.reshape(x, (-1, x.shape[-1]))
    places -= tf.reduce_mean(places, axis=0)
    return tf.matmul(places, places, transpose_a=True)


# %% gram_along_one_axis
"""The sum runs over the rows of the image only.

The columns are places as well. Merge both axes into one before you multiply, or sum over both.
"""


def gram_matrix(x):
    x = tf.transpose(x, (1, 2, 0))
    return tf.reduce_mean(tf.matmul(x, x, transpose_b=True), axis=0)


# %% only_squares
"""Each channel is multiplied with itself only.

That gives the diagonal only. The other entries are the products of all pairs of channels.
"""


def gram_matrix(x):
    return tf.linalg.diag(tf.reduce_sum(tf.square(x), axis=(0, 1)))


# %% style_not_normalised
"""The divisor is missing.

Without `4 * 3**2 * (img_nrows * img_ncols)**2` the style loss is larger by many powers of ten than the other two
terms.
"""


def style_loss(style, combination):
    return tf.reduce_sum(tf.square(gram_matrix(style) - gram_matrix(combination)))


# %% size_not_squared
"""The number of pixels is not squared.

A Gram matrix grows with the number of places, and its square with the square of that: the divisor needs `(img_nrows *
img_ncols)**2`.
"""


def style_loss(style, combination):
    return tf.reduce_sum(tf.square(gram_matrix(style) - gram_matrix(combination))) / (36.0 * img_nrows * img_ncols)


# %% channels_not_squared
"""The number of colors is not squared.

The divisor is `4 * c**2 * s**2`, with c = 3: that makes 36, not 12.
"""


def style_loss(style, combination):
    size = img_nrows * img_ncols
    return tf.reduce_sum(tf.square(gram_matrix(style) - gram_matrix(combination))) / (4.0 * 3 * size**2)


# %% size_of_the_features
"""The divisor uses the sizes of the features, not those of the image.

The divisor is the same for all layers: it uses the 3 colors and the `img_nrows * img_ncols` pixels of the image, not
the channels and places of the layer.
"""


def style_loss(style, combination):
    height, width, channels = style.shape
    size = height * width
    return tf.reduce_sum(tf.square(gram_matrix(style) - gram_matrix(combination))) / (4.0 * channels**2 * size**2)


# %% mean_of_the_squares
"""The squared differences are averaged.

The formula adds them up. A mean also divides by the square of the number of channels.
"""


def style_loss(style, combination):
    size = img_nrows * img_ncols
    return tf.reduce_mean(tf.square(gram_matrix(style) - gram_matrix(combination))) / (36.0 * size**2)


# %% features_instead_of_gram_matrices
"""The style loss compares the features themselves.

The content loss does that, place by place. The style loss compares the Gram matrices of the features.
"""


def style_loss(style, combination):
    size = img_nrows * img_ncols
    return tf.reduce_sum(tf.square(style - combination)) / (36.0 * size**2)


# %% style_without_gradient
"""No gradient flows through the style loss.

Often NumPy computes it: the tape does not record that. Use the functions of `tf` or `keras.ops`.
"""


def style_loss(style, combination):
    difference = np.asarray(gram_matrix(style)) - np.asarray(gram_matrix(combination))
    size = img_nrows * img_ncols
    return tf.constant(np.sum(difference**2) / (36.0 * size**2))


# %% channels_of_the_features
"""The divisor uses the number of channels of the features, not the 3 colors of the image.

In the formula, `c = 3` and `s` belong to the image. They are the same for a layer with 64 channels.
"""


def style_loss(style, combination):
    difference = gram_matrix(style) - gram_matrix(combination)
    channels, pixels = style.shape[-1], img_nrows * img_ncols
    return tf.reduce_sum(tf.square(difference)) / (4.0 * channels**2 * pixels**2)


# %% rows_squared
"""The number of pixels is computed as if the image were square: `img_nrows * img_nrows`.

The number of pixels is `img_nrows * img_ncols`.
"""


def style_loss(style, combination):
    difference = gram_matrix(style) - gram_matrix(combination)
    return tf.reduce_sum(tf.square(difference)) / (4.0 * 3**2 * (img_nrows * img_nrows) ** 2)
