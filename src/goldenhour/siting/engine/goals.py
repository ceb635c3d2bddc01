# SPDX-License-Identifier: Apache-2.0
"""
What is wanted of a choice over many worlds, and how that is written as columns and rows.

Expected value; expected value together with the mean of the worst worlds (CVaR; Rockafellar and
Uryasev 2000); least greatest regret (after Averbakh and Berman 1997). All are concave in the
values of the worlds, so that planes above these bound them.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from goldenhour.base.errors import InputError
from goldenhour.siting.engine.problem import Floats
from goldenhour.siting.kernels.worlds import Aim
from goldenhour.siting.plain.worlds import tail_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Most people served on average."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CVaR:
    """
    Most people served on average and in the worst worlds.

    The objective is ``(1 - weight)`` of the mean of all worlds and ``weight`` of the mean of the
    worst.

    Parameters
    ----------
    tail_share
        What of the chances counts as the worst: above 0, at most 1.
    weight
        How much the worst count beside the mean, a share from 0 to 1.
    """

    tail_share: float = 0.2
    weight: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Regret:
    """Least regret in the world where it is greatest: what the best choice there served more."""


Goal: TypeAlias = Expected | CVaR | Regret


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldWeights:
    """
    How much the mean, the worst worlds and the greatest regret count; at least one does.

    Parameters
    ----------
    aim
        The same, for the kernels.
    unit
        The objective is counted in this many people: sums over worlds of equal chance stay whole
        if people are counted in worlds.
    """

    aim: Aim
    unit: float

    @property
    def has_mean(self) -> bool:
        """Whether the mean over all worlds counts."""
        return self.aim.mean != 0.0

    @property
    def has_worlds(self) -> bool:
        """Whether single worlds count."""
        return self.aim.tail != 0.0 or self.aim.regret != 0.0


def weights_of(goal: Goal, chances: Floats, best: Floats) -> WorldWeights:
    """
    Take a goal apart.

    Parameters
    ----------
    goal
        What is wanted.
    chances
        Chance of each world; they sum to 1. Shape ``(n_worlds,)``.
    best
        Most that can be served in each world, for the regret. Shape ``(n_worlds,)``.

    Returns
    -------
    weights
        What is maximised; regret counts below 0.

    Raises
    ------
    InputError
        If a share of the goal is not one.
    """
    n_worlds = len(chances)
    tail, tail_share, regret = 0.0, 1.0, 0.0
    if isinstance(goal, CVaR):
        _require_share("tail_share", goal.tail_share, above_zero=True)
        _require_share("weight", goal.weight, above_zero=False)
        is_mean = goal.tail_share == 1.0
        tail, tail_share = (0.0 if is_mean else goal.weight), goal.tail_share
    elif isinstance(goal, Regret):
        regret = 1.0
    mean = 1.0 - tail - regret
    alike = bool(np.all(chances == chances[0])) and mean == 1.0
    factor = float(n_worlds) if alike else 1.0
    aim = Aim(
        mean=mean,
        tail=tail,
        tail_share=tail_share,
        regret=regret,
        chance=np.ones(n_worlds) if alike else np.asarray(chances, dtype=np.float64),
        best=np.asarray(best, dtype=np.float64),
    )
    return WorldWeights(aim=aim, unit=1.0 / factor)


def goal_value(goal: Goal, value: Floats, chances: Floats, best: Floats) -> float:
    """
    Weigh the worlds as the goal says: people, or the greatest regret.

    Parameters
    ----------
    goal
        What is wanted.
    value
        Value of each world. Shape ``(n_worlds,)``.
    chances
        Chance of each. Shape ``(n_worlds,)``.
    best
        What regret is measured from. Shape ``(n_worlds,)``.

    Returns
    -------
    objective
        Most is wanted of people, least of regret.
    """
    if isinstance(goal, Regret):
        return float(np.max(best - value))
    mean = float(chances @ value)
    if isinstance(goal, CVaR):
        tail = tail_mean(value, chances, goal.tail_share)
        return (1.0 - goal.weight) * mean + goal.weight * tail
    return mean


def _require_share(name: str, value: float, *, above_zero: bool) -> None:
    """Refuse what is no share."""
    least_said = "above 0" if above_zero else "0 or more"
    if not (0.0 <= value <= 1.0) or (above_zero and value == 0.0):
        raise InputError(
            f"The {name} of a goal is {value}.",
            where="goal",
            do=f"Give a share: {least_said}, at most 1.",
            code="GH421",
        )
