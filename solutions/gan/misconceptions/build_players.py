# %% sigmoid_is_no_logit
"""The discriminator ends in a sigmoid: it gives a probability, not a logit.

The loss of this notebook applies the sigmoid itself (`from_logits=True`). With another one before it the output can't
leave [0, 1], and gradients get small. Leave the last layer without an activation.
"""


def build_discriminator():
    return keras.Sequential(
        [
            keras.Input(image_shape),
            layers.Conv2D(32, 4, strides=2, padding="same", activation="leaky_relu"),
            layers.Conv2D(64, 4, strides=2, padding="same", activation="leaky_relu"),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


# %% pixels_from_tanh
"""The generator ends in a tanh: pixels between -1 and 1.

Many examples scale their images to [-1, 1]. Those here are in [0, 1]: the discriminator would tell a fake by its
negative pixels alone.
"""


def build_generator(latent_dim):
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(2 * 2 * 64, activation="leaky_relu"),
            layers.Reshape((2, 2, 64)),
            layers.Conv2DTranspose(64, 4, strides=2, padding="same", activation="leaky_relu"),
            layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh"),
        ]
    )


# %% pixels_without_bounds
"""The generator's last layer has no activation: a pixel can be any number.

Real pixels are in [0, 1]. Which activation has just that range?
"""


def build_generator(latent_dim):
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(2 * 2 * 64, activation="leaky_relu"),
            layers.Reshape((2, 2, 64)),
            layers.Conv2DTranspose(64, 4, strides=2, padding="same", activation="leaky_relu"),
            layers.Conv2DTranspose(1, 4, strides=2, padding="same"),
        ]
    )


# %% pixels_from_relu
"""The generator ends in a relu: no pixel is negative, but some are larger than 1.

A relu cuts off one side only; and where it cuts, no gradient comes through. Real pixels are in [0, 1].
"""


def build_generator(latent_dim):
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(2 * 2 * 64, activation="leaky_relu"),
            layers.Reshape((2, 2, 64)),
            layers.Conv2DTranspose(64, 4, strides=2, padding="same", activation="leaky_relu"),
            layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="relu"),
        ]
    )


# %% one_doubling_too_many
"""The generator's images are 16 by 16.

Each transposed convolution of stride 2 doubles height and width. Start from 8 and count backwards how many you need.
"""


def build_generator(latent_dim):
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(4 * 4 * 64, activation="leaky_relu"),
            layers.Reshape((4, 4, 64)),
            layers.Conv2DTranspose(64, 4, strides=2, padding="same", activation="leaky_relu"),
            layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="sigmoid"),
        ]
    )


# %% three_channels
"""The generator paints in colour: three channels.

The digits have one channel, `image_shape = (8, 8, 1)`. The last layer needs as many filters as an image has channels.
"""


def build_generator(latent_dim):
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(2 * 2 * 64, activation="leaky_relu"),
            layers.Reshape((2, 2, 64)),
            layers.Conv2DTranspose(64, 4, strides=2, padding="same", activation="leaky_relu"),
            layers.Conv2DTranspose(3, 4, strides=2, padding="same", activation="sigmoid"),
        ]
    )


# %% a_map_of_logits
"""The discriminator gives one number for each place of a map, not one for each image.

After the convolutions there are still height and width. Flatten them, or average over them, before the last Dense
layer.
"""


def build_discriminator():
    return keras.Sequential(
        [
            keras.Input(image_shape),
            layers.Conv2D(32, 4, strides=2, padding="same", activation="leaky_relu"),
            layers.Conv2D(64, 4, strides=2, padding="same", activation="leaky_relu"),
            layers.Dense(1),
        ]
    )


# %% dense_players
"""The generator is made of Dense layers alone.

It works on digits this small, but each pixel has weights of its own. The task asks for convolutions, which look at
neighbours and share their weights over the image.
"""


def build_generator(latent_dim):
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(128, activation="leaky_relu"),
            layers.Dense(64, activation="sigmoid"),
            layers.Reshape(image_shape),
        ]
    )


# %% two_classes
"""The discriminator gives two numbers, one for each class.

Fake and real are the two ends of one scale: a single logit is enough, and `loss_fn` compares it with one label.
"""


def build_discriminator():
    return keras.Sequential(
        [
            keras.Input(image_shape),
            layers.Conv2D(32, 4, strides=2, padding="same", activation="leaky_relu"),
            layers.Flatten(),
            layers.Dense(2),
        ]
    )
