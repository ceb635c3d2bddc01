# SPDX-License-Identifier: Apache-2.0
"""How much demand must be left out, though each could be served alone: that counts before time."""

from dataclasses import dataclass, replace

import numpy as np

from goldenhour.siting.engine.assignment import SAME, Assignment
from goldenhour.siting.engine.assignment_prove import search
from goldenhour.siting.engine.covering import Level, build
from goldenhour.siting.engine.problem import Bools
from goldenhour.siting.engine.prove import prove, settled_bound
from goldenhour.siting.kernels.cover import turn
from goldenhour.siting.plain.cover import Cover
from goldenhour.siting.plain.effort import Effort, nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """
    A first choice that leaves out as little as is known how.

    Parameters
    ----------
    assignment
        The inner problem, which now knows how much may be left out, and no longer counts it.
    first
        The choice. Shape ``(n_sites,)``, bool.
    greedy
        What placing one site after another opens. Shape ``(n_sites,)``, bool.
    is_least
        True if it is proven that no choice leaves out less.
    """

    assignment: Assignment
    first: Bools
    greedy: Bools
    is_least: bool


def reach(assignment: Assignment, effort: Effort) -> Reached:
    """
    Find how much must be left out.

    Parameters
    ----------
    assignment
        The inner problem.
    effort
        When to stop.

    Returns
    -------
    reached
        Mostly nothing is left out, and the search alone shows it; else covering proves it.
    """
    greedy = search(assignment, kicks=-1)
    first, is_least = search(assignment, greedy.astype(np.float64)), True
    if assignment.left_out(first) > 0 and assignment.n:
        first, is_least = _cover_most(assignment, first, effort)
    left = assignment.left_out(first)
    return Reached(
        assignment=replace(
            assignment, left=left, constant=assignment.constant - assignment.away * left
        ),
        first=first,
        greedy=greedy,
        is_least=is_least or left == 0,
    )


def _cover_most(assignment: Assignment, first: Bools, effort: Effort) -> tuple[Bools, bool]:
    """Cover as much as can be of the demand that is not served anyway, then look from there."""
    cover, weight = bare_cover(assignment)
    every = np.ones(assignment.n_sites, dtype=np.bool_)
    covering = build(cover, weight, Level(n=assignment.n, forced=~every, allowed=every))
    proven = prove(covering, replace(effort, told=nobody, gap_share=0.0))
    chosen = assignment.choice(proven.found.sites)
    for start in (chosen, first):
        found = search(assignment, start.astype(np.float64))
        if _is_better(assignment, found, chosen):
            chosen = found
    served = float(weight.sum()) - assignment.left_out(chosen)
    bound = settled_bound(covering, proven.bound, served)
    return chosen, bound <= served * (1 + SAME)


def _is_better(assignment: Assignment, one: Bools, other: Bools) -> bool:
    """Whether a choice leaves out less, or as much and costs less."""
    left = (assignment.left_out(one), assignment.left_out(other))
    if left[0] != left[1]:
        return left[0] < left[1]
    return assignment.cost(one) < assignment.cost(other)


def bare_cover(assignment: Assignment) -> tuple[Cover, np.ndarray]:
    """
    List who covers the demand that may be left out.

    Parameters
    ----------
    assignment
        The inner problem.

    Returns
    -------
    cover, weight
        Of the rows that are bare. Shape ``(n_bare,)``.
    """
    table, length = assignment.table, np.diff(assignment.table.start)
    rows = np.concatenate([[0], np.cumsum(length[assignment.bare])]).astype(np.int64)
    sites = table.site[np.repeat(assignment.bare, length)]
    start, home = turn(rows, sites, assignment.n_sites)
    n_homes = int(assignment.bare.sum())
    return Cover(start=start, home=home, n_homes=n_homes), assignment.weight[assignment.bare]
