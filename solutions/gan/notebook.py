# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # GAN

# %% tags=["setup"]
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from sklearn.datasets import load_digits

image_shape = (8, 8, 1)


# %% question="invert_convolution"
def invert_convolution(conv, input_shape):
    """Make the layer that goes back the way that a convolution came.

    conv: a built keras.layers.Conv2D without activation.
    input_shape: (height, width, channels) of the images that conv gets.
    Returns a built keras.layers.Conv2DTranspose, from conv's output shape to input_shape, with conv's kernel.
    """
    # BEGIN SOLUTION
    height_width, channels = input_shape[:2], input_shape[2]
    output_shape = conv.compute_output_shape((None, *input_shape))

    padding = []
    for size, out, kernel, stride, dilation in zip(
        height_width, output_shape[1:3], conv.kernel_size, conv.strides, conv.dilation_rate
    ):
        spread = (kernel - 1) * dilation + 1
        smallest = (out - 1) * stride + (spread if conv.padding == "valid" else spread % 2)
        padding.append(size - smallest)
    # Keras wants less than a stride here; all of a stride is what it does by itself.
    if any(extra >= stride for extra, stride in zip(padding, conv.strides)):
        padding = None

    inverse = layers.Conv2DTranspose(
        channels,
        conv.kernel_size,
        strides=conv.strides,
        padding=conv.padding,
        output_padding=padding,
        dilation_rate=conv.dilation_rate,
        use_bias=False,
    )
    inverse.build(output_shape)
    inverse.kernel.assign(conv.kernel)
    return inverse
    # END SOLUTION


# %% question="build_players"
def build_generator(latent_dim):
    """Make a generator.

    latent_dim: length of a latent vector.
    Returns a model from (batch, latent_dim) to images (batch, 8, 8, 1) with values in [0, 1].
    """
    # BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(2 * 2 * 64),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Reshape((2, 2, 64)),
            layers.Conv2DTranspose(64, 4, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2DTranspose(32, 4, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2D(1, 3, padding="same", activation="sigmoid"),
        ]
    )
    # END SOLUTION


def build_discriminator():
    """Make a discriminator.

    Returns a model from images (batch, 8, 8, 1) to logits (batch, 1): large for a fake, small for a real image.
    """
    # BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input(image_shape),
            layers.Conv2D(32, 4, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2D(64, 4, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    # END SOLUTION


# %% question="gan"
class GAN(keras.Model):
    """Two players and the step that trains them against each other.

    discriminator: model from images to one logit each; generator: model from latents to images;
    latent_dim: length of a latent vector.
    """

    def __init__(self, discriminator, generator, latent_dim):
        # BEGIN SOLUTION
        super().__init__()
        self.discriminator = discriminator
        self.generator = generator
        self.latent_dim = latent_dim
        # END SOLUTION

    def compile(self, d_optimizer, g_optimizer, loss_fn):
        """Take an optimizer for each player, and loss_fn(labels, logits), which gives a scalar."""
        # BEGIN SOLUTION
        super().compile()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.loss_fn = loss_fn
        self.d_loss_metric = keras.metrics.Mean(name="d_loss")
        self.g_loss_metric = keras.metrics.Mean(name="g_loss")
        # END SOLUTION

    @property
    def metrics(self):
        """The list of the two running means, of d_loss and of g_loss."""
        # BEGIN SOLUTION
        return [self.d_loss_metric, self.g_loss_metric]
        # END SOLUTION

    def train_step(self, real_images):
        """Train the discriminator once, then the generator once.

        real_images: (batch, height, width, channels); the last batch of an epoch may be shorter.
        Returns a dict with d_loss and g_loss.
        """
        # BEGIN SOLUTION
        batch_size = tf.shape(real_images)[0]

        fake_images = self.generator(tf.random.normal((batch_size, self.latent_dim)), training=True)
        images = tf.concat([fake_images, real_images], axis=0)
        labels = tf.concat([tf.ones((batch_size, 1)), tf.zeros((batch_size, 1))], axis=0)
        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.discriminator(images, training=True))
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        misleading_labels = tf.zeros((batch_size, 1))
        with tf.GradientTape() as tape:
            fake_images = self.generator(tf.random.normal((batch_size, self.latent_dim)), training=True)
            g_loss = self.loss_fn(misleading_labels, self.discriminator(fake_images, training=True))
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)

        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}
        # END SOLUTION
