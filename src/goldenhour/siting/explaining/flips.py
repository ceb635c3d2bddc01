# SPDX-License-Identifier: Apache-2.0
"""
Which one fact would change the choice, and by how much: a visit, a street, a hospital.

Sites are chosen again with the one change. "Would change the choice" is said only where a plan is
known that is then better than this one; everything else has a bound. A street changes travel times;
verdicts on structures stay what they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from goldenhour.base import facts
from goldenhour.base.grades import Tier, Verdict
from goldenhour.siting.asking.wishes import tiers_and_row
from goldenhour.siting.choosing.options import Options
from goldenhour.siting.choosing.referral import onward
from goldenhour.siting.choosing.shortlist import one_a_street
from goldenhour.siting.explaining.again import Answer, Standing, measured
from goldenhour.siting.explaining.flip_words import said_of
from goldenhour.siting.explaining.street_facts import (
    StreetFact,
    after,
    choose_again,
    closings,
    openings,
    people_if_kept,
    people_over,
)
from goldenhour.siting.explanation import FactKind, Flip, NextBest

Rows = NDArray[np.int64]
_A_VISIT_LIFTS = frozenset({"visit", "damage"})
_WHOLE = 1.0  # people; less than one is no change


@dataclass(frozen=True, slots=True, kw_only=True)
class Flips:
    """
    What single facts would do.

    Parameters
    ----------
    entries
        Those that matter to most people first.
    n_examined
        Facts that were looked at.
    n_left_out
        Facts of the same kinds that were not.
    left_out_at_most
        None of those left out costs or gains more people than this, if the sites stay.
    """

    entries: tuple[Flip, ...]
    n_examined: int
    n_left_out: int
    left_out_at_most: float


def flips(standing: Standing, next_best: tuple[NextBest, ...], lost: tuple[float, ...]) -> Flips:
    """
    Look at single facts, those that can matter most first.

    Parameters
    ----------
    standing
        The plan.
    next_best
        The best other candidate for each site.
    lost
        People lost if each site closes and nothing replaces it.

    Returns
    -------
    flips
        Only facts that matter to somebody are listed, and no more than can be read.
    """
    shut, reopened = closings(standing), openings(standing)
    fit, n_fit_left = _fit(standing)
    found = [
        *_unfit(standing, next_best, lost),
        *fit,
        *_closed(standing, shut.taken),
        *(_opened(standing, fact) for fact in reopened.taken),
        *_referrals(standing),
    ]
    listed = sorted(
        (flip for flip in found if flip.weight >= _WHOLE),
        key=lambda flip: (-flip.weight, flip.kind.value, flip.structure, flip.streets),
    )
    return Flips(
        entries=tuple(listed[: int(facts.number("siting.facts_listed"))]),
        n_examined=len(found),
        n_left_out=shut.n_left_out + reopened.n_left_out + n_fit_left,
        left_out_at_most=max(shut.left_out_at_most, reopened.left_out_at_most),
    )


def _unfit(
    standing: Standing, next_best: tuple[NextBest, ...], lost: tuple[float, ...]
) -> Iterator[Flip]:
    """Let a visit find each chosen site unfit: another plan without it."""
    rows = [*standing.tsp, *standing.hospital]
    for at, (row, other, without) in enumerate(zip(rows, next_best, lost, strict=True)):
        known = standing.people - other.people_fewer if other.structure >= 0 else 0.0
        answer = None
        barred = np.array([row])
        if other.structure < 0 or other.people_fewer > 0 or len(standing.freed(barred)):
            answer = standing.answer(barred=barred, least=known)
        if other.structure >= 0 and (answer is None or answer.people <= known):
            at_most = standing.bound if answer is None else answer.at_most
            answer = _exchanged(standing, at, other, _Known(people=known, at_most=at_most))
        if answer is not None:
            yield _flip(standing, FactKind.SITE_UNFIT, answer, -without, structure=int(row))


class _Known(NamedTuple):
    """People that a known plan serves, and that none exceeds."""

    people: float
    at_most: float


def _exchanged(standing: Standing, at: int, other: NextBest, known: _Known) -> Answer:
    """Take the next best in the place of one site, and leave the others."""
    tsp, hospital = standing.tsp.copy(), standing.hospital.copy()
    (tsp if at < len(tsp) else hospital)[at if at < len(tsp) else at - len(tsp)] = other.structure
    at_most = max(known.people, known.at_most)
    return Answer(people=known.people, at_most=at_most, tsp=tsp, hospital=hospital)


def _fit(standing: Standing) -> tuple[list[Flip], int]:
    """Let a visit find refused structures fit: each may take a site's place."""
    rows, n_left = _refused(standing)
    if not len(rows):
        return [], n_left
    there = measured(rows, standing.hospital, standing.case)
    swaps = _Swaps(standing)
    gains = np.array([swaps.gain(there, at) for at in range(len(rows))])
    found = []
    again = int(facts.number("siting.structures_chosen_again"))
    for number, at in enumerate(np.argsort(-gains, kind="stable")):
        flip = _with_structure(standing, there, int(at), swaps, solve=number < again)
        found.append(flip)
    return found, n_left


