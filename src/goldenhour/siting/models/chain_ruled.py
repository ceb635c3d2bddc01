# SPDX-License-Identifier: Apache-2.0
"""
The chain of care with side rules: distances, budget, backup, and nobody left behind.

Hierarchical maximal covering with referral (after Töreyen 2007), with a second cover that counts
in part (Hogan and ReVelle 1986), and, where it is asked for, the share of the worst-served zone
first and people second (lexicographic maximin, after Rawls; Ogryczak 1997).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.errors import InputError, NoPlanError
from goldenhour.siting.engine.branch import branch
from goldenhour.siting.engine.covering import Level, level
from goldenhour.siting.engine.problem import Branched
from goldenhour.siting.engine.ruled import KEEPS, Ruled, clashes, grain_of, merged
from goldenhour.siting.engine.ruled_program import Aim, RuledProgram, unit_of
from goldenhour.siting.engine.ruled_search import Search
from goldenhour.siting.kernels.cover import cluster_groups, lone_greedy
from goldenhour.siting.models.chain import Links, chain
from goldenhour.siting.plain.choice import Choice
from goldenhour.siting.plain.cover import Cover, Covers, as_cover
from goldenhour.siting.plain.effort import Effort, nobody
from goldenhour.siting.plain.inputs import require_people
from goldenhour.siting.plain.result import ProofStatus, Solution, proof_status

_CLUSTERS = 60
_NOT_FOUND = "GH402"
_NOTHING = Branched(
    chosen=None,
    value=float("-inf"),
    bound=float("-inf"),
    nodes=0,
    stopped=False,
    score=np.zeros(0),
)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class RuledSolution(Solution):
    """
    A choice under side rules; its objective is people, with the backup's share on top.

    Parameters
    ----------
    people
        People served at least once.
    worst_share
        Smallest share of its people served in a zone that anybody could serve; a share.
    worst_share_bound
        No choice has a larger one; a share. 1 where nobody asked.
    """

    people: float = 0.0
    worst_share: float = 1.0
    worst_share_bound: float = 1.0


def chain_ruled(  # noqa: PLR0913 - a question in full, all but the first three by name
    cover: Covers,
    links: Links,
    people: NDArray[np.float64],
    *,
    sites: Choice,
    hospitals: Choice,
    rules: Rules,
    effort: Effort | None = None,
) -> RuledSolution:
    """
    Choose stabilisation points and field hospitals under side rules.

    Parameters
    ----------
    cover
        Which homes each stabilisation point covers within its clock: a ``Cover`` or a table.
    links
        Which field hospitals each of them reaches in time.
    people
        People of each home. Shape ``(n_homes,)``, all ``>= 0``.
    sites
        Stabilisation points: how many, forced and forbidden.
    hospitals
        Field hospitals: how many, forced and forbidden.
    rules
        What the choice must keep, and what it is for.
    effort
        When to stop.

    Returns
    -------
    solution
        OPTIMAL only if both the worst share, where it is asked for, and people are proven.

    Raises
    ------
    InputError
        If a number is negative or not a number, or an array has the wrong shape.
    NoPlanError
        If no choice keeps the rules, or none was found before the search ended.
    """
    effort = effort or Effort()
    people = require_people(people)
    cover = as_cover(cover, len(people))
    _require_shapes(rules, cover, links)
    ruled = _ruled(cover, links, people, _levels(links, sites, hospitals, rules), rules)
    aims = [Aim(worst_zone=True), Aim()] if rules.zone is not None else [Aim()]
    parts = list(_by_hospitals(ruled)) if rules.at_most else [ruled]
    if rules.zone is None and all(_only_counts(part) for part in parts):
        return _by_counts(cover, links, people, (sites, hospitals), parts, effort)
    found = _in_turn(ruled, parts, aims, grain_of(people), effort)
    if found[-1].chosen is None:
        raise _no_choice(found[-1], sites, hospitals)
    solution = _solution(cover, links, people, rules, ruled, found)
    common = max(Search(part, worst_zone=False).one_by_one() for part in parts)
    return replace(solution, greedy_objective=min(common, solution.objective))


def _in_turn(
    ruled: Ruled, parts: list[Ruled], aims: list[Aim], grain: float, effort: Effort
) -> list[Branched]:
    """Solve one aim after another; each later one keeps what the earlier ones reached."""
    found: list[Branched] = []
    cluster = _clusters(ruled)
    for aim in aims:
        least_share = max(0.0, found[-1].value) if found else 0.0
        kept = replace(aim, least_share=least_share)
        before = found[-1].chosen if found else None
        found.append(_over_parts(parts, kept, cluster, grain, effort, before))
        if found[-1].chosen is None:
            break
    return found


def _by_hospitals(ruled: Ruled) -> Iterator[Ruled]:
    """
    Split by the number of hospitals, most first; each part knows how many sites it could pay for.

    With their number open too, a relaxation would open parts of more hospitals than can be paid.
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


