# SPDX-License-Identifier: Apache-2.0
"""
What the neighbourhood makes likely: a prior of damage for every place, learned with the beliefs.

Fighting destroys quarters, not single houses. The prior of a structure is the mean belief about the
structures around it, weighted by a Gaussian of their distance, beside some pseudo-structures of the
town's mean (empirical Bayes; Efron 2010). Belief and prior are worked out in turn until
neither changes. A structure never speaks for itself.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from goldenhour.base import facts

Floats = NDArray[np.float64]
_MOST_ROUNDS, _CALM = 100, 1e-4
_CELLS = 2.0  # to one near_m: structures of one cell are taken together
_FAR = 2.5  # of near_m: what lies further off weighs less than a twentieth


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """
    What was said of structures, in logarithms.

    Parameters
    ----------
    xy_m
        Where they stand, metres. Shape ``(n, 2)``.
    log_likelihood
        Of all that was said of each under G0 to G3. Shape ``(n, 4)``.
    silence
        Of not being on lists that speak of the structures around; 0 where it says nothing. It
        counts for the neighbours' prior and never for the structure itself. Shape ``(n, 4)``.
    counts
        True where something was said, or silence says something. Shape ``(n,)``.
    """

    xy_m: Floats
    log_likelihood: Floats
    silence: Floats
    counts: NDArray[np.bool_]


def p_among_neighbours(told: Told) -> Floats:
    """
    Weigh what was said of each structure by what its neighbourhood makes likely.

    Parameters
    ----------
    told
        What was said.

    Returns
    -------
    p
        Probability of G0 to G3; rows sum to 1, also where nothing was said. Shape ``(n, 4)``.
    """
    start = np.array(facts.fact("picture.prior_share").value, dtype=np.float64)
    prior = np.tile(start, (len(told.xy_m), 1))
    rows = np.flatnonzero(told.counts)
    if len(rows):
        around = _Around.of(told.xy_m, rows)
        heard = _likelihood((told.log_likelihood + told.silence)[rows])
        believed = _settled(around, heard, start)
        itself = np.zeros_like(prior)
        itself[rows] = believed
        prior = around.prior(believed, itself, around.cell, start)
    return _shares(prior * _likelihood(told.log_likelihood))


def _settled(around: "_Around", heard: Floats, start: Floats) -> Floats:
    """Work belief and prior out in turn, for those of whom something was heard."""
    cell = around.cell[around.rows]
    prior = np.tile(start, (len(heard), 1))
    believed = _shares(prior * heard)
    for _ in range(_MOST_ROUNDS):
        before, prior = prior, around.prior(believed, believed, cell, start)
        believed = _shares(prior * heard)
        if np.abs(prior - before).max() <= _CALM:
            break
    return believed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """Who stands how near to whom, by cells."""

    rows: NDArray[np.int64]  # those of whom something was heard
    cell: NDArray[np.int64]  # of every structure
    gather: sparse.csr_array  # [cell, heard of]
    weight: sparse.csr_array  # [cell, cell]

    @classmethod
    def of(cls, xy_m: Floats, rows: NDArray[np.int64]) -> "_Around":
        """Put structures into cells, and weigh cells by their distance."""
        near_m = facts.number("picture.near_m")
        side_m = near_m / _CELLS
        spots, found = np.unique(np.floor(xy_m / side_m), axis=0, return_inverse=True)
        cell = np.asarray(found, dtype=np.int64).ravel()
        tree = cKDTree(spots * side_m)
        away = tree.sparse_distance_matrix(tree, _FAR * near_m, output_type="coo_matrix")
        factor = np.exp(-0.5 * (away.data / near_m) ** 2)
        heard_in = (np.ones(len(rows)), (cell[rows], np.arange(len(rows))))
        return cls(
            rows=rows,
            cell=cell,
            gather=sparse.csr_array(heard_in, shape=(len(spots), len(rows))),
            weight=sparse.csr_array((factor, (away.row, away.col)), shape=away.shape),
        )

    def prior(
        self, believed: Floats, itself: Floats, cell: NDArray[np.int64], start: Floats
    ) -> Floats:
        """Mean belief about those near some structures, themselves left out, beside the town's."""
        near: Floats = self.weight @ (self.gather @ believed)
        others = np.maximum(near[cell] - itself, 0.0)
        usual = facts.number("picture.town_prior_structures") * start
        town = _shares(believed.sum(axis=0) - itself + usual)
        return _shares(others + facts.number("picture.near_prior_structures") * town)


def _likelihood(log_likelihood: Floats) -> Floats:
    """Take logarithms back, the largest of each row as 1."""
    likelihood: Floats = np.exp(log_likelihood - log_likelihood.max(axis=1, keepdims=True))
    return likelihood


def _shares(weight: Floats) -> Floats:
    """Make rows sum to 1."""
    shares: Floats = weight / weight.sum(axis=1, keepdims=True)
    return shares
