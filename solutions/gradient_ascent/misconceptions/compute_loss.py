# %% border_kept
"""The border is part of the mean.

At the border the convolution has seen zeros that are not part of the image. Leave out two pixels on each side.
"""


def compute_loss(input_image, filter_index):
    activation = feature_extractor(input_image)
    return tf.reduce_mean(activation[:, :, :, filter_index])


# %% one_pixel_border
"""One pixel is left out on each side, not two.

`x[1:-1]` leaves out one at either end.
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

Then the convolution meets the same zeros, two pixels further in. Cut the border off what comes out of the network.
"""


def compute_loss(input_image, filter_index):
    activation = feature_extractor(input_image[:, 2:-2, 2:-2])
    return tf.reduce_mean(activation[..., filter_index])


# %% sum_of_the_map
"""The pixels of the map are added up, not averaged.

A sum grows with the size of the image, and with the batch. The mean does not.
"""


def compute_loss(input_image, filter_index):
    activation = feature_extractor(input_image)
    return tf.reduce_sum(activation[:, 2:-2, 2:-2, filter_index])


# %% all_filters
"""All filters are averaged.

The filter index has to pick one feature map: which axis counts the filters?
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
"""One mean for each image is returned.

The loss is one number: average over the batch too.
"""


def compute_loss(input_image, filter_index):
    activation = feature_extractor(input_image)
    return tf.reduce_mean(activation[:, 2:-2, 2:-2, filter_index], axis=(1, 2))


# %% largest_pixel
"""The largest pixel of the map is taken.

Only one place of the image would be changed. The mean makes the filter happy everywhere.
"""


def compute_loss(input_image, filter_index):
    activation = feature_extractor(input_image)
    return tf.reduce_max(activation[:, 2:-2, 2:-2, filter_index])


# %% sign_flipped
"""The loss is the negative mean.

This loss is maximised, not minimised: no minus is needed.
"""


def compute_loss(input_image, filter_index):
    activation = feature_extractor(input_image)
    return -tf.reduce_mean(activation[:, 2:-2, 2:-2, filter_index])


# %% squares
"""The squares are averaged.

The loss is the mean of the activation itself. Squares count a map of negative numbers as excited.
"""


def compute_loss(input_image, filter_index):
    activation = feature_extractor(input_image)
    return tf.reduce_mean(activation[:, 2:-2, 2:-2, filter_index] ** 2)


# %% computed_in_numpy
"""The mean is computed with NumPy.

The number is right, but the tape does not see NumPy: no gradient can flow back to the image.
"""


def compute_loss(input_image, filter_index):
    activation = feature_extractor(input_image)
    return tf.constant(np.mean(np.asarray(activation)[:, 2:-2, 2:-2, filter_index]))


# %% loss_in_training_mode
"""The network is called in training mode.

Batch normalisation then uses the statistics of this image, and changes its own. The network is to be looked at, not
trained.
"""


def compute_loss(input_image, filter_index):
    activation = feature_extractor(input_image, training=True)
    return tf.reduce_mean(activation[:, 2:-2, 2:-2, filter_index])


# %% first_image_only
"""Only the first image counts.

The mean is over the batch, too.
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
"""The whole network is asked, not the feature extractor.

`model` gives the classes. The feature maps come from the notebook's variable `feature_extractor`.
"""


def compute_loss(input_image, filter_index):
    return tf.reduce_mean(model(input_image)[:, filter_index])
