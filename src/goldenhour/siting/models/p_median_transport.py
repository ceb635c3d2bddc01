# SPDX-License-Identifier: Apache-2.0
"""
The capacitated p-median whose demand may be split between open sites: a transport problem.

After Jacobsen (1983) and Cornuéjols, Sridharan and Thizy (1991). Method: flows of least cost, whose
prices cut off what is too cheap to be true (Benders; Fischetti, Ljubić and Sinnl 2016), in a tree
over the sites.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from goldenhour.base.errors import GoldenHourError, NoPlanError
from goldenhour.siting.engine.branch import SAME, branch
from goldenhour.siting.engine.covering import Level, level
from goldenhour.siting.engine.min_cut import measure
from goldenhour.siting.engine.problem import Branched, Floats
from goldenhour.siting.engine.single_source_problem import Watch
from goldenhour.siting.engine.transport_problem import Loads, TransportProblem
from goldenhour.siting.models.p_median import never_served
from goldenhour.siting.plain.capacity import require_capacity
from goldenhour.siting.plain.choice import Choice, as_choice
from goldenhour.siting.plain.effort import Effort
from goldenhour.siting.plain.inputs import require_people
from goldenhour.siting.plain.result import ProofStatus, Sense, Solution
from goldenhour.siting.plain.times import Times, TimesLike, as_times

_SAME = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitSolution(Solution):
    """
    Sites, and how demand is split between them.

    Parameters
    ----------
    shares
        Share of each demand that goes to each site; a row sums to 1, or to 0 for what
        ``not_servable`` lists. Shape ``(n_demand, n_sites)``, sparse.
    """

    shares: sparse.csr_array


def p_median_transport(
    times: TimesLike,
    weights: ArrayLike | None,
    capacity: ArrayLike,
    p: int | Choice,
    *,
    load: ArrayLike | None = None,
    effort: Effort | None = None,
) -> SplitSolution:
    """
    Choose the sites that serve all demand, split at will, within their rooms in least time.

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
        Sites with weighted time, bound and gap; ``shares`` says where each demand goes, and
        ``not_servable`` lists what no site reaches.

    Raises
    ------
    InputError
        If a time, weight, load or capacity is negative or not a number, or shapes do not meet.
    NoPlanError
        If more sites are wanted than may be opened, or no such choice has room for all demand.
    """
    taken = as_times(times)
    n = taken.n_demand
    counted = require_people(np.ones(n) if weights is None else weights, n)
    loads = counted if load is None else require_people(load, n)
    room = require_capacity(capacity, taken.n_sites)
    sites = level(as_choice(p), taken.n_sites, "sites")
    lost = never_served(taken, sites.allowed)
    kept = np.setdiff1d(np.arange(n), lost)
    away = _table(taken)
    problem = TransportProblem(_loads(away[kept], counted[kept], (loads[kept], room), sites))
    watch = Watch(effort or Effort())
    found = branch(problem, watch.effort())
    shares = None if found.chosen is None else problem.shares(found.chosen)
    if found.chosen is None or shares is None:
        raise _no_room(found, sites.n)
    whole = np.zeros_like(away)
    whole[kept] = shares.T
    objective = _recount(away, counted, (loads, room), whole)
    agrees = abs(-found.value - objective) <= _SAME * max(1.0, objective)
    is_optimal = agrees and found.bound - found.value <= SAME * max(1.0, objective)
    return SplitSolution(
        sites=tuple(int(j) for j in np.flatnonzero(found.chosen)),
        objective=objective,
        bound=objective if is_optimal else max(0.0, min(-found.bound, objective)),
        status=ProofStatus.OPTIMAL if is_optimal else ProofStatus.GAP,
        sense=Sense.LEAST,
        nodes=found.nodes,
        stopped=watch.asked,
        score=found.score,
        not_servable=lost,
        shares=sparse.csr_array(whole),
    )


def _table(times: Times) -> Floats:
    """Write times as a table, ``inf`` where out of reach."""
    away = np.full((times.n_demand, times.n_sites), np.inf)
    away[times.demand, times.site] = times.time_s
    return away


def _loads(away: Floats, weight: Floats, rooms: tuple[Floats, Floats], sites: Level) -> Loads:
    """Lay out costs, and count loads and rooms in whole units: many, so that they can be split."""
    load, room = rooms[0], np.minimum(rooms[1], rooms[0].sum())
    unit = measure(load, room).unit
    reached = np.isfinite(away)
    cost = np.where(reached, weight[:, np.newaxis] * np.where(reached, away, 0.0), np.inf)
    # Where no grain is known, loads are rounded down and rooms up: no choice is lost.
    return Loads(
        cost=np.ascontiguousarray(cost.T),
        load=np.floor(load / unit).astype(np.int64),
        room=np.ceil(room / unit).astype(np.int64),
        sites=sites,
    )


def _recount(away: Floats, weights: Floats, rooms: tuple[Floats, Floats], shares: Floats) -> float:
    """Weigh the split from the input, and see that no site takes more than its room."""
    loads, room = rooms
    used = shares > 0
    everybody = shares.sum(axis=1)
    is_whole = np.abs(everybody - np.rint(everybody)) <= _SAME
    over = loads @ shares > room + _SAME * max(1.0, float(loads.sum()))
    if np.any(shares < 0) or np.any(over) or not is_whole.all() or np.isinf(away[used]).any():
        raise GoldenHourError(
            "A plan overfills a site, or sends demand where it cannot go.",
            where="siting with capacities",
            do="Tell the maintainers; the plan is not shown.",
            code="GH417",
        )
    return float((weights[:, np.newaxis] * shares)[used] @ away[used])


def _no_room(found: Branched, n: int) -> NoPlanError:
    """Say that no choice serves all demand, or that none was found in time."""
    if found.bound == -np.inf:
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