def _with_structure(
    standing: Standing, there: Options, at: int, swaps: "_Swaps", *, solve: bool
) -> Flip:
    """Let one more structure take part."""
    row = int(there.tsp[at])
    homes = there.cover.home[there.cover.start[at] : there.cover.start[at + 1]]
    bound = float("inf")
    if standing.prices is not None:
        uncovered = float(standing.case.homes.people[homes[~swaps.in_reach[homes]]].sum())
        bound = max(standing.bound, standing.prices.bound_with(homes, uncovered=uncovered))
    answer = swaps.best(there, at, bound)
    if solve and answer.people > standing.people:
        better = standing.with_candidate(there, at, bound=bound)
        answer = better if better is not None and better.people > answer.people else answer
    kept = Answer(
        people=standing.people, at_most=bound, tsp=standing.tsp, hospital=standing.hospital
    )
    gained = answer if answer.people > standing.bound else kept
    return _flip(standing, FactKind.STRUCTURE_FIT, gained, 0.0, structure=row)


def _refused(standing: Standing) -> tuple[Rows, int]:
    """Structures that only a visit could free, one a street, in the best places first."""
    case, screening = standing.case, standing.case.screening.of(Tier.TSP)
    unfit = screening.verdict == Verdict.UNFIT
    lifts = np.array([rule in _A_VISIT_LIFTS for rule in screening.rules])
    freed = unfit[:, lifts].any(axis=1) & ~unfit[:, ~lifts].any(axis=1)
    freed &= case.evacuation.is_attached
    freed[_forbidden(standing)] = False
    rows = one_a_street(np.flatnonzero(freed), standing.ground)
    if not len(rows):
        return rows, 0
    structures, options = case.town.structures, standing.options
    spots = np.column_stack([structures.x_m[options.tsp], structures.y_m[options.tsp]])
    _, near = cKDTree(spots).query(np.column_stack([structures.x_m[rows], structures.y_m[rows]]))
    worth = standing.worth[near]
    n = int(facts.number("siting.structures_looked_at"))
    best = rows[np.argsort(-worth, kind="stable")[:n]]
    return np.sort(best), int(freed.sum()) - len(best)


def _forbidden(standing: Standing) -> list[int]:
    """Rows that the question does not want."""
    town = standing.case.town
    found = [tiers_and_row(town, wish) for wish in standing.case.question.forbidden]
    return [row for tiers, row in found if Tier.TSP in tiers and row >= 0]


class _Swaps:
    """What a new candidate brings in the place of each chosen point, others as they are."""

    def __init__(self, standing: Standing) -> None:
        self.standing = standing
        options, served = standing.options, standing.served
        self.people = standing.case.homes.people
        self.in_reach = np.zeros(options.cover.n_homes, dtype=np.bool_)
        self.in_reach[options.cover.home] = True
        usable = np.flatnonzero(served.hospital_of >= 0)
        self.times = np.zeros(options.cover.n_homes, dtype=np.int32)
        self.owner = np.full(options.cover.n_homes, -1, dtype=np.int64)
        for t in usable:
            site = served.tsp[t]
            inside = options.cover.home[options.cover.start[site] : options.cover.start[site + 1]]
            self.times[inside] += 1
            self.owner[inside] = t
        alone = self.times == 1
        self.lost = np.bincount(
            self.owner[alone], weights=self.people[alone], minlength=len(served.tsp)
        )
        forced = np.isin(standing.tsp, standing.wanted[Tier.TSP].forced)
        self.may_go = np.flatnonzero(~forced)

    def _by_slot(self, there: Options, at: int) -> NDArray[np.float64]:
        """People more if the candidate takes each chosen point's place; ``-inf`` if it may not."""
        change = np.full(len(self.standing.tsp), -np.inf)
        if not np.isfinite(there.link_s[at]).any():
            return change
        homes = there.cover.home[there.cover.start[at] : there.cover.start[at + 1]]
        new = float(self.people[homes[self.times[homes] == 0]].sum())
        once = homes[self.times[homes] == 1]
        caught = np.bincount(self.owner[once], weights=self.people[once], minlength=len(change))
        change[self.may_go] = (new + caught - self.lost)[self.may_go]
        return change

    def gain(self, there: Options, at: int) -> float:
        """People more by the best exchange."""
        return float(self._by_slot(there, at).max(initial=-np.inf))

    def best(self, there: Options, at: int, bound: float) -> Answer:
        """Exchange a chosen point for the candidate where that gains most."""
        change = self._by_slot(there, at)
        tsp = self.standing.tsp.copy()
        if not len(change) or change.max() <= 0 or self.standing.case.question.has_rules:
            return Answer(
                people=self.standing.people,
                at_most=bound,
                tsp=tsp,
                hospital=self.standing.hospital,
            )
        tsp[int(np.argmax(change))] = there.tsp[at]
        return Answer(
            people=self.standing.people + float(change.max()),
            at_most=bound,
            tsp=tsp,
            hospital=self.standing.hospital,
        )


