# SPDX-License-Identifier: Apache-2.0
"""Put together what would change a plan: next best sites, single facts, alternatives."""

from goldenhour.base.grades import Tier
from goldenhour.siting.asking.wishes import Wishes
from goldenhour.siting.choosing.choose import Case
from goldenhour.siting.choosing.options import Options
from goldenhour.siting.choosing.served import Served
from goldenhour.siting.choosing.worth import (
    StandIn,
    hospital_stand_ins,
    lost_without,
    tsp_stand_ins,
)
from goldenhour.siting.explaining.again import Standing
from goldenhour.siting.explaining.alternatives import alternatives
from goldenhour.siting.explaining.flips import flips
from goldenhour.siting.explanation import Explanation, NextBest
from goldenhour.siting.plain.result import Solution

_STEP = "Asking what would change the plan"


def what_if(
    case: Case,
    wanted: dict[Tier, Wishes],
    options: Options,
    solution: Solution,
    served: Served,
) -> Explanation | None:
    """
    Work out what would change a plan.

    Parameters
    ----------
    case
        What it rests on.
    wanted
        Who may and who must be chosen, by tier.
    options
        Candidates that were examined.
    solution
        Choice and proof.
    served
        What the choice does.

    Returns
    -------
    explanation
        None if somebody asked to stop: a plan that was cut short is not questioned further.
    """
    if solution.stopped or case.effort.stop():
        return None
    case.progress(_STEP, 0, 2)
    standing = Standing.of(case, wanted, options, solution, served)
    of_tsp, of_hospital = lost_without(options, case.homes, served)
    lost = (*(float(people) for people in of_tsp), *(float(people) for people in of_hospital))
    stand_ins = (
        *tsp_stand_ins(options, case.homes, served),
        *hospital_stand_ins(options, case.homes, served),
    )
    next_best = tuple(_next_best(case, other) for other in stand_ins)
    found = flips(standing, next_best, lost)
    case.progress(_STEP, 1, 2)
    others = alternatives(standing, lost)
    case.progress(_STEP, 2, 2)
    return Explanation(
        next_best=next_best,
        flips=found.entries,
        n_examined=found.n_examined,
        n_left_out=found.n_left_out,
        left_out_at_most=found.left_out_at_most,
        alternatives=others,
    )


def _next_best(case: Case, other: StandIn) -> NextBest:
    """Name what could stand in for a site."""
    known = other.structure >= 0
    return NextBest(
        structure=other.structure,
        structure_id=str(case.town.structures.id[other.structure]) if known else "",
        people_fewer=other.people_fewer,
    )
