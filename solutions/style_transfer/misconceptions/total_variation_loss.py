# %% rows_only
"""Only steps from row to row are counted.

Vertical stripes would then have loss 0. Add the square of the step to the right to that of the step down.
"""


def total_variation_loss(x):
    a = tf.square(x[:, :-1, :-1] - x[:, 1:, :-1])
    return tf.reduce_sum(a**1.25)


# %% columns_only
"""Only steps from column to column are counted.

Horizontal stripes would then have loss 0. Add the square of the step down to that of the step to the right.
"""


def total_variation_loss(x):
    b = tf.square(x[:, :-1, :-1] - x[:, :-1, 1:])
    return tf.reduce_sum(b**1.25)


# %% power_before_the_sum
"""Each square is raised to 1.25 on its own.

Add the two squares first, then raise the sum to 1.25.
"""


def total_variation_loss(x):
    a = tf.square(x[:, :-1, :-1] - x[:, 1:, :-1])
    b = tf.square(x[:, :-1, :-1] - x[:, :-1, 1:])
    return tf.reduce_sum(a**1.25 + b**1.25)


# %% no_power
"""The exponent 1.25 is missing.

Raise the sum of the two squares to 1.25 for each pixel and color, before you add up the image.
"""


def total_variation_loss(x):
    a = tf.square(x[:, :-1, :-1] - x[:, 1:, :-1])
    b = tf.square(x[:, :-1, :-1] - x[:, :-1, 1:])
    return tf.reduce_sum(a + b)


# %% root_of_the_squares
"""The exponent is ½, not 1.25.

The exponent ½ gives the classical total variation. This notebook uses 1.25.
"""


def total_variation_loss(x):
    a = tf.square(x[:, :-1, :-1] - x[:, 1:, :-1])
    b = tf.square(x[:, :-1, :-1] - x[:, :-1, 1:])
    return tf.reduce_sum(tf.sqrt(a + b + 1e-12))


# %% tensorflow_total_variation
"""The absolute steps are added up, as in `tf.image.total_variation`.

The formula of this notebook squares them, adds the two directions, and raises the sum to 1.25.
"""


def total_variation_loss(x):
    return tf.reduce_sum(tf.image.total_variation(x))


# %% variation_averaged
"""The terms are averaged over the image.

The formula adds them up. A mean divides by the number of pixels and colors.
"""


def total_variation_loss(x):
    a = tf.square(x[:, :-1, :-1] - x[:, 1:, :-1])
    b = tf.square(x[:, :-1, :-1] - x[:, :-1, 1:])
    return tf.reduce_mean((a + b) ** 1.25)


# %% border_counted
"""The pixels of the last row and the last column are also counted.

The sum runs over the pixels that have both neighbors. A pixel of the last column has no neighbor on the right, so its
step down does not count either.
"""


def total_variation_loss(x):
    a = tf.pad(tf.square(x[:, :-1] - x[:, 1:]), [[0, 0], [0, 1], [0, 0], [0, 0]])
    b = tf.pad(tf.square(x[:, :, :-1] - x[:, :, 1:]), [[0, 0], [0, 0], [0, 1], [0, 0]])
    return tf.reduce_sum((a + b + 1e-12) ** 1.25)


# %% colours_added_first
"""The squares of the three colors are added before the power is taken.

Each color has its own term in the sum: take the power for each color separately.
"""


def total_variation_loss(x):
    a = tf.reduce_sum(tf.square(x[:, :-1, :-1] - x[:, 1:, :-1]), axis=-1)
    b = tf.reduce_sum(tf.square(x[:, :-1, :-1] - x[:, :-1, 1:]), axis=-1)
    return tf.reduce_sum((a + b) ** 1.25)


# %% steps_between_colours
"""The steps are taken along the wrong axes.

Axis 0 counts the images, axes 1 and 2 are rows and columns, axis 3 holds the colors. The steps
go from row to row and from column to column.
"""


def total_variation_loss(x):
    a = tf.square(x[:, :, :-1, :-1] - x[:, :, 1:, :-1])
    b = tf.square(x[:, :, :-1, :-1] - x[:, :, :-1, 1:])
    return tf.reduce_sum((a + b) ** 1.25)


# %% power_after_the_sum
"""Everything is summed first, and then the sum is raised to 1.25.

Take the power for each pixel and color. The sum comes last.
"""


def total_variation_loss(x):
    here = x[:, :-1, :-1]
    below, right = x[:, 1:, :-1], x[:, :-1, 1:]
    return tf.reduce_sum(tf.square(here - below) + tf.square(here - right)) ** 1.25


# %% wraps_around
"""The last row is compared with the first row, and the last column with the first column.

The sum runs only over the pixels that have both neighbors. Often `tf.roll` is used, which wraps around at the border.
"""


def total_variation_loss(x):
    below, right = tf.roll(x, -1, axis=1), tf.roll(x, -1, axis=2)
    return tf.reduce_sum((tf.square(x - below) + tf.square(x - right)) ** 1.25)


# %% diagonal_neighbour
"""The pixel below on the right is used in place of the pixel below.

The step down ends in the same column. Cut the last column off the rows below: `x[:, 1:, :-1]`.
"""


def total_variation_loss(x):
    here = x[:, :-1, :-1]
    return tf.reduce_sum((tf.square(here - x[:, 1:, 1:]) + tf.square(here - x[:, :-1, 1:])) ** 1.25)
