# %% exp_taken_for_deviation
"""exp(z_log_var) is taken for the standard deviation.

exp(z_log_var) is the variance. The deviation is its square root. With a log variance of 2 your cloud is e times
too wide: look again at the formula of sigma above the cell.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + tf.exp(z_log_var) * tf.random.normal(tf.shape(z_mean))


# %% log_var_taken_for_variance
"""z_log_var is taken for the variance itself.

The encoder's second head is a plain linear output: it can be negative, and then its square root is NaN. It is the
logarithm of the variance, so undo the logarithm first.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + tf.sqrt(z_log_var) * tf.random.normal(tf.shape(z_mean))


# %% log_var_taken_for_deviation
"""z_log_var is taken for the standard deviation itself.

Many drawings of this model label the second head sigma. Here it is the logarithm of sigma squared, which is why a log
variance of
0 must mean a deviation of 1, not of 0.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + z_log_var * tf.random.normal(tf.shape(z_mean))


# %% uniform_noise
"""The noise is uniform between 0 and 1, not normal.

Uniform noise between 0 and 1 is never negative, so every z lies on one side of its mean. The divergence in question 3
is that of a
normal distribution: draw normal noise.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + tf.exp(0.5 * z_log_var) * tf.random.uniform(tf.shape(z_mean))


# %% centred_uniform_noise
"""The noise is uniform between -1 and 1, not normal.

Its deviation is 0.58, not 1, and nothing ever lies far out. The divergence in question 3 is that of a normal
distribution: draw normal noise.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + tf.exp(0.5 * z_log_var) * tf.random.uniform(tf.shape(z_mean), -1.0, 1.0)


# %% standardised_uniform_noise
"""The noise has mean 0 and deviation 1, but it is uniform.

Mean and deviation are right, the shape is not: nothing lies beyond 1.73 deviations. Normal noise has tails.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        width = 3.0**0.5
        return z_mean + tf.exp(0.5 * z_log_var) * tf.random.uniform(tf.shape(z_mean), -width, width)


# %% one_vector_for_the_batch
"""One noise vector is shared by all examples of the batch.

The noise has the shape of one code, and broadcasting copies it to every row. All images of a batch then move in step.
Ask the
tensor for its whole shape.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + tf.exp(0.5 * z_log_var) * tf.random.normal((1, z_mean.shape[1]))


# %% one_number_for_the_axes
"""One noise value is shared by all latent axes of an example.

The noise has one column, and broadcasting copies it along the latent axis: the draw only ever moves along one
diagonal of the cloud. Each axis
needs its own.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + tf.exp(0.5 * z_log_var) * tf.random.normal((tf.shape(z_mean)[0], 1))


# %% one_number_for_everything
"""One single noise value is used for the whole batch.

tf.random.normal(()) or a shape of one entry gives one number, and broadcasting spreads it over all codes. The noise
must have the shape of z_mean.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + tf.exp(0.5 * z_log_var) * tf.random.normal(())


# %% noise_frozen_at_construction
"""The noise is drawn once, when the layer is made.

__init__ and build run once, call runs for each batch. Noise that is kept as an attribute is a constant that the
decoder can learn by heart.
"""


class Sampling(keras.layers.Layer):
    def build(self, input_shape):
        self.noise = tf.random.normal((4096, input_shape[0][-1]))

    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + tf.exp(0.5 * z_log_var) * self.noise[: tf.shape(z_mean)[0]]


# %% fixed_seed_in_call
"""Every call draws with the same fixed seed, so every call draws the same.

An integer seed in keras.random.normal means: the same numbers each time. For a sequence that goes on, make one
keras.random.SeedGenerator in __init__ and pass that.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        noise = keras.random.normal(keras.ops.shape(z_mean), seed=42)
        return z_mean + keras.ops.exp(0.5 * z_log_var) * noise


