# SPDX-License-Identifier: Apache-2.0
"""Branch and cut over any ``Problem``: warm linear programs, cuts, fixing, a best-first tree."""

from goldenhour.siting.engine.problem import Bools, Branched, Problem
from goldenhour.siting.plain.effort import Effort


def branch(problem: Problem, effort: Effort, *, first: Bools | None = None) -> Branched:
    """
    Find the best choice and prove how good it is.

    Parameters
    ----------
    problem
        The model.
    effort
        When to stop, and who is told.
    first
        A good choice to start from, found by search. Shape ``(n_open,)``, bool.

    Returns
    -------
    branched
        Choice, value and bound.
    """
    raise NotImplementedError
