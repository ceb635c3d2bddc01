# SPDX-License-Identifier: Apache-2.0
"""
The chain of care: hierarchical maximal covering with referral (after Töreyen 2007).

A home counts as served if an open stabilisation point lies within its clock and that point has an
open field hospital within the link. The link holds for a casualty who spent the whole first clock.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.errors import InputError, NoPlanError
from goldenhour.siting.certificate import people_covered
from goldenhour.siting.engine.clash import without_clashes
from goldenhour.siting.engine.covering import NO_CLASH, Covering, Level, build, level
from goldenhour.siting.engine.prove import prove, settled_bound
from goldenhour.siting.engine.search import INCOMPLETE
from goldenhour.siting.plain.choice import Choice
from goldenhour.siting.plain.cover import Cover
from goldenhour.siting.plain.effort import Effort
from goldenhour.siting.plain.inputs import require_people
from goldenhour.siting.plain.result import Solution, proof_status


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """
    Which field hospitals each stabilisation point reaches in time.

    Parameters
    ----------
    linked
        Shape ``(n_sites, n_hospitals)``, bool.
    same
        Hospital in the same structure as each site, -1 if none: only one of the two may open.
        None if no structure is offered for both. Shape ``(n_sites,)``, int32.
    """

    linked: NDArray[np.bool_]
    same: NDArray[np.int32] | None = None


def chain(
    cover: Cover,
    links: Links,
    people: NDArray[np.float64],
    *,
    sites: Choice,
    hospitals: Choice,
    effort: Effort | None = None,
) -> Solution:
    """
    Choose stabilisation points and field hospitals that serve most people along the chain.

    Parameters
    ----------
    cover
        Which homes each stabilisation point covers within its clock.
    links
        Which field hospitals each of them reaches in time.
    people
        People of each home. Shape ``(n_homes,)``, all ``>= 0``.
    sites
        Stabilisation points: how many, forced and forbidden.
    hospitals
        Field hospitals: how many, forced and forbidden.
    effort
        When to stop.

    Returns
    -------
    solution
        Sites of both tiers with bound and gap.

    Raises
    ------
    InputError
        If people are negative or not a number, or the links have the wrong shape.
    NoPlanError
        If more are wanted of a tier than may be opened.
    """
    effort = effort or Effort()
    people = require_people(people, cover.n_homes)
    if links.linked.ndim != 2 or len(links.linked) != cover.n_sites:  # noqa: PLR2004 - a table
        raise InputError("The links do not have one row for each site.", where="links")
    covering, kept = _covering(cover, links, people, sites, hospitals)
    proven = prove(covering, effort)
    if proven.found.value == INCOMPLETE:
        raise NoPlanError(
            "The search ended before any whole plan was found.",
            where="stabilisation points and field hospitals",
            do="Allow more search nodes, or force and forbid less.",
            code="GH402",
        )
    chosen = tuple(int(j) for j in proven.found.sites)
    opened = tuple(int(k) for k in kept[proven.found.open_hospital])
    objective = people_covered(cover, people, chosen, linked=links.linked, field_hospitals=opened)
    bound = settled_bound(covering, proven.bound, objective)
    return Solution(
        sites=chosen,
        field_hospitals=opened,
        objective=objective,
        bound=bound,
        status=proof_status(objective, bound),
        greedy_objective=proven.greedy_value,
        nodes=proven.nodes,
        stopped=proven.stopped,
        score=proven.score,
    )


def _covering(
    cover: Cover,
    links: Links,
    people: NDArray[np.float64],
    sites: Choice,
    hospitals: Choice,
) -> tuple[Covering, NDArray[np.int64]]:
    """Build the inner problem over the hospitals that can make a difference."""
    first = level(sites, cover.n_sites, "stabilisation points")
    second = level(hospitals, links.linked.shape[1], "field hospitals")
    if links.same is not None:
        first, second = without_clashes(first, second, links.same)
    kept = _different_hospitals(links.linked, second, spare=sites.n + hospitals.n)
    same = links.same
    if same is not None:
        number = np.full(len(second.allowed) + 1, NO_CLASH, dtype=np.int32)
        number[kept] = np.arange(len(kept), dtype=np.int32)
        same = number[same]  # -1 looks up the last entry, which stays NO_CLASH
    covering = build(
        cover,
        people,
        first,
        hospitals=Level(n=second.n, forced=second.forced[kept], allowed=second.allowed[kept]),
        linked=links.linked[:, kept],
        clash=same,
    )
    return covering, kept


def _different_hospitals(
    linked: NDArray[np.bool_], hospitals: Level, *, spare: int
) -> NDArray[np.int64]:
    """
    Drop hospitals for which enough others reach at least the same sites.

    With as many stand-ins as sites of both tiers, one is always free to take its place, so that no
    choice is lost. Lower rows are kept first.
    """
    rows = np.flatnonzero(hospitals.allowed)
    reach = linked[:, rows].astype(np.float32)
    size = reach.sum(axis=0)
    shared = reach.T @ reach
    within = shared >= size[:, np.newaxis]  # [a, b]: all that a reaches, b reaches
    order = np.arange(len(rows))
    before = (size[np.newaxis, :] > size[:, np.newaxis]) | (
        order[np.newaxis, :] < order[:, np.newaxis]
    )
    stand_ins = (within & before).sum(axis=1)
    keep = (stand_ins < spare) | hospitals.forced[rows]
    kept: NDArray[np.int64] = rows[keep]
    return kept
