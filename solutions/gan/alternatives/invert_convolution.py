# %% tries_paddings
"""Tries output paddings until the shape fits, on each axis on its own."""


def invert_convolution(conv, input_shape):
    small = conv.compute_output_shape((1, *input_shape))

    def attempt(padding):
        layer = layers.Conv2DTranspose(
            filters=input_shape[-1],
            kernel_size=conv.kernel_size,
            strides=conv.strides,
            padding=conv.padding,
            output_padding=padding,
            dilation_rate=conv.dilation_rate,
        )
        return layer, tuple(layer.compute_output_shape(small)[1:3])

    candidates = [None] + [(i, j) for i in range(conv.strides[0]) for j in range(conv.strides[1])]
    for padding in candidates:
        layer, shape = attempt(padding)
        if shape == tuple(input_shape[:2]):
            layer.build(small)
            layer.set_weights([conv.kernel.numpy(), np.zeros(input_shape[-1])])
            return layer
    raise ValueError(f"no transposed convolution gives {input_shape}")


# %% called_once
"""Built by a call on zeros; the kernel comes in through its initializer."""


def invert_convolution(conv: keras.layers.Conv2D, input_shape: tuple) -> keras.layers.Conv2DTranspose:
    y = conv(tf.zeros((1, *input_shape)))
    rest = []
    for axis in range(2):
        kernel = conv.dilation_rate[axis] * (conv.kernel_size[axis] - 1) + 1
        base = conv.strides[axis] * (int(y.shape[axis + 1]) - 1)
        cut = 2 * (kernel // 2) if conv.padding == "same" else 0
        rest.append(input_shape[axis] - base - kernel + cut)
    plain = conv.padding == "same" and tuple(input_shape[:2]) == tuple(
        size * stride for size, stride in zip(y.shape[1:3], conv.strides)
    )
    inverse = keras.layers.Conv2DTranspose(
        input_shape[2],
        conv.kernel_size,
        conv.strides,
        conv.padding,
        output_padding=None if plain else tuple(rest),
        dilation_rate=conv.dilation_rate,
        use_bias=conv.use_bias,
        kernel_initializer=keras.initializers.Constant(conv.kernel.numpy()),
    )
    inverse(y)
    return inverse


# %% from_config
"""Most arguments come from the configuration of the convolution."""


def invert_convolution(conv, input_shape):
    config = conv.get_config()
    kept = ("kernel_size", "strides", "padding", "data_format", "dilation_rate", "activation", "use_bias")
    arguments = {name: config[name] for name in kept}
    _, *small, filters = conv.compute_output_shape((None,) + tuple(input_shape))
    plain = keras.layers.Conv2DTranspose(input_shape[-1], **arguments)
    reached = plain.compute_output_shape((None, *small, filters))[1:3]
    if tuple(reached) != tuple(input_shape[:2]):
        extra = [
            size
            - ((n - 1) * stride + (k - 1) * rate + 1 - (((k - 1) * rate + 1) // 2 * 2 if conv.padding == "same" else 0))
            for size, n, stride, k, rate in zip(input_shape, small, conv.strides, conv.kernel_size, conv.dilation_rate)
        ]
        plain = keras.layers.Conv2DTranspose(input_shape[-1], output_padding=tuple(extra), **arguments)
    plain.build((None, *small, filters))
    plain.kernel.assign(keras.ops.copy(conv.kernel))
    return plain
