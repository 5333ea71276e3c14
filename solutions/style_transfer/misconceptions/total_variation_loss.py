# %% rows_only
"""Only steps from row to row are counted.

Vertical stripes would cost nothing. Add the square of the step to the right to that of the step down.
"""


def total_variation_loss(x):
    a = tf.square(x[:, :-1, :-1] - x[:, 1:, :-1])
    return tf.reduce_sum(a**1.25)


# %% columns_only
"""Only steps from column to column are counted.

Horizontal stripes would cost nothing. Add the square of the step down to that of the step to the right.
"""


def total_variation_loss(x):
    b = tf.square(x[:, :-1, :-1] - x[:, :-1, 1:])
    return tf.reduce_sum(b**1.25)


# %% power_before_the_sum
"""Each square is raised to 1.25 on its own.

The two squares are added first, then the sum is raised to the power.
"""


def total_variation_loss(x):
    a = tf.square(x[:, :-1, :-1] - x[:, 1:, :-1])
    b = tf.square(x[:, :-1, :-1] - x[:, :-1, 1:])
    return tf.reduce_sum(a**1.25 + b**1.25)


# %% no_power
"""The exponent 1.25 is missing.

The squares are added up as they are. The example raises the sum of the two squares to 1.25 before it adds over the
image.
"""


def total_variation_loss(x):
    a = tf.square(x[:, :-1, :-1] - x[:, 1:, :-1])
    b = tf.square(x[:, :-1, :-1] - x[:, :-1, 1:])
    return tf.reduce_sum(a + b)


# %% root_of_the_squares
"""The length of the step is taken, not its power 2.5.

With the exponent ½ this is the classical total variation. The exponent here is 1.25.
"""


def total_variation_loss(x):
    a = tf.square(x[:, :-1, :-1] - x[:, 1:, :-1])
    b = tf.square(x[:, :-1, :-1] - x[:, :-1, 1:])
    return tf.reduce_sum(tf.sqrt(a + b + 1e-12))


# %% tensorflow_total_variation
"""`tf.image.total_variation` is used.

It adds up the absolute steps. The formula of this notebook squares them, adds the two directions, and raises the sum
to 1.25.
"""


def total_variation_loss(x):
    return tf.reduce_sum(tf.image.total_variation(x))


# %% variation_averaged
"""The terms are averaged over the image.

The formula adds them up. A mean is smaller by the number of pixels and colours.
"""


def total_variation_loss(x):
    a = tf.square(x[:, :-1, :-1] - x[:, 1:, :-1])
    b = tf.square(x[:, :-1, :-1] - x[:, :-1, 1:])
    return tf.reduce_mean((a + b) ** 1.25)


# %% border_counted
"""The pixels of the last row and the last column are counted, too.

The sum runs over the pixels that have both neighbours. A pixel of the last column has no neighbour on the right, so
its step down does not count either.
"""


def total_variation_loss(x):
    a = tf.pad(tf.square(x[:, :-1] - x[:, 1:]), [[0, 0], [0, 1], [0, 0], [0, 0]])
    b = tf.pad(tf.square(x[:, :, :-1] - x[:, :, 1:]), [[0, 0], [0, 0], [0, 1], [0, 0]])
    return tf.reduce_sum((a + b + 1e-12) ** 1.25)


# %% colours_added_first
"""The squares of the three colours are added before the power.

Each colour has its own term in the sum: take the power for each colour separately.
"""


def total_variation_loss(x):
    a = tf.reduce_sum(tf.square(x[:, :-1, :-1] - x[:, 1:, :-1]), axis=-1)
    b = tf.reduce_sum(tf.square(x[:, :-1, :-1] - x[:, :-1, 1:]), axis=-1)
    return tf.reduce_sum((a + b) ** 1.25)


# %% steps_between_colours
"""The steps are taken along the wrong axes.

Axis 0 counts the images, axes 1 and 2 are rows and columns, axis 3 holds the colours. The colours are not
neighbours.
"""


def total_variation_loss(x):
    a = tf.square(x[:, :, :-1, :-1] - x[:, :, 1:, :-1])
    b = tf.square(x[:, :, :-1, :-1] - x[:, :, :-1, 1:])
    return tf.reduce_sum((a + b) ** 1.25)


# %% power_after_the_sum
"""Everything is summed first, and the sum is raised to 1.25.

The power belongs to each pixel and colour. The sum comes last.
"""


def total_variation_loss(x):
    here = x[:, :-1, :-1]
    below, right = x[:, 1:, :-1], x[:, :-1, 1:]
    return tf.reduce_sum(tf.square(here - below) + tf.square(here - right)) ** 1.25


# %% wraps_around
"""The last row has the first one as its neighbour, and the last column the first.

`tf.roll` moves what leaves at one end to the other end. The sum runs over the pixels that have both neighbours.
"""


def total_variation_loss(x):
    below, right = tf.roll(x, -1, axis=1), tf.roll(x, -1, axis=2)
    return tf.reduce_sum((tf.square(x - below) + tf.square(x - right)) ** 1.25)


# %% diagonal_neighbour
"""The pixel below on the right is taken for the one below.

Cut the last column off the rows below: `x[:, 1:, :-1]`.
"""


def total_variation_loss(x):
    here = x[:, :-1, :-1]
    return tf.reduce_sum((tf.square(here - x[:, 1:, 1:]) + tf.square(here - x[:, :-1, 1:])) ** 1.25)
