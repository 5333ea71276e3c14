# %% not_scaled
"""The weights are one over the counts, and stay that small.

All classes count alike, but all weights are far below 1, so the whole training slows down by that factor. Scale them
to mean 1.
"""


def balanced_sample_weight(y):
    labels = np.ravel(y)
    _, position, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return 1.0 / counts[position]


# %% sum_one
"""The weights add up to 1.

That suits probabilities. Here the mean must be 1, so that the loss stays as large as without weights.
"""


def balanced_sample_weight(y):
    labels = np.ravel(y)
    _, position, counts = np.unique(labels, return_inverse=True, return_counts=True)
    weights = 1.0 / counts[position]
    return weights / weights.sum()


# %% frequency_for_its_inverse
"""Frequent classes get large weights.

That makes the imbalance worse. The rarer the class, the more each of its examples has to count.
"""


def balanced_sample_weight(y):
    labels = np.ravel(y)
    _, position, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return counts[position] / counts[position].mean()


# %% one_weight_per_class
"""There is one weight for each class instead of one for each example.

`fit` takes such a thing as `class_weight`. A sample weight belongs to an example: look up the weight of its class.
"""


def balanced_sample_weight(y):
    _, counts = np.unique(np.ravel(y), return_counts=True)
    return len(y) / (len(counts) * counts)


# %% two_classes_only
"""The number of classes is taken to be two.

With three classes or more, or with one, the mean of the weights is no longer 1. Count the classes that occur.
"""


def balanced_sample_weight(y):
    labels = np.ravel(y)
    _, position, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return len(labels) / (2 * counts[position])


# %% number_of_classes_left_out
"""The weight is the number of examples over that of the class.

Then each class weighs as much as all examples together, and the mean is the number of classes. Divide by it.
"""


def balanced_sample_weight(y):
    labels = np.ravel(y)
    _, position, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return len(labels) / counts[position]


# %% labels_counted_from_zero
"""Labels are taken for positions.

Counting with `bincount` works for labels 0, 1, 2, … without gaps. A label that never occurs counts as a class here,
and a negative one is an error.
"""


def balanced_sample_weight(y):
    labels = np.ravel(y)
    counts = np.bincount(labels)
    return len(labels) / (len(counts) * counts[labels])


# %% column_kept
"""A column of labels gives a column of weights.

Multiplied with losses of shape `(n,)`, a column makes an `(n, n)` table of every weight with every loss. One weight
for each example is a flat array.
"""


def balanced_sample_weight(y):
    classes, counts = np.unique(y, return_counts=True)
    return len(y) / (len(classes) * counts[np.searchsorted(classes, y)])


# %% softened
"""The square root of the inverse frequency is used.

This softens the imbalance, but doesn't remove it: a common class still has more say in total.
"""


def balanced_sample_weight(y):
    labels = np.ravel(y)
    _, position, counts = np.unique(labels, return_inverse=True, return_counts=True)
    weights = 1.0 / np.sqrt(counts[position])
    return weights / weights.mean()


# %% one_minus_frequency
"""The weight is one minus the frequency.

Rare classes get more, but hardly: of two classes with shares 0.9 and 0.8, the second weighs twice as much and occurs
almost as often. Only the inverse evens out the totals.
"""


def balanced_sample_weight(y):
    labels = np.ravel(y)
    _, position, counts = np.unique(labels, return_inverse=True, return_counts=True)
    weights = 1.0 - counts[position] / len(labels)
    return weights / weights.mean()


# %% rarest_is_one
"""The largest weight is 1.

Dividing by the maximum makes all other weights smaller than 1, so the mean is below 1 and the loss shrinks. Divide by
the mean.
"""


def balanced_sample_weight(y):
    labels = np.ravel(y)
    _, position, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return counts.min() / counts[position]


# %% whole_numbers
"""The division drops what is behind the point.

`//` gives whole numbers: common classes get weight 0, and are never learned.
"""


def balanced_sample_weight(y):
    labels = np.ravel(y)
    classes, position, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return (len(labels) // (len(classes) * counts[position])).astype(float)
