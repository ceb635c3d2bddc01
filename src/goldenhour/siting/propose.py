# SPDX-License-Identifier: Apache-2.0
"""From town, picture, screening and question to a plan with its proof."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

import goldenhour
from goldenhour.base.errors import GoldenHourError
from goldenhour.base.grades import Tier
from goldenhour.base.progress import Progress, quiet
from goldenhour.picture.belief import Picture
from goldenhour.siting import explain
from goldenhour.siting.choose import Case, choose
from goldenhour.siting.options import Homes, Options, whole_parts
from goldenhour.siting.plain.effort import Effort, never
from goldenhour.siting.plain.result import Solution
from goldenhour.siting.plan import Plan, Proof, Said
from goldenhour.siting.question import Question
from goldenhour.siting.referral import onward
from goldenhour.siting.screening import Screening
from goldenhour.siting.served import Served, coverage, serve
from goldenhour.siting.settle import people_by_nearest, soonest_hospitals
from goldenhour.siting.visits import visits_to_do
from goldenhour.siting.wishes import Wishes, wishes
from goldenhour.times.carry import Evacuation
from goldenhour.town.town import Town

Rows = NDArray[np.int64]
_T = TypeVar("_T", bound=np.generic)


def propose(  # noqa: PLR0913 - one question in full, all but the first four by name
    town: Town,
    picture: Picture,
    screening: Screening,
    question: Question,
    *,
    evacuation: Evacuation | None = None,
    progress: Progress = quiet,
    stop: Callable[[], bool] | None = None,
) -> Plan:
    """
    Choose stabilisation points and field hospitals, and prove how good the choice is.

    Parameters
    ----------
    town
        The town.
    picture
        What is believed.
    screening
        Verdicts on every structure.
    question
        What is wanted.
    evacuation
        The town's evacuation graph; built if left out.
    progress
        Told how far the work is.
    stop
        Asked now and then; True ends the search with the gap it has.

    Returns
    -------
    plan
        The same for the same town, reports, question and moment.

    Raises
    ------
    BadQuestionError
        If the question contradicts itself.
    NoPlanError
        If too few structures pass; it names the conflict.
    UnknownPlaceError
        If a demanded structure is not in the town.
    """
    people = whole_parts(picture.people.people)
    lived_in = np.flatnonzero(people > 0)
    case = Case(
        town=town,
        picture=picture,
        screening=screening,
        question=question,
        evacuation=evacuation
        or Evacuation.of(town, picture, unknown_streets=question.unknown_streets),
        homes=Homes(row=lived_in, people=people[lived_in]),
        progress=progress,
        effort=Effort.of_a_plan(seed=question.seed, stop=stop or never),
    )
    wanted = wishes(town, screening, question, attached=case.evacuation.is_attached)
    options, solution = choose(case, wanted)
    served = serve(options, *_settled(options, solution, wanted, case.homes))
    return _plan(case, wanted, options, solution, served)


def _settled(
    options: Options, solution: Solution, wanted: dict[Tier, Wishes], homes: Homes
) -> tuple[Rows, Rows]:
    """Keep the points; of the hospitals that serve as many, take those that are reached soonest."""
    tsp = np.array(solution.sites, dtype=np.int64)
    nearest, _ = people_by_nearest(options.cover, options.seconds, tsp)
    inside = nearest >= 0
    casualties = np.bincount(
        nearest[inside], weights=homes.people[inside], minlength=len(tsp)
    ).astype(np.float64)
    forced = np.flatnonzero(np.isin(options.hospital, wanted[Tier.FIELD_HOSPITAL].forced))
    barred = np.flatnonzero(np.isin(options.hospital, options.tsp[tsp]))
    hospital = soonest_hospitals(
        options.link_s[tsp],
        casualties,
        solution.field_hospitals,
        fixed=frozenset(int(k) for k in forced),
        barred=frozenset(int(k) for k in barred),
    )
    return tsp, np.array(hospital, dtype=np.int64)


def _plan(
    case: Case,
    wanted: dict[Tier, Wishes],
    options: Options,
    solution: Solution,
    served: Served,
) -> Plan:
    """Put the answer together."""
    hospitals = options.hospital[served.hospital]
    beyond = onward(
        case.town, case.picture, case.question, evacuation=case.evacuation, hospitals=hospitals
    )
    forced = frozenset(int(row) for wish in wanted.values() for row in wish.forced)
    sites = explain.sites(
        case.town,
        case.picture,
        screening=case.screening,
        question=case.question,
        options=options,
        homes=case.homes,
        served=served,
        forced=forced,
    )
    passed = wanted[Tier.TSP].candidates
    nowhere = np.full(case.town.structures.n, -1, dtype=np.int32)
    notes = explain.notes(case.question, solution, options, served, n_candidates=len(passed))
    return Plan(
        id=fingerprint(case.town, case.picture, case.question),
        as_of=case.picture.as_of,
        question=case.question,
        sites=sites,
        coverage=coverage(
            served,
            case.homes,
            case.question,
            beyond,
            attached=case.evacuation.is_attached[case.homes.row],
            joined=_joined(case, options.tsp[served.tsp]),
        ),
        proof=_proof(case, len(passed), options, solution, served),
        visits=visits_to_do(
            case.town,
            case.screening,
            sites,
            options=options,
            homes=case.homes,
            served=served,
        ),
        unknowns=explain.unknowns(case.town, case.picture, case.screening, case.question, passed),
        notes=(*_people_notes(case), *beyond.notes, *notes),
        home_people=_spread(case, case.homes.people, np.zeros(case.town.structures.n)),
        home_tsp_s=_spread(case, served.carry_s, np.full_like(nowhere, np.inf, dtype=np.float32)),
        home_site=_spread(case, served.nearest, nowhere),
        home_served=_spread(case, served.has_hospital, np.zeros_like(nowhere, dtype=np.bool_)),
        findings=(),
    )


def _joined(case: Case, sites: Rows) -> NDArray[np.bool_]:
    """Whether any open way, however long, leads from each home to a site."""
    seconds = case.evacuation.transfer_times(origins=case.homes.row, destinations=sites)
    return np.asarray(np.isfinite(seconds).any(axis=1))


def _people_notes(case: Case) -> tuple[Said, ...]:
    """Say aloud if there is nobody to plan for."""
    return () if len(case.homes.row) else (Said(code="siting.no-people"),)


def _proof(
    case: Case, n_candidates: int, options: Options, solution: Solution, served: Served
) -> Proof:
    """State the proof; the objective is counted once more, home by home."""
    objective = float(case.homes.people[served.has_hospital].sum())
    if objective != solution.objective:
        raise GoldenHourError(
            f"The check counts {objective} people, the search {solution.objective}.",
            where="siting",
            do="This is a defect of goldenhour: please report it.",
            code="GH902",
        )
    gap_share = solution.gap if objective else float(solution.bound > 0)
    return Proof(
        status=solution.status,
        objective=objective,
        bound=solution.bound,
        gap_share=gap_share,
        n_structures=case.town.structures.n,
        n_candidates=n_candidates,
        n_considered=len(options.tsp),
        greedy_objective=solution.greedy_objective,
    )


def _spread(case: Case, values: NDArray[_T], elsewhere: NDArray[_T]) -> NDArray[_T]:
    """Spread what holds for homes over all structures."""
    elsewhere[case.homes.row] = values
    return elsewhere


def fingerprint(town: Town, picture: Picture, question: Question) -> str:
    """
    Name a plan by what it rests on, the program's version too.

    Parameters
    ----------
    town
        Its layers' checksums count.
    picture
        Its moment and reports count.
    question
        Counts whole.

    Returns
    -------
    id
        SHA-256 in hexadecimal digits.
    """
    words = {
        "program": goldenhour.__version__,
        "town": [[source.format, source.sha256] for source in town.sources],
        "as_of": picture.as_of.isoformat(),
        "reports": sorted(report.id for report in picture.reports),
        "question": asdict(question),
    }
    text = json.dumps(words, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
