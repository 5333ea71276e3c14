# %% seed_generator
"""A seed generator of the layer's own, and sizes read with `keras.ops`."""

from keras import layers, ops


class Sampling(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(1337)

    def call(self, inputs):
        mean, log_var = inputs
        batch = ops.shape(mean)[0]
        dim = ops.shape(mean)[1]
        epsilon = keras.random.normal(shape=(batch, dim), seed=self.seed_generator)
        return mean + ops.exp(0.5 * log_var) * epsilon


# %% drawn_with_mean_and_deviation
"""The random function itself shifts and stretches; training is an argument that changes nothing."""


class Sampling(tf.keras.layers.Layer):
    def call(self, inputs, training=None):
        mean, log_var = inputs[0], inputs[1]
        deviation = tf.sqrt(tf.exp(log_var))
        return tf.random.normal(tf.shape(log_var), mean=mean, stddev=deviation)


# %% generator_object
"""A TensorFlow generator that is made once, and a traced `call`."""


class Sampling(keras.layers.Layer):
    def __init__(self, seed=7, **kwargs):
        super().__init__(**kwargs)
        self.generator = tf.random.Generator.from_seed(seed)

    @tf.function
    def call(self, inputs):
        mean, log_var = inputs
        noise = self.generator.normal(tf.shape(mean))
        return tf.add(tf.multiply(noise, tf.exp(log_var / 2)), mean)


# %% from_uniform_noise
"""Normal noise by the Box-Muller transform."""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        mean, log_var = inputs
        radius = tf.sqrt(-2.0 * tf.math.log(1.0 - tf.random.uniform(tf.shape(mean))))
        angle = 2.0 * np.pi * tf.random.uniform(tf.shape(mean))
        return mean + keras.ops.exp(0.5 * log_var) * radius * tf.cos(angle)


# %% decorated
"""`call` is a function of TensorFlow's: it is traced anew for each size of a batch."""


class Sampling(keras.layers.Layer):
    @tf.function
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + tf.exp(0.5 * z_log_var) * tf.random.normal(tf.shape(z_mean))
