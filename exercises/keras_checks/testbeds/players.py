"""Two tiny players of an adversarial game that write down what is done with them.

Each has a kernel and a bias; :mod:`keras_checks.testbeds.bends` says how it uses them. A transcript is a list of
events in the order in which they ran, eagerly or in a graph; each holds the weights that both players had at that
moment.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_checks.errors import describe_error
from keras_checks.question import Case
from keras_checks.testbeds.bends import outputs
from keras_checks.testbeds.descent import descent
from keras_checks.testbeds.graphs import unoptimized

Event = dict[str, Any]


class Transcript:
    """Collects the events of a game."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.players: dict[str, Player] = {}

    def note(self, kind: str, **tensors: Any) -> None:
        """Write down an event of ``kind``, with these tensors and the players' present weights."""
        eager = tf.executing_eagerly()
        states = [player.state() for player in self.players.values()]

        def write(*numbers: Any) -> None:
            found = iter(numbers)
            seen = {name: np.array(next(found)) for name in tensors}
            for name, parts in zip(self.players, states, strict=True):
                seen[name] = np.concatenate([np.ravel(next(found)) for _ in parts])
            self.events.append({"kind": kind, "eager": eager} | seen)

        values = [*tensors.values(), *(part for parts in states for part in parts)]
        if eager:
            write(*values)
        else:
            tf.numpy_function(write, values, [])

    def take(self) -> list[Event]:
        """The events since the last call; the last of them, "end", holds the weights as they are now."""
        self.note("end")
        taken, self.events = self.events, []
        return taken


def optimizers_of(case: Case) -> dict[str, keras.optimizers.Optimizer]:
    """The two optimizers of a game, as `d_optimizer` and `g_optimizer`, with the rates and the rule of the case."""
    return {f"{letter}_optimizer": descent(case, case[f"{letter}_rate"]) for letter in "dg"}


def updates_by(optimizers: Mapping[str, keras.optimizers.Optimizer]) -> int:
    """How many updates these optimizers have made together."""
    return sum(int(optimizer.iterations.numpy()) for optimizer in optimizers.values())


class Player(keras.layers.Layer):
    """A network of a case, whose outputs have a given shape; notes each call."""

    def __init__(self, transcript: Transcript, name: str, case: Case, shape: Sequence[int]):
        super().__init__(name=name)
        kernel, bias = case[f"{name[0]}_kernel"], case[f"{name[0]}_bias"]
        self.form = tuple(case.get(f"{name[0]}_bends", ()))
        self.supports_jit = False  # a compiled graph could not write the transcript
        self.transcript = transcript
        self.shape = tuple(shape)
        self.kernel, self.bias = (
            self.add_weight(name=weight, shape=values.shape, initializer=lambda *_, values=values, **__: values)
            for weight, values in (("kernel", kernel), ("bias", bias))
        )
        transcript.players[name] = self

    def call(self, inputs: Any) -> Any:
        flat = tf.reshape(inputs, (-1, math.prod(inputs.shape[1:])))
        found = tf.reshape(outputs(flat, self.kernel, self.bias, self.form), (-1, *self.shape))
        self.transcript.note(f"{self.name} call", into=inputs, out=found)
        return found

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """The shape of :meth:`call`'s result, so that Keras does not trace ``call`` to find it."""
        return (input_shape[0], *self.shape)

    def state(self) -> list[Any]:
        """All weights as they are now: the kernel's, then the bias's. A transcript joins them in one vector."""
        return [_read(weight) for weight in (self.kernel, self.bias)]


def _read(variable: Any) -> Any:
    """A variable's value, unseen by the gradient tapes that a student may ask for what they watched."""
    value = variable.value
    return tf.raw_ops.ReadVariableOp(resource=value.handle, dtype=value.dtype) if hasattr(value, "handle") else value


def network(player: Player, into: Sequence[int]) -> keras.Model:
    """A model with one player in it, for inputs of shape ``into``."""
    symbol = keras.Input(tuple(into))
    return keras.Model(symbol, player(symbol))


def attempt(transcript: Transcript, step: Callable[[], Any]) -> dict[str, Any]:
    """Run a step of training: its events, and what it ``returned`` or ``raised``.

    An error is part of the observation: what the step had done before it still counts.
    """
    transcript.take()
    try:
        outcome: dict[str, Any] = {"returned": _losses(step())}
    except Exception as error:
        said = describe_error(error)
        outcome = {"raised": {"type": said["type"], "message": said["message"][:200]}}
    return {"events": transcript.take()} | outcome


class _Scribe(keras.callbacks.Callback):
    """Collects each step's part of the transcript while `fit` runs."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__()
        self.transcript = transcript
        self.steps: list[dict[str, Any]] = []

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
        self.steps.append({"events": self.transcript.take(), "returned": _losses(logs)})


def fitted(model: keras.Model, batches: Sequence[np.ndarray], transcript: Transcript) -> list[dict[str, Any]]:
    """What :func:`attempt` gives for each step of one epoch of ``model.fit`` over ``batches``, in their order.

    A step that raises ends the epoch: the same error stands for those that `fit` did not come to.
    """
    data, scribe = as_batches(batches), _Scribe(transcript)
    with unoptimized():
        last = attempt(transcript, lambda: _last_losses(model.fit(data, epochs=1, verbose=0, callbacks=[scribe])))
    return scribe.steps + [last] * (len(batches) - len(scribe.steps))


def as_batches(batches: Sequence[np.ndarray]) -> Any:
    """A dataset of these batches. All but the last, which may be shorter, have the same size."""
    return tf.data.Dataset.from_tensor_slices(np.concatenate(batches)).batch(len(batches[0]))


def _last_losses(history: Any) -> dict[str, Any]:
    return {name: values[-1] for name, values in history.history.items()}


def _losses(result: Any) -> dict[str, np.ndarray]:
    if not isinstance(result, dict) or not {"d_loss", "g_loss"} <= set(result):
        raise TypeError(f"`train_step` must return a dict with `d_loss` and `g_loss`; it returned {result!r}")
    return {name: np.array(keras.ops.convert_to_numpy(result[name])) for name in ("d_loss", "g_loss")}
