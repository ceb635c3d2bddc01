# SPDX-License-Identifier: Apache-2.0
"""From town, picture, screening and question to a plan with its proof."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

import goldenhour
from goldenhour.base import facts
from goldenhour.base.errors import NoPlanError
from goldenhour.base.grades import Tier
from goldenhour.base.progress import Progress, quiet
from goldenhour.picture.belief import Picture
from goldenhour.siting.asking.existing import Existing, existing_care
from goldenhour.siting.asking.question import Question
from goldenhour.siting.asking.sense import require_sense
from goldenhour.siting.asking.wishes import Wishes, wishes
from goldenhour.siting.choosing.choose import Case, choose
from goldenhour.siting.choosing.load import load_notes, loads
from goldenhour.siting.choosing.options import Homes, Options, whole_parts
from goldenhour.siting.choosing.proof import proof_of, rule_notes
from goldenhour.siting.choosing.referral import onward
from goldenhour.siting.choosing.room import within_room
from goldenhour.siting.choosing.served import Served, coverage, serve
from goldenhour.siting.choosing.settle import (
    Carry,
    people_by_nearest,
    soonest_hospitals,
    soonest_sites,
)
from goldenhour.siting.choosing.side_rows import require_room
from goldenhour.siting.explaining import explain
from goldenhour.siting.explaining.visits import visits_to_do
from goldenhour.siting.explaining.what_if import what_if
from goldenhour.siting.plain.effort import Effort, Told, never, nobody
from goldenhour.siting.plain.result import Solution
from goldenhour.siting.plan import Plan, Site, SiteStanding
from goldenhour.siting.refusing.enough import Found, require_enough_served
from goldenhour.siting.refusing.impossible import explained
from goldenhour.siting.robust.sites import over_worlds
from goldenhour.siting.robust.views import WorldView
from goldenhour.siting.said import Said
from goldenhour.siting.screening.table import Screening
from goldenhour.times.carry import Evacuation
from goldenhour.times.worlds import Run, one_by_one
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
    told: Told = nobody,
    questioned: bool = True,
    run: Run[WorldView] = one_by_one,
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
    told
        Told how many people are served and how many could be at most, whenever one of them gets
        better.
    questioned
        Whether to work out what would change the plan, too. A plan chosen for many worlds is not
        asked: what would change it is what the worlds say.
    run
        Where worlds are worked out; changes no number.

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
    require_sense(question)
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
        effort=_effort(question, stop or never, told),
    )
    attached = case.evacuation.is_attached
    existing = existing_care(town, picture, question, attached=attached)
    try:
        wanted = wishes(town, screening, question, attached=attached, existing=existing)
        require_room(town, question, wanted)
        options, solution = choose(case, wanted)
    except NoPlanError as error:
        raise explained(
            error,
            town,
            picture,
            screening,
            question,
            evacuation=case.evacuation,
            existing=existing,
        ) from error
    stopped: tuple[Said, ...] = ()
    tsp, hospital = _settled(case, options, solution, wanted)
    if question.worlds.n:
        plain = _with_sites(solution, tsp, hospital)
        solution, promise = over_worlds(case, wanted, options, plain, run=run)
        tsp, hospital = _rows(solution.sites), _rows(solution.field_hospitals)
        if promise:
            served = serve(options, tsp, hospital)
            answer = _plan(case, wanted, existing, options, solution, served)
            return replace(answer, promise=promise, notes=(*promise.notes(), *answer.notes))
        stopped = (Said(code="siting.worlds-stopped"),)
    served = serve(options, tsp, hospital)
    found = Found(case=case, wanted=wanted, options=options, solution=solution, served=served)
    open_question = (*stopped, *require_enough_served(found))
    answer = _plan(case, wanted, existing, options, solution, served)
    answer = replace(answer, notes=(*open_question, *answer.notes))
    if not questioned:
        return answer
    explanation = what_if(case, wanted, options, solution, served)
    if case.effort.stop() and not solution.stopped:  # it may know less than another of that name
        answer = replace(answer, id=_name(case, replace(solution, stopped=True)))
    return replace(answer, explanation=explanation)


def _effort(question: Question, stop: Callable[[], bool], told: Told) -> Effort:
    """Search as long as a plan is worth; who asks for a smaller gap than usual, waits for it."""
    usual = Effort.of_a_plan(seed=question.seed, stop=stop, told=told)
    patient = question.gap_share < usual.gap_share
    nodes = Effort().nodes if patient else usual.nodes
    if not question.is_plain and not patient:
        nodes = int(facts.number("demand.ruled_search_nodes"))
    return replace(usual, gap_share=question.gap_share, nodes=nodes)


def _with_sites(solution: Solution, tsp: Rows, hospital: Rows) -> Solution:
    """Take other sites that serve as many."""
    return replace(solution, sites=tuple(tsp.tolist()), field_hospitals=tuple(hospital.tolist()))


def _rows(chosen: tuple[int, ...]) -> Rows:
    """Take a choice as an array."""
    return np.array(chosen, dtype=np.int64)


def _settled(
    case: Case, options: Options, solution: Solution, wanted: dict[Tier, Wishes]
) -> tuple[Rows, Rows]:
    """Of all choices that serve as many, take one in which casualties are carried for less time."""
    tsp = np.array(solution.sites, dtype=np.int64)
    hospital = np.array(solution.field_hospitals, dtype=np.int64)
    if not case.question.is_plain:
        return tsp, hospital  # an exchange could break a rule
    people = case.homes.people
    nearest, _ = people_by_nearest(options.cover, options.seconds, tsp)
    inside = nearest >= 0
    casualties = np.bincount(nearest[inside], weights=people[inside], minlength=len(tsp))
    forced = np.flatnonzero(np.isin(options.hospital, wanted[Tier.FIELD_HOSPITAL].forced))
    barred = np.flatnonzero(np.isin(options.hospital, options.tsp[tsp]))
    hospital = np.array(
        soonest_hospitals(
            options.link_s[tsp],
            casualties.astype(np.float64),
            solution.field_hospitals,
            fixed=frozenset(int(k) for k in forced),
            barred=frozenset(int(k) for k in barred),
        ),
        dtype=np.int64,
    )
    carry = Carry(
        cover=options.cover,
        seconds=options.seconds,
        drive_s=options.link_s[:, hospital].min(axis=1, initial=np.inf).astype(np.float64),
        people=people,
    )
    fixed = np.flatnonzero(np.isin(options.tsp, wanted[Tier.TSP].forced))
    taken = np.flatnonzero(np.isin(options.tsp, options.hospital[hospital]))
    return soonest_sites(carry, tsp, fixed=fixed, barred=taken), hospital


def _plan(
    case: Case,
    wanted: dict[Tier, Wishes],
    existing: Existing,
    options: Options,
    solution: Solution,
    served: Served,
) -> Plan:
    """Put the answer together."""
    beyond = onward(
        case.town,
        case.picture,
        case.question,
        evacuation=case.evacuation,
        hospitals=options.hospital[served.hospital],
    )
    sites = _sites(case, wanted, options, served)
    passed = wanted[Tier.TSP].candidates
    nowhere = np.full(case.town.structures.n, -1, dtype=np.int32)
    standing = {at for at, site in enumerate(sites) if site.standing is SiteStanding.EXISTING}
    load = loads(case.question, options, case.homes, served, existing=frozenset(standing))
    notes = (
        *_people_notes(case),
        *case.screening.changes(),
        *beyond.notes,
        *explain.notes(case.question, solution, options, served, n_candidates=len(passed)),
        *existing.notes,
        *rule_notes(case, wanted, options, solution, served),
        *load_notes(case.question, float(case.homes.people.sum()), load, _labels(served)),
    )
    return Plan(
        id=_name(case, solution),
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
            most=within_room(case.question, options, case.homes, served),
        ),
        proof=proof_of(case, len(passed), options, solution, served),
        visits=visits_to_do(
            case.town,
            case.screening,
            sites,
            options=options,
            homes=case.homes,
            served=served,
        ),
        unknowns=explain.unknowns(case.town, case.picture, case.screening, case.question, passed),
        notes=notes,
        home_people=_spread(case, case.homes.people, np.zeros(case.town.structures.n)),
        home_tsp_s=_spread(case, served.carry_s, np.full_like(nowhere, np.inf, dtype=np.float32)),
        home_site=_spread(case, served.nearest, nowhere),
        home_served=_spread(case, served.has_hospital, np.zeros_like(nowhere, dtype=np.bool_)),
        findings=(),
        load=load,
    )


def _sites(
    case: Case, wanted: dict[Tier, Wishes], options: Options, served: Served
) -> tuple[Site, ...]:
    """Describe the chosen structures; care that is there already needs no visit."""
    forced = frozenset(
        int(row) for wish in wanted.values() for row in np.setdiff1d(wish.forced, wish.existing)
    )
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
    return tuple(
        replace(site, standing=SiteStanding.EXISTING)
        if site.structure in wanted[site.tier].existing
        else site
        for site in sites
    )


def _labels(served: Served) -> tuple[str, ...]:
    """Name the sites as products do."""
    names = (("TSP", len(served.tsp)), ("FH", len(served.hospital)))
    return tuple(f"{name} {at + 1}" for name, n in names for at in range(n))


def _name(case: Case, solution: Solution) -> str:
    """Name the plan; one that was cut short says how far it got."""
    cut = f"stopped after {solution.nodes} nodes at {solution.objective!r}, {solution.bound!r}"
    return fingerprint(
        case.town,
        case.picture,
        case.question,
        asked=case.screening.profiles.as_words(),
        cut_short=cut if solution.stopped else "",
    )


def _joined(case: Case, sites: Rows) -> NDArray[np.bool_]:
    """Whether any open way, however long, leads from each home to a site."""
    seconds = case.evacuation.transfer_times(origins=case.homes.row, destinations=sites)
    return np.asarray(np.isfinite(seconds).any(axis=1))


def _people_notes(case: Case) -> tuple[Said, ...]:
    """Say aloud if there is nobody to plan for."""
    return () if len(case.homes.row) else (Said(code="siting.no-people"),)


def _spread(case: Case, values: NDArray[_T], elsewhere: NDArray[_T]) -> NDArray[_T]:
    """Spread what holds for homes over all structures."""
    elsewhere[case.homes.row] = values
    return elsewhere


def fingerprint(
    town: Town,
    picture: Picture,
    question: Question,
    *,
    asked: Mapping[str, Mapping[str, float]] | None = None,
    cut_short: str = "",
) -> str:
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
    asked
        What the planner asked of structures instead of the usual, by tier and key.
    cut_short
        How far a search got that somebody stopped; empty if nobody did.

    Returns
    -------
    id
        SHA-256 in hexadecimal digits.
    """
    words: dict[str, object] = {
        "program": goldenhour.__version__,
        "town": [[source.format, source.sha256] for source in town.sources],
        "as_of": picture.as_of.isoformat(),
        "reports": sorted(report.id for report in picture.reports),
        "question": asdict(question),
    }
    if asked:
        words["requirements"] = asked
    if cut_short:
        words["cut short"] = cut_short
    text = json.dumps(words, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
