# %% flatten_first
"""All rows of an example are mixed.

Often the input is flattened first: Flatten puts all rows of an example into one long vector. Threading keeps the rows
apart: only the last axis changes.
"""


class ThreadedDense(ThreadedDense):
    def build(self, input_shape):
        super().build((None, int(np.prod(input_shape[1:]))))

    def call(self, inputs):
        return super().call(keras.ops.reshape(inputs, (-1, self.kernel.shape[0])))

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.units)


# %% weights_per_row
"""Each row has its own kernel.

Then the number of weights grows with the number of rows, and equal rows in different places give different outputs. A
Dense layer has one kernel: look at the indices of W in the formula.
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
"""The kernel is shared, but each row has its own bias.

The bias of a Dense layer has one number per unit: b has only the index j in the formula. A bias with an axis for rows
gives equal rows different outputs once it is trained.
"""


class ThreadedDense(ThreadedDense):
    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer="glorot_uniform")
        if self.use_bias:
            self.bias = self.add_weight(shape=(*input_shape[1:-1], self.units), initializer="zeros")


# %% weights_made_in_call
"""The layer has new weights in every call.

Nothing can be learned. Often a `Dense` layer is created in `call`. Create it once, in `__init__` or `build`; `call`
only uses it.
"""


class ThreadedDense(ThreadedDense):
    def build(self, input_shape):
        pass

    def call(self, inputs):
        return keras.layers.Dense(self.units, activation=self.activation, use_bias=self.use_bias)(inputs)


# %% kernel_of_axis_one
"""The number of rows of the kernel is the size of axis 1 instead of the last axis.

In a matrix, axis 1 is the last axis, so this works there. In a tensor of rank 3 it is the axis of the rows: use
`input_shape[-1]`.
"""


class ThreadedDense(ThreadedDense):
    def build(self, input_shape):
        super().build((None, input_shape[1]))


# %% fixed_width
"""The kernel has the same number of rows for every input.

Often it is made in `__init__`, where the length of the rows is unknown. Keras calls `build` with the shape of the first
input: use its last size there.
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
"""Keras does not know the weights: they are not in `layer.weights`.

Often they are plain `tf.Variable` objects: Keras 3 tracks what `add_weight` makes, and layers that are attributes. What
it does not track is not trained and not saved.
"""


class ThreadedDense(ThreadedDense):
    def build(self, input_shape):
        self.parts = [tf.Variable(keras.initializers.GlorotUniform()((input_shape[-1], self.units)))]
        self.parts += [tf.Variable(tf.zeros(self.units))] * self.use_bias

    def call(self, inputs):
        outputs = inputs @ self.parts[0]
        return self.activation(outputs + self.parts[1] if self.use_bias else outputs)


# %% bias_along_wrong_axis
"""The bias has one number per row instead of one per unit.

A bias of shape (rows, 1) is added along the axis before the last one: all units of a row get the same shift. Dense adds
b_j to unit j of every row.
"""


class ThreadedDense(ThreadedDense):
    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer="glorot_uniform")
        if self.use_bias:
            rows = input_shape[-2] if len(input_shape) > 2 else 1
            self.bias = self.add_weight(shape=(rows, 1), initializer="zeros")


# %% no_bias
"""The bias is missing.

By default the layer has a bias: `units` more weights, added to every row. `use_bias` says whether it is there.
"""


class ThreadedDense(ThreadedDense):
    def build(self, input_shape):
        self.use_bias = False
        super().build(input_shape)


# %% bias_always
"""A layer with `use_bias=False` has a bias.

Its kernel must be the only weight. Check `use_bias` where the bias is made, and where it is added.
"""


class ThreadedDense(ThreadedDense):
    def build(self, input_shape):
        self.use_bias = True
        super().build(input_shape)


# %% activation_never
"""The activation is not applied.

The layer returns the linear map only. The last step of `call` applies the activation.
"""


class ThreadedDense(ThreadedDense):
    def call(self, inputs):
        outputs = inputs @ self.kernel
        return outputs + self.bias if self.use_bias else outputs


# %% activation_twice
"""The activation is applied twice.

With relu this makes no difference, but with tanh the outputs shrink twice. Often the inner Dense has the activation,
and `call` applies it again.
"""


class ThreadedDense(ThreadedDense):
    def call(self, inputs):
        return self.activation(super().call(inputs))


