# SPDX-License-Identifier: Apache-2.0
"""One question over many worlds, from the input to a choice that is recounted from the input."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.errors import InputError, NoPlanError
from goldenhour.siting.engine.chain_cuts import Worth
from goldenhour.siting.engine.goals import Expected, Goal, Regret, goal_value, weights_of
from goldenhour.siting.engine.problem import Bools, Branched, Floats
from goldenhour.siting.engine.world_cuts import WorldProgram
from goldenhour.siting.engine.world_prove import prove
from goldenhour.siting.engine.world_search import Tiers
from goldenhour.siting.engine.world_table import World, WorldTable, table_of
from goldenhour.siting.plain.effort import Effort, nobody
from goldenhour.siting.plain.result import Sense, proof_status
from goldenhour.siting.plain.worlds import WorldSolution, WorldValues

_SUM = 1e-9
_ABOUT = 1024.0  # what all people sum up to in the program's unit, within a factor of two


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldQuestion:
    """
    One question over many worlds.

    Parameters
    ----------
    worlds
        At least one.
    chances
        Chance of each world. Shape ``(n_worlds,)``.
    goal
        What is wanted.
    tiers
        What may be opened.
    backup_share
        What being served twice adds, a share from 0 to 1.
    """

    worlds: Sequence[World]
    chances: Floats
    goal: Goal
    tiers: Tiers
    backup_share: float


def require_chances(chances: object, n_worlds: int) -> Floats:
    """
    Refuse chances that are none.

    Parameters
    ----------
    chances
        Chance of each world; equal ones if None. Shape ``(n_worlds,)``.
    n_worlds
        Number of worlds.

    Returns
    -------
    chances
        As float64. Shape ``(n_worlds,)``.

    Raises
    ------
    InputError
        If there is no world, or the chances are not one for each world, negative, not a number, or
        do not sum to 1.
    """
    if not n_worlds:
        raise InputError("There is no world.", where="covers", do="Give one or more.", code="GH420")
    if chances is None:
        return np.full(n_worlds, 1.0 / n_worlds)
    given = np.asarray(chances, dtype=np.float64)
    wrong = ""
    if given.shape != (n_worlds,):
        wrong = f"{n_worlds} worlds, but chances of shape {given.shape}."
    elif not np.all(np.isfinite(given)) or np.any(given < 0):
        wrong = "A chance is negative or not a number."
    elif abs(given.sum() - 1.0) > _SUM:
        wrong = f"The chances sum to {given.sum():.6g}."
    if wrong:
        raise InputError(
            wrong,
            where="chances",
            do="Give each world a share of 1; leave them out if all are equal.",
            code="GH419",
        )
    return given


def require_backup(backup_share: float) -> float:
    """
    Refuse a backup that is worth less than nothing or more than the first cover.

    Parameters
    ----------
    backup_share
        What being served twice adds, a share.

    Returns
    -------
    backup_share
        From 0 to 1.

    Raises
    ------
    InputError
        If it is no share.
    """
    if not 0.0 <= backup_share <= 1.0:
        raise InputError(
            f"The backup's share is {backup_share}.",
            where="backup_share",
            do="Give a share from 0 (being served twice adds nothing) to 1 (as much as once).",
            code="GH421",
        )
    return float(backup_share)


def solve(question: WorldQuestion, effort: Effort) -> WorldSolution:
    """
    Choose sites and hospitals for many worlds.

    Parameters
    ----------
    question
        Worlds, goal and what may be opened.
    effort
        When to stop.

    Returns
    -------
    solution
        With the value of each world.

    Raises
    ------
    NoPlanError
        If nothing keeps all rules, or the search ended before anything was found.
    InputError
        If the goal's shares are none.
    """
    n_worlds = len(question.worlds)
    weights_of(question.goal, question.chances, np.zeros(n_worlds))  # says what is wrong at once
    tiers = question.tiers
    table = table_of(
        question.worlds,
        n_sites=len(tiers.sites.allowed),
        n_hospitals=len(tiers.hospitals.allowed),
    )
    own = _Own(most=np.zeros(n_worlds), least=np.zeros(n_worlds))
    if isinstance(question.goal, Regret):
        own = _own_best(question, effort)
    program, unit = _program(question, table, own.most)
    sign = -unit if isinstance(question.goal, Regret) else unit

    def told(value: float, bound: float) -> None:
        effort.told(sign * float(value) + 0.0, sign * float(bound) + 0.0)  # no -0.0

    found = prove(program, replace(effort, told=told), first=own.first)
    if found.chosen is None:
        raise _no_plan(found)
    greedy = program.search.greedy()
    values = _recounted(question, found.chosen, own.most)
    objective = _weighed(question, values)
    bound = _bound(question, found, unit, objective, own)
    sense = Sense.LEAST if isinstance(question.goal, Regret) else Sense.MOST
    x, z = _split(question, found.chosen)
    return WorldSolution(
        sites=tuple(np.flatnonzero(x).tolist()),
        field_hospitals=tuple(np.flatnonzero(z).tolist()),
        objective=objective,
        bound=bound,
        status=proof_status(objective, bound, sense),
        sense=sense,
        greedy_objective=float("nan")
        if greedy is None
        else _weighed(question, _recounted(question, greedy, own.most)),
        nodes=found.nodes,
        stopped=found.stopped,
        score=found.score[: len(x)] * unit,
        not_servable=_not_servable(question),
        worlds=values,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Own:
    """What each world's own best choice serves, at most and at least; a choice to begin with."""

    most: Floats
    least: Floats
    first: Bools | None = None


