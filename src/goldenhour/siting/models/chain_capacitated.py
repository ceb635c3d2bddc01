# SPDX-License-Identifier: Apache-2.0
"""
The chain of care with capacities: from people to stabilisation points, and on to field hospitals.

Hierarchical maximal covering with referral and capacities (after Töreyen 2007): what a choice
serves is a largest flow through open stabilisation points and the open hospitals they reach.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from goldenhour.base.errors import InputError
from goldenhour.siting.engine.branch import branch
from goldenhour.siting.engine.capacity_check import (
    Offer,
    out_of_reach,
    require_whole,
    serve,
    settled,
)
from goldenhour.siting.engine.capacity_search import greedy, search
from goldenhour.siting.engine.clash import without_clashes
from goldenhour.siting.engine.covering import build, level
from goldenhour.siting.engine.min_cut import Capped, measure, two_tiers
from goldenhour.siting.engine.min_cut_problem import CappedProblem
from goldenhour.siting.engine.problem import Bools, Floats
from goldenhour.siting.models.chain import Links
from goldenhour.siting.plain.capacity import require_capacity
from goldenhour.siting.plain.choice import Choice, as_choice
from goldenhour.siting.plain.cover import Covers, as_cover
from goldenhour.siting.plain.effort import Effort
from goldenhour.siting.plain.inputs import require_people
from goldenhour.siting.plain.result import Solution, proof_status


def chain_capacitated(  # noqa: PLR0913 - both tiers, each with how many and how much
    cover: Covers,
    links: Links,
    people: ArrayLike,
    *,
    tsp_capacity: ArrayLike,
    hospital_capacity: ArrayLike,
    sites: int | Choice,
    hospitals: int | Choice,
    hospital_share: float = 1.0,
    effort: Effort | None = None,
) -> Solution:
    """
    Choose stabilisation points and field hospitals that serve most people, within their room.

    Parameters
    ----------
    cover
        Which demand each stabilisation point covers within its clock: dense or sparse, shape
        ``(n_demand, n_sites)``, anything but 0 covers; or a ``Cover``.
    links
        Which field hospitals each of them reaches in time.
    people
        People, or casualties a day, of each demand. Shape ``(n_demand,)``, all ``>= 0``.
    tsp_capacity
        What each stabilisation point takes, in the same unit, infinite for no limit; or one number
        for all. Shape ``(n_sites,)``, all ``>= 0``.
    hospital_capacity
        What each field hospital takes; likewise. Shape ``(n_hospitals,)``, all ``>= 0``.
    sites
        Stabilisation points: how many, forced and forbidden.
    hospitals
        Field hospitals: how many, forced and forbidden.
    hospital_share
        Share of those at a stabilisation point who go on to a field hospital, a share.
    effort
        When to stop; left out, not before the proof.

    Returns
    -------
    solution
        Sites of both tiers with bound and gap; people beyond reach or room are not counted.

    Raises
    ------
    InputError
        If people, capacities or the share cannot be counted on, or the links have the wrong shape.
    NoPlanError
        If more are wanted of a tier than may be opened.
    """
    effort = effort or Effort()
    counted = require_people(people)
    covers = as_cover(cover, len(counted))
    if links.linked.ndim != 2 or len(links.linked) != covers.n_sites:  # noqa: PLR2004 - a table
        raise InputError(
            "The links do not have one row for each site.", where="links", code="GH121"
        )
    first = require_capacity(tsp_capacity, covers.n_sites, where="tsp_capacity")
    second = require_capacity(hospital_capacity, links.linked.shape[1], where="hospital_capacity")
    rooms = first, _at_the_sites(second, hospital_share)
    linked, exact = np.ascontiguousarray(links.linked, np.bool_), measure(counted, *rooms)
    offer = Offer(cover=covers, people=counted, rooms=rooms, measure=exact, linked=linked)
    capped = _capped(offer, linked, links.same, (as_choice(sites), as_choice(hospitals)))
    common = greedy(capped)
    found = branch(CappedProblem(capped), effort, first=search(capped, effort, first=common))
    chosen = require_whole(found.chosen)
    points = tuple(int(j) for j in np.flatnonzero(chosen[: covers.n_sites]))
    opened = tuple(int(h) for h in np.flatnonzero(chosen[covers.n_sites :]))
    objective = serve(offer, points, opened).people
    bound = settled(found, objective)
    return Solution(
        sites=points,
        field_hospitals=opened,
        objective=objective,
        bound=bound,
        status=proof_status(objective, bound),
        greedy_objective=float("nan") if common is None else capped.weigh(common),
        nodes=found.nodes,
        stopped=found.stopped,
        score=found.score[: covers.n_sites],
        not_servable=out_of_reach(covers, capped.sites.allowed & linked.any(axis=1)),
    )


def _at_the_sites(beds: Floats, share: float) -> Floats:
    """Count what hospitals take in people at the sites, of whom only a share goes on."""
    if not 0.0 <= share <= 1.0:
        raise InputError(
            f"The share that goes on to a hospital is {share}.",
            where="hospital_share",
            do="Give a share from 0 to 1.",
            code="GH121",
        )
    return beds / share if share else np.full(len(beds), np.inf)


def _capped(
    offer: Offer, linked: Bools, same: NDArray[np.int32] | None, choices: tuple[Choice, Choice]
) -> Capped:
    """Merge demand, and see that both tiers can be filled."""
    first = level(choices[0], offer.cover.n_sites, "stabilisation points")
    second = level(choices[1], linked.shape[1], "field hospitals")
    if same is not None:
        first, second = without_clashes(first, second, same)
    table = build(offer.cover, offer.people, first).table
    return two_tiers(table, offer.rooms, linked, (first, second), offer.measure, same)