# %% activation_before_bias
"""The bias is added after the activation.

The activation applies to the whole sum, including the bias: a(xW + b), not a(xW) + b.
"""


class ThreadedDense(ThreadedDense):
    def call(self, inputs):
        outputs = self.activation(inputs @ self.kernel)
        return outputs + self.bias if self.use_bias else outputs


# %% activation_only_as_function
"""An activation given by its name does not work.

Keras takes activations by name too, and a string cannot be called. `keras.activations.get` turns whatever is given,
None included, into a function.
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
"""Only inputs of rank 2 are accepted.

`(batch, n)` is one case of many. Use -1 for the last axis and `[:-1]` for all others, however many there are.
"""


class ThreadedDense(ThreadedDense):
    def build(self, input_shape):
        batch, width = input_shape
        super().build(input_shape)


# %% works_on_axis_one
"""The dense map works on axis 1 instead of the last one.

In a matrix, axis 1 is the last axis, so the output is right. In a tensor of rank 3 it is the axis of the rows. Dense
works on axis -1.
"""


class ThreadedDense(ThreadedDense):
    def build(self, input_shape):
        super().build((None, input_shape[1]))

    def call(self, inputs):
        outputs = tf.tensordot(inputs, self.kernel, axes=[[1], [0]])
        return self.activation(outputs + self.bias if self.use_bias else outputs)


# %% permuted_reshape
"""The rows of the output are in another order.

Often after a reshape to one matrix: the second reshape must list the leading axes in the same order. Swapping them puts
the right numbers in the wrong places.
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

The last axis changes: a row goes in with n numbers and comes out with `units`. Keras uses this method to build a
Functional model, so the next layer would get the wrong width.
"""


class ThreadedDense(ThreadedDense):
    def compute_output_shape(self, input_shape):
        return input_shape


# %% shape_of_two_axes
"""`compute_output_shape` leaves out the middle axes.

`(batch, units)` is right for rank 2 only. Threading keeps every axis before the last one.
"""


class ThreadedDense(ThreadedDense):
    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.units)


# %% config_without_use_bias
"""`use_bias` is lost in the configuration.

A layer without a bias is then made again with one. The configuration must hold every argument of `__init__`.
"""


class ThreadedDense(ThreadedDense):
    def get_config(self):
        config = super().get_config()
        del config["use_bias"]
        return config


# %% config_without_activation
"""The activation is lost in the configuration.

The layer that is made from it has none. Every argument of `__init__` belongs in the configuration;
`keras.activations.serialize` turns a function into its name.
"""


class ThreadedDense(ThreadedDense):
    def get_config(self):
        config = super().get_config()
        del config["activation"]
        return config


# %% config_without_units
"""`get_config` does not return `units`.

The base class knows the name and the dtype of the layer, not your arguments. Loading a saved model fails, since
`__init__` needs `units`.
"""


class ThreadedDense(ThreadedDense):
    def get_config(self):
        return keras.layers.Layer.get_config(self)


# %% config_without_the_base
"""The name of the layer is lost in the configuration.

Often it holds the arguments, but not what the base class knows. Start from `super().get_config()` and add your
arguments.
"""


class ThreadedDense(ThreadedDense):
    def get_config(self):
        config = super().get_config()
        return {key: config[key] for key in ("units", "activation", "use_bias")}


# %% batch_size_written_down
"""The batch size is that of the shape with which the layer was built.

There it is None, or the size of the first batch. The next batch may be larger, smaller or empty. Use the sizes of the
tensor that `call` gets.
"""


class ThreadedDense(ThreadedDense):
    def build(self, input_shape):
        super().build(input_shape)
        self.leading = [1 if size is None else size for size in input_shape[:-1]]

    def call(self, inputs):
        outputs = super().call(tf.reshape(inputs, (-1, inputs.shape[-1])))
        return tf.reshape(outputs, [*self.leading, self.units])


# %% frozen_kernel
"""The kernel is not trainable.

A kernel must be in `layer.trainable_variables`, or no optimizer changes it. `trainable=False` is for statistics that a
layer keeps.
"""


class ThreadedDense(ThreadedDense):
    def build(self, input_shape):
        super().build(input_shape)
        self.kernel.trainable = False


# %% gradient_cut_off
"""The gradient does not reach the input.

