# %% two_steps
"""As the public example has it: the filter's activation, then its mean."""


def compute_loss(input_image, filter_index):
    activation = feature_extractor(input_image)
    filter_activation = activation[:, 2:-2, 2:-2, filter_index]
    return tf.reduce_mean(filter_activation)


# %% keras_ops
"""`keras.ops`, inference mode asked for, and an argument more."""

from keras import ops


def compute_loss(input_image, filter_index, border=2):
    maps = feature_extractor(input_image, training=False)
    one = ops.take(maps, filter_index, axis=-1)
    return ops.mean(one[:, border:-border, border:-border])


# %% sum_by_count
"""The sum divided by the number of pixels; the border cut off with `Cropping2D`; traced."""


@tf.function
def compute_loss(input_image, filter_index):
    inner = keras.layers.Cropping2D(2)(feature_extractor(input_image))
    chosen = tf.gather(inner, filter_index, axis=3)
    return tf.reduce_sum(chosen) / tf.cast(tf.size(chosen), tf.float32)


# %% masked
"""A mask picks the filter, sizes are computed; a traced helper holds the network."""


@tf.function
def activations(images):
    return feature_extractor(images)


def compute_loss(input_image: tf.Tensor, filter_index: int) -> tf.Tensor:
    maps = activations(tf.convert_to_tensor(input_image))
    rows, columns = maps.shape[1], maps.shape[2]
    inner = tf.slice(maps, [0, 2, 2, 0], [-1, rows - 4, columns - 4, -1])
    mask = tf.one_hot(filter_index, maps.shape[-1])
    return tf.reduce_mean(tf.reduce_sum(inner * mask, axis=-1))


# %% image_by_image
"""The mean over space of each image, in double precision, then the mean over the batch."""


def compute_loss(input_image, filter_index):
    maps = tf.cast(feature_extractor(input_image)[..., filter_index], tf.float64)
    means = [tf.reduce_mean(one[2:-2, 2:-2]) for one in tf.unstack(maps)]
    return tf.add_n(means) / len(means)