# %% numpy_noise
"""The noise comes from NumPy: it is drawn while the graph is traced, and never again.

Under fit the Python code in call runs once, to build the graph. What NumPy returned then is a constant in it. And
NumPy needs the batch
size as a number, which a Functional model does not know yet.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        noise = np.random.normal(size=z_mean.shape).astype("float32")
        return z_mean + tf.exp(0.5 * z_log_var) * noise


# %% noise_not_scaled
"""The noise is added without being scaled.

Then z_log_var has no influence on z, no gradient reaches it through the decoder, and every cloud is one unit wide.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + tf.random.normal(tf.shape(z_mean))


# %% noise_only_in_training
"""Outside of training the layer returns the mean.

Dropout is like that; this layer is not. A draw from the cloud is what z means, in training and afterwards: whoever
wants the mean has the
first output of the encoder.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs, training=True):
        z_mean, z_log_var = inputs
        if not training:
            return z_mean
        return z_mean + tf.exp(0.5 * z_log_var) * tf.random.normal(tf.shape(z_mean))


# %% mean_returned
"""The mean is returned, nothing is drawn.

Without noise this is an ordinary autoencoder, and the log variance has no effect at all.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + 0.0 * z_log_var


# %% inputs_swapped
"""The two inputs are unpacked in the wrong order.

The layer gets [z_mean, z_log_var]: the mean comes first. Here the log variance is used as the center of the draw.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_log_var, z_mean = inputs
        noise = tf.random.normal(tf.shape(z_mean))
        return z_mean + tf.exp(0.5 * z_log_var) * noise


# %% log_variance_clipped
"""z_log_var is clipped, so very narrow and very wide clouds are not drawn as they are.

z_log_var may be any number. A clipped value has no gradient, and the divergence of question 3 does not know about the
limit.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        noise = tf.random.normal(tf.shape(z_mean))
        return z_mean + tf.exp(0.5 * tf.clip_by_value(z_log_var, -4.0, 4.0)) * noise


# %% noise_standardized
"""The noise of each batch is standardized to mean 0 and deviation 1.

Then the noise of one example depends on that of the others. Independent draws have mean 0 in the long run only.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        noise = tf.random.normal(tf.shape(z_mean))
        noise = noise - tf.reduce_mean(noise, axis=0)
        noise = noise / (tf.math.reduce_std(noise, axis=0) + 1e-7)
        return z_mean + tf.exp(0.5 * z_log_var) * noise


# %% mirrored_noise
"""The second half of the batch gets the negative noise of the first half.

Mirrored pairs are a known trick to estimate a mean. Here each example needs independent noise.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        size = tf.shape(z_mean)
        half = tf.random.normal([(size[0] + 1) // 2, size[1]])
        noise = tf.concat([half, -half], axis=0)[: size[0]]
        return z_mean + tf.exp(0.5 * z_log_var) * noise


# %% seed_drawn_in_python
"""Each call draws a seed in Python, and a traced graph keeps the first one.

Called by hand, this gives new noise each time. Under fit the Python code in call runs once, so the seed becomes a
constant of the graph.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        seed = int(np.random.randint(1_000_000))
        noise = tf.random.stateless_normal(tf.shape(z_mean), seed=(seed, 1))
        return z_mean + tf.exp(0.5 * z_log_var) * noise


# %% half_outside_of_the_exponential
"""The deviation is computed as 0.5 * exp(z_log_var): the half is in the wrong place.

The half belongs into the exponent: exp(0.5 * z_log_var) is the square root of the variance.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + 0.5 * tf.exp(z_log_var) * tf.random.normal(tf.shape(z_mean))


# %% noise_standardized_as_a_whole
"""All noise of a batch, over examples and latent axes, is standardized to mean 0 and deviation 1.

Then the noise of one entry depends on that of the others. Independent draws have mean 0 in the long run only.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        noise = tf.random.normal(tf.shape(z_mean))
        noise = (noise - tf.reduce_mean(noise)) / (tf.math.reduce_std(noise) + 1e-7)
        return z_mean + tf.exp(0.5 * z_log_var) * noise
