# %% mean_of_batch_means
"""Every batch counts the same, whatever its size.

A short last batch then weighs as much as a full one. Weight each loss by the number of examples in its batch.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        batches = next_batch(X, y, batch_size, seed=None if seed is None else seed + epoch)
        history.append(np.mean([train_step(model, a, b, loss_fn, learning_rate) for a, b in batches]))
    return history


# %% same_order_every_epoch
"""Each epoch has the same order, if there is a seed.

Often each epoch uses the same seed, which gives the same batches. Compute a different seed for each epoch from the
given one.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for _ in range(n_epochs):
        total = 0.0
        for a, b in next_batch(X, y, batch_size, seed=seed):
            total += len(a) * train_step(model, a, b, loss_fn, learning_rate)
        history.append(total / len(X))
    return history


# %% batches_kept
"""Every epoch has the same batches.

Often they are made once, before the loop over epochs, so the same examples are always in one batch. Call `next_batch`
inside the loop.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    batches = list(next_batch(X, y, batch_size, seed=seed))
    history = []
    for _ in range(n_epochs):
        total = sum(len(a) * train_step(model, a, b, loss_fn, learning_rate) for a, b in batches)
        history.append(total / len(X))
    return history


# %% generator_used_up
"""There are no steps after the first epoch.

Often one generator is used for all epochs: it is empty after one pass. Call `next_batch` in each epoch.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    batches = next_batch(X, y, batch_size, seed=seed)
    history = []
    for _ in range(n_epochs):
        total = sum(len(a) * train_step(model, a, b, loss_fn, learning_rate) for a, b in batches)
        history.append(total / len(X))
    return history


# %% never_shuffled_epochs
"""The examples are not shuffled.

Then the batches are the same in each epoch, and sorted data come class by class. Call `next_batch` with its default,
`shuffle=True`.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for _ in range(n_epochs):
        total = 0.0
        for a, b in next_batch(X, y, batch_size, shuffle=False):
            total += len(a) * train_step(model, a, b, loss_fn, learning_rate)
        history.append(total / len(X))
    return history


# %% training_without_its_seed
"""Two trainings with the same seed differ.

Often the seed is not passed to `next_batch`, so no result can be reproduced. Pass a seed that depends on `seed` and on
the epoch.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for _ in range(n_epochs):
        total = 0.0
        for a, b in next_batch(X, y, batch_size, seed=np.random.randint(2**31)):
            total += len(a) * train_step(model, a, b, loss_fn, learning_rate)
        history.append(total / len(X))
    return history


# %% seed_times_epoch
"""For seed 0 every epoch has the same order.

Often the seed of each epoch is `seed` times the epoch number, which works for most seeds. Add the epoch number instead.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        total = 0.0
        for a, b in next_batch(X, y, batch_size, seed=None if seed is None else seed * (epoch + 1)):
            total += len(a) * train_step(model, a, b, loss_fn, learning_rate)
        history.append(total / len(X))
    return history


# %% none_plus_epoch
"""The answer computes with a seed that is None.

`seed` is optional, and `None + 1` is an error. Test `seed is None` first, and pass `None` in that case.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        total = 0.0
        for a, b in next_batch(X, y, batch_size, seed=seed + epoch):
            total += len(a) * train_step(model, a, b, loss_fn, learning_rate)
        history.append(total / len(X))
    return history


# %% last_batch_reported
"""The loss of the last batch is returned as the loss of the epoch.

One batch, often a small one, says little about the epoch. Collect the losses of all batches, each with its number of
examples.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        for a, b in next_batch(X, y, batch_size, seed=None if seed is None else seed + epoch):
            loss = train_step(model, a, b, loss_fn, learning_rate)
        history.append(loss)
    return history


# %% sum_reported
"""The losses of the batches are summed.

A sum grows with the number of batches. Multiply each loss by the size of its batch, and divide the sum by the number of
examples.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        total = 0.0
        for a, b in next_batch(X, y, batch_size, seed=None if seed is None else seed + epoch):
            total += train_step(model, a, b, loss_fn, learning_rate)
        history.append(total)
    return history


# %% mean_never_reset
"""The loss of an epoch includes the losses of the epochs before.

Often a running mean is not reset. Start again from 0 at the beginning of each epoch.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history, total, count = [], 0.0, 0
    for epoch in range(n_epochs):
        for a, b in next_batch(X, y, batch_size, seed=None if seed is None else seed + epoch):
            total += len(a) * train_step(model, a, b, loss_fn, learning_rate)
            count += len(a)
        history.append(total / count)
    return history


# %% all_batches_reported
"""One number per batch is returned instead of one per epoch.

Return the mean over the examples of each epoch.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        for a, b in next_batch(X, y, batch_size, seed=None if seed is None else seed + epoch):
            history.append(train_step(model, a, b, loss_fn, learning_rate))
    return history


# %% one_gradient_for_the_epoch
"""All steps of an epoch follow the gradient of the first batch.

After the first step the weights have changed, and the next batch contains other examples. Compute the gradient of each
batch.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        total, gradients = 0.0, None
        for a, b in next_batch(X, y, batch_size, seed=None if seed is None else seed + epoch):
            with tf.GradientTape() as tape:
                loss = loss_fn(b, model(a, training=True))
            if gradients is None:
                gradients = tape.gradient(loss, model.trainable_variables)
            for weight, gradient in zip(model.trainable_variables, gradients):
                weight.assign_sub(learning_rate * gradient)
            total += len(a) * float(loss)
        history.append(total / len(X))
    return history


# %% new_model_each_epoch
"""What one epoch learned is lost in the next.

