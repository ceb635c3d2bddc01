# SPDX-License-Identifier: Apache-2.0
"""
The p-centre (Hakimi 1964): the sites from which the worst-served demand is served soonest.

Method: binary search over the distinct times (Minieka 1970); each step asks whether so many sites
cover all demand within a time, and is answered yes, no or *unknown* by exact set covering.
"""

import numpy as np
from numpy.typing import ArrayLike

from goldenhour.siting.engine.assignment import build
from goldenhour.siting.engine.assignment_centre import Radii
from goldenhour.siting.engine.assignment_reach import reach
from goldenhour.siting.engine.covering import level
from goldenhour.siting.models.p_median import never_served
from goldenhour.siting.plain.choice import Choice, as_choice
from goldenhour.siting.plain.effort import Effort
from goldenhour.siting.plain.inputs import require_people
from goldenhour.siting.plain.result import ProofStatus, Sense, Solution
from goldenhour.siting.plain.times import TimesLike, as_times


def p_centre(
    times: TimesLike,
    p: int | Choice,
    weights: ArrayLike | None = None,
    *,
    effort: Effort | None = None,
) -> Solution:
    """
    Choose the sites from which the longest weighted time of any demand is least.

    Serving more counts before serving faster: where ``p`` sites cannot reach all demand that could
    be reached, first the weight left out is made least, then the worst time of the others. Status
    is OPTIMAL only if both are proven; ``bound`` is on choices that leave out no more.

    Parameters
    ----------
    times
        Seconds, or any other cost of 0 or more; shape ``(n_demand, n_sites)``. ``inf``, or an entry
        that a sparse array does not store, is *cannot reach*; a 0 that it stores is 0 seconds.
    p
        Sites to open, or a ``Choice`` with what is forced and forbidden.
    weights
        What a second of each demand weighs; 1 each if None, and who weighs 0 does not count. Shape
        ``(n_demand,)``, all ``>= 0``.
    effort
        When to stop; left out, not before the proof.

    Returns
    -------
    solution
        Sites with the worst weighted time, bound and gap; ``site_of`` is the nearest open site, -1
        for demand that is left out; ``not_servable`` lists that which no site could serve.

    Raises
    ------
    InputError
        If a time or weight is negative or not a number, or the shapes do not meet.
    NoPlanError
        If more sites are wanted than may be opened.
    """
    effort = effort or Effort()
    taken = as_times(times)
    counted = require_people(
        np.ones(taken.n_demand) if weights is None else weights, taken.n_demand
    )
    sites = level(as_choice(p), taken.n_sites, "sites")
    reached = reach(build(taken, counted, sites), effort)
    first = reached.assignment.sites(reached.first)
    found = Radii(taken, counted, sites, reached.assignment.left).search(first, effort)
    site_of, time_s = taken.nearest(found.sites)
    counts = (site_of >= 0) & (counted > 0)
    objective = float((counted[counts] * time_s[counts]).max(initial=0.0))
    is_optimal = reached.is_least and found.bound >= objective
    return Solution(
        sites=found.sites,
        objective=objective,
        bound=min(found.bound, objective),
        status=ProofStatus.OPTIMAL if is_optimal else ProofStatus.GAP,
        sense=Sense.LEAST,
        nodes=found.nodes,
        stopped=found.stopped,
        site_of=site_of,
        not_servable=never_served(taken, sites.allowed),
    )
