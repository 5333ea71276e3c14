"""Values are found in a saved configuration by what they are, whatever a class calls them."""

from __future__ import annotations

from keras_checks.configurations import edited


def test_values_are_exchanged_wherever_they_are() -> None:
    config = {"quantile": 0.25, "inner": {"config": {"units": 4, "activation": "tanh"}}, "list": [4, "tanh"]}
    found = edited(config, {0.25: 0.62, 4: 7, "tanh": "sigmoid"})
    assert found == {
        "quantile": 0.62,
        "inner": {"config": {"units": 7, "activation": "sigmoid"}},
        "list": [7, "sigmoid"],
    }
    assert config["quantile"] == 0.25


def test_a_value_of_another_kind_is_another_value() -> None:
    assert edited({"trainable": True, "seed": None, "rate": 1.0}, {1: 2}) == {
        "trainable": True,
        "seed": None,
        "rate": 1.0,
    }


def test_float32_is_close_enough() -> None:
    assert edited([0.8999999761581421], {0.9: 0.27}) == [0.27]
