# SPDX-License-Identifier: Apache-2.0
"""
Sites that do well in many worlds, not in the picture alone.

A few candidates are measured in every world and the chain is chosen over all worlds at once. In
fresh worlds the choice meets the sites that are best if the picture is simply right, and the
better by the goal is kept: few worlds can mislead. What is promised is counted in worlds that had
no say in either.
"""

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.grades import Tier
from goldenhour.picture.doubted_structures import unfit_chance
from goldenhour.siting.asking.question import WorldGoal, Worlds
from goldenhour.siting.asking.wishes import Wishes
from goldenhour.siting.choosing.choose import Case, choice_of
from goldenhour.siting.choosing.options import Options, link_limit_s
from goldenhour.siting.choosing.worth import people_with
from goldenhour.siting.engine.goals import CVaR, Expected, Goal, Regret
from goldenhour.siting.models.chain import Links
from goldenhour.siting.models.chain_worlds import chain_worlds
from goldenhour.siting.plain.result import Solution, proof_status
from goldenhour.siting.plain.worlds import WorldSolution
from goldenhour.siting.robust.look import Chosen, Look, tried
from goldenhour.siting.robust.pick import Pick, pick
from goldenhour.siting.robust.promise import Promise
from goldenhour.siting.robust.trial import value_of
from goldenhour.siting.robust.views import Ground, WorldView, view
from goldenhour.siting.screening.verdicts import Case as Screened
from goldenhour.times.worlds import Run, WorldCase, one_by_one

Rows = NDArray[np.int64]


def over_worlds(
    case: Case,
    wanted: dict[Tier, Wishes],
    options: Options,
    plain: Solution,
    *,
    run: Run[WorldView] = one_by_one,
) -> tuple[Solution, Promise | None]:
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
        The choice among the options, and what it does over the worlds; the plain choice and no
        promise if somebody asked to stop before every world had been measured.
    """
    asked = case.question.worlds
    picked = pick(options, plain, wanted, case.screening, unfit_chance(case.picture))
    look = _look(case, options, picked, run)
    seen = list(look.at(0))
    if len(seen) < asked.n:
        return replace(plain, stopped=True), None
    found = _best_over(case, wanted, options, picked, seen)
    chosen, known = Chosen(found.sites, found.field_hospitals), Chosen.of(plain, picked)
    trial = look.trial(chosen, known) if chosen != known else None
    kept = known if trial is not None and not trial.is_better else chosen
    fresh = look.fresh(kept)
    if fresh.n < asked.n:
        return replace(plain, stopped=True), None
    promise = Promise(
        goal=asked.goal,
        tail_share=asked.tail_share,
        objective=_objective(asked, found, seen, kept),
        bound=found.bound,
        n_tsp=len(picked.tsp),
        n_hospitals=len(picked.hospital),
        chosen_for=tried(seen, 0, kept),
        trial=trial,
        fresh=fresh,
    )
    return _in_picture(case, options, plain, picked, kept), promise


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


def _look(case: Case, options: Options, picked: Pick, run: Run[WorldView]) -> Look:
    """Put together what worlds are drawn from and what they share."""
    world_case = WorldCase(
        evacuation=case.evacuation,
        picture=case.picture,
        seed=case.question.seed,
        sites=options.tsp[picked.tsp],
        homes=case.homes.row,
        limit_s=case.question.tsp_clock_s,
    )
    ground = Ground.of(
        Screened.of(case.town, case.picture, case.screening.profiles),
        case.screening,
        tsp=options.tsp[picked.tsp],
        hospital=options.hospital[picked.hospital],
        link_s=link_limit_s(case.question),
    )
    return Look(case=case, world_case=world_case, view=partial(view, ground=ground), run=run)


def _best_over(
    case: Case,
    wanted: dict[Tier, Wishes],
    options: Options,
    picked: Pick,
    seen: list[WorldView],
) -> WorldSolution:
    """Choose over the worlds that were seen."""
    at = {int(row): k for k, row in enumerate(options.hospital[picked.hospital])}
    same = np.array([at.get(int(row), -1) for row in options.tsp[picked.tsp]], dtype=np.int32)
    return chain_worlds(
        [one.cover for one in seen],
        [Links(linked=one.linked, same=same) for one in seen],
        [one.people for one in seen],
        sites=choice_of(wanted[Tier.TSP], options.tsp[picked.tsp]),
        hospitals=choice_of(wanted[Tier.FIELD_HOSPITAL], options.hospital[picked.hospital]),
        goal=goal_of(case.question.worlds),
        effort=case.effort,
    )


def _objective(asked: Worlds, found: WorldSolution, seen: list[WorldView], kept: Chosen) -> float:
    """Value of the choice that was kept in the worlds that sites were chosen for."""
    if kept == Chosen(found.sites, found.field_hospitals):
        return found.objective
    served = np.array([kept.served(one) for one in seen])
    if asked.goal is WorldGoal.REGRET:
        return float((found.worlds.best - served).max())
    return value_of(asked.goal, asked.tail_share)(served)


def _in_picture(
    case: Case, options: Options, plain: Solution, picked: Pick, kept: Chosen
) -> Solution:
    """Weigh the choice as if the picture were right, beside what could be had then."""
    tsp, hospital = picked.tsp[list(kept.tsp)], picked.hospital[list(kept.hospital)]
    objective = people_with(options, case.homes, tsp, hospital)
    return replace(
        plain,
        sites=tuple(int(site) for site in tsp),
        field_hospitals=tuple(int(at) for at in hospital),
        objective=objective,
        bound=max(plain.bound, objective),
        status=proof_status(objective, max(plain.bound, objective)),
    )
