# %% hidden_layer_for_each_ticker
"""The beta network is counted once for each ticker.

It is threaded over the tickers: the same weights meet every row. The only layer that notices how many tickers there
are is the one that takes the returns as one row.
"""


def parameter_count(n_tickers, n_characteristics, hidden_units, n_factors):
    beta_network = (n_characteristics + 1) * hidden_units + 4 * hidden_units + (hidden_units + 1) * n_factors
    return n_tickers * beta_network + (n_tickers + 1) * n_factors


# %% flattened_characteristics
"""The hidden layer is counted as if its input were flattened.

One row that goes in has n_characteristics entries, not n_tickers times as many. Dense works on the last axis.
"""


def parameter_count(n_tickers, n_characteristics, hidden_units, n_factors):
    hidden = (n_tickers * n_characteristics + 1) * hidden_units
    return hidden + 4 * hidden_units + (hidden_units + 1) * n_factors + (n_tickers + 1) * n_factors


# %% no_moving_statistics
"""The moving mean and variance are not counted.

They are not trained, but they are part of the model, and `count_params` counts them: four numbers for each hidden
unit, not two.
"""


def parameter_count(n_tickers, n_characteristics, hidden_units, n_factors):
    hidden = (n_characteristics + 1) * hidden_units
    return hidden + 2 * hidden_units + (hidden_units + 1) * n_factors + (n_tickers + 1) * n_factors


# %% no_batch_normalisation_counted
"""The batch normalisation is left out.

It holds a scale, a shift, a mean and a variance for each hidden unit.
"""


def parameter_count(n_tickers, n_characteristics, hidden_units, n_factors):
    return (n_characteristics + 1) * hidden_units + (hidden_units + 1) * n_factors + (n_tickers + 1) * n_factors


# %% biases_forgotten
"""The biases are not counted.

Each Dense layer adds one number to each of its outputs: as many as it has units.
"""


def parameter_count(n_tickers, n_characteristics, hidden_units, n_factors):
    return n_characteristics * hidden_units + 4 * hidden_units + hidden_units * n_factors + n_tickers * n_factors


# %% factor_layer_takes_characteristics
"""The factor layer is counted on characteristics.

Its input are the returns of a date, one for each ticker.
"""


def parameter_count(n_tickers, n_characteristics, hidden_units, n_factors):
    hidden = (n_characteristics + 1) * hidden_units
    return hidden + 4 * hidden_units + (hidden_units + 1) * n_factors + (n_characteristics + 1) * n_factors


# %% beta_network_only
"""The factor layer is forgotten.

The right half of the model has weights, too: a row of n_tickers returns goes in, n_factors come out.
"""


def parameter_count(n_tickers, n_characteristics, hidden_units, n_factors):
    return (n_characteristics + 1) * hidden_units + 4 * hidden_units + (hidden_units + 1) * n_factors


# %% statistics_over_the_tickers
"""The batch normalisation is counted along the tickers.

It keeps the entries of the last axis apart, which are the hidden units: four numbers for each of them.
"""


def parameter_count(n_tickers, n_characteristics, hidden_units, n_factors):
    hidden = (n_characteristics + 1) * hidden_units
    return hidden + 4 * n_tickers + (hidden_units + 1) * n_factors + (n_tickers + 1) * n_factors


# %% returns_left_out_of_the_bias
"""The factor layer is counted without its bias.

Its kernel has n_tickers times n_factors entries, and it has one bias per factor.
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
