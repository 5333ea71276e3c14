# %% size_of_the_example
"""The decoder starts at 7 by 7, whatever the image is.

7 by 7 doubled twice is the 28 by 28 of the well-known digits. Take the start from image_shape.
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
"""The start size is divided without looking at the remainder.

9 // 4 is 2, and 2 doubled twice is 8: one row is missing. Round up, and cut off what is too much.
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
"""The start size is rounded up, but nothing is cut off at the end.

3 rows doubled twice are 12, not 9. One more layer has to bring the image to its size.
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
"""The height is used for the width as well.

Images need not be square: image_shape has a size of its own for rows and for columns.
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

Image tensors are (batch, height, width, channels): rows come first, here and in Reshape.
"""


def build_decoder(image_shape, latent_dim):
    width, height, channels = image_shape
    codes = keras.Input((latent_dim,))
    x = keras.layers.Dense(height * width * 4, activation="relu")(codes)
    x = keras.layers.Reshape((height, width, 4))(x)
    x = keras.layers.Conv2DTranspose(channels, 3, padding="same", activation="sigmoid")(x)
    return keras.Model(codes, x)


# %% one_channel_only
"""The decoder always makes one channel.

The last layer has as many filters as the image has channels: one for grey images, three for colour.
"""


def build_decoder(image_shape, latent_dim):
    height, width, _ = image_shape
    codes = keras.Input((latent_dim,))
    x = keras.layers.Dense(height * width * 4, activation="relu")(codes)
    x = keras.layers.Reshape((height, width, 4))(x)
    x = keras.layers.Conv2DTranspose(1, 3, padding="same", activation="sigmoid")(x)
    return keras.Model(codes, x)


# %% no_last_activation
"""The decoder's last layer has no activation.

A linear output takes any value. The crossentropy needs values between 0 and 1, as the pixels have.
"""


def build_decoder(image_shape, latent_dim):
    height, width, channels = image_shape
    codes = keras.Input((latent_dim,))
    x = keras.layers.Dense(height * width * 4, activation="relu")(codes)
    x = keras.layers.Reshape((height, width, 4))(x)
    return keras.Model(codes, keras.layers.Conv2DTranspose(channels, 3, padding="same")(x))


# %% relu_last
"""The decoder's last activation is relu.

It has no upper end: pixels above 1 come out. And where it is 0, no gradient helps a dark pixel to become brighter.
"""


def build_decoder(image_shape, latent_dim):
    height, width, channels = image_shape
    codes = keras.Input((latent_dim,))
    x = keras.layers.Dense(height * width * 4, activation="relu")(codes)
    x = keras.layers.Reshape((height, width, 4))(x)
    return keras.Model(codes, keras.layers.Conv2DTranspose(channels, 3, padding="same", activation="relu")(x))


# %% tanh_last
"""The decoder's last activation is tanh.

Its range is -1 to 1, that of images scaled to -1 and 1. Here pixels lie between 0 and 1.
"""


def build_decoder(image_shape, latent_dim):
    height, width, channels = image_shape
    codes = keras.Input((latent_dim,))
    x = keras.layers.Dense(height * width * 4, activation="elu")(codes)
    x = keras.layers.Reshape((height, width, 4))(x)
    return keras.Model(codes, keras.layers.Conv2DTranspose(channels, 3, padding="same", activation="tanh")(x))


# %% softmax_last
"""The decoder's last activation is softmax.

Softmax makes the channels of a pixel add up to 1. Pixels are no classes: with one channel every pixel becomes 1, with
three none can be white or black.
"""


def build_decoder(image_shape, latent_dim):
    height, width, channels = image_shape
    codes = keras.Input((latent_dim,))
    x = keras.layers.Dense(height * width * 4, activation="relu")(codes)
    x = keras.layers.Reshape((height, width, 4))(x)
    return keras.Model(codes, keras.layers.Conv2DTranspose(channels, 3, padding="same", activation="softmax")(x))


# %% sigmoid_twice
"""The sigmoid is applied twice.