def _program(
    question: WorldQuestion, table: WorldTable, best: Floats
) -> tuple[WorldProgram, float]:
    """Write the question for the tree; also how many people its unit stands for."""
    weights = weights_of(question.goal, question.chances, best)
    aim, unit = weights.aim, weights.unit
    if not weights.has_worlds:
        table = table.as_one_world(aim.chance)
        aim = aim._replace(chance=np.ones(1), best=np.zeros(1))
    people = float(table.entries.weight.sum()) / table.n_worlds
    scale = 2.0 ** np.floor(np.log2(_ABOUT / people)) if people else 1.0
    table = table.scaled(scale)
    whole = not weights.has_worlds and not question.backup_share
    program = WorldProgram(
        table=table,
        aim=aim._replace(best=aim.best * scale),
        tiers=question.tiers,
        layers=Worth(backup_share=question.backup_share),
        grain=table.grain if whole else 0.0,
    )
    return program, unit / scale


def _own_best(question: WorldQuestion, effort: Effort) -> _Own:
    """Ask each world alone for its best; one that there is no time for might serve everybody."""
    n_worlds, chosen = len(question.worlds), None
    most, least, seen = np.zeros(n_worlds), np.zeros(n_worlds), []
    quiet = replace(effort, told=nobody)
    for number, world in enumerate(question.worlds):
        alone = replace(question, worlds=[world], chances=np.ones(1), goal=Expected())
        tiers = question.tiers
        table = table_of(
            [world], n_sites=len(tiers.sites.allowed), n_hospitals=len(tiers.hospitals.allowed)
        )
        program, unit = _program(alone, table, np.zeros(1))
        found = prove(program, quiet, first=chosen)
        if found.chosen is None:
            raise _no_plan(found)
        chosen = found.chosen
        seen.append(chosen)
        value = float(_recounted(alone, chosen, np.zeros(1)).value[0])
        least[number] = value
        ceiling = (1.0 + question.backup_share) * float(world.people.sum())
        proven = found.bound <= found.value
        most[number] = value if proven else min(ceiling, max(value, found.bound * unit))
    regrets = [_weighed(question, _recounted(question, one, most)) for one in seen]
    return _Own(most=most, least=least, first=seen[int(np.argmin(regrets))])


def _bound(
    question: WorldQuestion, found: Branched, unit: float, objective: float, own: _Own
) -> float:
    """Take the bound to people; it is the objective only if nothing fits between."""
    doubt = float(np.max(own.most - own.least))
    if found.bound <= found.value and not doubt:
        return objective
    if isinstance(question.goal, Regret):
        return min(objective, max(0.0, -found.bound * unit - doubt))
    return max(objective, found.bound * unit)


def _weighed(question: WorldQuestion, values: WorldValues) -> float:
    """Weigh the worlds as the goal says."""
    return goal_value(question.goal, values.value, values.chances, values.best)


def _recounted(question: WorldQuestion, chosen: Bools, best: Floats) -> WorldValues:
    """Count people again, home by home, from the worlds as they came."""
    sites, z = _split(question, chosen)
    value, people = np.zeros(len(question.worlds)), np.zeros(len(question.worlds))
    for number, world in enumerate(question.worlds):
        counts = sites if world.linked is None else sites & (world.linked & z).any(axis=1)
        times = np.zeros(world.cover.n_homes, dtype=np.int64)
        for j in np.flatnonzero(counts):
            times[world.cover.home[world.cover.start[j] : world.cover.start[j + 1]]] += 1
        people[number] = world.people[times > 0].sum()
        value[number] = people[number] + question.backup_share * world.people[times > 1].sum()
    asked = isinstance(question.goal, Regret)
    return WorldValues(
        chances=question.chances,
        value=value,
        people=people,
        best=best if asked else np.full(len(value), np.nan),
    )


def _not_servable(question: WorldQuestion) -> NDArray[np.int32]:
    """Find demand that no choice serves in any world; unknown where worlds differ in demand."""
    n_homes = {world.cover.n_homes for world in question.worlds}
    if len(n_homes) > 1:
        return np.zeros(0, dtype=np.int32)
    served = np.zeros(n_homes.pop(), dtype=np.bool_)
    tiers = question.tiers
    for world in question.worlds:
        may = tiers.sites.allowed
        if world.linked is not None:
            may = may & (world.linked & tiers.hospitals.allowed).any(axis=1)
        for j in np.flatnonzero(may):
            served[world.cover.home[world.cover.start[j] : world.cover.start[j + 1]]] = True
    return np.flatnonzero(~served).astype(np.int32)


def _split(question: WorldQuestion, chosen: Bools) -> tuple[Bools, Bools]:
    """Sites and hospitals."""
    n_sites = len(question.tiers.sites.allowed)
    return chosen[:n_sites], chosen[n_sites:]


def _no_plan(found: Branched) -> NoPlanError:
    """Say whether there is none, or none was found."""
    if found.bound == -np.inf:
        return NoPlanError(
            "No choice keeps counts, forced and forbidden sites and one tier a structure.",
            where="sites and field hospitals",
            do="Ask for fewer, or force and forbid less.",
        )
    return NoPlanError(
        "The search ended before any whole plan was found.",
        where="sites and field hospitals",
        do="Allow more search nodes, or force and forbid less.",
        code="GH402",
    )
