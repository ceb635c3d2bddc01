# SPDX-License-Identifier: Apache-2.0
"""Side rules of the chain: distances, budget, backup, zones, and the inner problem with them."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.errors import InputError, NoPlanError
from goldenhour.siting.engine.covering import Level, level
from goldenhour.siting.engine.problem import Branched
from goldenhour.siting.engine.ruled import KEEPS, Ruled, clashes, merged
from goldenhour.siting.models.chain import Links
from goldenhour.siting.plain.choice import Choice
from goldenhour.siting.plain.cover import Cover

NOT_FOUND = "GH402"
"""The code of a search that ended before anything was found."""

NOTHING = Branched(
    chosen=None,
    value=float("-inf"),
    bound=float("-inf"),
    nodes=0,
    stopped=False,
    score=np.zeros(0),
)
"""What is found where there is nothing to look for."""

_NO_COST = "There is not one cost for each, 0 or more."


def _no_pairs() -> NDArray[np.int32]:
    return np.zeros((0, 2), dtype=np.int32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """
    What a choice must keep beside its counts, and what it is for.

    Parameters
    ----------
    apart
        Pairs of sites of which only one may open, as they stand too near to each other. Shape
        ``(n_pairs, 2)``, int32.
    site_cost
        Of each site; nothing if left out. Shape ``(n_sites,)``.
    hospital_cost
        Of each hospital; nothing if left out. Shape ``(n_hospitals,)``.
    budget
        Most that all may cost; ``inf`` if nobody asked.
    at_most
        Whether fewer may open than the choices say. With a budget that is what is meant.
    backup_share
        What people who are covered twice count more, as a share, 0 to 1.
    zone
        Zone of each home: the smallest share of a zone that is served is made as large as can be,
        and people come second. None asks for people only. Shape ``(n_homes,)``, int32.
    """

    apart: NDArray[np.int32] = field(default_factory=_no_pairs)
    site_cost: NDArray[np.float64] | None = None
    hospital_cost: NDArray[np.float64] | None = None
    budget: float = float("inf")
    at_most: bool = False
    backup_share: float = 0.0
    zone: NDArray[np.int32] | None = None


def require_rules(rules: Rules, cover: Cover, links: Links) -> None:
    """
    Refuse arrays that do not fit each other, and numbers that are none.

    Parameters
    ----------
    rules
        As given.
    cover
        Which homes each site covers.
    links
        Which hospitals each site reaches.

    Raises
    ------
    InputError
        With what does not fit.
    """
    n_sites, n_hospitals = links.linked.shape
    checks = (
        (n_sites == cover.n_sites, "links", "The links do not have one row for each site."),
        (_are_costs(rules.site_cost, n_sites), "rules.site_cost", _NO_COST),
        (_are_costs(rules.hospital_cost, n_hospitals), "rules.hospital_cost", _NO_COST),
        (rules.budget >= 0, "rules.budget", "A budget is 0 or more."),
        (0 <= rules.backup_share <= 1, "rules.backup_share", "The share is not from 0 to 1."),
        (_are_rows(rules.apart, n_sites), "rules.apart", "A pair names a site that is not there."),
        (_are_zones(rules.zone, cover.n_homes), "rules.zone", "Each home needs a zone, 0 or more."),
    )
    for holds, where, what in checks:
        if not holds:
            raise InputError(what, where=where, code="GH121")


def levels(links: Links, sites: Choice, hospitals: Choice, rules: Rules) -> tuple[Level, Level]:
    """
    Check both choices; where fewer may open, so many as there are is enough.

    Parameters
    ----------
    links
        Who is linked to whom.
    sites
        How many stabilisation points, forced and forbidden.
    hospitals
        How many field hospitals, likewise.
    rules
        Whether fewer may open.

    Returns
    -------
    sites, hospitals
        What may be opened of each tier.

    Raises
    ------
    NoPlanError
        If more are wanted than there are.
    """
    n_sites, n_hospitals = links.linked.shape
    if rules.at_most:
        sites = replace(sites, n=min(sites.n, n_sites - len(set(sites.forbidden))))
        hospitals = replace(
            hospitals, n=min(hospitals.n, n_hospitals - len(set(hospitals.forbidden)))
        )
    return (
        level(sites, n_sites, "stabilisation points"),
        level(hospitals, n_hospitals, "field hospitals"),
    )


def ruled_of(
    cover: Cover,
    links: Links,
    people: NDArray[np.float64],
    levels: tuple[Level, Level],
    rules: Rules,
) -> Ruled:
    """
    Build the inner problem.

    Parameters
    ----------
    cover
        Which homes each stabilisation point covers.
    links
        Which field hospitals each of them reaches.
    people
        People of each home. Shape ``(n_homes,)``.
    levels
        What may be opened of each tier.
    rules
        What a choice must keep.

    Returns
    -------
    ruled
        With homes merged that the same sites cover.
    """
    zone = np.zeros(cover.n_homes, np.int32) if rules.zone is None else rules.zone
    table, zones = merged(cover, people, zone, 1 + int(zone.max(initial=0)))
    n_sites, n_hospitals = links.linked.shape
    classes, class_of = np.unique(links.linked, axis=0, return_inverse=True)
    costs = [
        np.zeros(n) if cost is None else np.asarray(cost, np.float64)
        for cost, n in ((rules.site_cost, n_sites), (rules.hospital_cost, n_hospitals))
    ]
    return Ruled(
        table=table,
        zones=zones,
        sites=levels[0],
        hospitals=levels[1],
        class_of=class_of.astype(np.int32).reshape(-1),
        classes=classes,
        clash=clashes(_pairs(links, rules), n_sites + n_hospitals),
        cost=np.concatenate(costs),
        budget=rules.budget,
        fewer_sites=rules.at_most,
        backup_share=rules.backup_share,
    )


def _pairs(links: Links, rules: Rules) -> NDArray[np.int64]:
    """Pairs of columns of which one may open: sites too near, and one structure in two tiers."""
    pairs = np.asarray(rules.apart, dtype=np.int64).reshape(-1, 2)
    if links.same is None:
        return pairs
    both = np.flatnonzero(links.same >= 0)
    same = np.stack([both, links.linked.shape[0] + links.same[both]], axis=1)
    return np.concatenate([pairs, same])


def by_hospitals(ruled: Ruled) -> Iterator[Ruled]:
    """
    Split by the number of hospitals, most first; each part knows how many sites it could pay for.

    With their number open too, a relaxation would open parts of more hospitals than can be paid.

    Parameters
    ----------
    ruled
        A problem in which fewer may open.

    Yields
    ------
    part
        Wants exactly so many hospitals; none if that cannot be paid.
    """
    n = ruled.n_sites
    site_cost, hospital_cost = (
        np.concatenate([cost[level.forced], np.sort(cost[level.allowed & ~level.forced])])
        for cost, level in ((ruled.cost[:n], ruled.sites), (ruled.cost[n:], ruled.hospitals))
    )
    least = np.concatenate([[0.0], np.cumsum(hospital_cost)])
    for count in range(ruled.hospitals.n, int(ruled.hospitals.forced.sum()) - 1, -1):
        left = ruled.budget * (1 + KEEPS) - least[count]
        payable = int((np.cumsum(site_cost) <= left).sum())
        if left >= 0 and payable >= ruled.sites.forced.sum():
            yield replace(
                ruled,
                sites=replace(ruled.sites, n=min(ruled.sites.n, payable)),
                hospitals=replace(ruled.hospitals, n=count),
            )


def no_choice(found: Branched, sites: Choice, hospitals: Choice) -> NoPlanError:
    """
    Say that the rules leave nothing, or that nothing was found in time.

    Parameters
    ----------
    found
        A tree without a choice.
    sites
        What was wanted of stabilisation points.
    hospitals
        What was wanted of field hospitals.

    Returns
    -------
    error
        To be raised.
    """
    where = "stabilisation points and field hospitals"
    if found.bound > -np.inf:
        return NoPlanError(
            "The search ended before any plan that keeps all rules was found.",
            where=where,
            do="Let it search longer, or ask for less.",
            code=NOT_FOUND,
        )
    return NoPlanError(
        f"No {sites.n} stabilisation points and {hospitals.n} field hospitals keep all rules: "
        "distances between them, the budget, and what is forced and forbidden.",
        where=where,
        do="Ask for fewer sites or a shorter distance, raise the budget, or force less.",
        code="GH431",
    )


def _are_costs(cost: NDArray[np.float64] | None, n: int) -> bool:
    """Whether costs are given for all, and none is negative or not a number."""
    return cost is None or (np.shape(cost) == (n,) and bool((np.asarray(cost) >= 0).all()))


def _are_rows(pairs: NDArray[np.int32], n: int) -> bool:
    """Whether all pairs are of two different rows that there are."""
    pairs = np.asarray(pairs).reshape(-1, 2)
    inside = (pairs >= 0) & (pairs < n)
    return bool(inside.all() and (pairs[:, 0] != pairs[:, 1]).all())


def _are_zones(zone: NDArray[np.int32] | None, n_homes: int) -> bool:
    """Whether every home has a zone."""
    return zone is None or (np.shape(zone) == (n_homes,) and bool((np.asarray(zone) >= 0).all()))
