"""The chain is fitted to what the labels allow: its slope is the true one, and it learns."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from tests.accuracy.chain import Chain, Sequences, Weights

FEATURES, STATES = 4, 3


def _chain() -> Chain:
    return Chain(
        first=np.array([True, True, False]),
        last=np.array([False, True, True]),
        follows=np.array([[True, True, False], [False, True, True], [False, False, True]]),
    )


def _sequences(allowed: list[set[int]], lengths: list[int]) -> Sequences:
    random = np.random.default_rng(7)
    rows = sum(lengths)
    may_be = np.zeros((rows, STATES), dtype=bool)
    for row, states in enumerate(allowed):
        may_be[row, list(states)] = True
    return Sequences(
        features=sparse.csr_matrix(random.integers(0, 2, (rows, FEATURES)).astype(float)),
        allowed=may_be,
        lengths=lengths,
        weights=np.array([1.0, 0.5]),
    )


def _zeros() -> Weights:
    return Weights(
        features=np.zeros((FEATURES, STATES)),
        start=np.zeros(STATES),
        steps=np.zeros((STATES, STATES)),
        first=np.zeros(STATES),
    )


def test_the_slope_is_that_of_the_loss() -> None:
    chain, zeros = _chain(), _zeros()
    sequences = _sequences([{0}, {0, 1}, {1}, {2}, {1}, {0, 1, 2}, {2}], [4, 3])
    flat = np.random.default_rng(3).normal(size=zeros.flat().size)
    _, slope = chain.loss(sequences, zeros.unflat(flat))
    for at in range(len(flat)):
        step = np.zeros_like(flat)
        step[at] = 1e-6
        above, _ = chain.loss(sequences, zeros.unflat(flat + step))
        below, _ = chain.loss(sequences, zeros.unflat(flat - step))
        assert slope.flat()[at] == pytest.approx((above - below) / 2e-6, abs=1e-5)


def test_what_is_learned_makes_the_allowed_paths_likelier() -> None:
    chain, zeros = _chain(), _zeros()
    sequences = _sequences([{0}, {0}, {1}, {2}, {1}, {1}, {2}], [4, 3])
    before, _ = chain.loss(sequences, zeros)
    after, _ = chain.loss(sequences, chain.fit(sequences, zeros, strength=0.01, iterations=50))
    assert after < before / 2


def test_a_strong_pull_keeps_the_weights_near_what_was_known() -> None:
    sequences = _sequences([{0}, {0}, {1}, {2}, {1}, {1}, {2}], [4, 3])
    learned = _chain().fit(sequences, _zeros(), strength=1e9, iterations=50)
    assert np.abs(learned.flat()).max() < 1e-6


def test_a_document_without_an_allowed_path_counts_for_nothing() -> None:
    sequences = _sequences([{0}, {0}, {1}, {2}, {2}, {2}, {0}], [4, 3])  # 2 before 0: impossible
    value, slope = _chain().loss(sequences, _zeros())
    alone, _ = _chain().loss(
        _sequences([{0}, {0}, {1}, {2}, {0, 1}, {0, 1, 2}, {1, 2}], [4, 3]), _zeros()
    )
    assert np.isfinite(value)
    assert np.isfinite(slope.flat()).all()
    assert value <= alone + 1e-9