The second one sees values between 0 and 1 only, and maps them to 0.5 to 0.73: neither black nor white can be reached.
"""


def build_decoder(image_shape, latent_dim):
    height, width, channels = image_shape
    codes = keras.Input((latent_dim,))
    x = keras.layers.Dense(height * width * 4, activation="relu")(codes)
    x = keras.layers.Reshape((height, width, 4))(x)
    x = keras.layers.Conv2DTranspose(channels, 3, padding="same", activation="sigmoid")(x)
    return keras.Model(codes, keras.layers.Activation("sigmoid")(x))


# %% one_head_for_both
"""Mean and log variance come from one and the same layer.

The same layer called twice has the same weights and gives the same numbers. A far cloud would then always be a wide
one: make two layers.
"""


def build_encoder(image_shape, latent_dim):
    images = keras.Input(image_shape)
    x = keras.layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(images)
    x = keras.layers.Flatten()(x)
    head = keras.layers.Dense(latent_dim)
    z_mean, z_log_var = head(x), head(x)
    return keras.Model(images, [z_mean, z_log_var, Sampling()([z_mean, z_log_var])])


# %% relu_on_the_heads
"""The two heads have a relu.

Then no mean is negative, and no cloud is narrower than one unit: a log variance below 0 is what a sharp code needs.
Heads are linear.
"""


def build_encoder(image_shape, latent_dim):
    images = keras.Input(image_shape)
    x = keras.layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(images)
    x = keras.layers.Flatten()(x)
    z_mean = keras.layers.Dense(latent_dim, activation="relu")(x)
    z_log_var = keras.layers.Dense(latent_dim, activation="relu")(x)
    return keras.Model(images, [z_mean, z_log_var, Sampling()([z_mean, z_log_var])])


# %% positive_log_variance
"""The log variance is forced to be positive.

A variance is positive, its logarithm is not. Softplus on this head would say that no cloud is narrower than one unit.
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

Sampling gets [z_mean, z_log_var], and the model's outputs have the same order. Here a mean is handed on as a log
variance.
"""


def build_encoder(image_shape, latent_dim):
    images = keras.Input(image_shape)
    x = keras.layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(images)
    x = keras.layers.Flatten()(x)
    z_mean = keras.layers.Dense(latent_dim)(x)
    z_log_var = keras.layers.Dense(latent_dim)(x)
    return keras.Model(images, [z_log_var, z_mean, Sampling()([z_mean, z_log_var])])


# %% only_two_outputs
"""The encoder has two outputs: z is missing.

The train step needs all three: z for the decoder, the other two for the divergence.
"""


def build_encoder(image_shape, latent_dim):
    images = keras.Input(image_shape)
    x = keras.layers.Flatten()(images)
    x = keras.layers.Dense(32, activation="relu")(x)
    return keras.Model(images, [keras.layers.Dense(latent_dim)(x), keras.layers.Dense(latent_dim)(x)])


# %% z_without_a_draw
"""The third output is the mean once more.

Nothing was drawn. Without noise the decoder sees points, not clouds, and the log variance does nothing.
"""


def build_encoder(image_shape, latent_dim):
    images = keras.Input(image_shape)
    x = keras.layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(images)
    x = keras.layers.Flatten()(x)
    z_mean = keras.layers.Dense(latent_dim)(x)
    z_log_var = keras.layers.Dense(latent_dim)(x)
    return keras.Model(images, [z_mean, z_log_var, z_mean])


# %% filled_up_with_black
"""The image is too small, and the missing rows and columns are filled up with zeros.

The shape is right then, but a white border is out of reach: no weight leads to these pixels. Make the image too large instead, and cut
off what is left over.
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
"""The head of the mean has a relu.

Then no code is ever on the negative side of the origin, and half of the latent space stays empty. Heads are linear.
"""