def _closed(standing: Standing, listed: tuple[StreetFact, ...]) -> Iterator[Flip]:
    """Close streets and bridges: with the sites as they are, and chosen again."""
    there = [after(standing, fact) for fact in listed]
    kept = [people_if_kept(standing, one) for one in there]
    order = np.argsort(np.array(kept), kind="stable")
    again = {int(at) for at in order[: int(facts.number("siting.closures_chosen_again"))]}
    for at, fact in enumerate(listed):
        answer = None
        if at in again and kept[at] < standing.people:
            answer = choose_again(standing, there[at], bound=standing.bound)
        yield _street_flip(standing, fact, answer, kept[at], standing.bound)


def _opened(standing: Standing, fact: StreetFact) -> Flip:
    """Let a report of a closed street or of a delay turn out otherwise."""
    there = after(standing, fact)
    bound = standing.bound + people_over(standing, there, fact.streets, unserved=False)
    kept = people_if_kept(standing, there)
    return _street_flip(standing, fact, choose_again(standing, there, bound=bound), kept, bound)


def _street_flip(
    standing: Standing, fact: StreetFact, answer: Answer | None, kept: float, bound: float
) -> Flip:
    """Keep the sites unless another choice is better."""
    if answer is None or answer.people <= kept:
        answer = Answer(
            people=kept,
            at_most=max(bound, kept),
            tsp=standing.tsp,
            hospital=standing.hospital,
        )
    return _flip(standing, fact.kind, answer, kept - standing.people, streets=fact.streets)


def _referrals(standing: Standing) -> Iterator[Flip]:
    """Let each referral hospital that nobody confirmed work, and count who then is in time."""
    case = standing.case
    beyond = onward(
        case.town,
        case.picture,
        case.question,
        evacuation=case.evacuation,
        hospitals=standing.hospital,
    )
    ends_at = standing.served.home_hospital
    inside = ends_at >= 0
    at_hospital = np.bincount(
        ends_at[inside], weights=case.homes.people[inside], minlength=len(standing.hospital)
    )
    for number, point in enumerate(case.picture.care):
        if point.tier is not Tier.REFERRAL or point.functioning is Verdict.FIT:
            continue
        care = list(case.picture.care)
        care[number] = replace(point, functioning=Verdict.FIT)
        then = onward(
            case.town,
            replace(case.picture, care=tuple(care)),
            case.question,
            evacuation=case.evacuation,
            hospitals=standing.hospital,
        )
        more = float(at_hospital[then.in_time & ~beyond.in_time].sum())
        yield Flip(
            kind=FactKind.REFERRAL_WORKS,
            said=said_of(standing, FactKind.REFERRAL_WORKS, name=point.facility, people=more),
            people=more,
            people_if_kept=more,
            at_most=more,
            changes=False,
            is_exact=True,
        )


def _flip(
    standing: Standing,
    kind: FactKind,
    answer: Answer,
    kept: float,
    *,
    structure: int = -1,
    streets: tuple[int, ...] = (),
) -> Flip:
    """Compare the plan with what would be chosen."""
    ids = standing.case.town.structures.id
    old = {*standing.tsp.tolist(), *standing.hospital.tolist()}
    new = {*answer.tsp.tolist(), *answer.hospital.tolist()}
    people = answer.people - standing.people
    return Flip(
        kind=kind,
        said=said_of(
            standing,
            kind,
            people=people,
            kept=kept,
            answer=answer,
            structure=structure,
            streets=streets,
        ),
        people=people,
        people_if_kept=kept,
        at_most=answer.at_most - standing.people,
        changes=structure in old or (standing.prices is not None and people > kept),
        is_exact=answer.at_most - answer.people < _WHOLE / 2,
        structure=structure,
        streets=streets,
        dropped=tuple(sorted(str(ids[row]) for row in old - new)),
        added=tuple(sorted(str(ids[row]) for row in new - old)),
    )
