# SPDX-License-Identifier: Apache-2.0
"""
Capacitated maximal covering (Current and Storbeck 1988): most people, k sites, each with its room.

People may split over sites. What a choice serves is a largest flow from people to open sites.
"""

import numpy as np
from numpy.typing import ArrayLike

from goldenhour.siting.engine.branch import branch
from goldenhour.siting.engine.capacity_check import (
    Offer,
    out_of_reach,
    require_whole,
    serve,
    settled,
)
from goldenhour.siting.engine.capacity_search import greedy, search
from goldenhour.siting.engine.covering import build, level
from goldenhour.siting.engine.min_cut import measure, one_tier
from goldenhour.siting.engine.min_cut_problem import CappedProblem
from goldenhour.siting.plain.capacity import require_capacity
from goldenhour.siting.plain.choice import Choice, as_choice
from goldenhour.siting.plain.cover import Covers, as_cover
from goldenhour.siting.plain.effort import Effort
from goldenhour.siting.plain.inputs import require_people
from goldenhour.siting.plain.result import Solution, proof_status


def mclp_capacitated(
    cover: Covers,
    people: ArrayLike,
    capacity: ArrayLike,
    k: int | Choice,
    *,
    effort: Effort | None = None,
) -> Solution:
    """
    Choose the sites that serve most people, none more than it has room for.

    Parameters
    ----------
    cover
        Which demand each site covers: dense or sparse, shape ``(n_demand, n_sites)``, anything but
        0 covers; or a ``Cover``.
    people
        People of each demand. Shape ``(n_demand,)``, all ``>= 0``.
    capacity
        People that each site can serve, infinite for no limit; or one number for all. Shape
        ``(n_sites,)``, all ``>= 0``.
    k
        Sites to open, or a ``Choice`` with what is forced and forbidden.
    effort
        When to stop; left out, not before the proof.

    Returns
    -------
    solution
        Sites with bound and gap; people beyond reach or room are not counted.

    Raises
    ------
    InputError
        If people or capacities are negative or not a number, or the shapes do not meet.
    NoPlanError
        If more sites are wanted than may be opened.
    """
    effort = effort or Effort()
    counted = require_people(people)
    covers = as_cover(cover, len(counted))
    room = require_capacity(capacity, covers.n_sites)
    exact = measure(counted, room)
    sites = level(as_choice(k), covers.n_sites, "sites")
    capped = one_tier(build(covers, counted, sites).table, room, sites, exact)
    common = require_whole(greedy(capped))
    found = branch(CappedProblem(capped), effort, first=search(capped, effort, first=common))
    chosen = tuple(int(j) for j in np.flatnonzero(require_whole(found.chosen)))
    offer = Offer(cover=covers, people=counted, rooms=(room, np.zeros(0)), measure=exact)
    objective = serve(offer, chosen).people
    bound = settled(found, objective)
    return Solution(
        sites=chosen,
        objective=objective,
        bound=bound,
        status=proof_status(objective, bound),
        greedy_objective=capped.weigh(common),
        nodes=found.nodes,
        stopped=found.stopped,
        score=found.score,
        not_servable=out_of_reach(covers, sites.allowed),
    )
