# SPDX-License-Identifier: Apache-2.0
"""
The chain of care with side rules: distances, budget, backup, and nobody left behind.

Hierarchical maximal covering with referral (after Töreyen 2007), with a second cover that counts
in part (Hogan and ReVelle 1986), and, where it is asked for, the share of the worst-served zone
first and people second (lexicographic maximin, after Rawls; Ogryczak 1997).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.errors import NoPlanError
from goldenhour.siting.engine.branch import branch
from goldenhour.siting.engine.problem import Branched
from goldenhour.siting.engine.ruled import KEEPS, Ruled, grain_of
from goldenhour.siting.engine.ruled_program import Aim, RuledProgram, unit_of
from goldenhour.siting.engine.ruled_search import Search
from goldenhour.siting.kernels.cover import cluster_groups, lone_greedy
from goldenhour.siting.models.chain import Links, chain
from goldenhour.siting.models.side_rules import (
    NOT_FOUND,
    NOTHING,
    Rules,
    by_hospitals,
    levels,
    no_choice,
    require_rules,
    ruled_of,
)
from goldenhour.siting.plain.choice import Choice
from goldenhour.siting.plain.cover import Cover, Covers, as_cover
from goldenhour.siting.plain.effort import Effort, nobody
from goldenhour.siting.plain.inputs import require_people
from goldenhour.siting.plain.result import ProofStatus, Solution, proof_status

_CLUSTERS = 60


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
    require_rules(rules, cover, links)
    ruled = ruled_of(cover, links, people, levels(links, sites, hospitals, rules), rules)
    aims = [Aim(worst_zone=True), Aim()] if rules.zone is not None else [Aim()]
    parts = list(by_hospitals(ruled)) if rules.at_most else [ruled]
    if rules.zone is None and all(_only_counts(part) for part in parts):
        return _by_counts(cover, links, people, (sites, hospitals), parts, effort)
    found = _in_turn(ruled, parts, aims, grain_of(people), effort)
    if found[-1].chosen is None:
        raise no_choice(found[-1], sites, hospitals)
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
                if error.code == NOT_FOUND:
                    raise
                continue  # one structure holds one tier: so many may be too many, fewer not
            solved.append(found)
            break
    if not solved:
        raise no_choice(NOTHING, *choices)
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
    best = NOTHING
    for part in parts:
        program = RuledProgram(
            ruled=part,
            aim=replace(aim, to_beat=best.value),
            cluster=cluster,
            grain_of_people=grain,
        )
        first = before if before is not None else program.choice(np.zeros(program.n_columns))
        found = branch(program, _in_unit(effort, program), first=first)
        best = best.beside(found)
    return best


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


def _clusters(ruled: Ruled) -> NDArray[np.int32]:
    """Cluster groups around sites that lie far apart, none across zones."""
    n = max(1, min(_CLUSTERS, ruled.n_sites))
    if not ruled.n_sites:
        return np.zeros(len(ruled.table.weight), dtype=np.int32)
    around = cluster_groups(ruled.table, lone_greedy(ruled.table, n))
    key = around.astype(np.int64) * len(ruled.zones.people) + ruled.zones.of_group
    cluster: NDArray[np.int32] = np.unique(key, return_inverse=True)[1].astype(np.int32).reshape(-1)
    return cluster
