# %% flatten_first
"""The input is flattened before the dense map.

Flatten puts all rows of an example into one long vector, and the dense map then mixes them. Threading keeps the rows
apart: only the last axis is touched, and all others come out as they went in.
"""


class ThreadedDense(ThreadedDense):
    def build(self, input_shape):
        super().build((None, int(np.prod(input_shape[1:]))))

    def call(self, inputs):
        return super().call(keras.ops.reshape(inputs, (-1, self.kernel.shape[0])))

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.units)


# %% weights_per_row
"""Each row has a kernel of its own.

With a kernel for each row, the number of weights grows with the number of rows, and equal rows in different places
give different outputs. A Dense layer has one kernel: look at which indices W carries in the formula.
"""


class ThreadedDense(ThreadedDense):
    def build(self, input_shape):
        shape = (*input_shape[1:-1], input_shape[-1], self.units)
        self.kernel = self.add_weight(shape=shape, initializer="glorot_uniform")
        if self.use_bias:
            self.bias = self.add_weight(shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        outputs = keras.ops.sum(inputs[..., None] * self.kernel, axis=-2)
        return self.activation(outputs + self.bias if self.use_bias else outputs)


# %% bias_per_row
"""The kernel is shared, but each row has a bias of its own.

The bias of a Dense layer has one entry for each unit and none for a row: b carries the index j only. A bias with a
row axis makes equal rows come out differently, as soon as it is trained.
"""


class ThreadedDense(ThreadedDense):
    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer="glorot_uniform")
        if self.use_bias:
            self.bias = self.add_weight(shape=(*input_shape[1:-1], self.units), initializer="zeros")


# %% weights_made_in_call
"""A new Dense is made in every call.

Each call starts with fresh random weights, and the layer that you train at one step is gone at the next. Make the
parts once, in `__init__` or `build`; `call` only uses them.
"""


class ThreadedDense(ThreadedDense):
    def build(self, input_shape):
        pass

    def call(self, inputs):
        return keras.layers.Dense(self.units, activation=self.activation, use_bias=self.use_bias)(inputs)


# %% fixed_width
"""The kernel is made in `__init__`, for one width.

In `__init__` nobody knows yet how long the rows of the input will be. Keras calls `build` with the shape of the first
input: that is where the size of the kernel can be read off.
"""


class ThreadedDense(ThreadedDense):
    def __init__(self, units, activation=None, use_bias=True, **kwargs):
        super().__init__(units, activation, use_bias, **kwargs)
        self.kernel = self.add_weight(shape=(10, units), initializer="glorot_uniform")
        if use_bias:
            self.bias = self.add_weight(shape=(units,), initializer="zeros")

    def build(self, input_shape):
        pass


# %% untracked_variables
"""The weights are plain `tf.Variable` objects in a list.

Keras 3 tracks what `add_weight` makes, and layers and Keras variables that are attributes. It does not look into
`tf.Variable`: such weights are neither trained by `fit` nor saved. Look at `layer.weights`.
"""


class ThreadedDense(ThreadedDense):
    def build(self, input_shape):
        self.parts = [tf.Variable(keras.initializers.GlorotUniform()((input_shape[-1], self.units)))]
        self.parts += [tf.Variable(tf.zeros(self.units))] * self.use_bias

    def call(self, inputs):
        outputs = inputs @ self.parts[0]
        return self.activation(outputs + self.parts[1] if self.use_bias else outputs)


# %% bias_along_wrong_axis
"""The bias has an entry for each row instead of one for each unit.

A bias of shape (rows, 1) is added along the axis in front of the last one: all units of a row get the same shift.
Dense adds b_j to unit j of every row, along the last axis.
"""


class ThreadedDense(ThreadedDense):
    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer="glorot_uniform")
        if self.use_bias:
            rows = input_shape[-2] if len(input_shape) > 2 else 1
            self.bias = self.add_weight(shape=(rows, 1), initializer="zeros")


# %% no_bias
"""The bias is never made.

By default the layer has a bias: `units` further weights, added to every row. `use_bias` says whether it is there.
"""


class ThreadedDense(ThreadedDense):
    def build(self, input_shape):
        self.use_bias = False
        super().build(input_shape)


# %% bias_always
"""`use_bias=False` is not heeded.

A layer that was made with `use_bias=False` must have the kernel as its only weight. Ask for `use_bias` where the bias
is made, and where it is added.
"""


class ThreadedDense(ThreadedDense):
    def build(self, input_shape):
        self.use_bias = True
        super().build(input_shape)


# %% activation_never
"""The activation is kept, but never applied.

What the layer returns is the linear map alone. The last step of `call` applies the activation.
"""


class ThreadedDense(ThreadedDense):
    def call(self, inputs):
        outputs = inputs @ self.kernel
        return outputs + self.bias if self.use_bias else outputs


# %% activation_twice
"""The activation is applied twice.

With relu nobody would notice, since relu of relu is relu; with tanh the outputs shrink twice. It often happens when
the inner Dense is given the activation, and `call` applies it again.
"""


