# %% hidden_layer_for_each_ticker
"""The beta network is counted once per ticker.

Its weights are the same for every ticker. Only the layer that takes the returns as one row depends on the number of
tickers.
"""


def parameter_count(n_tickers, n_characteristics, hidden_units, n_factors):
    beta_network = (n_characteristics + 1) * hidden_units + 4 * hidden_units + (hidden_units + 1) * n_factors
    return n_tickers * beta_network + (n_tickers + 1) * n_factors


# %% flattened_characteristics
"""The hidden layer is counted with an input of all tickers' characteristics in one row.

Nothing is flattened: a Dense layer works on the last axis, which has `n_characteristics` entries.
"""


def parameter_count(n_tickers, n_characteristics, hidden_units, n_factors):
    hidden = (n_tickers * n_characteristics + 1) * hidden_units
    return hidden + 4 * hidden_units + (hidden_units + 1) * n_factors + (n_tickers + 1) * n_factors


# %% no_moving_statistics
"""The moving mean and variance are not counted.

They are not trained, but `count_params` counts them: four numbers per hidden unit, not two.
"""


def parameter_count(n_tickers, n_characteristics, hidden_units, n_factors):
    hidden = (n_characteristics + 1) * hidden_units
    return hidden + 2 * hidden_units + (hidden_units + 1) * n_factors + (n_tickers + 1) * n_factors


# %% no_batch_normalisation_counted
"""The batch normalization is not counted.

It holds a scale, a shift, a moving mean and a moving variance per hidden unit.
"""


def parameter_count(n_tickers, n_characteristics, hidden_units, n_factors):
    return (n_characteristics + 1) * hidden_units + (hidden_units + 1) * n_factors + (n_tickers + 1) * n_factors


# %% biases_forgotten
"""The biases are not counted.

Each Dense layer has one bias per unit.
"""


def parameter_count(n_tickers, n_characteristics, hidden_units, n_factors):
    return n_characteristics * hidden_units + 4 * hidden_units + hidden_units * n_factors + n_tickers * n_factors


# %% factor_layer_takes_characteristics
"""The factor layer is counted with `n_characteristics` inputs.

Its input is the returns of a date, one per ticker.
"""


def parameter_count(n_tickers, n_characteristics, hidden_units, n_factors):
    hidden = (n_characteristics + 1) * hidden_units
    return hidden + 4 * hidden_units + (hidden_units + 1) * n_factors + (n_characteristics + 1) * n_factors


# %% beta_network_only
"""The factor layer is not counted.

The right half of the model also has weights: it has `n_tickers` inputs and `n_factors` units.
"""


def parameter_count(n_tickers, n_characteristics, hidden_units, n_factors):
    return (n_characteristics + 1) * hidden_units + 4 * hidden_units + (hidden_units + 1) * n_factors


# %% statistics_over_the_tickers
"""The batch normalization is counted per ticker.

It has four numbers per entry of the last axis, that is per hidden unit.
"""


def parameter_count(n_tickers, n_characteristics, hidden_units, n_factors):
    hidden = (n_characteristics + 1) * hidden_units
    return hidden + 4 * n_tickers + (hidden_units + 1) * n_factors + (n_tickers + 1) * n_factors


# %% returns_left_out_of_the_bias
"""The factor layer is counted without its bias.

It has one bias per factor, beside the `n_tickers * n_factors` entries of its kernel.
"""


def parameter_count(n_tickers, n_characteristics, hidden_units, n_factors):
    hidden = (n_characteristics + 1) * hidden_units
    return hidden + 4 * hidden_units + (hidden_units + 1) * n_factors + n_tickers * n_factors


# %% normalization_over_the_factors
"""The batch normalization is counted for the betas.

It is between the relu layer and the beta layer, so it has four numbers per hidden unit.
"""


def parameter_count(n_tickers, n_characteristics, hidden_units, n_factors):
    hidden = (n_characteristics + 1) * hidden_units
    return hidden + 4 * n_factors + (hidden_units + 1) * n_factors + (n_tickers + 1) * n_factors


# %% one_bias_for_each_layer
"""Only one bias per layer is counted.

A Dense layer has one bias per unit.
"""


def parameter_count(n_tickers, n_characteristics, hidden_units, n_factors):
    kernels = n_characteristics * hidden_units + hidden_units * n_factors + n_tickers * n_factors
    return kernels + 4 * hidden_units + 3


# %% sizes_of_the_notebook
"""The count does not follow the sizes that are passed in.

`make_model` reads the globals `n_tickers` and `n_characteristics`: a model that it builds has the sizes of the
notebook. Count the parameters for the arguments.
"""


def parameter_count(n_tickers, n_characteristics, hidden_units, n_factors):
    return make_model(hidden_units, n_factors).count_params()


# %% four_for_the_normalization
"""The batch normalization is counted with four parameters in all.

It has four numbers per entry of the last axis: `4 * hidden_units`.
"""


def parameter_count(n_tickers, n_characteristics, hidden_units, n_factors):
    return (n_characteristics + 1) * hidden_units + 4 + (hidden_units + 1) * n_factors + (n_tickers + 1) * n_factors


# %% count_as_a_float
"""The count is a float.

Often because of `/` or a function of NumPy. The number of parameters is an integer: convert it with `int(...)`.
"""


def parameter_count(n_tickers, n_characteristics, hidden_units, n_factors):
    beta_half = (n_characteristics + 5) * hidden_units + (hidden_units + 1) * n_factors
    return float(beta_half + (n_tickers + 1) * n_factors)
