# %% two_permuted_copies
"""Permuted copies of both arrays, cut with plain slices."""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    if shuffle:
        permutation = np.random.default_rng(seed).permutation(len(X))
        X, y = X[permutation], y[permutation]
    n_batches = int(np.ceil(len(X) / batch_size))
    for i in range(n_batches):
        yield X[i * batch_size : (i + 1) * batch_size], y[i * batch_size : (i + 1) * batch_size]


# %% global_numpy_seed
"""NumPy's global random state, seeded when there is a seed."""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    if seed is not None:
        np.random.seed(seed)
    indices = np.random.permutation(len(X)) if shuffle else np.arange(len(X))
    while len(indices):
        now, indices = indices[:batch_size], indices[batch_size:]
        yield X[now], y[now]


# %% tensorflow_shuffle
"""Indices shuffled by TensorFlow, rows gathered as tensors."""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    index = tf.range(tf.shape(X)[0])
    if shuffle:
        if seed is not None:
            tf.random.set_seed(seed)
        index = tf.random.shuffle(index)
    for start in range(0, len(X), batch_size):
        chosen = index[start : start + batch_size]
        yield tf.gather(X, chosen), tf.gather(y, chosen)


# %% dataset_pipeline
"""A `tf.data` pipeline with a buffer as large as the data."""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    dataset = tf.data.Dataset.from_tensor_slices((X, y))
    if shuffle:
        seed = int(np.random.randint(2**31)) if seed is None else seed
        dataset = dataset.shuffle(buffer_size=len(X), seed=seed)
    yield from dataset.batch(batch_size).as_numpy_iterator()


# %% list_of_pairs
"""Pairs of examples and targets, shuffled by Python, and a list of batches instead of a generator."""
import random


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    pairs = list(zip(X, y))
    if shuffle:
        random.Random(seed).shuffle(pairs)
    parts = [pairs[start : start + batch_size] for start in range(0, len(pairs), batch_size)]
    return [(np.stack([x for x, _ in part]), np.stack([target for _, target in part])) for part in parts]


# %% keras_shuffle
"""Row numbers shuffled by `keras.random`, split by NumPy."""


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    rows = np.arange(len(X))
    if shuffle:
        rows = keras.ops.convert_to_numpy(keras.random.shuffle(rows, seed=seed))
    for part in np.split(rows, range(batch_size, len(X), batch_size)):
        yield np.take(X, part, axis=0), np.take(y, part, axis=0)


# %% sklearn_shuffle
"""Both arrays shuffled together by scikit-learn."""
from sklearn.utils import shuffle as shuffle_together


def next_batch(X, y, batch_size, shuffle=True, seed=None):
    if shuffle:
        X, y = shuffle_together(X, y, random_state=seed)
    first = 0
    while first < X.shape[0]:
        last = min(first + batch_size, X.shape[0])
        yield X[first:last], y[first:last]
        first = last