Often each epoch trains a new copy of the model, and the given model is never trained. Take all steps on the given
model.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        total, copy = 0.0, keras.models.clone_model(model)
        for a, b in next_batch(X, y, batch_size, seed=None if seed is None else seed + epoch):
            total += len(a) * train_step(copy, a, b, loss_fn, learning_rate)
        history.append(total / len(X))
    return history


# %% one_batch_per_epoch
"""Each epoch takes a single step.

Often because of `next(...)`, which takes one batch from a generator. Loop over the generator to use all batches.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        a, b = next(iter(next_batch(X, y, batch_size, seed=None if seed is None else seed + epoch)))
        history.append(train_step(model, a, b, loss_fn, learning_rate))
    return history


# %% all_data_in_one_batch
"""Each batch has all the data, whatever `batch_size` is.

The weights then change only once per epoch. Pass `batch_size` to `next_batch`.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        rows = np.random.default_rng(None if seed is None else seed + epoch).permutation(len(X))
        history.append(train_step(model, X[rows], y[rows], loss_fn, learning_rate))
    return history


# %% short_batch_counts_full
"""Each loss is multiplied by `batch_size`, even that of a short last batch.

The last batch then counts for more examples than it contains. Multiply by the number of rows in this batch.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        total = 0.0
        for a, b in next_batch(X, y, batch_size, seed=None if seed is None else seed + epoch):
            total += batch_size * train_step(model, a, b, loss_fn, learning_rate)
        history.append(total / len(X))
    return history


# %% evaluated_after_the_epoch
"""The loss on all data after the epoch is returned instead of the mean of the losses of its steps.

This needs another forward pass, and the weights have changed since. Average the losses that the steps returned.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        for a, b in next_batch(X, y, batch_size, seed=None if seed is None else seed + epoch):
            train_step(model, a, b, loss_fn, learning_rate)
        history.append(float(loss_fn(y, model(X, training=False))))
    return history


# %% last_batch_by_remainder
"""A full last batch is not counted.

Often it is taken to have `len(X) % batch_size` examples: if it is full, this remainder is 0. Multiply by the number of
rows in the batch.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        batches = next_batch(X, y, batch_size, seed=None if seed is None else 1000 * seed + epoch)
        losses = [train_step(model, a, b, loss_fn, learning_rate) for a, b in batches]
        sizes = [batch_size] * (len(losses) - 1) + [len(X) % batch_size]
        history.append(np.average(losses, weights=sizes))
    return history


# %% few_orders
"""After a few epochs the orders come again.

Often because the seeds of the epochs are from a small set. Compute a seed that no other epoch of the training has.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        total = 0.0
        for a, b in next_batch(X, y, batch_size, seed=None if seed is None else 1000 * seed + epoch % 4):
            total += len(a) * train_step(model, a, b, loss_fn, learning_rate)
        history.append(total / len(X))
    return history


# %% powers_of_the_seed
"""For seed 1 every epoch has the same order, and for seed 0 every epoch but the first.

Often the seed of each epoch is a power of `seed`. Add the number of the epoch instead.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        total = 0.0
        for a, b in next_batch(X, y, batch_size, seed=None if seed is None else seed**epoch):
            total += len(a) * train_step(model, a, b, loss_fn, learning_rate)
        history.append(total / len(X))
    return history


# %% one_epoch_squeezed
"""A training of one epoch gives a number instead of a list.

Often because of `np.squeeze`, which removes every axis of length 1. Return one loss per epoch, in a list, also for one
epoch.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        total = 0.0
        for a, b in next_batch(X, y, batch_size, seed=None if seed is None else 1000 * seed + epoch):
            total += len(a) * train_step(model, a, b, loss_fn, learning_rate)
        history.append(total / len(X))
    return np.squeeze(history)


# %% rate_decays
"""The learning rate becomes smaller in the course of the training.

Each step must have the learning rate that `fit` was given. Pass it on unchanged.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        total = 0.0
        for a, b in next_batch(X, y, batch_size, seed=None if seed is None else 1000 * seed + epoch):
            total += len(a) * train_step(model, a, b, loss_fn, learning_rate / 2 ** (epoch // 10))
        history.append(total / len(X))
    return history


# %% stops_early
"""The training stops when the loss rises.

`n_epochs` says how often to go through the data, whatever the losses are. Train for all epochs.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        total = 0.0
        for a, b in next_batch(X, y, batch_size, seed=None if seed is None else 1000 * seed + epoch):
            total += len(a) * train_step(model, a, b, loss_fn, learning_rate)
        history.append(total / len(X))
        if len(history) > 3 and history[-4] < history[-3] < history[-2] < history[-1]:
            return history + [history[-1]] * (n_epochs - len(history))
    return history


# %% orders_come_again tags=["edge"]
"""In a long training, the same few orders come again and again.

Often the seed of an epoch is computed with `epoch % n`, or a list of orders is used in turn. Compute the seed from the
number of the epoch itself.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        total = 0.0
        for a, b in next_batch(X, y, batch_size, seed=None if seed is None else 1000 * seed + epoch % 50):
            total += len(a) * train_step(model, a, b, loss_fn, learning_rate)
        history.append(total / len(X))
    return history
