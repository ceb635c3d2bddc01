# SPDX-License-Identifier: Apache-2.0
"""How good a plan is known to be: counted once more home by home, with what its rules did."""

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.errors import GoldenHourError
from goldenhour.base.grades import Tier
from goldenhour.siting.asking.question import Aim
from goldenhour.siting.asking.wishes import Wishes
from goldenhour.siting.choosing.choose import Case
from goldenhour.siting.choosing.options import Options
from goldenhour.siting.choosing.room import within_room
from goldenhour.siting.choosing.served import Served
from goldenhour.siting.choosing.side_rows import costs
from goldenhour.siting.models.chain_ruled import RuledSolution
from goldenhour.siting.plain.result import ProofStatus, Solution
from goldenhour.siting.plan import Ended, Proof
from goldenhour.siting.said import Said

_SAME = 1e-9


def proof_of(
    case: Case, n_candidates: int, options: Options, solution: Solution, served: Served
) -> Proof:
    """
    State the proof; the objective is counted once more, home by home.

    Parameters
    ----------
    case
        What the proposal rests on.
    n_candidates
        Stabilisation candidates in all.
    options
        Those that were examined.
    solution
        Choice, bound and status.
    served
        What the plan does.

    Returns
    -------
    proof
        Of the plan.

    Raises
    ------
    GoldenHourError
        If the count differs from the search's: a defect.
    """
    people = float(case.homes.people[served.has_hospital].sum())
    twice = float(case.homes.people[times_covered(options, served) > 1].sum())
    objective = people + case.question.backup_share * twice
    if case.question.capacity_limits:
        objective = within_room(case.question, options, case.homes, served)[1]
    if abs(objective - solution.objective) > _SAME * max(1.0, objective):
        raise GoldenHourError(
            f"The check counts {objective} people, the search {solution.objective}.",
            where="siting",
            do="This is a defect of goldenhour: please report it.",
            code="GH902",
        )
    return Proof(
        status=solution.status,
        objective=objective,
        bound=solution.bound,
        gap_share=solution.gap if objective else float(solution.bound > 0),
        n_structures=case.town.structures.n,
        n_candidates=n_candidates,
        n_considered=len(options.tsp),
        greedy_objective=solution.greedy_objective,
        nodes=solution.nodes,
        ended=_ended(case, solution),
    )


def _ended(case: Case, solution: Solution) -> Ended:
    """Say why the search ended."""
    if solution.stopped:
        return Ended.STOPPED
    if solution.status is ProofStatus.OPTIMAL:
        return Ended.PROVEN
    is_enough = solution.gap <= case.effort.gap_share
    return Ended.GOOD_ENOUGH if is_enough else Ended.SEARCHED_ENOUGH


def times_covered(options: Options, served: Served) -> NDArray[np.int64]:
    """
    Count the points with a hospital in time that each home reaches within the clock.

    Parameters
    ----------
    options
        Candidates and times.
    served
        The choice.

    Returns
    -------
    times
        Shape ``(n_homes,)``.
    """
    cover = options.cover
    times = np.zeros(cover.n_homes, dtype=np.int64)
    for site, hospital in zip(served.tsp, served.hospital_of, strict=True):
        if hospital >= 0:
            times[cover.home[cover.start[site] : cover.start[site + 1]]] += 1
    return times


def rule_notes(
    case: Case,
    wanted: dict[Tier, Wishes],
    options: Options,
    solution: Solution,
    served: Served,
) -> tuple[Said, ...]:
    """
    Say what the question's rules did to the plan.

    Parameters
    ----------
    case
        What the proposal rests on.
    wanted
        Who had to be chosen, by tier.
    options
        Candidates.
    solution
        Choice and proof.
    served
        What the plan does.

    Returns
    -------
    notes
        Coded messages; none for a question without rules.
    """
    question, said = case.question, []
    if question.spacing_m:
        values: tuple[tuple[str, str], ...] = (("metres", f"{question.spacing_m:,.0f}"),)
        said.append(Said(code="demand.spacing-kept", values=values))
    if question.has_budget:
        spent = sum(
            float(costs(case.town, question, wanted[tier], rows).sum())
            for tier, rows in (
                (Tier.TSP, options.tsp[served.tsp]),
                (Tier.FIELD_HOSPITAL, options.hospital[served.hospital]),
            )
        )
        values = (("cost", f"{spent:,.0f}"), ("budget", f"{question.budget:,.0f}"))
        said.append(Said(code="demand.budget-kept", values=values))
    if question.capacity_limits:
        along = within_room(question, options, case.homes, served)[1]
        over = float(case.homes.people[served.has_hospital].sum()) - along
        said.append(Said(code="demand.capacity-kept", values=(("people", f"{over:,.0f}"),)))
    if question.backup_share:
        twice = float(case.homes.people[times_covered(options, served) > 1].sum())
        values = (("people", f"{twice:,.0f}"), ("percent", f"{100 * question.backup_share:g}"))
        said.append(Said(code="demand.backup-counted", values=values))
    if question.aim is Aim.WORST_ZONE and isinstance(solution, RuledSolution):
        values = (
            ("zones", str(question.zones)),
            ("percent", f"{100 * solution.worst_share:.1f}"),
            ("most", f"{100 * solution.worst_share_bound:.1f}"),
        )
        said.append(Said(code="demand.worst-zone", values=values))
    if said:
        said.append(Said(code="demand.proof-under-rules"))
    return tuple(said)
