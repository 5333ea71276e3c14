# %% counts_every_row
"""A kernel for each row is counted.

The rows share one kernel: the leading axes only say how often it is used. The number of weights does not grow with
them.
"""


def count_weights(input_shape, units, use_bias=True):
    rows = int(np.prod([size or 1 for size in input_shape[1:-1]]))
    return rows * (input_shape[-1] + bool(use_bias)) * units


# %% counts_a_flattened_input
"""The whole example is counted as one long row.

That is a Dense layer behind a Flatten: its kernel has an entry for each number of the example. Threading works on the
last axis only, and so does the kernel.
"""


def count_weights(input_shape, units, use_bias=True):
    width = int(np.prod([size or 1 for size in input_shape[1:]]))
    return (width + bool(use_bias)) * units


# %% bias_is_one_number
"""The bias is counted as one weight.

Each unit has a bias of its own, so the bias holds as many numbers as there are units.
"""


def count_weights(input_shape, units, use_bias=True):
    return input_shape[-1] * units + bool(use_bias)


# %% bias_for_each_input
"""The bias is counted along the input.

The bias is added to the output of the layer, so it has one entry for each unit, not one for each entry of an input
row.
"""


def count_weights(input_shape, units, use_bias=True):
    return input_shape[-1] * (units + bool(use_bias))


# %% bias_left_out
"""The bias is not counted.

Unless `use_bias` is False, the bias is a weight as well: one number for each unit.
"""


def count_weights(input_shape, units, use_bias=True):
    return input_shape[-1] * units


# %% bias_counted_always
"""`use_bias=False` is not heeded.

A layer without a bias has its kernel only.
"""


def count_weights(input_shape, units, use_bias=True):
    return (input_shape[-1] + 1) * units


# %% first_axis_taken_for_the_width
"""The first size after the batch is taken for the width.

In `(batch, n)` it is the width. In `(batch, tickers, n)` it is the number of tickers. The width is the last axis,
whatever the rank.
"""


def count_weights(input_shape, units, use_bias=True):
    return (input_shape[1] + bool(use_bias)) * units


# %% one_weight_for_each_unit
"""Only the outputs are counted.

Each unit has a weight for every entry of an input row, so the width of the input is a factor of the count.
"""


def count_weights(input_shape, units, use_bias=True):
    return units + units * bool(use_bias)
