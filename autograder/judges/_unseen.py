"""Cases that no submission has seen, after one that everybody has."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from keras_checks.question import Case


def unseen(public: Case, drawn: SearchStrategy[Case]) -> SearchStrategy[Case]:
    """Drawn cases. In place of the smallest, which everybody gets, comes a public one: it has been observed."""
    return st.binary(min_size=8, max_size=8).flatmap(lambda key: drawn if any(key) else st.just(public))