Layers before this one cannot learn. Often because of `stop_gradient` or NumPy.
"""


class ThreadedDense(ThreadedDense):
    def call(self, inputs):
        return super().call(tf.stop_gradient(inputs))


# %% one_bias_for_all_units
"""The bias is one number for all units.

In the formula b has the index j: `add_weight(shape=(units,), ...)`.
"""


class ThreadedDense(ThreadedDense):
    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer="glorot_uniform")
        if self.use_bias:
            self.bias = self.add_weight(shape=(1,), initializer="zeros")


# %% mean_of_the_rows
"""The rows of an example are averaged first.

Each row has its own output. Averaging leaves one row per example, repeated in every place.
"""


class ThreadedDense(ThreadedDense):
    def call(self, inputs):
        axes = tuple(range(1, len(inputs.shape) - 1))
        rows = keras.ops.mean(inputs, axis=axes, keepdims=True) + 0 * inputs if axes else inputs
        return super().call(rows)


# %% weights_on_the_class
"""All layers share their weights.

Two layers of one class must be able to learn different weights. Often the weights are stored on the class. Store them
on `self`.
"""


class ThreadedDense(ThreadedDense):
    made = {}

    def build(self, input_shape):
        key = (input_shape[-1], self.units, self.use_bias)
        if key not in self.made:
            super().build(input_shape)
            type(self).made[key] = (self.kernel, self.bias if self.use_bias else None)
        self.kernel, self.bias = self.made[key]


# %% frozen_bias
"""The bias is not trainable.

Training does not change it. By default, `add_weight` makes trainable weights: leave `trainable` out.
"""


class ThreadedDense(keras.layers.Layer):
    def __init__(self, units, activation=None, use_bias=True, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)
        self.use_bias = use_bias

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units))
        if self.use_bias:
            self.bias = self.add_weight(shape=(self.units,), initializer="zeros", trainable=False)

    def call(self, inputs):
        outputs = keras.ops.matmul(inputs, self.kernel)
        return self.activation(outputs + self.bias if self.use_bias else outputs)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def get_config(self):
        activation = keras.activations.serialize(self.activation)
        return {**super().get_config(), "units": self.units, "activation": activation, "use_bias": self.use_bias}


# %% dense_itself
"""`ThreadedDense` inherits from Keras's `Dense`, which does the work.

Derive from `keras.layers.Layer`, and make the weights in `build`. (Your layer may own a `Dense` and call it.)
"""


class ThreadedDense(keras.layers.Dense):
    pass


# %% no_bias_by_default
"""The default of `use_bias` is False.

`ThreadedDense(units)` must have a bias, as `keras.layers.Dense(units)` has. Look at the signature in the question.
"""


class ThreadedDense(ThreadedDense):
    def __init__(self, units, activation=None, use_bias=False, **kwargs):
        super().__init__(units, activation=activation, use_bias=use_bias, **kwargs)


# %% config_needs_an_activation
"""A layer without an activation has no configuration.

A model with it cannot be saved. Often `get_config` takes the name of the activation, and None has none.
`keras.activations.serialize` works for everything that `keras.activations.get` returns.
"""


class ThreadedDense(ThreadedDense):
    def __init__(self, units, activation=None, use_bias=True, **kwargs):
        super().__init__(units, activation, use_bias, **kwargs)
        self.given = activation and keras.activations.get(activation)

    def get_config(self):
        return {**super().get_config(), "activation": self.given.__name__}


# %% activation_along_the_rows
"""The activation acts along the rows' axis, not along the units.

For most activations that makes no difference: they act on each number alone. A softmax acts on the last axis, and must
make the units of a row sum to 1. Often the matrix is transposed.
"""


class ThreadedDense(ThreadedDense):
    def call(self, inputs):
        outputs = keras.ops.matmul(inputs, self.kernel)
        columns = keras.ops.transpose(tf.reshape(outputs, (-1, self.units)))
        if self.use_bias:
            columns = columns + self.bias[:, None]
        rows = keras.ops.transpose(self.activation(columns))
        return tf.reshape(rows, tf.shape(outputs))


# %% use_bias_read_off_the_weight
"""`use_bias` in the configuration says whether the weight exists, and before `build` it does not.

So a layer that is made again from the configuration of one that was not called yet has lost its bias. Store `use_bias`
in `__init__`, and return what was stored.
"""


class ThreadedDense(ThreadedDense):
    def get_config(self):
        return {**super().get_config(), "use_bias": bool(self.weights) and len(self.weights) > 1}