def _only_counts(part: Ruled) -> bool:
    """Whether all that is left of the rules is how many to open of each tier."""
    n, n_sites, n_hospitals = part.n_sites, part.sites.n, part.hospitals.n
    site_cost = np.sort(part.cost[:n][part.sites.allowed])[::-1]
    hospital_cost = np.sort(part.cost[n:][part.hospitals.allowed])[::-1]
    most = float(site_cost[:n_sites].sum() + hospital_cost[:n_hospitals].sum())
    is_apart = bool(part.clash[:n, :n].any())
    return most <= part.budget and not is_apart and not part.backup_share


def _by_counts(
    cover: Cover,
    links: Links,
    people: NDArray[np.float64],
    choices: tuple[Choice, Choice],
    parts: list[Ruled],
    effort: Effort,
) -> RuledSolution:
    """Ask for the numbers that can be paid, one pair after another, where nothing else is ruled."""
    solved: list[Solution] = []
    for part in parts:
        hospitals = replace(choices[1], n=part.hospitals.n)
        fewest = int(part.sites.forced.sum()) if part.fewer_sites else part.sites.n
        for n in range(part.sites.n, fewest - 1, -1):
            sites = replace(choices[0], n=n)
            try:
                found = chain(cover, links, people, sites=sites, hospitals=hospitals, effort=effort)
            except NoPlanError as error:
                if error.code == _NOT_FOUND:
                    raise
                continue  # one structure holds one tier: so many may be too many, fewer not
            solved.append(found)
            break
    if not solved:
        raise _no_choice(_NOTHING, *choices)
    best = max(solved, key=lambda each: each.objective)
    bound = max(each.bound for each in solved)
    return RuledSolution(
        sites=best.sites,
        field_hospitals=best.field_hospitals,
        objective=best.objective,
        bound=bound,
        status=proof_status(best.objective, bound),
        greedy_objective=min(best.objective, max(each.greedy_objective for each in solved)),
        nodes=sum(each.nodes for each in solved),
        stopped=any(each.stopped for each in solved),
        score=best.score,
        people=best.objective,
    )


def _over_parts(
    parts: list[Ruled],
    aim: Aim,
    cluster: NDArray[np.int32],
    grain: float,
    effort: Effort,
    before: NDArray[np.bool_] | None,
) -> Branched:
    """Solve part after part, each only for what beats the ones before."""
    best = _NOTHING
    for part in parts:
        program = RuledProgram(
            ruled=part,
            aim=replace(aim, to_beat=best.value),
            cluster=cluster,
            grain_of_people=grain,
        )
        first = before if before is not None else program.choice(np.zeros(program.n_columns))
        found = branch(program, _in_unit(effort, program), first=first)
        best = Branched(
            chosen=best.chosen if found.chosen is None else found.chosen,
            value=max(best.value, found.value),
            bound=max(best.bound, found.bound),
            nodes=best.nodes + found.nodes,
            stopped=best.stopped or found.stopped,
            score=found.score if found.chosen is not None or not len(best.score) else best.score,
        )
    return replace(best, bound=max(best.bound, best.value))


def _in_unit(effort: Effort, program: RuledProgram) -> Effort:
    """Tell people, not the program's unit; while shares are sought nobody is told."""
    if program.aim.worst_zone:
        return replace(effort, told=nobody)
    unit = program.unit

    def told(objective: float, bound: float) -> None:
        effort.told(objective * unit, bound * unit)

    return replace(effort, told=told)


