# %% seed_sequence
"""One random generator for the whole training gives a seed to each epoch."""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    random = np.random.default_rng(seed)
    history = []
    for _ in range(n_epochs):
        losses, counts = [], []
        for xb, yb in next_batch(X, y, batch_size, shuffle=True, seed=int(random.integers(2**31))):
            losses.append(train_step(model, xb, yb, loss_fn, learning_rate))
            counts.append(len(yb))
        history.append(np.average(losses, weights=counts))
    return history


# %% mean_metric
"""The running mean of Keras, with the batch size as the weight."""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    mean_loss = keras.metrics.Mean()
    results = np.zeros(n_epochs)
    for epoch in range(n_epochs):
        mean_loss.reset_state()
        new_seed = seed if seed is None else 1000 * seed + epoch
        for batch in next_batch(X, y, batch_size, seed=new_seed):
            loss = train_step(model, *batch, loss_fn, learning_rate)
            mean_loss.update_state(loss, sample_weight=batch[0].shape[0])
        results[epoch] = mean_loss.result()
    return results


# %% all_in_one
"""Batches and steps written out, without the two helpers."""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    rng = np.random.RandomState(seed)
    epoch_means = []
    for _ in range(n_epochs):
        order, running, n_seen = rng.permutation(len(X)), 0.0, 0
        for start in range(0, len(X), batch_size):
            chosen = order[start : start + batch_size]
            with tf.GradientTape() as tape:
                loss = loss_fn(y[chosen], model(X[chosen], training=True))
            weights = model.trainable_weights
            for weight, grad in zip(weights, tape.gradient(loss, weights)):
                weight.assign_sub(learning_rate * grad)
            n_seen += len(chosen)
            running += (float(loss) - running) * len(chosen) / n_seen
        epoch_means.append(running)
    return epoch_means


# %% global_seed_once
"""The global seeds are set once, and batches are drawn without a seed."""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    if seed is not None:
        np.random.seed(seed)
    history = []
    for _ in range(n_epochs):
        total = count = 0
        for xb, yb in global_next_batch(X, y, batch_size):
            total += train_step(model, xb, yb, loss_fn, learning_rate) * xb.shape[0]
            count += xb.shape[0]
        history.append(total / count)
    return history


def global_next_batch(X, y, batch_size):
    order = np.random.permutation(len(X))
    for part in np.array_split(order, range(batch_size, len(order), batch_size)):
        yield X[part], y[part]


# %% generator_as_seed
"""A random generator is handed on as the seed, which NumPy understands."""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    generator = np.random.default_rng(seed)
    epochs = []
    for _ in range(n_epochs):
        parts = [
            (float(train_step(model, a, b, loss_fn, learning_rate)), len(a))
            for a, b in next_batch(X, y, batch_size, True, generator)
        ]
        epochs.append(sum(value * n for value, n in parts) / sum(n for _, n in parts))
    return epochs


# %% step_in_a_graph
"""The step is traced once by `tf.function`."""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    step = tf.function(train_step, reduce_retracing=True)
    means = []
    for epoch in range(n_epochs):
        total = 0.0
        for xb, yb in next_batch(X, y, batch_size, seed=None if seed is None else seed + epoch):
            total += len(xb) * float(step(model, tf.constant(xb), tf.constant(yb), loss_fn, learning_rate))
        means.append(total / len(y))
    return means


# %% seeds_by_lot
"""The seed of each epoch is drawn by lot from a million: in a long training, two can be the same."""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    lot, means = np.random.default_rng(seed), []
    for _ in range(n_epochs):
        of_batches, rows = [], []
        for inputs, targets in next_batch(X, y, batch_size, seed=lot.integers(10**6)):
            of_batches.append(train_step(model, inputs, targets, loss_fn, learning_rate))
            rows.append(len(targets))
        means.append(float(np.dot(of_batches, rows)) / sum(rows))
    return means


# %% seeds_beyond_64_bits
"""The seed of an epoch is a whole number of more than 64 bits, which NumPy's generators accept."""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    result = []
    for epoch in range(n_epochs):
        of_epoch = None if seed is None else (epoch << 64) + seed
        parts = list(next_batch(X, y, batch_size, True, of_epoch))
        total = 0.0
        for inputs, targets in parts:
            total += float(train_step(model, inputs, targets, loss_fn, learning_rate)) * len(targets)
        result.append(total / len(y))
    return result
