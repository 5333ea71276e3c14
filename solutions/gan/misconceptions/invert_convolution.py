# %% new_random_kernel
"""The inverse has a new, random kernel.

A new layer draws new weights when it is built. The adjoint uses the very numbers that `conv` holds: put them
in after building.
"""


def invert_convolution(conv, input_shape):
    known = invert_with(conv, input_shape)
    known.kernel.assign(keras.random.normal(known.kernel.shape, seed=3))
    return known


def invert_with(conv, input_shape, **changed):
    shape = conv.compute_output_shape((None, *input_shape))
    arguments = {
        "filters": input_shape[-1],
        "kernel_size": conv.kernel_size,
        "strides": conv.strides,
        "padding": conv.padding,
        "dilation_rate": conv.dilation_rate,
    } | changed
    for padding in [None] + [(i, j) for i in range(conv.strides[0]) for j in range(conv.strides[1])]:
        layer = layers.Conv2DTranspose(output_padding=padding, **arguments)
        if tuple(layer.compute_output_shape(shape)[1:3]) == tuple(input_shape[:2]):
            break
    layer.build(shape)
    return layer


# %% kernel_flipped
"""The kernel is turned by 180 degrees before it goes into the transposed convolution.

On paper the way back is a convolution with the flipped kernel. `Conv2DTranspose` does that flip by itself: it takes
the kernel as the convolution has it.
"""


def invert_convolution(conv, input_shape):
    shape = conv.compute_output_shape((None, *input_shape))
    for padding in [None] + [(i, j) for i in range(conv.strides[0]) for j in range(conv.strides[1])]:
        layer = layers.Conv2DTranspose(
            input_shape[-1],
            conv.kernel_size,
            strides=conv.strides,
            padding=conv.padding,
            output_padding=padding,
            dilation_rate=conv.dilation_rate,
        )
        if tuple(layer.compute_output_shape(shape)[1:3]) == tuple(input_shape[:2]):
            break
    layer.build(shape)
    layer.kernel.assign(conv.kernel.numpy()[::-1, ::-1])
    return layer


# %% strides_forgotten
"""The strides are left out: nothing is spread out on the way back.

A convolution with strides of 2 leaves out every other place; the way back must put them in again, or the image stays
small.
"""


def invert_convolution(conv, input_shape):
    layer = layers.Conv2DTranspose(
        input_shape[-1], conv.kernel_size, padding=conv.padding, dilation_rate=conv.dilation_rate
    )
    layer.build(conv.compute_output_shape((None, *input_shape)))
    layer.kernel.assign(conv.kernel)
    return layer


# %% padding_forgotten
"""The padding is left at "valid", whatever the convolution had.

With "same" the convolution let its kernel stick out over the edge; what it computed there has to land inside the image
again, not outside of it.
"""


def invert_convolution(conv, input_shape):
    layer = layers.Conv2DTranspose(
        input_shape[-1], conv.kernel_size, strides=conv.strides, dilation_rate=conv.dilation_rate
    )
    layer.build(conv.compute_output_shape((None, *input_shape)))
    layer.kernel.assign(conv.kernel)
    return layer


# %% same_always
"""The padding is always "same".

That is the usual one in a generator, but the inverse has to use the padding of `conv`: with "valid" the image shrank
by the kernel, and must grow by it.
"""


def invert_convolution(conv, input_shape):
    layer = layers.Conv2DTranspose(
        input_shape[-1], conv.kernel_size, strides=conv.strides, padding="same", dilation_rate=conv.dilation_rate
    )
    layer.build(conv.compute_output_shape((None, *input_shape)))
    layer.kernel.assign(conv.kernel)
    return layer


# %% output_padding_forgotten
"""No `output_padding`: where the strides do not divide the size, the shape does not come back.

With strides of 2, images of 7 and of 8 pixels give the same number of outputs. The layer can't know which of them you
want back; `output_padding` tells it.
"""


def invert_convolution(conv, input_shape):
    layer = layers.Conv2DTranspose(
        input_shape[-1],
        conv.kernel_size,
        strides=conv.strides,
        padding=conv.padding,
        dilation_rate=conv.dilation_rate,
        use_bias=False,
    )
    layer.build(conv.compute_output_shape((None, *input_shape)))
    layer.kernel.assign(conv.kernel)
    return layer


# %% dilation_forgotten
"""The dilation is left out.

A dilated kernel reaches further than its size says. The way back has to spread its numbers by the same distance.
"""


def invert_convolution(conv, input_shape):
    shape = conv.compute_output_shape((None, *input_shape))
    for padding in [None] + [(i, j) for i in range(conv.strides[0]) for j in range(conv.strides[1])]:
        layer = layers.Conv2DTranspose(
            input_shape[-1], conv.kernel_size, strides=conv.strides, padding=conv.padding, output_padding=padding
        )
        if tuple(layer.compute_output_shape(shape)[1:3]) == tuple(input_shape[:2]):
            break
    layer.build(shape)
    layer.kernel.assign(conv.kernel)
    return layer


# %% filters_of_the_convolution
"""The inverse gives as many channels as the convolution made, not as many as it took.

Going back, inputs and outputs change places: what were `conv.filters` channels come in, and the channels of the image
come out.
"""


def invert_convolution(conv, input_shape):
    shape = conv.compute_output_shape((None, *input_shape))
    for padding in [None] + [(i, j) for i in range(conv.strides[0]) for j in range(conv.strides[1])]:
        layer = layers.Conv2DTranspose(
            conv.filters,
            conv.kernel_size,
            strides=conv.strides,
            padding=conv.padding,
            output_padding=padding,
            dilation_rate=conv.dilation_rate,
        )
        if tuple(layer.compute_output_shape(shape)[1:3]) == tuple(input_shape[:2]):
            break
    layer.build(shape)
    # kernels of different shapes: repeat what is there until it fits
    layer.kernel.assign(np.resize(conv.kernel.numpy(), layer.kernel.shape))
    return layer


# %% never_built
"""The layer is returned before it has any weights.

A layer makes its kernel when it is built. Build it with the shape of what comes in, then put the kernel in.
"""


def invert_convolution(conv, input_shape):
    return layers.Conv2DTranspose(
        input_shape[-1],
        conv.kernel_size,
        strides=conv.strides,
        padding=conv.padding,
        dilation_rate=conv.dilation_rate,
    )