def _solution(
    cover: Cover,
    links: Links,
    people: NDArray[np.float64],
    rules: Rules,
    ruled: Ruled,
    found: list[Branched],
) -> RuledSolution:
    """Count the choice once more, home by home, and say how far it is proven."""
    last, n = found[-1], ruled.n_sites
    chosen = np.zeros(0, np.bool_) if last.chosen is None else last.chosen
    times = _times_covered(cover, links, chosen)
    served = float(people[times > 0].sum())
    objective = served + rules.backup_share * float(people[times > 1].sum())
    is_settled = last.bound <= last.value
    bound = objective if is_settled else max(objective, last.bound * unit_of(ruled))
    share, share_bound = 1.0, 1.0
    if rules.zone is not None:
        by_zone = np.bincount(
            rules.zone, weights=people * (times > 0), minlength=len(ruled.zones.people)
        )
        share = ruled.worst_share(by_zone.astype(np.float64))
        share_bound = max(share, found[0].bound)
    is_fair = share_bound <= share * (1 + KEEPS)
    return RuledSolution(
        sites=tuple(int(j) for j in np.flatnonzero(chosen[:n])),
        field_hospitals=tuple(int(k) for k in np.flatnonzero(chosen[n:])),
        objective=objective,
        bound=bound,
        status=proof_status(objective, bound) if is_fair else ProofStatus.GAP,
        nodes=sum(each.nodes for each in found),
        stopped=any(each.stopped for each in found),
        score=last.score[:n] * unit_of(ruled),
        people=served,
        worst_share=share,
        worst_share_bound=share_bound,
    )


def _times_covered(cover: Cover, links: Links, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many open sites that count cover each home, from cover and links, not from groups."""
    times = np.zeros(cover.n_homes, dtype=np.int64)
    open_hospital = chosen[cover.n_sites :]
    for site in np.flatnonzero(chosen[: cover.n_sites]):
        if (links.linked[site] & open_hospital).any():
            times[cover.home[cover.start[site] : cover.start[site + 1]]] += 1
    return times


def _levels(links: Links, sites: Choice, hospitals: Choice, rules: Rules) -> tuple[Level, Level]:
    """Check both choices; where fewer may open, so many as there are is enough."""
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


def _ruled(
    cover: Cover,
    links: Links,
    people: NDArray[np.float64],
    levels: tuple[Level, Level],
    rules: Rules,
) -> Ruled:
    """Build the inner problem."""
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


def _clusters(ruled: Ruled) -> NDArray[np.int32]:
    """Cluster groups around sites that lie far apart, none across zones."""
    n = max(1, min(_CLUSTERS, ruled.n_sites))
    if not ruled.n_sites:
        return np.zeros(len(ruled.table.weight), dtype=np.int32)
    around = cluster_groups(ruled.table, lone_greedy(ruled.table, n))
    key = around.astype(np.int64) * len(ruled.zones.people) + ruled.zones.of_group
    cluster: NDArray[np.int32] = np.unique(key, return_inverse=True)[1].astype(np.int32).reshape(-1)
    return cluster


def _require_shapes(rules: Rules, cover: Cover, links: Links) -> None:
    """Refuse arrays that do not fit each other, and numbers that are none."""
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


_NO_COST = "There is not one cost for each, 0 or more."


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


def _no_choice(found: Branched, sites: Choice, hospitals: Choice) -> NoPlanError:
    """Say that the rules leave nothing, or that nothing was found in time."""
    where = "stabilisation points and field hospitals"
    if found.bound > -np.inf:
        return NoPlanError(
            "The search ended before any plan that keeps all rules was found.",
            where=where,
            do="Let it search longer, or ask for less.",
            code=_NOT_FOUND,
        )
    return NoPlanError(
        f"No {sites.n} stabilisation points and {hospitals.n} field hospitals keep all rules: "
        "distances between them, the budget, and what is forced and forbidden.",
        where=where,
        do="Ask for fewer sites or a shorter distance, raise the budget, or force less.",
        code="GH431",
    )