class ThreadedDense(ThreadedDense):
    def call(self, inputs):
        return self.activation(super().call(inputs))


# %% activation_before_bias
"""The bias is added after the activation.

The activation bends the whole sum, kernel and bias: a(xW + b), not a(xW) + b. Otherwise the bias could not move the
place where the activation bends.
"""


class ThreadedDense(ThreadedDense):
    def call(self, inputs):
        outputs = self.activation(inputs @ self.kernel)
        return outputs + self.bias if self.use_bias else outputs


# %% activation_only_as_function
"""An activation that is given by its name is called like a function.

Keras takes activations by name too. A string can't be called; `keras.activations.get` makes a function of whatever is
given, None included.
"""


class ThreadedDense(ThreadedDense):
    def __init__(self, units, activation=None, use_bias=True, **kwargs):
        super().__init__(units, None, use_bias, **kwargs)
        self.given = activation

    def call(self, inputs):
        outputs = super().call(inputs)
        return outputs if self.given is None else self.given(outputs)

    def get_config(self):
        return {**super().get_config(), "activation": self.given}


# %% rank_two_only
"""Only inputs of rank 2 are taken.

`(batch, n)` is one case of many. Leave the leading axes as they are, however many there are: name the last one by -1,
and the others by `[:-1]`.
"""


class ThreadedDense(ThreadedDense):
    def build(self, input_shape):
        batch, width = input_shape
        super().build(input_shape)


# %% works_on_axis_one
"""The dense map works on axis 1 instead of the last one.

For a matrix axis 1 is the last axis, so it seems to work. For a tensor of rank 3 it is the axis of the rows. Dense
works on axis -1.
"""


class ThreadedDense(ThreadedDense):
    def build(self, input_shape):
        super().build((None, input_shape[1]))

    def call(self, inputs):
        outputs = tf.tensordot(inputs, self.kernel, axes=[[1], [0]])
        return self.activation(outputs + self.bias if self.use_bias else outputs)


# %% permuted_reshape
"""The rows come back in another order.

After a reshape to one long matrix, the way back must list the leading axes in the same order. Swapping them gives the
right numbers in the wrong places.
"""


class ThreadedDense(ThreadedDense):
    def call(self, inputs):
        outputs = super().call(inputs)
        if len(inputs.shape) < 3:
            return outputs
        shape = tf.shape(outputs)
        turned = tf.concat([shape[1:2], shape[:1], shape[2:]], axis=0)
        axes = [1, 0, *range(2, len(inputs.shape))]
        return tf.transpose(tf.reshape(outputs, turned), axes)


# %% shape_of_the_input
"""`compute_output_shape` returns the shape of the input.

The last axis changes: each row goes in with n entries and comes out with `units`. Keras believes this method when it
builds a Functional model, so the next layer would be built for the wrong width.
"""


class ThreadedDense(ThreadedDense):
    def compute_output_shape(self, input_shape):
        return input_shape


# %% shape_of_two_axes
"""`compute_output_shape` forgets the axes in the middle.

`(batch, units)` is right for rank 2 only. Threading keeps every axis in front of the last one.
"""


class ThreadedDense(ThreadedDense):
    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.units)


# %% config_without_use_bias
"""`get_config` leaves out `use_bias`.

A layer without a bias comes back with one. The configuration must hold every argument of `__init__` that changes what
the layer is.
"""


class ThreadedDense(ThreadedDense):
    def get_config(self):
        config = super().get_config()
        del config["use_bias"]
        return config


# %% config_without_activation
"""`get_config` leaves out the activation.

The layer that is made from the configuration is linear again. Every argument of `__init__` belongs into the
configuration; `keras.activations.serialize` turns a function back into its name.
"""


class ThreadedDense(ThreadedDense):
    def get_config(self):
        config = super().get_config()
        del config["activation"]
        return config


# %% config_without_units
"""`get_config` is that of the base class alone.

The base class knows the name of the layer and the type of its numbers; it does not know your arguments. A saved model
could not be loaded: `__init__` would miss `units`.
"""


class ThreadedDense(ThreadedDense):
    def get_config(self):
        return keras.layers.Layer.get_config(self)


# %% config_without_the_base
"""`get_config` holds the arguments, but not what the base class knows.

The name of the layer is lost, and with it whatever finds the layer by name. Start from `super().get_config()` and add
your own.
"""


class ThreadedDense(ThreadedDense):
    def get_config(self):
        config = super().get_config()
        return {key: config[key] for key in ("units", "activation", "use_bias")}


# %% batch_size_written_down
"""The number of examples is read off when the layer is built.

The shape that `build` sees says None where the batch size will be, or the size of the first batch, and the next batch
may be larger, smaller or empty. Use the sizes of the very tensor that `call` gets.
"""


class ThreadedDense(ThreadedDense):
    def build(self, input_shape):
        super().build(input_shape)
        self.leading = [1 if size is None else size for size in input_shape[:-1]]

    def call(self, inputs):
        outputs = super().call(tf.reshape(inputs, (-1, inputs.shape[-1])))
        return tf.reshape(outputs, [*self.leading, self.units])
