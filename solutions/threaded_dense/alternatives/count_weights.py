# %% counts_a_dense_layer
"""Builds a Dense and asks it."""


def count_weights(input_shape, units, use_bias=True):
    layer = keras.layers.Dense(units, use_bias=use_bias)
    layer.build(input_shape)
    return layer.count_params()


# %% kernel_plus_bias
"""Kernel and bias added up."""


def count_weights(input_shape, units, use_bias=True, verbose=False):
    kernel = np.prod([input_shape[-1], units])
    bias = units if use_bias else 0
    return kernel + bias


# %% unpacked_shape
"""The leading axes are unpacked and forgotten."""


def count_weights(input_shape, units: int, use_bias: bool = True) -> int:
    *_, n = input_shape
    total = sum(1 for _ in range(n) for _ in range(units))
    if use_bias:
        total += units
    return int(total)
