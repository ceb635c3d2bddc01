# SPDX-License-Identifier: Apache-2.0
"""MCLP, the maximal covering location problem (Church and ReVelle 1974): most people, k sites."""

from numpy.typing import ArrayLike

from goldenhour.siting.certificate import people_reached
from goldenhour.siting.engine.covering import level, of_rows
from goldenhour.siting.engine.prove import prove, settled_bound
from goldenhour.siting.plain.choice import Choice, as_choice
from goldenhour.siting.plain.cover import Covers, as_rows
from goldenhour.siting.plain.effort import Effort
from goldenhour.siting.plain.inputs import require_people
from goldenhour.siting.plain.result import Solution, proof_status


def mclp(
    cover: Covers, people: ArrayLike, k: int | Choice, *, effort: Effort | None = None
) -> Solution:
    """
    Choose the sites that cover most people.

    Parameters
    ----------
    cover
        Which demand each site covers: dense or sparse, shape ``(n_demand, n_sites)``, anything but
        0 covers; or a ``Cover``, or the ``cover`` of a ``MergedDemand``.
    people
        People of each demand. Shape ``(n_demand,)``, all ``>= 0``.
    k
        Sites to open, or a ``Choice`` with what is forced and forbidden.
    effort
        When to stop; left out, not before the proof.

    Returns
    -------
    solution
        Sites with bound and gap.

    Raises
    ------
    InputError
        If people are negative or not a number, or the shapes do not meet.
    NoPlanError
        If more sites are wanted than may be opened.
    """
    effort = effort or Effort()
    counted = require_people(people)
    rows = as_rows(cover, len(counted))
    covering = of_rows(rows, counted, level(as_choice(k), rows.n_sites, "sites"))
    proven = prove(covering, effort)
    chosen = tuple(int(j) for j in proven.found.sites)
    objective = people_reached(rows, counted, chosen)
    bound = settled_bound(covering, proven.bound, objective)
    return Solution(
        sites=chosen,
        objective=objective,
        bound=bound,
        status=proof_status(objective, bound),
        greedy_objective=proven.greedy_value,
        nodes=proven.nodes,
        stopped=proven.stopped,
        score=proven.score,
    )
