# %% size_of_the_example
"""The decoder's images have the size of the MNIST digits, whatever the image size is.

Often it starts from 7 × 7: doubled twice, that is 28 × 28. Compute the first size from `image_shape`.
"""


def build_decoder(image_shape, latent_dim):
    codes = keras.Input((latent_dim,))
    x = keras.layers.Dense(7 * 7 * 16, activation="relu")(codes)
    x = keras.layers.Reshape((7, 7, 16))(x)
    x = keras.layers.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu")(x)
    x = keras.layers.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu")(x)
    x = keras.layers.Conv2DTranspose(image_shape[-1], 3, padding="same", activation="sigmoid")(x)
    return keras.Model(codes, x)


# %% size_rounded_down
"""The decoder's images are too small if a size is not a multiple of 4.

Often the first size is rounded down: 9 // 4 is 2, and 2 doubled twice is 8, so one row is missing. Round up, and crop
the image.
"""


def build_decoder(image_shape, latent_dim):
    rows, columns = image_shape[0] // 4, image_shape[1] // 4
    codes = keras.Input((latent_dim,))
    x = keras.layers.Dense(rows * columns * 16, activation="relu")(codes)
    x = keras.layers.Reshape((rows, columns, 16))(x)
    x = keras.layers.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu")(x)
    x = keras.layers.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu")(x)
    x = keras.layers.Conv2DTranspose(image_shape[-1], 3, padding="same", activation="sigmoid")(x)
    return keras.Model(codes, x)


# %% size_rounded_up
"""The decoder's images are too large if a size is not a multiple of 4.

Often the first size is rounded up, but the image is not cropped: 3 rows doubled twice are 12, not 9. Add a layer that
crops the image to its size.
"""


