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
    if told.counts.any():
        around = _Around.of(told)
        heard = _likelihood(told.log_likelihood + told.silence)
        for _ in range(_MOST_ROUNDS):
            before, prior = prior, around.prior(_shares(prior * heard), start)
            if np.abs(prior - before).max() <= _CALM:
                break
    return _shares(prior * _likelihood(told.log_likelihood))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """Who stands how near to whom, by cells."""

    counts: NDArray[np.bool_]
    cell: NDArray[np.int64]
    gather: sparse.csr_array  # [cell, structure that counts]
    weight: sparse.csr_array  # [cell, cell]

    @classmethod
    def of(cls, told: Told) -> "_Around":
        """Put structures into cells, and weigh cells by their distance."""
        near_m = facts.number("picture.near_m")
        side_m = near_m / _CELLS
        spots, found = np.unique(np.floor(told.xy_m / side_m), axis=0, return_inverse=True)
        cell = np.asarray(found, dtype=np.int64).ravel()
        tree = cKDTree(spots * side_m)
        away = tree.sparse_distance_matrix(tree, _FAR * near_m, output_type="coo_matrix")
        factor = np.exp(-0.5 * (away.data / near_m) ** 2)
        rows = np.flatnonzero(told.counts)
        shape = (len(spots), len(cell))
        return cls(
            counts=told.counts,
            cell=cell,
            gather=sparse.csr_array((np.ones(len(rows)), (cell[rows], rows)), shape=shape),
            weight=sparse.csr_array((factor, (away.row, away.col)), shape=away.shape),
        )

    def prior(self, believed: Floats, start: Floats) -> Floats:
        """Mean belief about the others near each structure, beside the town's mean."""
        near: Floats = self.weight @ (self.gather @ believed)
        said = believed * self.counts[:, None]
        others = np.maximum(near[self.cell] - said, 0.0)
        usual = facts.number("picture.town_prior_structures") * start
        town = _shares(said.sum(axis=0) - said + usual)
        return _shares(others + facts.number("picture.near_prior_structures") * town)


def _likelihood(log_likelihood: Floats) -> Floats:
    """Take logarithms back, the largest of each row as 1."""
    likelihood: Floats = np.exp(log_likelihood - log_likelihood.max(axis=1, keepdims=True))
    return likelihood


def _shares(weight: Floats) -> Floats:
    """Make rows sum to 1."""
    shares: Floats = weight / weight.sum(axis=1, keepdims=True)
    return shares
