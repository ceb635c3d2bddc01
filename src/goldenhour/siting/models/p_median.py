# SPDX-License-Identifier: Apache-2.0
"""
The p-median (Hakimi 1964): the sites from which the weighted time to all demand is least.

Method: exchange search (Resende and Werneck 2007), prices of demand (Beasley 1993) that bound the
time and take sites out of the question, then Benders cuts of the radius formulation in a tree
(Duran-Mateluna, Alès and Elloumi 2023).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from goldenhour.siting.engine.assignment import SAME, Assignment, build
from goldenhour.siting.engine.assignment_prove import Proven, prove
from goldenhour.siting.engine.assignment_reach import Reached, reach
from goldenhour.siting.engine.covering import level
from goldenhour.siting.plain.choice import Choice, as_choice
from goldenhour.siting.plain.effort import Effort
from goldenhour.siting.plain.inputs import require_people
from goldenhour.siting.plain.result import ProofStatus, Sense, Solution
from goldenhour.siting.plain.times import Times, TimesLike, as_times


def p_median(
    times: TimesLike,
    weights: ArrayLike | None,
    p: int | Choice,
    *,
    effort: Effort | None = None,
) -> Solution:
    """
    Choose the sites from which the weighted time to all demand is least.

    Serving more counts before serving faster: where ``p`` sites cannot reach all demand that could
    be reached, first the weight left out is made least, then the time of the others. Status is
    OPTIMAL only if both are proven; ``bound`` is on the time of choices that leave out no more.

    Parameters
    ----------
    times
        Seconds, or any other cost of 0 or more; shape ``(n_demand, n_sites)``. ``inf``, or an entry
        that a sparse array does not store, is *cannot reach*; a 0 that it stores is 0 seconds.
    weights
        Of each demand, such as people; 1 each if None. Shape ``(n_demand,)``, all ``>= 0``.
    p
        Sites to open, or a ``Choice`` with what is forced and forbidden.
    effort
        When to stop; left out, not before the proof.

    Returns
    -------
    solution
        Sites with weighted time, bound and gap; ``site_of`` is -1 for demand that is left out, and
        ``not_servable`` lists that which no site could serve.

    Raises
    ------
    InputError
        If a time or weight is negative or not a number, or the shapes do not meet.
    NoPlanError
        If more sites are wanted than may be opened.
    """
    effort = effort or Effort()
    taken = as_times(times)
    counted = require_people(
        np.ones(taken.n_demand) if weights is None else weights, taken.n_demand
    )
    sites = level(as_choice(p), taken.n_sites, "sites")
    reached = reach(build(taken, counted, sites), effort)
    proven = prove(reached.assignment, reached.first, effort)
    return _solution(taken, counted, reached, proven, never_served(taken, sites.allowed))


def never_served(times: Times, allowed: NDArray[np.bool_]) -> NDArray[np.int32]:
    """
    Find the demand that no site could serve, whatever is chosen.

    Parameters
    ----------
    times
        Each demand's sites.
    allowed
        True where a site may be open. Shape ``(n_sites,)``, bool.

    Returns
    -------
    demand
        Ascending. Shape ``(n_not_servable,)``, int32.
    """
    can = np.zeros(times.n_demand, dtype=np.bool_)
    can[times.demand[allowed[times.site]]] = True
    return np.flatnonzero(~can).astype(np.int32)


def _solution(
    times: Times,
    weights: NDArray[np.float64],
    reached: Reached,
    proven: Proven,
    not_servable: NDArray[np.int32],
) -> Solution:
    """Count everything again from the input."""
    site_of, objective, left = _recount(times, weights, proven.sites)
    _, greedy, greedy_left = _recount(times, weights, reached.assignment.sites(reached.greedy))
    size = max(1.0, objective, reached.assignment.away * reached.assignment.left)
    agrees = abs(proven.cost - objective) <= SAME * size
    is_optimal = agrees and proven.bound >= proven.cost and reached.is_least
    bound = min(objective, max(0.0, proven.bound))
    return Solution(
        sites=proven.sites,
        objective=objective,
        bound=objective if is_optimal else bound,
        status=ProofStatus.OPTIMAL if is_optimal else ProofStatus.GAP,
        sense=Sense.LEAST,
        greedy_objective=greedy if greedy_left <= left else float("nan"),
        nodes=proven.nodes,
        stopped=proven.stopped,
        score=_score(times, reached.assignment, proven),
        site_of=site_of,
        not_servable=not_servable,
    )


def _recount(
    times: Times, weights: NDArray[np.float64], sites: tuple[int, ...]
) -> tuple[NDArray[np.int32], float, float]:
    """Weigh the time to the nearest open sites, and who is left out."""
    site_of, time_s = times.nearest(sites)
    served = site_of >= 0
    return site_of, float(weights[served] @ time_s[served]), float(weights[~served].sum())


def _score(times: Times, assignment: Assignment, proven: Proven) -> NDArray[np.float64]:
    """Worth of each site at the prices of the proof; those decided beforehand have none."""
    score = np.zeros(times.n_sites)
    score[assignment.site] = proven.score
    return score
