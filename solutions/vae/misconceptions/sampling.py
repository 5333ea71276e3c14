# %% exp_taken_for_deviation
"""The standard deviation is computed as `exp(z_log_var)`.

`exp(z_log_var)` is the variance; the standard deviation is its square root. Look again at the formula of σ above the
cell.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + tf.exp(z_log_var) * tf.random.normal(tf.shape(z_mean))


# %% log_var_taken_for_variance
"""`z_log_var` is used as the variance.

It is the logarithm of the variance. It can be negative, and its square root is then NaN. Undo the logarithm first.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + tf.sqrt(z_log_var) * tf.random.normal(tf.shape(z_mean))


# %% log_var_taken_for_deviation
"""`z_log_var` is used as the standard deviation.

It is the logarithm of σ²: for a log variance of 0, the standard deviation is 1, not 0. Look again at the formula of σ
above the cell.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + z_log_var * tf.random.normal(tf.shape(z_mean))


# %% uniform_noise
"""The noise is uniform between 0 and 1 instead of normal.

This noise is never negative, so `z` is never below its mean. The divergence in question 3 is that of a normal
distribution: draw normal noise.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + tf.exp(0.5 * z_log_var) * tf.random.uniform(tf.shape(z_mean))


# %% centred_uniform_noise
"""The noise is uniform between -1 and 1 instead of normal.

Its standard deviation is 0.58 instead of 1, and it has no values beyond 1. The divergence in question 3 is that of a
normal distribution: draw normal noise.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + tf.exp(0.5 * z_log_var) * tf.random.uniform(tf.shape(z_mean), -1.0, 1.0)


# %% standardised_uniform_noise
"""The noise has mean 0 and standard deviation 1, but it is uniform.

Uniform noise has no values beyond 1.73 standard deviations. Draw normal noise.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        width = 3.0**0.5
        return z_mean + tf.exp(0.5 * z_log_var) * tf.random.uniform(tf.shape(z_mean), -width, width)


# %% one_vector_for_the_batch
"""All examples of the batch share one noise vector.

Often the noise has the shape of one code, and broadcasting copies it to every example. Use the whole shape of `z_mean`,
including the batch axis.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + tf.exp(0.5 * z_log_var) * tf.random.normal((1, z_mean.shape[1]))


# %% one_number_for_the_axes
"""All latent axes of an example share one noise value.

Often the noise has one column, and broadcasting copies it along the latent axis. Draw one value per latent axis.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + tf.exp(0.5 * z_log_var) * tf.random.normal((tf.shape(z_mean)[0], 1))


# %% one_number_for_everything
"""One noise value is used for the whole batch.

Often because of the shape `()`, which gives one number, and broadcasting copies it to all codes. The noise must have
the shape of `z_mean`.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + tf.exp(0.5 * z_log_var) * tf.random.normal(())


# %% noise_frozen_at_construction
"""Every call uses the same noise.

Often it is drawn in `__init__` or `build`, which run once: such noise is a constant, which the decoder can learn. Draw
it in `call`.
"""


class Sampling(keras.layers.Layer):
    def build(self, input_shape):
        self.noise = tf.random.normal((4096, input_shape[0][-1]))

    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + tf.exp(0.5 * z_log_var) * self.noise[: tf.shape(z_mean)[0]]


# %% fixed_seed_in_call
"""Every call gets the same noise.

Often because of a fixed seed: with an integer, `keras.random.normal` returns the same numbers each time. Create a
`keras.random.SeedGenerator` in `__init__` and pass it as the seed, or leave the seed out.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        noise = keras.random.normal(keras.ops.shape(z_mean), seed=42)
        return z_mean + keras.ops.exp(0.5 * z_log_var) * noise


