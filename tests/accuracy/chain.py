"""A linear-chain conditional random field: how its weights are fitted to allowed paths.

Lafferty, McCallum and Pereira, "Conditional Random Fields", 2001. The likelihood is that of all
paths that the labels allow against that of all paths, so that a line may be labelled in part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

_Cell = TypeVar("_Cell", np.float64, np.bool_)
Floats = NDArray[np.float64]

_BATCH = 48
# Weights of paths beyond these are cut off; a document whose best allowed path is less likely than
# the least is labelled wrong, and counts for nothing.
_TINY, _LEAST, _HUGE = 1e-100, 1e-100, 1e80


@dataclass(frozen=True, kw_only=True)
class Sequences:
    """Lines of many documents, one after another.

    features: a row a line. allowed: for each line and state whether its label may be that.
    lengths: lines a document. weights: how much each document counts.
    """

    features: sparse.csr_matrix
    allowed: NDArray[np.bool_]
    lengths: Sequence[int]
    weights: Floats


@dataclass(frozen=True, kw_only=True)
class Weights:
    """features: a row a feature, a column a state; start: what a state begins with; steps: from a
    row's state to a column's; first: what beginning in a state costs.
    """

    features: Floats
    start: Floats
    steps: Floats
    first: Floats

    def flat(self) -> Floats:
        return np.concatenate([self.features.ravel(), self.start, self.steps.ravel(), self.first])

    def unflat(self, flat: Floats) -> Weights:
        """Weights of the same shape as these."""
        states = len(self.start)
        features, start, steps, first = np.split(
            flat,
            np.cumsum([self.features.size, states, states * states]),
        )
        return Weights(
            features=features.reshape(self.features.shape),
            start=start,
            steps=steps.reshape(states, states),
            first=first,
        )


@dataclass(frozen=True, kw_only=True)
class Chain:
    """Which states may begin a path, end it, and follow one another (row before column)."""

    first: NDArray[np.bool_]
    last: NDArray[np.bool_]
    follows: NDArray[np.bool_]

    def fit(
        self,
        sequences: Sequences,
        near: Weights,
        strength: float,
        iterations: int,
    ) -> Weights:
        """The weights that make the allowed paths most likely, held `near` others.

        strength: of the pull towards those, half of it times the squared distance.
        """
        prior = near.flat()

        def loss_near(flat: Floats) -> tuple[float, Floats]:
            value, slope = self.loss(sequences, near.unflat(flat))
            away = flat - prior
            return value + strength * float(away @ away) / 2, slope.flat() + strength * away

        found = minimize(
            loss_near,
            prior,
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": iterations, "maxcor": 12},
        )
        return near.unflat(found.x)

    def loss(self, sequences: Sequences, weights: Weights) -> tuple[float, Weights]:
        """The negative log-likelihood, and its slope."""
        scores = sequences.features @ weights.features + weights.start
        slopes = np.zeros_like(scores)
        total = 0.0
        steps, first = np.zeros_like(weights.steps), np.zeros_like(weights.first)
        ends = np.cumsum(sequences.lengths)
        order = np.argsort(sequences.lengths, kind="stable")
        for batch in np.split(order, range(_BATCH, len(order), _BATCH)):
            spans = [slice(ends[d] - sequences.lengths[d], ends[d]) for d in batch]
            padded = _padded(scores, spans)
            allowed = np.where(_padded(sequences.allowed, spans), padded, -np.inf)
            every = self._sweep(padded, spans, weights)
            right = self._sweep(allowed, spans, weights)
            counted = np.where(every.possible & right.possible, sequences.weights[batch], 0.0)
            total += float((np.nan_to_num(every.log_sum - right.log_sum) * counted).sum())
            for sign, swept in ((1.0, every), (-1.0, right)):
                shares, pairs = swept.expected(sign * counted)
                steps += pairs
                first += shares[0].sum(axis=0)
                for at, span in enumerate(spans):
                    slopes[span] += shares[: span.stop - span.start, at]
        return total, Weights(
            features=sequences.features.T @ slopes,
            start=slopes.sum(axis=0),
            steps=steps,
            first=first,
        )

    def _sweep(self, scores: Floats, spans: list[slice], weights: Weights) -> _Swept:
        """The forward and backward passes over one batch."""
        lengths = np.array([span.stop - span.start for span in spans])
        most = scores.max(axis=2, keepdims=True)
        factors = np.exp(scores - most)
        steps = np.where(self.follows, np.exp(weights.steps), 0.0)
        to = np.empty_like(factors)
        sums = np.ones(factors.shape[:2])
        here = np.where(self.first, np.exp(weights.first), 0.0) * factors[0]
        for at in range(len(factors)):
            if at:
                here = (to[at - 1] @ steps) * factors[at]
            live = at < lengths
            sums[at] = np.where(live, here.sum(axis=1), 1.0)
            to[at] = np.where(live[:, None], here / np.maximum(sums[at], _TINY)[:, None], 0.0)
        last = to[lengths - 1, np.arange(len(lengths))] @ self.last.astype(float)
        since = np.zeros_like(factors)
        for at in range(len(factors) - 1, -1, -1):
            if at + 1 < len(factors):
                ahead = factors[at + 1] * since[at + 1]
                back = (ahead @ steps.T) / np.maximum(sums[at + 1], _TINY)[:, None]
                since[at] = np.where((at + 1 < lengths)[:, None], np.minimum(back, _HUGE), 0.0)
            since[at][at + 1 == lengths] = self.last
        live = np.arange(len(factors))[:, None] < lengths
        return _Swept(
            factors=factors,
            steps=steps,
            to=to,
            since=since,
            sums=sums,
            last=last,
            log_sum=np.log(np.maximum(sums, _TINY)).sum(axis=0)
            + np.where(live, most[:, :, 0], 0.0).sum(axis=0)
            + np.log(np.maximum(last, _TINY)),
            possible=(last > _LEAST) & (sums > _LEAST).all(axis=0),
        )


@dataclass(frozen=True, kw_only=True)
class _Swept:
    factors: Floats
    steps: Floats
    to: Floats
    since: Floats
    sums: Floats
    last: Floats
    log_sum: Floats
    possible: NDArray[np.bool_] = field(repr=False)

    def expected(self, counted: Floats) -> tuple[Floats, Floats]:
        """For each line the share of each state, and the sum of those of each step, both times
        how much the document counts."""
        factor = np.where(counted != 0, counted / np.maximum(self.last, _TINY), 0.0)
        shares = self.to * self.since * factor[None, :, None]
        pairs = np.zeros_like(self.steps)
        for at in range(1, len(self.to)):
            ahead = self.factors[at] * self.since[at]
            scale = np.where(counted != 0, factor / np.maximum(self.sums[at], _TINY), 0.0)
            pairs += self.steps * (self.to[at - 1].T @ (ahead * scale[:, None]))
        return shares, pairs


def _padded(rows: NDArray[_Cell], spans: list[slice]) -> NDArray[_Cell]:
    """Documents side by side, each from the first row on; ones below the shorter ones."""
    longest = max(span.stop - span.start for span in spans)
    padded = np.ones((longest, len(spans), rows.shape[1]), dtype=rows.dtype)
    for at, span in enumerate(spans):
        padded[: span.stop - span.start, at] = rows[span]
    return padded
