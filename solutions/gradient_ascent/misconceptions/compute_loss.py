# %% border_kept
"""The mean includes the border of the feature map.

Near the border the convolution uses padding zeros that are not part of the image. Leave out two pixels on each side.
"""


def compute_loss(input_image, filter_index):
    activation = feature_extractor(input_image)
    return tf.reduce_mean(activation[:, :, :, filter_index])


# %% one_pixel_border
"""One pixel is left out on each side, not two.

`x[1:-1]` leaves out one entry at either end. Leave out two.
"""


def compute_loss(input_image, filter_index):
    activation = feature_extractor(input_image)
    return tf.reduce_mean(activation[:, 1:-1, 1:-1, filter_index])


# %% border_at_one_end
"""The border is left out at one end only.

`x[2:]` drops the first two and keeps the last two. Both ends have a border.
"""


def compute_loss(input_image, filter_index):
    activation = feature_extractor(input_image)
    return tf.reduce_mean(activation[:, 2:, 2:, filter_index])


# %% image_cropped
"""The image is cropped, not the feature map.

Then the convolution pads the smaller image with zeros again. Cut the border off the feature map.
"""


def compute_loss(input_image, filter_index):
    activation = feature_extractor(input_image[:, 2:-2, 2:-2])
    return tf.reduce_mean(activation[..., filter_index])


# %% sum_of_the_map
"""The pixels of the feature map are summed, not averaged.

A sum grows with the size of the image and of the batch. The mean does not.
"""


def compute_loss(input_image, filter_index):
    activation = feature_extractor(input_image)
    return tf.reduce_sum(activation[:, 2:-2, 2:-2, filter_index])


# %% all_filters
"""All filters are averaged.

The filter index picks one feature map: use it on the last axis, which counts the filters.
"""


def compute_loss(input_image, filter_index):
    activation = feature_extractor(input_image)
    return tf.reduce_mean(activation[:, 2:-2, 2:-2])


# %% filter_on_the_batch_axis
"""The filter index picks an image of the batch.

The first axis counts the images. The filters are the last axis.
"""


def compute_loss(input_image, filter_index):
    activation = feature_extractor(input_image)
    return tf.reduce_mean(activation[filter_index, 2:-2, 2:-2])


# %% filter_on_the_row_axis
"""The filter index picks a row.

Activations are (batch, rows, columns, filters): the filters come last, not after the batch.
"""


def compute_loss(input_image, filter_index):
    activation = feature_extractor(input_image)
    return tf.reduce_mean(activation[:, filter_index, 2:-2, 2:-2])


# %% one_loss_an_image
"""One mean per image is returned.

The loss is one number: average over the batch too.
"""


def compute_loss(input_image, filter_index):
    activation = feature_extractor(input_image)
    return tf.reduce_mean(activation[:, 2:-2, 2:-2, filter_index], axis=(1, 2))


# %% largest_pixel
"""The loss is the largest pixel of the map, not the mean.

The gradient of a maximum comes from a single pixel of the map. Take the mean of the map.
"""


def compute_loss(input_image, filter_index):
    activation = feature_extractor(input_image)
    return tf.reduce_max(activation[:, 2:-2, 2:-2, filter_index])


# %% sign_flipped
"""The loss is the negative mean.

This loss is maximized, not minimized: no minus is needed.
"""


def compute_loss(input_image, filter_index):
    activation = feature_extractor(input_image)
    return -tf.reduce_mean(activation[:, 2:-2, 2:-2, filter_index])


# %% squares
"""The squares are averaged.

The loss is the mean of the activation itself. A square is large for a strongly negative activation, too.
"""


def compute_loss(input_image, filter_index):
    activation = feature_extractor(input_image)
    return tf.reduce_mean(activation[:, 2:-2, 2:-2, filter_index] ** 2)


# %% computed_in_numpy
"""No gradient flows from the loss to the image.

Often the mean is computed with NumPy: the value is right, but the tape does not record it. Use `tf` or `keras.ops`.
"""


def compute_loss(input_image, filter_index):
    activation = feature_extractor(input_image)
    return tf.constant(np.mean(np.asarray(activation)[:, 2:-2, 2:-2, filter_index]))


# %% loss_in_training_mode
"""The network runs in training mode.

Batch normalization then uses the statistics of this batch, and changes its moving statistics. Call the network in
inference mode.
"""


def compute_loss(input_image, filter_index):
    activation = feature_extractor(input_image, training=True)
    return tf.reduce_mean(activation[:, 2:-2, 2:-2, filter_index])


# %% first_image_only
"""Only the first image of the batch is used.

Take the mean over the batch, too.
"""


def compute_loss(input_image, filter_index):
    activation = feature_extractor(input_image)
    return tf.reduce_mean(activation[0, 2:-2, 2:-2, filter_index])


# %% border_of_the_rows_only
"""Border pixels are left out at top and bottom, not at the sides.

A map has four sides: slice the axis of the rows and that of the columns.
"""


def compute_loss(input_image, filter_index):
    activation = feature_extractor(input_image)
    return tf.reduce_mean(activation[:, 2:-2, :, filter_index])


# %% whole_model_asked
"""The whole network is called, not the feature extractor.

`model` gives the classes. The feature maps come from the notebook's variable `feature_extractor`.
"""


def compute_loss(input_image, filter_index):
    return tf.reduce_mean(model(input_image)[:, filter_index])


# %% border_set_to_zero
"""The border is set to 0, but its pixels are counted.

A mean over all pixels divides by too many. Slice the border off before you take the mean.
"""


def compute_loss(input_image, filter_index):
    activation = feature_extractor(input_image)[..., filter_index]
    inner = tf.pad(activation[:, 2:-2, 2:-2], [[0, 0], [2, 2], [2, 2]])
    return tf.reduce_mean(inner)


# %% first_extractor_kept
"""The extractor of the first call is used in all later calls.

Read the notebook's variable `feature_extractor` in each call: it may hold another network later.
"""
_network = []


def compute_loss(input_image, filter_index):
    if not _network:
        _network.append(feature_extractor)
    activation = _network[0](input_image)
    return tf.reduce_mean(activation[:, 2:-2, 2:-2, filter_index])


# %% last_border_too_thin
"""Two pixels are left out at the start, and one at the end.

`x[2:-2]` leaves out two entries at either end; `x[2:-1]` only one at the end.
"""


def compute_loss(input_image, filter_index):
    return tf.reduce_mean(feature_extractor(input_image)[:, 2:-1, 2:-1, filter_index])


# %% filters_counted_from_one
"""The filters are counted from 1.

`filter_index` counts from 0, as Python does.
"""


def compute_loss(input_image, filter_index):
    return tf.reduce_mean(feature_extractor(input_image)[:, 2:-2, 2:-2, filter_index - 1])


# %% only_positive_activations
"""Negative activations are set to 0 before the mean.

Take the mean of the activation itself, including negative numbers.
"""


def compute_loss(input_image, filter_index):
    return tf.reduce_mean(tf.nn.relu(feature_extractor(input_image)[:, 2:-2, 2:-2, filter_index]))


# %% other_filters_subtracted
"""The mean of all filters is subtracted.

The loss is the mean of one feature map. The other filters are not part of it.
"""


def compute_loss(input_image, filter_index):
    inner = feature_extractor(input_image)[:, 2:-2, 2:-2]
    return tf.reduce_mean(inner[..., filter_index]) - tf.reduce_mean(inner)
