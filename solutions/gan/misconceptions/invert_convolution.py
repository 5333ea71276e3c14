# %% new_random_kernel
"""The inverse does not have the kernel of `conv`.

Often it has the random weights of a new layer. Assign the kernel of `conv` after building.
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
"""The kernel is rotated by 180 degrees before it is assigned.

On paper the transpose is a convolution with the flipped kernel. `Conv2DTranspose` does the flipping: assign the kernel
of `conv` without a change.
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
"""The inverse has no strides.

A convolution with strides of 2 skips every other position. Without the same strides in the inverse, the image stays
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
"""The padding is "valid", whatever the convolution had.

With "same" the kernel of `conv` reaches over the border of the image. The inverse needs the same padding to give back
the size of the image.
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

"same" is usual in a generator, but the inverse needs the padding of `conv`. A "valid" convolution loses pixels at the
border, and its inverse must restore them.
"""


def invert_convolution(conv, input_shape):
    layer = layers.Conv2DTranspose(
        input_shape[-1], conv.kernel_size, strides=conv.strides, padding="same", dilation_rate=conv.dilation_rate
    )
    layer.build(conv.compute_output_shape((None, *input_shape)))
    layer.kernel.assign(conv.kernel)
    return layer


# %% filters_of_the_convolution
"""The inverse gives `conv.filters` channels, not those of the image.

The inverse goes from outputs to inputs: it gets `conv.filters` channels and returns those of the image.
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
"""The layer has no weights when it is returned.

A layer gets its kernel when it is built. Build it with the output shape of `conv`, then assign the kernel.
"""


def invert_convolution(conv, input_shape):
    return layers.Conv2DTranspose(
        input_shape[-1],
        conv.kernel_size,
        strides=conv.strides,
        padding=conv.padding,
        dilation_rate=conv.dilation_rate,
    )


# %% strides_of_one_axis
"""The stride along the height is also used along the width.

`conv.strides` is a pair. Pass the whole pair on.
"""


def invert_convolution(conv, input_shape):
    layer = layers.Conv2DTranspose(
        input_shape[-1], conv.kernel_size, strides=conv.strides[0], padding=conv.padding, use_bias=False
    )
    layer.build(conv.compute_output_shape((None, *input_shape)))
    layer.kernel.assign(conv.kernel)
    return layer


# %% kernel_axes_swapped
"""The two axes of the kernel, height and width, are swapped.

"Transposed" refers to the matrix of the whole convolution. The kernel keeps its shape: assign it as it is.
"""


def invert_convolution(conv, input_shape):
    layer = layers.Conv2DTranspose(
        input_shape[-1], conv.kernel_size[::-1], strides=conv.strides, padding=conv.padding, use_bias=False
    )
    layer.build(conv.compute_output_shape((None, *input_shape)))
    layer.kernel.assign(tf.transpose(conv.kernel, (1, 0, 2, 3)))
    return layer


# %% one_layer_for_all
"""The layer that is returned was not made for this `conv`.

It gets tensors with `conv.filters` channels, the output of `conv`. Often it was built with the shape of the image, or
is a layer of an earlier call. Create a new layer in each call, and build it with the output shape of `conv`.
"""

kept = {}


def invert_convolution(conv, input_shape):
    layer = kept.setdefault(
        input_shape[-1],
        layers.Conv2DTranspose(
            input_shape[-1], conv.kernel_size, strides=conv.strides, padding=conv.padding, use_bias=False
        ),
    )
    if not layer.built:
        layer.build(conv.compute_output_shape((None, *input_shape)))
    if layer.kernel.shape == conv.kernel.shape:
        layer.kernel.assign(conv.kernel)
    return layer


# %% a_convolution
"""The answer is a `Conv2D`, not a `Conv2DTranspose`.

A convolution with strides makes an image smaller. The inverse must make it larger again.
"""


def invert_convolution(conv, input_shape):
    layer = layers.Conv2D(input_shape[-1], conv.kernel_size, padding="same", use_bias=False)
    layer.build(conv.compute_output_shape((None, *input_shape)))
    return layer


# %% convolution_changed
"""The function changes the weights of `conv`.

The function returns a new layer. `conv` may be in use elsewhere: read its kernel, and assign only to the
new layer.
"""


def invert_convolution(conv, input_shape):
    layer = layers.Conv2DTranspose(
        input_shape[-1], conv.kernel_size, strides=conv.strides, padding=conv.padding, use_bias=False
    )
    layer.build(conv.compute_output_shape((None, *input_shape)))
    layer.kernel.assign(conv.kernel)
    conv.set_weights([np.zeros_like(weight) for weight in conv.get_weights()])
    return layer


# %% kept_per_layer
"""A second inverse of the same layer has the kernel of the first one.

The kernel of `conv` may have changed since. Make a new layer in each call, and copy the present kernel.
"""
import functools


@functools.cache
def _inverse(conv, input_shape):
    options = {"strides": conv.strides, "padding": conv.padding, "use_bias": False}
    inverse = layers.Conv2DTranspose(input_shape[-1], conv.kernel_size, **options)
    inverse.build(conv.compute_output_shape((None, *input_shape)))
    inverse.kernel.assign(conv.kernel)
    return inverse


def invert_convolution(conv, input_shape):
    return _inverse(conv, tuple(input_shape))
