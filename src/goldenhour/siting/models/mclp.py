# SPDX-License-Identifier: Apache-2.0
"""MCLP, the maximal covering location problem (Church and ReVelle 1974): most people, k sites."""

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.certificate import people_covered
from goldenhour.siting.covering import build, level
from goldenhour.siting.models.result import (
    Choice,
    Cover,
    Effort,
    Solution,
    proof_status,
    require_people,
)
from goldenhour.siting.prove import prove, settled_bound


def mclp(
    cover: Cover, people: NDArray[np.float64], sites: Choice, *, effort: Effort | None = None
) -> Solution:
    """
    Choose the sites that cover most people.

    Parameters
    ----------
    cover
        Which homes each site covers.
    people
        People of each home. Shape ``(n_homes,)``, all ``>= 0``.
    sites
        How many, forced and forbidden.
    effort
        When to stop.

    Returns
    -------
    solution
        Sites with bound and gap.

    Raises
    ------
    InputError
        If people are negative or not a number.
    NoPlanError
        If more sites are wanted than may be opened.
    """
    effort = effort or Effort()
    people = require_people(people, cover.n_homes)
    covering = build(cover, people, level(sites, cover.n_sites, "sites"))
    proven = prove(covering, effort)
    chosen = tuple(int(j) for j in proven.found.sites)
    objective = people_covered(cover, people, chosen)
    bound = settled_bound(covering, proven.bound, objective)
    return Solution(
        sites=chosen,
        field_hospitals=(),
        objective=objective,
        bound=bound,
        status=proof_status(objective, bound),
        greedy_objective=proven.greedy_value,
        nodes=proven.nodes,
        stopped=proven.stopped,
        score=proven.score,
    )