# %% numpy_noise
"""In a graph, the noise is drawn only once, or not at all.

Often NumPy draws it: in `fit` the Python code in `call` runs once, and what NumPy returns becomes a constant. NumPy
also needs the batch size as a number, which a Functional model does not know.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        noise = np.random.normal(size=z_mean.shape).astype("float32")
        return z_mean + tf.exp(0.5 * z_log_var) * noise


# %% noise_not_scaled
"""The noise is added without being scaled.

Then `z` does not depend on `z_log_var`, which gets no gradient through the decoder. Multiply the noise by the standard
deviation.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + tf.random.normal(tf.shape(z_mean))


# %% noise_only_in_training
"""With `training=False` there is no noise.

Unlike dropout, this layer draws in every call. Code that needs the mean can use the first output of the encoder.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs, training=True):
        z_mean, z_log_var = inputs
        if not training:
            return z_mean
        return z_mean + tf.exp(0.5 * z_log_var) * tf.random.normal(tf.shape(z_mean))


# %% mean_returned
"""The layer returns the mean and draws nothing.

Without noise this is an ordinary autoencoder, and the log variance has no effect. Add scaled noise to the mean.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + 0.0 * z_log_var


# %% inputs_swapped
"""The mean and the log variance have changed places.

The layer gets `[z_mean, z_log_var]`: the mean comes first. Here the log variance is used as the mean.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_log_var, z_mean = inputs
        noise = tf.random.normal(tf.shape(z_mean))
        return z_mean + tf.exp(0.5 * z_log_var) * noise


# %% log_variance_clipped
"""Very small and very large variances are wrong.

Often `z_log_var` is clipped: a clipped value has no gradient, and the divergence in question 3 does not clip.
`z_log_var` can be any number: use it as it is.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        noise = tf.random.normal(tf.shape(z_mean))
        return z_mean + tf.exp(0.5 * tf.clip_by_value(z_log_var, -4.0, 4.0)) * noise


# %% noise_standardized
"""The noise of each batch has mean 0 and standard deviation 1, for each axis.

Then the noise of one example depends on the noise of the others. The mean of a few independent draws is not exactly 0:
use the noise as drawn.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        noise = tf.random.normal(tf.shape(z_mean))
        noise = noise - tf.reduce_mean(noise, axis=0)
        noise = noise / (tf.math.reduce_std(noise, axis=0) + 1e-7)
        return z_mean + tf.exp(0.5 * z_log_var) * noise


# %% mirrored_noise
"""The second half of the batch gets the noise of the first half with its sign changed.

Each example needs independent noise: draw one value per entry of `z_mean`.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        size = tf.shape(z_mean)
        half = tf.random.normal([(size[0] + 1) // 2, size[1]])
        noise = tf.concat([half, -half], axis=0)[: size[0]]
        return z_mean + tf.exp(0.5 * z_log_var) * noise


# %% seed_drawn_in_python
"""In a graph, every run gets the same noise.

Called directly, the layer draws new noise each time. In `fit` the Python code in `call` runs once: a seed that it draws
becomes a constant of the graph.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        seed = int(np.random.randint(1_000_000))
        noise = tf.random.stateless_normal(tf.shape(z_mean), seed=(seed, 1))
        return z_mean + tf.exp(0.5 * z_log_var) * noise


# %% half_outside_of_the_exponential
"""The standard deviation is computed as `0.5 * exp(z_log_var)` instead of `exp(0.5 * z_log_var)`.

The square root of the variance halves the exponent: the factor one half is inside the exponential.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + 0.5 * tf.exp(z_log_var) * tf.random.normal(tf.shape(z_mean))


# %% noise_standardized_as_a_whole
"""The noise of a batch has mean 0 and standard deviation 1, over all its entries.

Then the noise of one entry depends on the noise of the others. The mean of a few independent draws is not exactly 0:
use the noise as drawn.
"""


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        noise = tf.random.normal(tf.shape(z_mean))
        noise = (noise - tf.reduce_mean(noise)) / (tf.math.reduce_std(noise) + 1e-7)
        return z_mean + tf.exp(0.5 * z_log_var) * noise
