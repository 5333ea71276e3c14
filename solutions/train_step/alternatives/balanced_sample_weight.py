# %% counter
"""A dict of counts, and a list of weights."""

from collections import Counter


def balanced_sample_weight(y):
    labels = [int(label) for label in np.ravel(y)]
    counts = Counter(labels)
    return np.array([len(labels) / len(counts) / counts[label] for label in labels], dtype="float32")


# %% scaled_in_the_end
"""Inverse counts first, then scaled to mean 1."""


def balanced_sample_weight(y):
    y = np.squeeze(y, axis=-1) if np.ndim(y) == 2 else np.asarray(y)
    weights = np.zeros(len(y))
    for label in np.unique(y):
        weights[y == label] = 1.0 / np.sum(y == label)
    return weights / weights.mean()


# %% table_of_equals
"""Each label compared with each other one."""


def balanced_sample_weight(y):
    y = np.asarray(y).flatten()
    same = (y[:, None] == y[None, :]).sum(axis=1)
    inverse = 1 / same
    return (inverse * len(y) / inverse.sum()).astype(np.float32)


# %% scikit_learn
"""What scikit-learn calls balanced."""
from sklearn.utils.class_weight import compute_sample_weight


def balanced_sample_weight(y):
    return compute_sample_weight("balanced", np.ravel(y))


# %% tensorflow_counts
"""Unique labels and counts by TensorFlow."""


def balanced_sample_weight(y):
    y = tf.reshape(tf.convert_to_tensor(y), [-1])
    _, index, counts = tf.unique_with_counts(y)
    frequency = tf.cast(tf.gather(counts, index), tf.float32)
    n_classes = tf.cast(tf.size(counts), tf.float32)
    return tf.cast(tf.size(y), tf.float32) / (n_classes * frequency)
