# %% comprehension
"""A list comprehension over a helper that calls and counts."""


def weights_after_each_call(layer, x, n_calls):
    def call_and_count():
        layer(x)
        return len(layer.weights)

    return [call_and_count() for _ in range(n_calls)]


# %% preallocated
"""A list of the right length, filled by index; inference mode on request."""


def weights_after_each_call(layer, x, n_calls, verbose=False):
    counts = [0] * n_calls
    for index in range(n_calls):
        output = layer(x)
        counts[index] = len(layer.weights)
        if verbose:
            print(index, output.shape, counts[index])
    return counts


# %% recursive
"""One call, and the rest by recursion."""


def weights_after_each_call(layer, x, n_calls):
    if n_calls == 0:
        return []
    layer(x)
    return [len(layer.weights)] + weights_after_each_call(layer, x, n_calls - 1)