def build_encoder(image_shape, latent_dim):
    images = keras.Input(image_shape)
    x = keras.layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(images)
    x = keras.layers.Flatten()(x)
    z_mean = keras.layers.Dense(latent_dim, activation="relu")(x)
    z_log_var = keras.layers.Dense(latent_dim)(x)
    return keras.Model(images, [z_mean, z_log_var, Sampling()([z_mean, z_log_var])])


# %% z_comes_first
"""The outputs come in another order: z first.

The train step unpacks three outputs by their order: [z_mean, z_log_var, z].
"""


def build_encoder(image_shape, latent_dim):
    images = keras.Input(image_shape)
    x = keras.layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(images)
    x = keras.layers.Flatten()(x)
    z_mean = keras.layers.Dense(latent_dim)(x)
    z_log_var = keras.layers.Dense(latent_dim)(x)
    return keras.Model(images, [Sampling()([z_mean, z_log_var]), z_mean, z_log_var])


# %% only_z_returned
"""The encoder has one output: z alone.

The divergence needs z_mean and z_log_var as well. Give keras.Model a list of three outputs.
"""


def build_encoder(image_shape, latent_dim):
    images = keras.Input(image_shape)
    x = keras.layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(images)
    x = keras.layers.Flatten()(x)
    z_mean = keras.layers.Dense(latent_dim)(x)
    z_log_var = keras.layers.Dense(latent_dim)(x)
    return keras.Model(images, Sampling()([z_mean, z_log_var]))


# %% grey_images_only
"""The encoder takes images with one channel only.

image_shape says how many channels there are: use all three of its numbers for the input.
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

latent_dim is an argument: the picture of this notebook uses 2, other models use more.
"""


def build_encoder(image_shape, latent_dim):
    images = keras.Input(image_shape)
    x = keras.layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(images)
    x = keras.layers.Flatten()(x)
    z_mean = keras.layers.Dense(2)(x)
    z_log_var = keras.layers.Dense(2)(x)
    return keras.Model(images, [z_mean, z_log_var, Sampling()([z_mean, z_log_var])])


# %% crop_of_rows_and_columns_swapped
"""Rows are cropped by what is too much in the columns, and columns by what is too much in the rows.

Cropping2D takes ((top, bottom), (left, right)): rows first.
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
"""The last layer has a relu, and then a sigmoid follows.

The relu leaves no negative number, and the sigmoid of 0 is 0.5: no pixel can become darker than that.
"""


def build_decoder(image_shape, latent_dim):
    height, width, channels = image_shape
    codes = keras.Input((latent_dim,))
    x = keras.layers.Dense(height * width * 4, activation="relu")(codes)
    x = keras.layers.Reshape((height, width, 4))(x)
    x = keras.layers.Conv2DTranspose(channels, 3, padding="same", activation="relu")(x)
    return keras.Model(codes, keras.layers.Activation("sigmoid")(x))


# %% pixels_up_to_255
"""The decoder's pixels go up to 255.

Pixels are in [0, 1] here: the data was divided already, and the crossentropy needs probabilities.
"""


def build_decoder(image_shape, latent_dim):
    height, width, channels = image_shape
    codes = keras.Input((latent_dim,))
    x = keras.layers.Dense(height * width * 4, activation="relu")(codes)
    x = keras.layers.Reshape((height, width, 4))(x)
    x = keras.layers.Conv2DTranspose(channels, 3, padding="same", activation="sigmoid")(x)
    return keras.Model(codes, keras.layers.Rescaling(255.0)(x))


# %% first_channel_only
"""The encoder looks at the first channel of the image only.

With three channels, two thirds of the image never reach the code. A convolution sums over all channels of its input.
"""


def build_encoder(image_shape, latent_dim):
    images = keras.Input(image_shape)
    x = keras.layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(images[..., :1])
    x = keras.layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(x)
    x = keras.layers.Dense(32, activation="relu")(keras.layers.Flatten()(x))
    z_mean, z_log_var = (keras.layers.Dense(latent_dim)(x) for _ in range(2))
    return keras.Model(images, [z_mean, z_log_var, Sampling()([z_mean, z_log_var])])
