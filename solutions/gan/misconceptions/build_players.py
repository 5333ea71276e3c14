# %% sigmoid_is_no_logit
"""The discriminator gives a number between 0 and 1, a probability, not a logit.

The loss in this notebook applies the sigmoid itself (`from_logits=True`). With a second one before it, gradients get
small and the loss never gets near 0. Leave out the last layer's activation.
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
"""The generator's pixels are between -1 and 1, as after a tanh.

Many examples scale their images to [-1, 1]. The images here are in [0, 1]: the discriminator would recognize a fake by
its negative pixels.
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
"""The generator's pixels can be any number.

Often the last layer has no activation. Real pixels are in [0, 1], which is the range of a sigmoid.
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
"""The generator's pixels are never negative, but some are larger than 1, as after a ReLU.

A ReLU bounds its output on one side only, and has no gradient where its output is 0. Real pixels are in [0, 1]: use a
sigmoid.
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

Each transposed convolution with strides of 2 doubles height and width: 8 comes from 4, and 4 from 2.
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
"""The generator's images have three channels.

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
"""The discriminator gives one number per position, not one per image.

After the convolutions the output still has height and width. Flatten it, or average over both, before the last Dense
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
"""The generator has `Dense` layers only, no convolution.

That works for images this small, but each pixel has its own weights. The task asks for convolutions, which share their
weights over the image.
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

One logit is enough: large for a fake, small for a real image. `loss_fn` compares it with one label.
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


# %% dense_discriminator
"""The discriminator has `Dense` layers only, no convolution.

That works for images this small, but each pixel has its own weights. The task asks for convolutions with strides.
"""


def build_discriminator():
    return keras.Sequential(
        [
            keras.Input(image_shape),
            layers.Flatten(),
            layers.Dense(64, activation="leaky_relu"),
            layers.Dense(1),
        ]
    )


# %% logits_from_tanh
"""The output of the discriminator stays between -1 and 1, as after a tanh.

A logit has no bounds: after a tanh, the sigmoid inside the loss can't come near 0 or 1. Leave out the last layer's
activation.
"""


def build_discriminator():
    return keras.Sequential(
        [
            keras.Input(image_shape),
            layers.Conv2D(32, 4, strides=2, padding="same", activation="leaky_relu"),
            layers.Flatten(),
            layers.Dense(1, activation="tanh"),
        ]
    )


# %% logits_from_relu
"""The output of the discriminator is never negative, as after a ReLU.

Real images need negative logits. Leave out the last layer's activation.
"""


def build_discriminator():
    return keras.Sequential(
        [
            keras.Input(image_shape),
            layers.Conv2D(32, 4, strides=2, padding="same", activation="leaky_relu"),
            layers.Flatten(),
            layers.Dense(1, activation="relu"),
        ]
    )


# %% logits_from_elu
"""The output of the discriminator has a lower bound near -1, as after an ELU or a SELU.

A logit has no bounds: above -1, the probability that an image is real is never more than 0.73. Leave out the last
layer's activation.
"""


def build_discriminator():
    return keras.Sequential(
        [
            keras.Input(image_shape),
            layers.Conv2D(32, 4, strides=2, padding="same", activation="elu"),
            layers.Flatten(),
            layers.Dense(1, activation="elu"),
        ]
    )


# %% logits_from_scaled_tanh
"""The output of the discriminator stays between two bounds, such as -10 and 10, as after a tanh times 10.

A logit has no bounds, and near a bound the gradient vanishes: the discriminator stops learning. Leave out the last
layer's activation.
"""


def build_discriminator():
    return keras.Sequential(
        [
            keras.Input(image_shape),
            layers.Conv2D(32, 4, strides=2, padding="same", activation="leaky_relu"),
            layers.Flatten(),
            layers.Dense(1, activation="tanh"),
            layers.Rescaling(10.0),
        ]
    )


# %% ignores_the_latents
"""The generator gives the same image for every latent.

The image must depend on the latent: different latents give different images. Follow the latent from layer to layer and
find where it is lost.
"""


def build_generator(latent_dim):
    latents = keras.Input((latent_dim,))
    x = layers.Rescaling(0.0)(latents)
    x = layers.Dense(2 * 2 * 64, activation="leaky_relu")(x)
    x = layers.Reshape((2, 2, 64))(x)
    x = layers.Conv2DTranspose(64, 4, strides=2, padding="same", activation="leaky_relu")(x)
    x = layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="sigmoid")(x)
    return keras.Model(latents, x)


# %% narrow_generator
"""A hidden layer of the generator passes on very few numbers.

The images then vary in few directions only, however long the latent is. Follow the shape from layer to layer: the array
that the first transposed convolution gets needs several channels.
"""


def build_generator(latent_dim):
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(2 * 2, activation="leaky_relu"),
            layers.Reshape((2, 2, 1)),
            layers.Conv2DTranspose(64, 4, strides=2, padding="same", activation="leaky_relu"),
            layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="sigmoid"),
        ]
    )


# %% layers_made_once
"""The models share a layer.

A layer has one set of weights, however many models it is in: training one model then changes the others. Often layers
are created outside the functions. Create them inside.
"""

shared_layers = {}


def _shared(name, make):
    if name not in shared_layers:
        shared_layers[name] = make()
    return shared_layers[name]


def build_generator(latent_dim):
    latents = keras.Input((latent_dim,))
    x = _shared(f"dense {latent_dim}", lambda: layers.Dense(2 * 2 * 64, activation="leaky_relu"))(latents)
    x = layers.Reshape((2, 2, 64))(x)
    x = _shared("up", lambda: layers.Conv2DTranspose(32, 4, strides=2, padding="same", activation="leaky_relu"))(x)
    x = _shared("image", lambda: layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="sigmoid"))(x)
    return keras.Model(latents, x)


def build_discriminator():
    images = keras.Input(image_shape)
    x = _shared("down", lambda: layers.Conv2D(32, 4, strides=2, padding="same", activation="leaky_relu"))(images)
    x = layers.Flatten()(x)
    return keras.Model(images, _shared("logit", lambda: layers.Dense(1))(x))


# %% dropout_on_the_pixels
"""In training, pixels are 0 or larger than 1.

Often dropout comes after the last activation. The last layer makes the pixels: put dropout between hidden layers.
"""


def build_generator(latent_dim):
    latent = keras.Input((latent_dim,))
    x = keras.layers.Dense(2 * 2 * 16, activation="relu")(latent)
    x = keras.layers.Reshape((2, 2, 16))(x)
    x = keras.layers.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu")(x)
    x = keras.layers.Conv2DTranspose(1, 3, strides=2, padding="same", activation="sigmoid")(x)
    return keras.Model(latent, keras.layers.Dropout(0.3)(x))
