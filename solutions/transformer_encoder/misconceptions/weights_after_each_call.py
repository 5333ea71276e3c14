# %% counted_before_the_call
"""The weights are counted before each call.

A layer that has not been called has not been built: it has no weights yet. Read the number after the call.
"""


def weights_after_each_call(layer, x, n_calls):
    counts = []
    for _ in range(n_calls):
        counts.append(len(layer.weights))
        layer(x)
    return counts


# %% counted_once_at_the_end
"""The weights are counted once, after the last call, and that number is repeated.

The list must show whether the number changes from call to call. Read it in the loop, after each call.
"""


def weights_after_each_call(layer, x, n_calls):
    for _ in range(n_calls):
        layer(x)
    return [len(layer.weights)] * n_calls


# %% only_trainable_weights
"""Only the trainable weights are counted.

`trainable_weights` leaves out what training does not change: frozen layers, the moving averages of BatchNormalization.
`layer.weights` lists both kinds.
"""


def weights_after_each_call(layer, x, n_calls):
    counts = []
    for _ in range(n_calls):
        layer(x)
        counts.append(len(layer.trainable_weights))
    return counts


# %% variables_counted
"""All variables are counted, the state of random generators included.

`layer.variables` also holds what is not a weight: Dropout keeps the state of its random numbers there. `layer.weights` leaves it
out.
"""


def weights_after_each_call(layer, x, n_calls):
    counts = []
    for _ in range(n_calls):
        layer(x)
        counts.append(len(layer.variables))
    return counts


# %% scalars_counted
"""The single numbers in the weights are counted, not the weights.

A kernel of shape (16, 32) is one weight with 512 entries. `count_params` adds up entries; this question asks for the length of
`layer.weights`.
"""


def weights_after_each_call(layer, x, n_calls):
    counts = []
    for _ in range(n_calls):
        layer(x)
        counts.append(sum(int(np.prod(getattr(weight, "shape", ()))) for weight in layer.weights))
    return counts


# %% call_method_called
"""`layer.call(x)` is used in place of `layer(x)`.

Calling the object does more than its method `call`: it builds the layer first. The method by itself meets a layer without
weights, or fails.
"""


def weights_after_each_call(layer, x, n_calls):
    counts = []
    for _ in range(n_calls):
        layer.call(x)
        counts.append(len(layer.weights))
    return counts


# %% called_once
"""The layer is called once, and its weights are counted again and again.

Without a further call nothing can change, so all numbers are equal whatever the layer does. Call it inside the
loop.
"""


def weights_after_each_call(layer, x, n_calls):
    layer(x)
    return [len(layer.weights) for _ in range(n_calls)]


# %% only_the_last_number
"""A single number is returned: the count after the last call.

The function returns a list with one entry per call, so that you can see whether the calls differ. Append to it inside the
loop.
"""


def weights_after_each_call(layer, x, n_calls):
    for _ in range(n_calls):
        layer(x)
    return len(layer.weights)


# %% one_call_more_to_build
"""The layer is called once before the loop, to build it.

That is one call too many: the numbers are those after the second call, the third, and so on. Call the layer inside the loop only.
"""


def weights_after_each_call(layer, x, n_calls):
    layer(x)
    counts = []
    for _ in range(n_calls):
        layer(x)
        counts.append(len(layer.weights))
    return counts


# %% counts_added_up
"""The counts are added up from call to call.

The list holds the number of weights after each call, not a running total.
"""


def weights_after_each_call(layer, x, n_calls):
    counts, total = [], 0
    for _ in range(n_calls):
        layer(x)
        total += len(layer.weights)
        counts.append(total)
    return counts


# %% differences_counted
"""The list holds how many weights each call has added.

Each number is `len(layer.weights)` after the call: a layer that keeps its weights gives the same number every time.
"""


def weights_after_each_call(layer, x, n_calls):
    counts, before = [], 0
    for _ in range(n_calls):
        layer(x)
        counts.append(len(layer.weights) - before)
        before = len(layer.weights)
    return counts
