# %% wraps_dense
"""A layer that owns a Dense and lets it do the work."""


class ThreadedDense(keras.layers.Layer):
    def __init__(self, units, activation=None, use_bias=True, **kwargs):
        super().__init__(**kwargs)
        self.units, self.activation, self.use_bias = units, activation, use_bias
        self.dense = keras.layers.Dense(units, activation=activation, use_bias=use_bias)

    def build(self, input_shape):
        self.dense.build(input_shape)
        super().build(input_shape)

    def call(self, inputs):
        return self.dense(inputs)

    def compute_output_shape(self, input_shape):
        return self.dense.compute_output_shape(input_shape)

    def get_config(self):
        config = super().get_config()
        config.update({"units": self.units, "activation": self.activation, "use_bias": self.use_bias})
        return config


# %% lazy_dense_without_build
"""The Dense is made in `__init__` and builds itself at the first call."""


class ThreadedDense(keras.layers.Layer):
    def __init__(self, units, activation=None, use_bias=True, **kwargs):
        super().__init__(**kwargs)
        self.arguments = {"units": units, "activation": activation, "use_bias": use_bias}
        self.inner = keras.layers.Dense(**self.arguments)

    def call(self, x, training=False):
        return self.inner(x)

    def compute_output_shape(self, input_shape):
        return tf.TensorShape(input_shape[:-1]).concatenate(self.inner.units)

    def get_config(self):
        return super().get_config() | self.arguments


# %% turned_kernel_and_einsum
"""The kernel lies the other way round, and an einsum works on the last axis."""


class ThreadedDense(tf.keras.layers.Layer):
    def __init__(self, units: int, activation=None, use_bias: bool = True, **kwargs):
        super().__init__(**kwargs)
        self.n_out = units
        self.act = tf.keras.layers.Activation(activation) if activation is not None else None
        self.act_given = activation
        self.b = None
        self.with_bias = use_bias

    def build(self, shape):
        if self.with_bias:
            self.b = self.add_weight(shape=(self.n_out,), initializer="random_normal", trainable=True)
        self.w = self.add_weight(shape=(self.n_out, shape[-1]), initializer="he_normal", trainable=True)
        super().build(shape)

    def call(self, x):
        z = tf.einsum("...n,mn->...m", x, self.w)
        if self.b is not None:
            z += self.b
        return self.act(z) if self.act is not None else z

    def compute_output_shape(self, shape):
        return list(shape[:-1]) + [self.n_out]

    def get_config(self):
        base = super().get_config()
        return dict(base, units=self.n_out, activation=self.act_given, use_bias=self.with_bias)


# %% tensordot
"""`tf.tensordot` over the last axis, with the activation kept as Keras serializes it."""


class ThreadedDense(keras.Layer):
    def __init__(self, units, activation=None, use_bias=True, scale=1.0, **kwargs):
        super().__init__(**kwargs)
        self.units = int(units)
        self.activation = keras.activations.get(activation)
        self.use_bias = use_bias
        self.scale = scale

    def build(self, input_shape):
        self.W = self.add_weight(name="W", shape=(int(input_shape[-1]), self.units), initializer="random_uniform")
        self.bias = self.add_weight(name="b", shape=(self.units,), initializer="zeros") if self.use_bias else None
        self.built = True

    @tf.function
    def call(self, inputs):
        out = tf.tensordot(inputs, self.W, axes=[[-1], [0]])
        if self.use_bias:
            out = tf.nn.bias_add(out, self.bias)
        return self.activation(out)

    def compute_output_shape(self, input_shape):
        shape = list(input_shape)
        shape[-1] = self.units
        return tuple(shape)

    def get_config(self):
        config = super().get_config()
        config["units"] = self.units
        config["activation"] = self.activation
        config["use_bias"] = self.use_bias
        config["scale"] = self.scale
        return config


# %% reshape_in_and_out
"""All rows as one matrix, then back; the bias is a last row of the kernel."""


class ThreadedDense(keras.layers.Layer):
    def __init__(self, units, activation="linear", use_bias=True, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = activation
        self.use_bias = use_bias

    def build(self, input_shape):
        rows = input_shape[-1] + int(self.use_bias)
        self.theta = self.add_weight(shape=(rows, self.units), initializer="glorot_normal")

    def call(self, inputs):
        flat = keras.ops.reshape(inputs, (-1, inputs.shape[-1]))
        if self.use_bias:
            flat = keras.ops.concatenate([flat, keras.ops.ones_like(flat[:, :1])], axis=1)
        out = keras.activations.get(self.activation)(keras.ops.dot(flat, self.theta))
        return keras.ops.reshape(out, tf.concat([tf.shape(inputs)[:-1], [self.units]], 0))

    def compute_output_shape(self, input_shape):
        return input_shape[:-1] + (self.units,)

    def get_config(self):
        config = {"units": self.units, "activation": self.activation, "use_bias": self.use_bias}
        return {**super().get_config(), **config}
