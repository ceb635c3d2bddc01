# SPDX-License-Identifier: Apache-2.0
"""Which candidates are examined, and which of them are chosen."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.grades import Tier
from goldenhour.base.progress import Progress
from goldenhour.picture.belief import Picture
from goldenhour.siting.asking.question import Question, SurgeryAt
from goldenhour.siting.asking.wishes import Wishes
from goldenhour.siting.choosing.options import Drives, Homes, Options, join, measure, measure_drives
from goldenhour.siting.choosing.referral import onward
from goldenhour.siting.choosing.room import room_of
from goldenhour.siting.choosing.shortlist import Ground, near, one_a_street, preference, shortlist
from goldenhour.siting.choosing.side_rows import side_rules
from goldenhour.siting.models.chain import chain
from goldenhour.siting.models.chain_capacitated import chain_capacitated
from goldenhour.siting.models.chain_ruled import RuledSolution, chain_ruled
from goldenhour.siting.plain.choice import Choice
from goldenhour.siting.plain.effort import Effort
from goldenhour.siting.plain.result import ProofStatus, Solution, proof_status
from goldenhour.siting.screening.joined import joined_area_m2
from goldenhour.siting.screening.table import Screening
from goldenhour.siting.screening.verdicts import floor_area_m2
from goldenhour.times.carry import Evacuation
from goldenhour.town.town import Town

Rows = NDArray[np.int64]
_STEP = "Choosing sites"
_WIDENINGS = 2  # most lots of candidates that are brought in; more found nothing on Aleppo
_ROUGH = 0.05  # a gap share that is enough while the lot still grows
_ROUGH_NODES = 2
_ROUGH_KICKS = 0.1  # share of the usual random kicks, likewise: the last lot is searched in full


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """
    All that one proposal rests on.

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
        The town's evacuation graph.
    homes
        Where people are.
    progress
        Told how far the work is.
    effort
        When to stop.
    """

    town: Town
    picture: Picture
    screening: Screening
    question: Question
    evacuation: Evacuation
    homes: Homes
    progress: Progress
    effort: Effort


def choose(case: Case, wanted: dict[Tier, Wishes]) -> tuple[Options, Solution]:
    """
    Examine a shortlist, then bring in candidates around what looks promising.

    Parameters
    ----------
    case
        What the proposal rests on.
    wanted
        Who may and who must be chosen, by tier.

    Returns
    -------
    options, solution
        What was examined, and the choice with its proof.
    """
    tsp, hospital = wanted[Tier.TSP], wanted[Tier.FIELD_HOSPITAL]
    ground = ground_of(case, Tier.TSP)
    first = shortlist(
        tsp.candidates,
        ground,
        at_most=int(facts.number("siting.tsp_shortlist")),
        always=tsp.forced,
    )
    hospitals = shortlist(
        hospital.candidates,
        ground_of(case, Tier.FIELD_HOSPITAL),
        at_most=int(facts.number("siting.field_hospital_shortlist")),
        always=hospital.forced,
    )
    streets = one_a_street(tsp.candidates, ground)
    drives = measure_drives(
        case.evacuation,
        case.question,
        tsp=np.union1d(streets, first).astype(np.int64),
        hospital=hospitals,
        progress=case.progress,
    )
    if case.question.surgery_at is SurgeryAt.REFERRAL:
        drives = _only_with_surgery(case, drives)
    options = _measured(case, first, drives)
    options, solution = _widened(case, wanted, options, drives, ground)
    case.progress(_STEP, 1 + _WIDENINGS, 1 + _WIDENINGS)
    return options, solution


def _widened(
    case: Case, wanted: dict[Tier, Wishes], options: Options, drives: Drives, ground: Ground
) -> tuple[Options, Solution]:
    """Bring candidates around promising sites in while that gains, then prove the last lot."""
    rough = replace(case.effort, gap_share=_ROUGH, cheap_nodes=0, kicks_share=_ROUGH_KICKS)
    if not case.question.is_plain:
        rough = replace(rough, nodes=_ROUGH_NODES)
    best = _solve(case, options, wanted, 0, rough)
    for step in range(1, 1 + _WIDENINGS):
        others = np.setdiff1d(drives.tsp, options.tsp)
        if case.effort.stop():
            return options, replace(best, stopped=True)
        if not len(others):
            break
        more = near(
            others,
            ground,
            centres=_promising(options, best),
            each=int(facts.number("siting.neighbours_looked_at")),
        )
        options = join(options, _measured(case, more, drives))
        if step == _WIDENINGS:
            break
        found = _solve(case, options, wanted, step, rough)
        gained = _is_better(found, best)
        best = _better(found, best)
        if not gained:
            break
    if best.status is ProofStatus.OPTIMAL and len(best.score) == len(options.tsp):
        return options, best
    last = _solve(case, options, wanted, _WIDENINGS, case.effort)
    return options, _better(last, best)


def _is_better(new: Solution, old: Solution) -> bool:
    """Whether a choice serves more people; where it is the aim, the worst-served zone first."""
    if isinstance(new, RuledSolution) and isinstance(old, RuledSolution):
        return (new.worst_share, new.objective) > (old.worst_share, old.objective)
    return new.objective > old.objective


def _better(last: Solution, before: Solution) -> Solution:
    """Keep an earlier choice where a later search, cut short, found nothing as good."""
    if not _is_better(before, last):
        return last
    kept = replace(
        last,
        sites=before.sites,  # candidates that came in later stand behind those of before
        field_hospitals=before.field_hospitals,
        objective=before.objective,
        bound=max(last.bound, before.objective),
        status=proof_status(before.objective, last.bound),
    )
    if isinstance(kept, RuledSolution) and isinstance(before, RuledSolution):
        share_bound = max(kept.worst_share_bound, before.worst_share)
        kept = replace(
            kept,
            people=before.people,
            worst_share=before.worst_share,
            worst_share_bound=share_bound,
            status=kept.status if share_bound <= before.worst_share else ProofStatus.GAP,
        )
    return kept


def _only_with_surgery(case: Case, drives: Drives) -> Drives:
    """Let only field hospitals count that have a working referral hospital within its clock."""
    beyond = onward(
        case.town,
        case.picture,
        case.question,
        evacuation=case.evacuation,
        hospitals=drives.hospital,
    )
    far = np.float32(np.inf)
    return replace(drives, link_s=np.where(beyond.in_time[np.newaxis, :], drives.link_s, far))


def _promising(options: Options, solution: Solution) -> Rows:
    """Chosen sites, and those worth most at the prices of the proof."""
    best = np.argsort(-solution.score, kind="stable")[: int(facts.number("siting.centres"))]
    return options.tsp[np.union1d(best, np.array(solution.sites, dtype=np.int64))]


def ground_of(case: Case, tier: Tier) -> Ground:
    """
    Say where structures stand, and which goes first for a tier.

    Parameters
    ----------
    case
        What the proposal rests on.
    tier
        The tier.

    Returns
    -------
    ground
        Fewer unknowns go first, then more floor area.
    """
    screening = case.screening.of(tier)
    area_m2 = joined_area_m2(screening, floor_area_m2(case.town, case.picture)[0])
    return Ground(
        x_m=case.town.structures.x_m,
        y_m=case.town.structures.y_m,
        street=case.evacuation.landing.edge[:, 0],
        rank=preference(screening, area_m2),
        people=case.picture.people.people,
    )


def _measured(case: Case, tsp: Rows, drives: Drives) -> Options:
    """Measure who is in reach of some candidates."""
    return measure(
        case.evacuation,
        case.question,
        case.homes,
        tsp=tsp,
        drives=drives,
        progress=case.progress,
    )


def _solve(
    case: Case, options: Options, wanted: dict[Tier, Wishes], step: int, effort: Effort
) -> Solution:
    """Choose among the options, and tell how far that is."""
    case.progress(_STEP, step, 1 + _WIDENINGS)
    return solve(case, options, wanted, effort)


def solve(case: Case, options: Options, wanted: dict[Tier, Wishes], effort: Effort) -> Solution:
    """
    Choose among the options.

    Parameters
    ----------
    case
        What the proposal rests on.
    options
        Candidates and times.
    wanted
        Who must be chosen, by tier.
    effort
        When to stop.

    Returns
    -------
    solution
        With its bound among these options.

    Raises
    ------
    NoPlanError
        If no choice among them keeps the rules.
    """
    people = case.homes.people
    sites = choice_of(wanted[Tier.TSP], options.tsp)
    hospitals = choice_of(wanted[Tier.FIELD_HOSPITAL], options.hospital)
    rules = None
    if case.question.has_rules:
        rules = side_rules(case.town, case.question, wanted, options, case.homes)
    if case.question.capacity_limits:
        room = room_of(case.question)
        return chain_capacitated(
            options.cover,
            options.links,
            people,
            tsp_capacity=room.tsp,
            hospital_capacity=room.hospital,
            sites=sites,
            hospitals=hospitals,
            rules=rules,
            effort=effort,
        )
    if rules is None:
        found = chain(
            options.cover, options.links, people, sites=sites, hospitals=hospitals, effort=effort
        )
        effort.told(found.objective, found.bound)
        return found
    return chain_ruled(
        options.cover,
        options.links,
        people,
        sites=sites,
        hospitals=hospitals,
        rules=rules,
        effort=effort,
    )


def choice_of(wish: Wishes, rows: Rows) -> Choice:
    """
    Turn what a planner wants of structures into positions among the options.

    Parameters
    ----------
    wish
        Of one tier.
    rows
        Structure rows of its options. Shape ``(n,)``.

    Returns
    -------
    choice
        How many, and which are forced.
    """
    forced = np.flatnonzero(np.isin(rows, wish.forced))
    return Choice(n=wish.n, forced=tuple(int(at) for at in forced))
