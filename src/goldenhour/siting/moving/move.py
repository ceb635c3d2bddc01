# SPDX-License-Identifier: Apache-2.0
"""
Choose sites for every step at once, so that none moves for a few people more.

Candidates are the promising ones of all steps together. Field hospitals are heavy: one stays as
long as it can be used, and then the step's own choice takes its place; a point counts at a step
only if it reaches one of that step's hospitals in time.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from goldenhour.base.errors import BadQuestionError, NoPlanError
from goldenhour.base.grades import Tier
from goldenhour.base.progress import Progress, quiet
from goldenhour.siting.asking.question import Question
from goldenhour.siting.asking.sense import require_sense
from goldenhour.siting.certificate import people_covered
from goldenhour.siting.models.mclp import mclp
from goldenhour.siting.models.mclp_moves import MoveSolution, mclp_moves
from goldenhour.siting.moving.schedule import Idle, Move, Schedule, Stage, Why
from goldenhour.siting.moving.stale import Before, why
from goldenhour.siting.moving.steps import Offer, Reached, Step, offer, reached, usable
from goldenhour.siting.plain.choice import Choice
from goldenhour.siting.plain.cover import Cover
from goldenhour.siting.plain.effort import Effort, never
from goldenhour.siting.plain.result import ProofStatus, Solution
from goldenhour.town.town import Town

Rows = NDArray[np.int64]
_STEP = "Choosing over steps"
_LEAST_PRICE = 1e-5  # people; of schedules that serve as many, one with fewer moves


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What all steps share, and what each offers."""

    town: Town
    question: Question
    offers: tuple[Offer, ...]
    rows: Rows
    hospitals: tuple[Rows, ...]
    homes: Rows
    seen: tuple[Reached, ...]

    @property
    def covers(self) -> list[Cover]:
        """Homes within the clock of each candidate, step by step."""
        return [one.cover for one in self.seen]

    @property
    def people(self) -> list[NDArray[np.float64]]:
        """People of each home, step by step."""
        return [one.people[self.homes] for one in self.offers]


def over_steps(
    town: Town,
    steps: Sequence[Step],
    question: Question,
    *,
    price_people: float,
    progress: Progress = quiet,
    stop: Callable[[], bool] = never,
) -> Schedule:
    """
    Choose stabilisation points for every step.

    Parameters
    ----------
    town
        The town.
    steps
        Moments in order.
    question
        How many points and hospitals, within which clocks; fixed and forbidden ones hold at every
        step.
    price_people
        People that a move has to be worth, summed over steps.
    progress
        Told how far the work is.
    stop
        Asked often; True ends the search with the best schedule so far.

    Returns
    -------
    schedule
        With its proof.

    Raises
    ------
    BadQuestionError
        If the question contradicts itself.
    NoPlanError
        If nothing can be sited at any step.
    """
    require_sense(question)
    if not question.is_plain or question.worlds.n:
        raise BadQuestionError(
            "Steps cannot be asked together with worlds, spacing, backup, budget, zones or "
            "capacity limits.",
            where="[question]",
            do="Leave these out of this question.",
            code="GH435",
        )
    effort = Effort.of_a_plan(seed=question.seed, stop=stop)
    offers = []
    for number, step in enumerate(steps):
        progress(_STEP, number, len(steps) + 1)
        offers.append(offer(town, step, question, effort))
    ground = _ground(town, question, tuple(offers))
    choice = _choice(ground)
    found = mclp_moves(
        ground.covers, ground.people, choice, price=max(price_people, _LEAST_PRICE), effort=effort
    )
    alone = [
        mclp(cover, people, choice, effort=effort)
        for cover, people in zip(ground.covers, ground.people, strict=True)
    ]
    progress(_STEP, len(steps) + 1, len(steps) + 1)
    return Schedule(
        question=question,
        price_people=price_people,
        stages=tuple(_stage(ground, at, found, alone[at]) for at in range(len(steps))),
        moves=tuple(
            move
            for at in range(1, len(steps))
            for move in (*_hospital_moves(ground, at), *_moves(ground, at, found))
        ),
        objective=found.objective,
        bound=found.bound,
        status=found.status,
        n_examined=len(ground.rows),
    )


def _ground(town: Town, question: Question, offers: tuple[Offer, ...]) -> _Ground:
    """Measure the promising candidates of all steps at every step."""
    sited = [one for one in offers if one.wanted is not None]
    if not sited:
        raise NoPlanError(
            "Nothing can be sited at any step.",
            where="steps",
            do="Look at what refuses: `goldenhour screen`, with the moment of a step.",
        )
    hospitals = tuple(_hospitals(offers))
    rows = np.unique(np.concatenate([one.promising for one in sited]))
    rows = np.setdiff1d(rows, np.concatenate(hospitals))
    homes = np.flatnonzero(np.any([one.people > 0 for one in offers], axis=0))
    return _Ground(
        town=town,
        question=question,
        offers=offers,
        rows=rows,
        hospitals=hospitals,
        homes=homes,
        seen=tuple(
            reached(one, question, rows, held, homes)
            for one, held in zip(offers, hospitals, strict=True)
        ),
    )


