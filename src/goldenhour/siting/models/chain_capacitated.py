# SPDX-License-Identifier: Apache-2.0
"""
The chain of care with capacities: from people to stabilisation points, and on to field hospitals.

Hierarchical maximal covering with referral and capacities (after Töreyen 2007): what a choice
serves is a largest flow through open stabilisation points and the open hospitals they reach.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

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
from goldenhour.siting.engine.min_cut_ruled import CappedRuledProblem
from goldenhour.siting.engine.problem import Branched, Floats
from goldenhour.siting.engine.ruled import Ruled
from goldenhour.siting.models.chain import Links
from goldenhour.siting.models.side_rules import (
    NOTHING,
    Rules,
    by_hospitals,
    levels,
    no_choice,
    require_rules,
    ruled_of,
)
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
    rules: Rules | None = None,
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
    rules
        Distances and a budget that the choice must keep; none if left out.
    effort
        When to stop; left out, not before the proof.

    Returns
    -------
    solution
        Sites of both tiers with bound and gap; people beyond reach or room are not counted.

    Raises
    ------
    InputError
        If people, capacities or the share cannot be counted on, the links have the wrong shape, or
        the rules ask for a backup or for zones, which have no meaning within capacities yet.
    NoPlanError
        If more are wanted of a tier than may be opened, or no choice keeps the rules.
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
    links = replace(links, linked=np.ascontiguousarray(links.linked, np.bool_))
    exact = measure(counted, *rooms)
    offer = Offer(cover=covers, people=counted, rooms=rooms, measure=exact, linked=links.linked)
    wanted = as_choice(sites), as_choice(hospitals)
    if rules is None:
        found, capped, common = _freely(offer, links, wanted, effort)
        chosen = require_whole(found.chosen)
    else:
        found, capped, common = _ruled(offer, links, wanted, rules, effort)
        if found.chosen is None:
            raise no_choice(found, *wanted)
        chosen = found.chosen
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
        greedy_objective=common,
        nodes=found.nodes,
        stopped=found.stopped,
        score=found.score[: covers.n_sites],
        not_servable=out_of_reach(covers, capped.sites.allowed & links.linked.any(axis=1)),
    )


_Found = tuple[Branched, Capped, float]


def _freely(offer: Offer, links: Links, wanted: tuple[Choice, Choice], effort: Effort) -> _Found:
    """Choose where nothing but counts is ruled; with the inner problem and what greedy serves."""
    capped = _capped(offer, links, wanted)
    common = greedy(capped)
    first = search(capped, effort, first=common)
    found = branch(CappedProblem(capped), effort, first=first)
    return found, capped, float("nan") if common is None else capped.weigh(common)


def _ruled(
    offer: Offer, links: Links, wanted: tuple[Choice, Choice], rules: Rules, effort: Effort
) -> _Found:
    """Choose under rules, one number of hospitals after another where fewer may open."""
    if rules.backup_share or rules.zone is not None:
        raise InputError(
            "A backup or zones cannot be asked for together with capacities.",
            where="rules",
            do="Leave out one of them.",
            code="GH121",
        )
    require_rules(rules, offer.cover, links)
    tiers = levels(links, *wanted, rules)
    whole = ruled_of(offer.cover, links, offer.people, tiers, rules)
    best, common, last = NOTHING, 0.0, _put(offer, links, whole)
    for part in by_hospitals(whole) if rules.at_most else [whole]:
        capped = _put(offer, links, part)
        problem = CappedRuledProblem(capped, part)
        common = max(common, problem.one_by_one())
        first = problem.choice(np.zeros(problem.n_open))
        found = branch(problem, effort, first=first, in_hand=best.value)
        best, last = best.beside(found), capped
    return best, last, min(common, best.value)


def _put(offer: Offer, links: Links, ruled: Ruled) -> Capped:
    """Put rooms to the groups of a problem with rules, which knows of structures in two tiers."""
    pair = ruled.sites, ruled.hospitals
    return two_tiers(ruled.table, offer.rooms, links.linked, pair, offer.measure, links.same)


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


def _capped(offer: Offer, links: Links, wanted: tuple[Choice, Choice]) -> Capped:
    """Merge demand, and see that both tiers can be filled."""
    first = level(wanted[0], offer.cover.n_sites, "stabilisation points")
    second = level(wanted[1], links.linked.shape[1], "field hospitals")
    if links.same is not None:
        first, second = without_clashes(first, second, links.same)
    table = build(offer.cover, offer.people, first).table
    return two_tiers(table, offer.rooms, links.linked, (first, second), offer.measure, links.same)
