# SPDX-License-Identifier: Apache-2.0
"""What one step offers: who may be a site, whom it would reach, and how promising it is."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.errors import NoPlanError
from goldenhour.base.grades import Tier
from goldenhour.picture.belief import Picture
from goldenhour.siting.asking.existing import existing_care
from goldenhour.siting.asking.question import Question
from goldenhour.siting.asking.wishes import Wishes, wishes
from goldenhour.siting.choosing.choose import Case, choose
from goldenhour.siting.choosing.options import Homes, link_limit_s, whole_parts
from goldenhour.siting.plain.cover import Cover
from goldenhour.siting.plain.effort import Effort
from goldenhour.siting.said import Said
from goldenhour.siting.screening.table import Screening
from goldenhour.times.carry import Evacuation
from goldenhour.town.town import Town

Rows = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """
    One moment, past or coming.

    Parameters
    ----------
    picture
        What is believed then.
    screening
        Verdicts on every structure in that picture.
    evacuation
        The evacuation graph in that picture.
    assumed
        Ids of reports in the picture that nobody made: the planner expects them.
    """

    picture: Picture
    screening: Screening
    evacuation: Evacuation
    assumed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """
    What a step offers by itself.

    Parameters
    ----------
    step
        The step.
    people
        People of each structure, in whole 64ths. Shape ``(n_structures,)``.
    wanted
        Who may and who must be chosen, by tier; None where nothing can be sited.
    promising
        Structure rows of the step's own choice and its most promising candidates, ascending.
    hospitals
        Structure rows of the field hospitals of the step's own choice, ascending.
    notes
        Why nothing can be sited, if so.
    """

    step: Step
    people: NDArray[np.float64]
    wanted: dict[Tier, Wishes] | None
    promising: Rows
    hospitals: Rows
    notes: tuple[Said, ...] = ()


def offer(town: Town, step: Step, question: Question, effort: Effort) -> Offer:
    """
    Let a step choose for itself, to see who is promising.

    Parameters
    ----------
    town
        The town.
    step
        The step.
    question
        What is wanted.
    effort
        When to stop.

    Returns
    -------
    offer
        With a note instead of candidates if that step has no plan.
    """
    people = whole_parts(step.picture.people.people)
    attached, none = step.evacuation.is_attached, np.zeros(0, dtype=np.int64)
    lived_in = np.flatnonzero(people > 0)
    case = Case(
        town=town,
        picture=step.picture,
        screening=step.screening,
        question=question,
        evacuation=step.evacuation,
        homes=Homes(row=lived_in, people=people[lived_in]),
        progress=lambda *_: None,
        effort=effort,
    )
    existing = existing_care(town, step.picture, question, attached=attached)
    try:
        wanted = wishes(town, step.screening, question, attached=attached, existing=existing)
        options, found = choose(case, wanted)
    except NoPlanError as error:
        note = Said(code="moves.no-plan", values=(("why", error.what),))
        blank = Offer(step=step, people=people, wanted=None, promising=none, hospitals=none)
        return replace(blank, notes=(note,))
    worth = found.score if len(found.score) == len(options.tsp) else np.diff(options.cover.start)
    best = np.argsort(-worth, kind="stable")[: int(facts.number("siting.world_tsp_shortlist"))]
    return Offer(
        step=step,
        people=people,
        wanted=wanted,
        promising=np.union1d(options.tsp[best], options.tsp[list(found.sites)]),
        hospitals=np.sort(options.hospital[list(found.field_hospitals)]),
    )


def usable(one: Offer, tier: Tier, rows: Rows) -> Bools:
    """
    Tell who may be a site at a step.

    Parameters
    ----------
    one
        What the step offers.
    tier
        For which tier.
    rows
        Structure rows. Shape ``(n,)``.

    Returns
    -------
    usable
        True where no rule refuses and an open street comes near. Shape ``(n,)``.
    """
    if one.wanted is None:
        return np.zeros(len(rows), dtype=np.bool_)
    return np.isin(rows, one.wanted[tier].candidates)


def reached(
    one: Offer, question: Question, rows: Rows, hospitals: Rows, homes: Rows
) -> tuple[Cover, Bools]:
    """
    Measure whom candidates reach at a step.

    Parameters
    ----------
    one
        What the step offers.
    question
        Its clocks.
    rows
        Structure rows of stabilisation candidates, ascending. Shape ``(n,)``.
    hospitals
        Structure rows of field hospitals. Shape ``(n_hospitals,)``.
    homes
        Structure rows where people are at some step. Shape ``(n_homes,)``.

    Returns
    -------
    cover, linked
        Homes within the clock of each candidate that can be used and drives to a usable hospital
        in time; and whether it does. Shape of the latter ``(n,)``.
    """
    there = one.step.evacuation
    open_hospitals = hospitals[usable(one, Tier.FIELD_HOSPITAL, hospitals)]
    counts = usable(one, Tier.TSP, rows)
    linked: Bools = np.zeros(len(rows), dtype=np.bool_)
    if len(open_hospitals) and counts.any():
        drive_s = there.transfer_times(
            origins=rows, destinations=open_hospitals, limit_s=link_limit_s(question)
        )
        linked = np.asarray(np.isfinite(drive_s).any(axis=1), dtype=np.bool_)
    counts &= linked
    if not len(rows) or not len(homes) or not counts.any():
        start = np.zeros(len(rows) + 1, dtype=np.int64)
        return Cover(start=start, home=np.zeros(0, np.int32), n_homes=len(homes)), linked
    reach = there.carry_times(rows[counts], homes, question.tsp_clock_s)
    n_inside = np.zeros(len(rows), dtype=np.int64)
    n_inside[counts] = np.diff(reach.start)
    start = np.concatenate([[0], np.cumsum(n_inside)]).astype(np.int64)
    return Cover(start=start, home=reach.home, n_homes=len(homes)), linked
