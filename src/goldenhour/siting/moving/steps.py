# SPDX-License-Identifier: Apache-2.0
"""What one step offers: who may be a site, whom it would reach, and how promising it is."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.errors import NoPlanError
from goldenhour.base.grades import Tier
from goldenhour.base.progress import quiet
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


class Reached(NamedTuple):
    """
    What the candidates of all steps are worth at one step.

    Parameters
    ----------
    cover
        Homes within the clock of each candidate that serves.
    usable
        Whether it may be a site at this step. Shape ``(n,)``.
    linked
        Whether it drives to a usable field hospital in time. Shape ``(n,)``.
    """

    cover: Cover
    usable: Bools
    linked: Bools

    @property
    def serves(self) -> Bools:
        """Whether it can serve anybody. Shape ``(n,)``."""
        return self.usable & self.linked


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
        Structure rows of the step's own choice, of its most promising candidates and of those that
        must be chosen, ascending.
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
        progress=quiet,
        effort=effort,
    )
    existing = existing_care(town, step.picture, question, attached=attached)
    try:
        wanted = wishes(town, step.screening, question, attached=attached, existing=existing)
        options, found = choose(case, wanted)
    except NoPlanError as error:
        return Offer(
            step=step,
            people=people,
            wanted=None,
            promising=none,
            hospitals=none,
            notes=(Said(code="moves.no-plan", values=(("why", error.what),)),),
        )
    worth = found.score if len(found.score) == len(options.tsp) else np.diff(options.cover.start)
    best = np.argsort(-worth, kind="stable")[: int(facts.number("siting.world_tsp_shortlist"))]
    return Offer(
        step=step,
        people=people,
        wanted=wanted,
        promising=np.unique(
            np.concatenate(
                [options.tsp[best], options.tsp[list(found.sites)], wanted[Tier.TSP].forced]
            )
        ),
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


def reached(one: Offer, question: Question, rows: Rows, hospitals: Rows, homes: Rows) -> Reached:
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
        Structure rows of field hospitals that can be used. Shape ``(n_hospitals,)``.
    homes
        Structure rows where people are at some step. Shape ``(n_homes,)``.

    Returns
    -------
    reached
        A candidate that cannot be used, or does not drive to a hospital in time, reaches nobody.
    """
    there = one.step.evacuation
    can: Bools = usable(one, Tier.TSP, rows)
    linked: Bools = np.zeros(len(rows), dtype=np.bool_)
    if len(hospitals) and can.any():
        drive_s = there.transfer_times(
            origins=rows, destinations=hospitals, limit_s=link_limit_s(question)
        )
        linked = np.asarray(np.isfinite(drive_s).any(axis=1), dtype=np.bool_)
    n_inside, home = np.zeros(len(rows), dtype=np.int64), np.zeros(0, dtype=np.int32)
    serves = can & linked
    if len(homes) and serves.any():
        reach = there.carry_times(rows[serves], homes, question.tsp_clock_s)
        n_inside[serves], home = np.diff(reach.start), reach.home
    start = np.concatenate([[0], np.cumsum(n_inside)]).astype(np.int64)
    return Reached(Cover(start=start, home=home, n_homes=len(homes)), can, linked)