def build_decoder(image_shape, latent_dim):
    rows, columns = -(-image_shape[0] // 4), -(-image_shape[1] // 4)
    codes = keras.Input((latent_dim,))
    x = keras.layers.Dense(rows * columns * 16, activation="relu")(codes)
    x = keras.layers.Reshape((rows, columns, 16))(x)
    x = keras.layers.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu")(x)
    x = keras.layers.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu")(x)
    x = keras.layers.Conv2DTranspose(image_shape[-1], 3, padding="same", activation="sigmoid")(x)
    return keras.Model(codes, x)


# %% square_images_only
"""Images are as wide as they are high.

Often the height is also used as the width. `image_shape` has one size for rows and one for columns.
"""


def build_decoder(image_shape, latent_dim):
    size, channels = image_shape[0], image_shape[-1]
    codes = keras.Input((latent_dim,))
    x = keras.layers.Dense(size * size * 4, activation="relu")(codes)
    x = keras.layers.Reshape((size, size, 4))(x)
    x = keras.layers.Conv2DTranspose(channels, 3, padding="same", activation="sigmoid")(x)
    return keras.Model(codes, x)


# %% rows_and_columns_swapped
"""Rows and columns are swapped.

Image tensors are `(batch, height, width, channels)`: rows come first, also in `Reshape`.
"""


def build_decoder(image_shape, latent_dim):
    width, height, channels = image_shape
    codes = keras.Input((latent_dim,))
    x = keras.layers.Dense(height * width * 4, activation="relu")(codes)
    x = keras.layers.Reshape((height, width, 4))(x)
    x = keras.layers.Conv2DTranspose(channels, 3, padding="same", activation="sigmoid")(x)
    return keras.Model(codes, x)


# %% one_channel_only
"""The decoder always returns one channel.

The last layer needs as many filters as the image has channels: one for gray images, three for color images.
"""


def build_decoder(image_shape, latent_dim):
    height, width, _ = image_shape
    codes = keras.Input((latent_dim,))
    x = keras.layers.Dense(height * width * 4, activation="relu")(codes)
    x = keras.layers.Reshape((height, width, 4))(x)
    x = keras.layers.Conv2DTranspose(1, 3, padding="same", activation="sigmoid")(x)
    return keras.Model(codes, x)


# %% no_last_activation
"""The decoder's outputs can be any number.

The crossentropy needs values between 0 and 1, like the pixels. Often the last layer has no activation.
"""


def build_decoder(image_shape, latent_dim):
    height, width, channels = image_shape
    codes = keras.Input((latent_dim,))
    x = keras.layers.Dense(height * width * 4, activation="relu")(codes)
    x = keras.layers.Reshape((height, width, 4))(x)
    return keras.Model(codes, keras.layers.Conv2DTranspose(channels, 3, padding="same")(x))


# %% relu_last
"""The decoder's outputs are never negative, but can be above 1, as after a `relu`.

Where a `relu` is 0, its gradient is 0, too. Choose an activation with values between 0 and 1.
"""


def build_decoder(image_shape, latent_dim):
    height, width, channels = image_shape
    codes = keras.Input((latent_dim,))
    x = keras.layers.Dense(height * width * 4, activation="relu")(codes)
    x = keras.layers.Reshape((height, width, 4))(x)
    return keras.Model(codes, keras.layers.Conv2DTranspose(channels, 3, padding="same", activation="relu")(x))


# %% tanh_last
"""The decoder's outputs are between -1 and 1, as after a `tanh`.

Here pixels are between 0 and 1. Choose an activation with such values.
"""


def build_decoder(image_shape, latent_dim):
    height, width, channels = image_shape
    codes = keras.Input((latent_dim,))
    x = keras.layers.Dense(height * width * 4, activation="elu")(codes)
    x = keras.layers.Reshape((height, width, 4))(x)
    return keras.Model(codes, keras.layers.Conv2DTranspose(channels, 3, padding="same", activation="tanh")(x))


# %% softmax_last
"""The channels of a pixel add up to 1, as after a `softmax`.

One channel is then always 1, and three channels can be neither black nor white. Choose an activation that acts on each
value alone.
"""


def build_decoder(image_shape, latent_dim):
    height, width, channels = image_shape
    codes = keras.Input((latent_dim,))
    x = keras.layers.Dense(height * width * 4, activation="relu")(codes)
    x = keras.layers.Reshape((height, width, 4))(x)
    return keras.Model(codes, keras.layers.Conv2DTranspose(channels, 3, padding="same", activation="softmax")(x))


# %% sigmoid_twice
"""No pixel can be darker than 0.5 or brighter than 0.73.

Often the sigmoid is applied twice: the second one gets values between 0 and 1. Apply it once.
"""


def build_decoder(image_shape, latent_dim):
    height, width, channels = image_shape
    codes = keras.Input((latent_dim,))
    x = keras.layers.Dense(height * width * 4, activation="relu")(codes)
    x = keras.layers.Reshape((height, width, 4))(x)
    x = keras.layers.Conv2DTranspose(channels, 3, padding="same", activation="sigmoid")(x)
    return keras.Model(codes, keras.layers.Activation("sigmoid")(x))


# %% one_head_for_both
"""Mean and log variance are always equal.

Often they come from the same layer: called twice, it has the same weights. Create two layers.
"""


def build_encoder(image_shape, latent_dim):
    images = keras.Input(image_shape)
    x = keras.layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(images)
    x = keras.layers.Flatten()(x)
    head = keras.layers.Dense(latent_dim)
    z_mean, z_log_var = head(x), head(x)
    return keras.Model(images, [z_mean, z_log_var, Sampling()([z_mean, z_log_var])])


# %% relu_on_the_heads
"""Neither the mean nor the log variance can be negative.

Then no standard deviation is below 1. Often both heads have a `relu`. Use no activation in the heads.
"""


def build_encoder(image_shape, latent_dim):
    images = keras.Input(image_shape)
    x = keras.layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(images)
    x = keras.layers.Flatten()(x)
    z_mean = keras.layers.Dense(latent_dim, activation="relu")(x)
    z_log_var = keras.layers.Dense(latent_dim, activation="relu")(x)
    return keras.Model(images, [z_mean, z_log_var, Sampling()([z_mean, z_log_var])])


# %% positive_log_variance
"""The log variance cannot be negative.

A variance is positive, but its logarithm can be negative. Often because of `softplus`: then no standard deviation can
be below 1. Use no activation in this head.
"""


def build_encoder(image_shape, latent_dim):
    images = keras.Input(image_shape)
    x = keras.layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(images)
    x = keras.layers.Flatten()(x)
    z_mean = keras.layers.Dense(latent_dim)(x)
    z_log_var = keras.layers.Dense(latent_dim, activation="softplus")(x)
    return keras.Model(images, [z_mean, z_log_var, Sampling()([z_mean, z_log_var])])


# %% heads_in_the_wrong_order
"""The first two outputs are in the wrong order.

`Sampling` gets `[z_mean, z_log_var]`, and the outputs of the model must have the same order. Here the mean is returned
as the log variance.
"""


def build_encoder(image_shape, latent_dim):
    images = keras.Input(image_shape)
    x = keras.layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(images)
    x = keras.layers.Flatten()(x)
    z_mean = keras.layers.Dense(latent_dim)(x)
    z_log_var = keras.layers.Dense(latent_dim)(x)
    return keras.Model(images, [z_log_var, z_mean, Sampling()([z_mean, z_log_var])])


# %% only_two_outputs
"""The encoder has two outputs: `z` is missing.

The train step needs three: `z` for the decoder, and `z_mean` and `z_log_var` for the divergence.
"""


def build_encoder(image_shape, latent_dim):
    images = keras.Input(image_shape)
    x = keras.layers.Flatten()(images)
    x = keras.layers.Dense(32, activation="relu")(x)
    return keras.Model(images, [keras.layers.Dense(latent_dim)(x), keras.layers.Dense(latent_dim)(x)])


# %% z_without_a_draw
"""The third output is `z_mean` instead of `z`.

Without noise the log variance has no effect, and the model is an ordinary autoencoder. Return the output of `Sampling`.
"""


def build_encoder(image_shape, latent_dim):
    images = keras.Input(image_shape)
    x = keras.layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(images)
    x = keras.layers.Flatten()(x)
    z_mean = keras.layers.Dense(latent_dim)(x)
    z_log_var = keras.layers.Dense(latent_dim)(x)
    return keras.Model(images, [z_mean, z_log_var, z_mean])


# %% filled_up_with_black
"""Rows and columns at the edge are always black.

Often the image is too small, and is padded with zeros. Build an image that is too large, and crop it.
"""


def build_decoder(image_shape, latent_dim):
    height, width, channels = image_shape
    rows, columns = height // 4, width // 4
    code = keras.Input((latent_dim,))
    x = keras.layers.Dense(rows * columns * 16, activation="relu")(code)
    x = keras.layers.Reshape((rows, columns, 16))(x)
    x = keras.layers.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu")(x)
    x = keras.layers.Conv2DTranspose(channels, 3, strides=2, padding="same", activation="sigmoid")(x)
    missing = ((0, height - 4 * rows), (0, width - 4 * columns))
    return keras.Model(code, keras.layers.ZeroPadding2D(missing)(x))


# %% relu_on_the_mean
"""The mean cannot be negative.

Most of the latent space then stays empty. Often its head has a `relu`. Use no activation in the heads.
"""


def build_encoder(image_shape, latent_dim):
    images = keras.Input(image_shape)
    x = keras.layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(images)
    x = keras.layers.Flatten()(x)
    z_mean = keras.layers.Dense(latent_dim, activation="relu")(x)
    z_log_var = keras.layers.Dense(latent_dim)(x)
    return keras.Model(images, [z_mean, z_log_var, Sampling()([z_mean, z_log_var])])


# %% z_comes_first
"""`z` is the first output instead of the last.

The train step unpacks the three outputs in the order `[z_mean, z_log_var, z]`.
"""


def build_encoder(image_shape, latent_dim):
    images = keras.Input(image_shape)
    x = keras.layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(images)
    x = keras.layers.Flatten()(x)
    z_mean = keras.layers.Dense(latent_dim)(x)
    z_log_var = keras.layers.Dense(latent_dim)(x)
    return keras.Model(images, [Sampling()([z_mean, z_log_var]), z_mean, z_log_var])


# %% only_z_returned
"""The encoder has one output, `z`.

The divergence needs `z_mean` and `z_log_var`, too. Pass a list of three outputs to `keras.Model`.
"""


def build_encoder(image_shape, latent_dim):
    images = keras.Input(image_shape)
    x = keras.layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(images)
    x = keras.layers.Flatten()(x)
    z_mean = keras.layers.Dense(latent_dim)(x)
    z_log_var = keras.layers.Dense(latent_dim)(x)
    return keras.Model(images, Sampling()([z_mean, z_log_var]))


# %% grey_images_only
"""The encoder accepts only images with one channel.

`image_shape` contains the number of channels: use all three of its numbers for the input.
"""


def build_encoder(image_shape, latent_dim):
    images = keras.Input((image_shape[0], image_shape[1], 1))
    x = keras.layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(images)
    x = keras.layers.Flatten()(x)
    z_mean = keras.layers.Dense(latent_dim)(x)
    z_log_var = keras.layers.Dense(latent_dim)(x)
    return keras.Model(images, [z_mean, z_log_var, Sampling()([z_mean, z_log_var])])


# %% two_latent_axes_only
"""The heads always have two units.

The number of latent axes is the argument `latent_dim`. The picture of this notebook uses 2, other models use more.
"""


def build_encoder(image_shape, latent_dim):
    images = keras.Input(image_shape)
    x = keras.layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(images)
    x = keras.layers.Flatten()(x)
    z_mean = keras.layers.Dense(2)(x)
    z_log_var = keras.layers.Dense(2)(x)
    return keras.Model(images, [z_mean, z_log_var, Sampling()([z_mean, z_log_var])])


# %% crop_of_rows_and_columns_swapped
"""Rows and columns are cropped by each other's numbers.

`Cropping2D` takes `((top, bottom), (left, right))`: rows come first.
"""


def build_decoder(image_shape, latent_dim):
    height, width, channels = image_shape
    rows, columns = -(-height // 4), -(-width // 4)
    codes = keras.Input((latent_dim,))
    x = keras.layers.Dense(rows * columns * 16, activation="relu")(codes)
    x = keras.layers.Reshape((rows, columns, 16))(x)
    x = keras.layers.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu")(x)
    x = keras.layers.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu")(x)
    x = keras.layers.Cropping2D(((0, 4 * columns - width), (0, 4 * rows - height)))(x)
    return keras.Model(codes, keras.layers.Conv2DTranspose(channels, 3, padding="same", activation="sigmoid")(x))


# %% relu_before_sigmoid
"""No pixel can be darker than 0.5.

Often a `relu` comes directly before the last sigmoid: no value is negative after it, and the sigmoid of 0 is 0.5. Apply
only the sigmoid.
"""


def build_decoder(image_shape, latent_dim):
    height, width, channels = image_shape
    codes = keras.Input((latent_dim,))
    x = keras.layers.Dense(height * width * 4, activation="relu")(codes)
    x = keras.layers.Reshape((height, width, 4))(x)
    x = keras.layers.Conv2DTranspose(channels, 3, padding="same", activation="relu")(x)
    return keras.Model(codes, keras.layers.Activation("sigmoid")(x))


# %% pixels_up_to_255
"""The decoder's pixels are scaled to 255.

Pixels are in [0, 1] here: the data are already divided, and the crossentropy needs probabilities.
"""


def build_decoder(image_shape, latent_dim):
    height, width, channels = image_shape
    codes = keras.Input((latent_dim,))
    x = keras.layers.Dense(height * width * 4, activation="relu")(codes)
    x = keras.layers.Reshape((height, width, 4))(x)
    x = keras.layers.Conv2DTranspose(channels, 3, padding="same", activation="sigmoid")(x)
    return keras.Model(codes, keras.layers.Rescaling(255.0)(x))


# %% first_channel_only
"""The code depends only on the first channel of the image.

The other channels never reach it. Pass the whole image to the first convolution, which uses all channels of its input.
"""


def build_encoder(image_shape, latent_dim):
    images = keras.Input(image_shape)
    x = keras.layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(images[..., :1])
    x = keras.layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(x)
    x = keras.layers.Dense(32, activation="relu")(keras.layers.Flatten()(x))
    z_mean, z_log_var = (keras.layers.Dense(latent_dim)(x) for _ in range(2))
    return keras.Model(images, [z_mean, z_log_var, Sampling()([z_mean, z_log_var])])


# %% frozen_layers
"""Most of what the networks multiply by is frozen, and stays random.

Training can then change little more than the offsets. Set `trainable=False` in no layer.
"""


def build_encoder(image_shape, latent_dim):
    images = keras.Input(image_shape)
    x = keras.layers.Conv2D(16, 3, strides=2, padding="same", activation="relu", trainable=False)(images)
    x = keras.layers.Dense(32, trainable=False)(keras.layers.Flatten()(x))
    x = keras.layers.BatchNormalization()(x)
    z_mean = keras.layers.Dense(latent_dim)(x)
    z_log_var = keras.layers.Dense(latent_dim)(x)
    return keras.Model(images, [z_mean, z_log_var, Sampling()([z_mean, z_log_var])])


def build_decoder(image_shape, latent_dim):
    size = int(np.prod(image_shape))
    codes = keras.Input((latent_dim,))
    x = keras.layers.Dense(size, use_bias=False, trainable=False)(codes)
    x = keras.layers.Activation("sigmoid")(keras.layers.BatchNormalization()(x))
    return keras.Model(codes, keras.layers.Reshape(image_shape)(x))
