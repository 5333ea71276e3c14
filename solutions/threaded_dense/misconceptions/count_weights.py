# %% counts_every_row
"""A kernel per row is counted.

All rows share one kernel: the leading axes only say how often it is used. The number of weights does not grow with
them.
"""


def count_weights(input_shape, units, use_bias=True):
    rows = int(np.prod([size or 1 for size in input_shape[1:-1]]))
    return rows * (input_shape[-1] + bool(use_bias)) * units


# %% counts_a_flattened_input
"""The whole example is counted as one long row.

That is a Dense layer after a Flatten. Threading works on the last axis only, and so does the kernel.
"""


def count_weights(input_shape, units, use_bias=True):
    width = int(np.prod([size or 1 for size in input_shape[1:]]))
    return (width + bool(use_bias)) * units


# %% bias_is_one_number
"""The bias is counted as one weight.

Each unit has its own bias, so the bias has as many numbers as there are units.
"""


def count_weights(input_shape, units, use_bias=True):
    return input_shape[-1] * units + bool(use_bias)


# %% bias_for_each_input
"""The bias is counted along the input.

The bias is added to the output of the layer: it has one number per unit, not one per input.
"""


def count_weights(input_shape, units, use_bias=True):
    return input_shape[-1] * (units + bool(use_bias))


# %% bias_left_out
"""The bias is not counted.

Unless `use_bias` is False, the bias also counts: one number per unit.
"""


def count_weights(input_shape, units, use_bias=True):
    return input_shape[-1] * units


# %% bias_counted_always
"""`use_bias=False` is ignored.

A layer without a bias has a kernel only.
"""


def count_weights(input_shape, units, use_bias=True):
    return (input_shape[-1] + 1) * units


# %% first_axis_taken_for_the_width
"""The first size after the batch is used as the width.

In `(batch, n)` it is the width. In `(batch, tickers, n)` it is the number of tickers. The width is the last size,
whatever the rank.
"""


def count_weights(input_shape, units, use_bias=True):
    return (input_shape[1] + bool(use_bias)) * units


# %% one_weight_for_each_unit
"""Only the outputs are counted.

Each unit has one weight per input, so the width of the input is a factor of the count.
"""


def count_weights(input_shape, units, use_bias=True):
    return units + units * bool(use_bias)


# %% count_as_a_float
"""The count is a float.

The number of weights is an integer. Often `np.prod(..., dtype=float)` or `/` returns a float: convert the result with
`int`.
"""


def count_weights(input_shape, units, use_bias=True):
    return np.prod([input_shape[-1] + bool(use_bias), units], dtype=float)


# %% conditional_without_parentheses
"""Without a bias the count is 0.

Often because `a + b if use_bias else 0` is read as `(a + b) if use_bias else 0`. Put parentheses around the
conditional: `a + (b if use_bias else 0)`.
"""


def count_weights(input_shape, units, use_bias=True):
    return input_shape[-1] * units + units if use_bias else 0


# %% number_of_arrays
"""The arrays are counted, not the numbers in them.

There are 2 arrays, a kernel and a bias. Count all their entries.
"""


def count_weights(input_shape, units, use_bias=True):
    layer = keras.layers.Dense(units, use_bias=use_bias)
    layer.build((None, input_shape[-1]))
    return len(layer.weights)


# %% calls_a_layer_on_zeros
"""The count fails where a leading size other than the batch is None.

Often a `Dense` layer is called on zeros of the given shape. The count needs the last size only.
"""


def count_weights(input_shape, units, use_bias=True):
    layer = keras.layers.Dense(units, use_bias=use_bias)
    layer(tf.zeros((1, *input_shape[1:])))
    return layer.count_params()
