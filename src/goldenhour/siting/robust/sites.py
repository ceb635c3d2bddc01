# SPDX-License-Identifier: Apache-2.0
"""
Sites that do well in many worlds, not in the picture alone.

A few candidates of the plain plan are measured in every world; the chain is then chosen over all
of them at once, and tried in worlds that had no say in it (out-of-sample).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.grades import Tier
from goldenhour.siting.asking.question import WorldGoal, Worlds
from goldenhour.siting.asking.wishes import Wishes
from goldenhour.siting.choosing.choose import Case, choice_of
from goldenhour.siting.choosing.options import Options, link_limit_s
from goldenhour.siting.engine.goals import CVaR, Expected, Goal, Regret
from goldenhour.siting.models.chain import Links
from goldenhour.siting.models.chain_worlds import chain_worlds
from goldenhour.siting.plain.result import Solution, proof_status
from goldenhour.siting.robust.promise import Promise, Tried
from goldenhour.siting.robust.views import Ground, WorldView, served_in, view
from goldenhour.siting.screening.verdicts import Case as Screened
from goldenhour.times.worlds import Run, WorldCase, one_by_one

Rows = NDArray[np.int64]
_STEP = "Measuring worlds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """
    The candidates that are measured in every world, as positions among the options.

    Parameters
    ----------
    tsp
        Ascending. Shape ``(n_tsp,)``.
    hospital
        Ascending. Shape ``(n_hospitals,)``.
    """

    tsp: Rows
    hospital: Rows


def over_worlds(
    case: Case,
    wanted: dict[Tier, Wishes],
    options: Options,
    plain: Solution,
    *,
    run: Run[WorldView] = one_by_one,
) -> tuple[Solution, Promise]:
    """
    Choose for many worlds at once, and try the choice in fresh ones.

    Parameters
    ----------
    case
        What the proposal rests on; its question says how many worlds, and what is wanted.
    wanted
        Who may and who must be chosen, by tier.
    options
        Candidates and times.
    plain
        The choice that is best if the picture is simply right.
    run
        Where the worlds are worked out; changes no number.

    Returns
    -------
    solution, promise
        The choice among the options, and what it does over the worlds.
    """
    asked = case.question.worlds
    pick = _pick(options, plain, wanted)
    world_case, ground = _ground(case, options, pick)
    look = partial(view, ground=ground)
    seen = list(_told(case, run(look, world_case, range(asked.n)), 2 * asked.n))
    found = chain_worlds(
        [one.cover for one in seen],
        [Links(linked=one.linked, same=_same(options, pick)) for one in seen],
        [one.people for one in seen],
        sites=choice_of(wanted[Tier.TSP], options.tsp[pick.tsp]),
        hospitals=choice_of(wanted[Tier.FIELD_HOSPITAL], options.hospital[pick.hospital]),
        goal=goal_of(asked),
        effort=case.effort,
    )
    chosen = np.array(found.sites, np.int64), np.array(found.field_hospitals, np.int64)
    best = (
        np.searchsorted(pick.tsp, np.array(plain.sites, np.int64)),
        np.searchsorted(pick.hospital, np.array(plain.field_hospitals, np.int64)),
    )
    kept = _tried(seen, 0, chosen, best)
    later = run(look, world_case, range(asked.n, 2 * asked.n))
    fresh = _tried(_told(case, later, 2 * asked.n, asked.n), asked.n, chosen, best)
    promise = Promise(
        goal=asked.goal,
        tail_share=asked.tail_share,
        objective=found.objective,
        bound=found.bound,
        status=found.status,
        gap_share=found.gap if np.isfinite(found.gap) else 1.0,
        n_tsp=len(pick.tsp),
        n_hospitals=len(pick.hospital),
        chosen_for=kept,
        fresh=fresh,
    )
    return _in_picture(case, options, plain, pick.tsp[chosen[0]], pick.hospital[chosen[1]]), promise


def goal_of(asked: Worlds) -> Goal:
    """
    Put what is wanted over worlds into the model's words.

    Parameters
    ----------
    asked
        As the question says it.

    Returns
    -------
    goal
        Of the model.
    """
    if asked.goal is WorldGoal.REGRET:
        return Regret()
    if asked.goal is WorldGoal.CVAR:
        return CVaR(tail_share=asked.tail_share)
    return Expected()


def _pick(options: Options, plain: Solution, wanted: dict[Tier, Wishes]) -> Pick:
    """Take the plain choice, what must be chosen, and the most promising of the others."""
    reach = np.isfinite(options.link_s)
    score = plain.score if len(plain.score) == len(options.tsp) else np.diff(options.cover.start)
    return Pick(
        tsp=_first(
            score,
            [*plain.sites, *np.flatnonzero(np.isin(options.tsp, wanted[Tier.TSP].forced))],
            int(facts.number("siting.world_tsp_shortlist")),
        ),
        hospital=_first(
            reach.sum(axis=0),
            [
                *plain.field_hospitals,
                *np.flatnonzero(np.isin(options.hospital, wanted[Tier.FIELD_HOSPITAL].forced)),
            ],
            int(facts.number("siting.world_field_hospital_shortlist")),
        ),
    )


def _first(score: NDArray[np.generic], always: Iterable[int], at_most: int) -> Rows:
    """Take the rows with the highest scores, and those that must be among them."""
    kept = {int(row) for row in always}
    for row in np.argsort(-score.astype(np.float64), kind="stable"):
        if len(kept) >= at_most:
            break
        kept.add(int(row))
    return np.array(sorted(kept), dtype=np.int64)


def _ground(case: Case, options: Options, pick: Pick) -> tuple[WorldCase, Ground]:
    """Put together what worlds are drawn from and what they share."""
    world_case = WorldCase(
        evacuation=case.evacuation,
        picture=case.picture,
        seed=case.question.seed,
        sites=options.tsp[pick.tsp],
        homes=case.homes.row,
        limit_s=case.question.tsp_clock_s,
    )
    ground = Ground.of(
        Screened.of(case.town, case.picture, case.screening.profiles),
        case.screening,
        tsp=options.tsp[pick.tsp],
        hospital=options.hospital[pick.hospital],
        link_s=link_limit_s(case.question),
    )
    return world_case, ground


def _told(case: Case, seen: Iterable[WorldView], n: int, before: int = 0) -> Iterator[WorldView]:
    """Hand worlds on and tell how far the work is."""
    for done, one in enumerate(seen, before):
        case.progress(_STEP, done, n)
        yield one
    case.progress(_STEP, n, n)


def _same(options: Options, pick: Pick) -> NDArray[np.int32]:
    """Tell which structures are offered for both tiers."""
    at = {int(row): k for k, row in enumerate(options.hospital[pick.hospital])}
    return np.array([at.get(int(row), -1) for row in options.tsp[pick.tsp]], dtype=np.int32)


def _tried(
    seen: Iterable[WorldView], first: int, chosen: tuple[Rows, Rows], plain: tuple[Rows, Rows]
) -> Tried:
    """Try two choices in some worlds."""
    counts = [
        (float(one.people.sum()), served_in(one, *chosen), served_in(one, *plain)) for one in seen
    ]
    people, served, served_plain = np.array(counts, dtype=np.float64).reshape(-1, 3).T
    return Tried(first=first, people=people, served=served, served_plain=served_plain)


def _in_picture(
    case: Case, options: Options, plain: Solution, tsp: Rows, hospital: Rows
) -> Solution:
    """Weigh the choice as if the picture were right, beside what could be had then."""
    linked = np.isfinite(options.link_s[np.ix_(tsp, hospital)]).any(axis=1)
    reached = np.zeros(options.cover.n_homes, dtype=np.bool_)
    for site in tsp[linked]:
        reached[options.cover.home[options.cover.start[site] : options.cover.start[site + 1]]] = (
            True
        )
    objective = float(case.homes.people[reached].sum())
    return replace(
        plain,
        sites=tuple(int(site) for site in tsp),
        field_hospitals=tuple(int(at) for at in hospital),
        objective=objective,
        bound=max(plain.bound, objective),
        status=proof_status(objective, max(plain.bound, objective)),
    )
