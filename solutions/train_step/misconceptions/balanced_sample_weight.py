# %% not_scaled
"""The weights are 1 / count, without scaling to mean 1.

All classes count alike, but all weights are far below 1, which slows the training down. Scale them to mean 1.
"""


def balanced_sample_weight(y):
    labels = np.ravel(y)
    _, position, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return 1.0 / counts[position]


# %% sum_one
"""The weights add up to 1.

Probabilities add up to 1. Here the mean must be 1, so that the loss stays as large as without weights.
"""


def balanced_sample_weight(y):
    labels = np.ravel(y)
    _, position, counts = np.unique(labels, return_inverse=True, return_counts=True)
    weights = 1.0 / counts[position]
    return weights / weights.sum()


# %% frequency_for_its_inverse
"""Frequent classes get larger weights than rare ones.

That makes the imbalance worse. The rarer the class, the larger the weight of each of its examples.
"""


def balanced_sample_weight(y):
    labels = np.ravel(y)
    _, position, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return counts[position] / counts[position].mean()


# %% one_weight_per_class
"""There is one weight per class instead of one per example.

`fit` takes weights per class as `class_weight`. A sample weight belongs to an example: look up the weight of its class.
"""


def balanced_sample_weight(y):
    _, counts = np.unique(np.ravel(y), return_counts=True)
    return len(y) / (len(counts) * counts)


# %% two_classes_only
"""The number of classes is always 2.

With one class, or with three or more, the mean of the weights is not 1. Count the classes that occur.
"""


def balanced_sample_weight(y):
    labels = np.ravel(y)
    _, position, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return len(labels) / (2 * counts[position])


# %% number_of_classes_left_out
"""The weight is the number of examples divided by the number in the class.

Then each class weighs as much as all examples together, and the mean is the number of classes. Divide by the number of
classes, too.
"""


def balanced_sample_weight(y):
    labels = np.ravel(y)
    _, position, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return len(labels) / counts[position]


# %% labels_counted_from_zero
"""Labels are counted as if they were 0, 1, 2, … without gaps.

Often because of `bincount`: a label that never occurs counts as a class, and a negative one raises an error. Count only
the labels that occur.
"""


def balanced_sample_weight(y):
    labels = np.ravel(y)
    counts = np.bincount(labels)
    return len(labels) / (len(counts) * counts[labels])


# %% column_kept
"""For labels of shape `(n, 1)`, the weights have shape `(n, 1)` instead of `(n,)`.

Multiplied by losses of shape `(n,)`, they give an array of shape `(n, n)`. Flatten the labels first.
"""


def balanced_sample_weight(y):
    classes, counts = np.unique(y, return_counts=True)
    return len(y) / (len(classes) * counts[np.searchsorted(classes, y)])


# %% softened
"""The square root of the inverse frequency is used.

This reduces the imbalance, but does not remove it: a frequent class still has a larger total.
"""


def balanced_sample_weight(y):
    labels = np.ravel(y)
    _, position, counts = np.unique(labels, return_inverse=True, return_counts=True)
    weights = 1.0 / np.sqrt(counts[position])
    return weights / weights.mean()


# %% one_minus_frequency
"""The weight is one minus the frequency.

Rare classes get larger weights, but not the right ones: the classes do not have equal totals in general. Use the
inverse of the frequency.
"""


def balanced_sample_weight(y):
    labels = np.ravel(y)
    _, position, counts = np.unique(labels, return_inverse=True, return_counts=True)
    weights = 1.0 - counts[position] / len(labels)
    return weights / weights.mean()


# %% rarest_is_one
"""The largest weight is 1.

Then all other weights are smaller than 1, and the mean is below 1. Divide by the mean, not by the maximum.
"""


def balanced_sample_weight(y):
    labels = np.ravel(y)
    _, position, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return counts.min() / counts[position]


# %% whole_numbers
"""The weights lose their fractions.

Frequent classes then get weight 0 and are never learned. Often `//` is used, or an array of integers. Divide with `/`,
and keep floats.
"""