def _hospitals(offers: tuple[Offer, ...]) -> Iterator[Rows]:
    """Keep hospitals that can still be used; the step's own choice takes the place of others."""
    held = np.zeros(0, dtype=np.int64)
    for one in offers:
        if one.wanted is not None:
            held = held[usable(one, Tier.FIELD_HOSPITAL, held)]
            new = one.hospitals[~np.isin(one.hospitals, held)]
            n_free = max(0, one.wanted[Tier.FIELD_HOSPITAL].n - len(held))
            held = np.union1d(held, new[:n_free])
        yield held if one.wanted is not None else held[:0]


def _choice(ground: _Ground) -> Choice:
    """How many points, and which must be among them at every step."""
    wanted = next(one.wanted for one in ground.offers if one.wanted is not None)[Tier.TSP]
    forced = np.flatnonzero(np.isin(ground.rows, wanted.forced))
    return Choice(
        n=max(min(wanted.n, len(ground.rows)), len(forced)), forced=tuple(forced.tolist())
    )


def _stage(ground: _Ground, at: int, found: MoveSolution, alone: Solution) -> Stage:
    """Say what one step comes to."""
    one, cover, people = ground.offers[at], ground.covers[at], ground.people[at]
    serves = ground.seen[at].serves
    chosen = np.array(found.steps[at], dtype=np.int64)
    return Stage(
        at=one.step.picture.as_of,
        sites=tuple(ground.rows[chosen[serves[chosen]]].tolist()),
        idle=tuple(
            Idle(row=int(ground.rows[site]), why=_why(ground, at, int(site)))
            for site in chosen[~serves[chosen]]
        ),
        hospitals=tuple(ground.hospitals[at].tolist()),
        people=float(one.people.sum()),
        served=found.served[at],
        served_staying=people_covered(cover, people, found.steps[0]),
        served_anew=alone.bound,
        is_proven_anew=alone.status is ProofStatus.OPTIMAL,
        n_candidates=int(serves.sum()),
        notes=one.notes,
    )


def _why(ground: _Ground, at: int, site: int) -> tuple[Why, ...]:
    """Say why a point serves nobody, or fewer, at a step."""
    before = Before(served=_alone(ground, max(0, at - 1), site), now=_alone(ground, at, site))
    return why(
        ground.town,
        ground.offers[at],
        int(ground.rows[site]),
        Tier.TSP,
        before,
        is_usable=bool(ground.seen[at].usable[site]),
        is_linked=bool(ground.seen[at].linked[site]),
    )


def _moves(ground: _Ground, at: int, found: MoveSolution) -> Iterator[Move]:
    """Match points that close with points that open."""
    closed = np.array(sorted(set(found.steps[at - 1]) - set(found.steps[at])), dtype=np.int64)
    opened = np.array(sorted(set(found.steps[at]) - set(found.steps[at - 1])), dtype=np.int64)
    pairs = _paired(ground.town, ground.rows[closed], ground.rows[opened])
    for site, (to, away_m) in zip(closed, pairs, strict=True):
        yield Move(
            tier=Tier.TSP,
            step=at,
            row=int(ground.rows[site]),
            to=to,
            away_m=away_m,
            is_stale=not ground.seen[at].serves[site],
            why=_why(ground, at, int(site)),
        )


def _hospital_moves(ground: _Ground, at: int) -> Iterator[Move]:
    """Match field hospitals that can no longer be used with those that take their place."""
    before, now = ground.hospitals[at - 1], ground.hospitals[at]
    closed = np.setdiff1d(before, now)
    pairs = _paired(ground.town, closed, np.setdiff1d(now, before))
    one, nobody = ground.offers[at], Before(served=0.0, now=0.0)
    for row, (to, away_m) in zip(closed.tolist(), pairs, strict=True):
        behind = why(
            ground.town, one, row, Tier.FIELD_HOSPITAL, nobody, is_usable=False, is_linked=True
        )
        yield Move(
            tier=Tier.FIELD_HOSPITAL,
            step=at,
            row=row,
            to=to,
            away_m=away_m,
            is_stale=True,
            why=behind,
        )


def _paired(town: Town, old: Rows, new: Rows) -> list[tuple[int, float]]:
    """Pair sites that close with sites that open, the least metres in all; -1 and NaN if none."""
    x_m, y_m = town.structures.x_m, town.structures.y_m
    away_m = np.hypot(x_m[old][:, None] - x_m[new][None], y_m[old][:, None] - y_m[new][None])
    pairs = dict(zip(*(part.tolist() for part in linear_sum_assignment(away_m)), strict=True))
    return [
        (int(new[pairs[at]]), float(away_m[at, pairs[at]])) if at in pairs else (-1, float("nan"))
        for at in range(len(old))
    ]


def _alone(ground: _Ground, at: int, site: int) -> float:
    """People within reach of one point at a step, whoever else reaches them."""
    return people_covered(ground.covers[at], ground.people[at], (site,))
