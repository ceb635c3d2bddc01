# SPDX-License-Identifier: Apache-2.0
"""What every model gives: sites, objective, bound, gap and status."""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Sense(StrEnum):
    """Whether a model wants most (people) or least (seconds, sites)."""

    MOST = "most"
    LEAST = "least"


def _none() -> NDArray[np.float64]:
    return np.zeros(0)


def _nobody() -> NDArray[np.int32]:
    return np.zeros(0, dtype=np.int32)


class ProofStatus(StrEnum):
    """How far the search is proven. Only OPTIMAL may be called best."""

    OPTIMAL = "optimal"
    GAP = "gap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """
    What every model gives.

    Parameters
    ----------
    sites
        Open sites, ascending.
    objective
        Value of these sites, recomputed from the input.
    bound
        No choice does better.
    status
        OPTIMAL only if bound and objective meet.
    sense
        Whether most or least is wanted.
    field_hospitals
        Open field hospitals, ascending; empty in models of one tier.
    greedy_objective
        Value of placing one site after another; NaN where a model has no such rule.
    nodes
        Nodes of the search tree that were looked at.
    stopped
        True if ``Effort.stop`` ended it.
    score
        Worth of each site at the prices of the proof: where to look for better ones. Shape
        ``(n_sites,)``, or empty.
    site_of
        Site that serves each demand, -1 if none does; empty in models that assign nobody. Shape
        ``(n_demand,)``, int32.
    not_servable
        Demand that no site could serve, whatever is chosen: never counted as served. Shape
        ``(n_not_servable,)``, int32.
    """

    sites: tuple[int, ...]
    objective: float
    bound: float
    status: ProofStatus
    sense: Sense = Sense.MOST
    field_hospitals: tuple[int, ...] = ()
    greedy_objective: float = float("nan")
    nodes: int = 0
    stopped: bool = False
    score: NDArray[np.float64] = field(default_factory=_none)
    site_of: NDArray[np.int32] = field(default_factory=_nobody)
    not_servable: NDArray[np.int32] = field(default_factory=_nobody)

    @property
    def gap(self) -> float:
        """``|bound - objective| / |objective|``, a share; ``inf`` where the objective is 0."""
        return gap_share(self.objective, self.bound, self.status)


def proof_status(objective: float, bound: float, sense: Sense = Sense.MOST) -> ProofStatus:
    """
    Say how far a search is proven.

    Parameters
    ----------
    objective
        Value in hand.
    bound
        Proven bound.
    sense
        Whether most or least is wanted.

    Returns
    -------
    status
        OPTIMAL only where the two meet.
    """
    met = bound <= objective if sense is Sense.MOST else bound >= objective
    return ProofStatus.OPTIMAL if met else ProofStatus.GAP


def gap_share(
    objective: float, bound: float, status: ProofStatus, *, of_zero: float = float("inf")
) -> float:
    """
    Measure what is left to prove.

    Parameters
    ----------
    objective
        Value in hand.
    bound
        Proven bound.
    status
        How far the search is proven.
    of_zero
        What is said where the value in hand is 0 and not proven.

    Returns
    -------
    gap_share
        ``|bound - objective| / |objective|``, a share; 0 if proven.
    """
    if status is ProofStatus.OPTIMAL:
        return 0.0
    return abs(bound - objective) / abs(objective) if objective else of_zero
