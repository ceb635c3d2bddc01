# SPDX-License-Identifier: Apache-2.0
"""
What the neighbourhood makes likely: a prior of damage for every place, learned with the beliefs.

Fighting destroys quarters, not single houses. The prior of a structure is the mean belief about the
structures around it, weighted by a Gaussian of their distance, beside some pseudo-structures of the
town's mean (empirical Bayes; Efron 2010). Belief and prior are worked out in turn, in a fixed
number of rounds. A structure never speaks for itself.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from goldenhour.base import facts

Floats = NDArray[np.float64]
_ROUNDS = 100
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
    around = _Around.of(told)
    start = np.array(facts.fact("picture.prior_share").value, dtype=np.float64)
    prior = np.tile(start, (len(told.xy_m), 1))
    for _ in range(_ROUNDS if told.counts.any() else 0):
        believed = _posterior(prior, told.log_likelihood + told.silence)
        prior = around.prior(believed, start)
    return _posterior(prior, told.log_likelihood)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """Who stands how near to whom, by cells."""

    counts: NDArray[np.bool_]
    cell: NDArray[np.int64]
    weight: sparse.csr_array

    @classmethod
    def of(cls, told: Told) -> "_Around":
        """Put structures into cells, and weigh cells by their distance."""
        near_m = facts.number("picture.near_m")
        side_m = near_m / _CELLS
        spots, cell = np.unique(np.floor(told.xy_m / side_m), axis=0, return_inverse=True)
        tree = cKDTree(spots * side_m)
        away = tree.sparse_distance_matrix(tree, _FAR * near_m, output_type="coo_matrix")
        factor = np.exp(-0.5 * (away.data / near_m) ** 2)
        weight = sparse.csr_array((factor, (away.row, away.col)), shape=away.shape)
        return cls(counts=told.counts, cell=np.asarray(cell, dtype=np.int64).ravel(), weight=weight)

    def prior(self, believed: Floats, start: Floats) -> Floats:
        """Mean belief about the others near each structure, beside the town's mean."""
        said = np.where(self.counts[:, None], believed, 0.0)
        of_cell = np.zeros((self.weight.shape[0], believed.shape[1]))
        np.add.at(of_cell, self.cell, said)
        near: Floats = self.weight @ of_cell
        others = np.maximum(near[self.cell] - said, 0.0)
        usual = facts.number("picture.town_prior_structures") * start
        town = _shares(said.sum(axis=0) - said + usual)
        return _shares(others + facts.number("picture.near_prior_structures") * town)


def _posterior(prior: Floats, log_likelihood: Floats) -> Floats:
    """Bayes' rule by rows."""
    log_p = np.log(prior) + log_likelihood
    return _shares(np.exp(log_p - log_p.max(axis=1, keepdims=True, initial=-np.inf)))


def _shares(weight: Floats) -> Floats:
    """Make rows sum to 1."""
    shares: Floats = weight / weight.sum(axis=1, keepdims=True)
    return shares
