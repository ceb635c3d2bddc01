# SPDX-License-Identifier: Apache-2.0
"""
The capacitated p-median (Mulvey and Beck 1984): each demand whole to one site, within its room.

Method: assignment by regret with shifts and exchanges, sites moved to the middle of their demand;
prices of demand with a knapsack at each site for the bound; a tree over the sites.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from goldenhour.base.errors import GoldenHourError, NoPlanError
from goldenhour.siting.engine.branch import branch
from goldenhour.siting.engine.covering import level
from goldenhour.siting.engine.problem import Branched, Floats
from goldenhour.siting.engine.single_source import build
from goldenhour.siting.engine.single_source_problem import ParcelProblem, Watch
from goldenhour.siting.models.p_median import never_served
from goldenhour.siting.plain.capacity import require_capacity
from goldenhour.siting.plain.choice import Choice, as_choice
from goldenhour.siting.plain.effort import Effort
from goldenhour.siting.plain.inputs import require_people
from goldenhour.siting.plain.result import ProofStatus, Sense, Solution
from goldenhour.siting.plain.times import Times, TimesLike, as_times

_SAME = 1e-9


def p_median_capacitated(
    times: TimesLike,
    weights: ArrayLike | None,
    capacity: ArrayLike,
    p: int | Choice,
    *,
    load: ArrayLike | None = None,
    effort: Effort | None = None,
) -> Solution:
    """
    Choose the sites that serve all demand, each within its room, in least weighted time.

    Parameters
    ----------
    times
        Seconds, or any other cost of 0 or more; shape ``(n_demand, n_sites)``. ``inf``, or an entry
        that a sparse array does not store, is *cannot reach*; a 0 that it stores is 0 seconds.
    weights
        Of each demand in the objective, such as people; 1 each if None. Shape ``(n_demand,)``, all
        ``>= 0``.
    capacity
        Load that each site takes, infinite for no limit; or one number for all. Shape
        ``(n_sites,)``, all ``>= 0``.
    p
        Sites to open, or a ``Choice`` with what is forced and forbidden.
    load
        What each demand takes of a capacity; its weight if left out. Shape ``(n_demand,)``, all
        ``>= 0``.
    effort
        When to stop; left out, not before the proof.

    Returns
    -------
    solution
        Sites with weighted time, bound and gap; ``site_of`` says where each demand goes, -1 for
        what ``not_servable`` lists: no site reaches it.

    Raises
    ------
    InputError
        If a time, weight, load or capacity is negative or not a number, or shapes do not meet.
    NoPlanError
        If more sites are wanted than may be opened, or no such choice has room for all demand.
    """
    effort = effort or Effort()
    taken = as_times(times)
    n = taken.n_demand
    counted = require_people(np.ones(n) if weights is None else weights, n)
    loads = counted if load is None else require_people(load, n)
    room = require_capacity(capacity, taken.n_sites)
    sites = level(as_choice(p), taken.n_sites, "sites")
    lost = never_served(taken, sites.allowed)
    kept = np.setdiff1d(np.arange(n), lost)
    parcels = build(taken, counted, (loads, room), sites, kept)
    problem = ParcelProblem(parcels, effort)
    watch = Watch(effort)
    found = branch(problem, watch.effort(), first=problem.first)
    if found.chosen is None:
        raise _no_room(problem, found, sites.n)
    site_of = np.full(n, -1, dtype=np.int32)
    site_of[kept] = problem.assigned(found.chosen).site_of
    objective = _recount(taken, counted, (loads, room), site_of)
    bound, is_optimal = _settled(problem, found, objective)
    return Solution(
        sites=tuple(int(j) for j in np.flatnonzero(found.chosen)),
        objective=objective,
        bound=bound,
        status=ProofStatus.OPTIMAL if is_optimal else ProofStatus.GAP,
        sense=Sense.LEAST,
        nodes=found.nodes,
        stopped=watch.asked,
        score=found.score,
        site_of=site_of,
        not_servable=lost,
    )


def _recount(
    times: Times,
    weights: Floats,
    rooms: tuple[Floats, Floats],
    site_of: NDArray[np.int32],
) -> float:
    """Weigh the assignment from the input, and see that no site takes more than its room."""
    loads, room = rooms
    served = np.flatnonzero(site_of >= 0)
    load = np.bincount(site_of[served], weights=loads[served], minlength=times.n_sites)
    slack = _SAME * max(1.0, float(loads.sum()))
    used = site_of[times.demand] == times.site
    if np.any(load > room + slack) or used.sum() != len(served):
        raise GoldenHourError(
            "A plan overfills a site, or sends demand where it cannot go.",
            where="siting with capacities",
            do="Tell the maintainers; the plan is not shown.",
            code="GH417",
        )
    return float(weights[times.demand[used]] @ times.time_s[used])


def _settled(problem: ParcelProblem, found: Branched, objective: float) -> tuple[float, bool]:
    """Give the bound, and whether nothing better fits below the objective."""
    parcels = problem.parcels
    bound = min(-found.bound, problem.unsettled())
    agrees = abs(-found.value - objective) <= _SAME * max(1.0, objective)
    if agrees and not parcels.beats(bound, -found.value):
        return objective, True
    return max(0.0, min(bound, objective)), False


def _no_room(problem: ParcelProblem, found: Branched, n: int) -> NoPlanError:
    """Say that no choice serves all demand, or that none was found in time."""
    if found.bound == -np.inf and problem.unsettled() == np.inf:
        return NoPlanError(
            f"No {n} sites have room for all demand within their reach.",
            where="capacity",
            do="Open more sites, or give them more room.",
            code="GH416",
        )
    return NoPlanError(
        "The search ended before any whole plan was found.",
        where="capacity",
        do="Allow more search nodes, open more sites, or give them more room.",
        code="GH402",
    )