def balanced_sample_weight(y):
    labels = np.ravel(y)
    classes, position, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return (len(labels) // (len(classes) * counts[position])).astype(float)


# %% labels_sorted_in_place
"""The labels are sorted in place.

Then the weights are not in the order of the examples, and the caller's labels have changed. Look up the weight of each
example without sorting `y`.
"""


def balanced_sample_weight(y):
    labels = np.ravel(y)
    labels.sort()
    _, position, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return len(labels) / (len(counts) * counts[position])


# %% weights_in_order_of_classes
"""The weights are listed class by class.

Example 0 gets the first weight, whatever its class is. Weight `i` belongs to example `i`: index the weights of the
classes with the class of each example.
"""


def balanced_sample_weight(y):
    labels = np.ravel(y)
    _, counts = np.unique(labels, return_counts=True)
    return np.concatenate([np.full(count, len(labels) / (len(counts) * count)) for count in counts])


# %% labels_renumbered_in_place
"""The caller's labels are overwritten.

The weights are right, but `y` has changed after the call, and the next line of code trains on it. Work on a copy.
"""


def balanced_sample_weight(y):
    classes, position, counts = np.unique(np.ravel(y), return_inverse=True, return_counts=True)
    y[...] = position.reshape(np.shape(y)) - len(classes)
    return np.size(y) / (len(counts) * counts[position.ravel()])


# %% counts_kept
"""Labels of earlier calls are counted, too.

Often a default argument or a global keeps the counts: a default value is created once, when the function is defined.
Count only the labels of this call.
"""


def balanced_sample_weight(y, counts={}):
    labels = np.asarray(y).reshape(-1).tolist()
    for label in labels:
        counts[label] = counts.get(label, 0) + 1
    total = sum(counts.values())
    return np.array([total / (len(counts) * counts[label]) for label in labels])


# %% single_label_squeezed
"""A single label becomes a number without an axis.

Often because of `np.squeeze`, which removes every axis of size 1, also that of the examples. Flatten the labels with
`np.reshape(y, -1)`.
"""


def balanced_sample_weight(y):
    labels = np.squeeze(y)
    _, position, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return len(labels) / (len(counts) * counts[position])


# %% negative_labels_as_positions
"""Negative labels get the weights of other classes.

Often they are used as positions: -1 is the last place of a table, where the largest label may be counted. Use the
positions that `np.unique` returns.
"""


def balanced_sample_weight(y):
    labels = np.ravel(y)
    counts = np.zeros(np.abs(labels).max() + 1)
    np.add.at(counts, labels, 1)
    return len(labels) / (np.count_nonzero(counts) * counts[labels])


# %% signs_dropped
"""The labels -2 and 2 count as one class.

Two different integers are two different classes. Leave the signs as they are.
"""


def balanced_sample_weight(y):
    _, position, counts = np.unique(np.abs(np.ravel(y)), return_inverse=True, return_counts=True)
    return len(position) / (len(counts) * counts[position])


# %% table_of_one_hundred
"""Large labels do not fit into the table of counts.

Labels can be any integers, so no table is large enough. Count only the labels that occur.
"""


def balanced_sample_weight(y):
    labels = np.ravel(y) - np.min(y)
    counts = np.zeros(100)
    np.add.at(counts, labels, 1)
    return len(labels) / (np.count_nonzero(counts) * counts[labels])


# %% at_most_ten_classes
"""There are at most ten classes.

The number of classes is not limited. Take it from the labels.
"""


def balanced_sample_weight(y):
    _, position = np.unique(np.ravel(y), return_inverse=True)
    one_hot = np.eye(10)[position]
    counts = one_hot.sum(axis=0)
    return len(position) / (np.count_nonzero(counts) * (one_hot @ counts))


# %% counts_of_one_byte
"""Counts above 255 start again from 0.

Often they are kept in one byte: with 300 examples, the count becomes 44. Count in a larger type.
"""


def balanced_sample_weight(y):
    labels = np.ravel(y)
    counts = np.array([np.sum(labels == label, dtype="uint8") for label in labels])
    return len(labels) / (len(np.unique(labels)) * counts.astype(float))
