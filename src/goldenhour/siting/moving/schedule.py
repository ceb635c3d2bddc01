# SPDX-License-Identifier: Apache-2.0
"""The answer over steps: which sites are open when, why one goes stale, and where it moves."""

from dataclasses import dataclass
from datetime import datetime

from goldenhour.base.grades import Tier
from goldenhour.siting.asking.question import Question
from goldenhour.siting.plain.result import ProofStatus, gap_share
from goldenhour.siting.said import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """
    One thing that is behind a stale site.

    Parameters
    ----------
    said
        What it is.
    reports
        Positions in the picture of that step of the reports behind it.
    is_assumed
        Whether any of these is only expected by the planner.
    """

    said: Said
    reports: tuple[int, ...] = ()
    is_assumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Idle:
    """
    A point that is kept, but can serve nobody at a step: no place is worth the move.

    Parameters
    ----------
    row
        Structure row.
    why
        What is behind it.
    """

    row: int
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """
    One step.

    Parameters
    ----------
    at
        Its moment, aware UTC.
    sites
        Structure rows of stabilisation points that are open and can be used, ascending.
    idle
        Points that are kept but can serve nobody at this step.
    hospitals
        Structure rows of the field hospitals that the step counts on, ascending.
    people
        People in the town.
    served
        People within every clock up to a field hospital.
    served_staying
        The same, had nobody moved since the first step.
    served_anew
        The same for the best choice of this step alone: no schedule serves more here.
    is_proven_anew
        Whether that choice is proven best; else it is the best bound.
    n_candidates
        Candidates that can be used at this step.
    notes
        Why nothing can be sited at this step, if so.
    """

    at: datetime
    sites: tuple[int, ...]
    idle: tuple[Idle, ...]
    hospitals: tuple[int, ...]
    people: float
    served: float
    served_staying: float
    served_anew: float
    is_proven_anew: bool
    n_candidates: int
    notes: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """
    A site that is open no longer.

    Parameters
    ----------
    tier
        What it holds.
    step
        The first step without it, from 1 on.
    row
        Structure row.
    to
        Structure row of the site that takes its place, -1 if none does.
    away_m
        Metres between the two as the crow flies; NaN if none takes its place.
    is_stale
        Whether it could not be used any more; else others are worth more than the move.
    why
        What is behind it.
    """

    tier: Tier
    step: int
    row: int
    to: int
    away_m: float
    is_stale: bool
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """
    Which sites are open when.

    Parameters
    ----------
    question
        What was asked.
    price_people
        People that a move has to be worth.
    stages
        One a step.
    moves
        In the order of steps.
    objective
        People served, summed over steps, less the price of all moves.
    bound
        No schedule among the candidates does better.
    status
        OPTIMAL only if the two meet.
    n_examined
        Stabilisation candidates that were examined together; decision 5 says what that means.
    """

    question: Question
    price_people: float
    stages: tuple[Stage, ...]
    moves: tuple[Move, ...]
    objective: float
    bound: float
    status: ProofStatus
    n_examined: int

    @property
    def gap_share(self) -> float:
        """``|bound - objective| / |objective|``, a share; 1 where the objective is 0."""
        return gap_share(self.objective, self.bound, self.status, of_zero=1.0)
