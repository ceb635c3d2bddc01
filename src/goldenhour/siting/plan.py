# SPDX-License-Identifier: Apache-2.0
"""The answer: sites by tier, who is served in which clock, who is not and why, and the proof."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.findings import Finding
from goldenhour.base.grades import Tier
from goldenhour.siting.asking.question import Question
from goldenhour.siting.explanation import Explanation
from goldenhour.siting.plain.result import ProofStatus
from goldenhour.siting.said import Said

if TYPE_CHECKING:  # it is chosen with, above
    from goldenhour.siting.robust.promise import Promise


class Ended(StrEnum):
    """Why a search ended."""

    PROVEN = "proven"
    GOOD_ENOUGH = "good-enough"
    SEARCHED_ENOUGH = "searched-enough"
    STOPPED = "stopped"


class SiteStanding(StrEnum):
    """How sure a site is. Only a visit confirms."""

    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"
    EXISTING = "existing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """
    One structure chosen for a tier.

    Parameters
    ----------
    structure
        Row in the town's structures.
    structure_id
        Its stable id.
    tier
        What it is to hold.
    standing
        Provisional until a visit confirms it.
    people_served
        People whose nearest open site of this tier, within the clock, it is.
    people_lost_if_removed
        People who would lose the chain within the clocks if it closed and nothing replaced it.
    reasons
        Why it was chosen.
    unknowns
        What is not known about it.
    """

    structure: int
    structure_id: str
    tier: Tier
    standing: SiteStanding
    people_served: float
    people_lost_if_removed: float
    reasons: tuple[Said, ...]
    unknowns: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """
    People within one clock, and why the others are not. ``served + not_served = people``.

    Parameters
    ----------
    tier
        The tier reached.
    clock_s
        The clock in seconds.
    people
        All people.
    served
        People within the clock, along the chain.
    not_served
        The others.
    not_served_because
        Code and people: ``"too-far"``, ``"no-open-street"``, ``"not-attached"`` ...; sums to
        ``not_served``.
    """

    tier: Tier
    clock_s: float
    people: float
    served: float
    not_served: float
    not_served_because: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """
    How good the plan is known to be.

    Parameters
    ----------
    status
        Optimal, or a gap remains.
    objective
        People served by the whole chain, recomputed from travel times.
    bound
        No choice among the considered candidates serves more people than this.
    gap_share
        ``(bound - objective) / objective``, a share; 0 when optimal.
    n_structures
        Structures in the town.
    n_candidates
        Structures that no rule refused for a stabilisation point.
    n_considered
        Candidates among which the proof holds.
    greedy_objective
        People served by placing one site at a time, the common rule; for comparison.
    nodes
        Nodes of the search tree that were looked at.
    ended
        Why the search ended.
    """

    status: ProofStatus
    objective: float
    bound: float
    gap_share: float
    n_structures: int
    n_candidates: int
    n_considered: int
    greedy_objective: float
    nodes: int = 0
    ended: Ended = Ended.PROVEN


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitToDo:
    """
    One structure to look at, and what the visit would settle.

    Parameters
    ----------
    structure
        Row in the town's structures.
    structure_id
        Its stable id.
    tier
        The tier it is meant for.
    settles
        What the visit would settle.
    """

    structure: int
    structure_id: str
    tier: Tier
    settles: tuple[Said, ...]


class Resource(StrEnum):
    """What a site may run short of."""

    PATIENTS = "patients"
    OPERATIONS = "operations"
    BEDS = "beds"
    AMBULANCES = "ambulances"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """
    One thing that one site needs, and what it has.

    Parameters
    ----------
    site
        Position in the plan's sites.
    tier
        Its tier.
    resource
        Patients a day, operations a day, beds, or ambulances.
    mean
        Needed on a mean day.
    busy
        Needed on a busy day.
    capacity
        What it has; NaN where care exists already and nobody said how much it can do.
    """

    site: int
    tier: Tier
    resource: Resource
    mean: float
    busy: float
    capacity: float

    @property
    def over_mean(self) -> float:
        """Needed on a mean day beyond what it has; 0 where that is not known."""
        return 0.0 if np.isnan(self.capacity) else max(0.0, self.mean - self.capacity)

    @property
    def over_busy(self) -> float:
        """Needed on a busy day beyond what it has; 0 where that is not known."""
        return 0.0 if np.isnan(self.capacity) else max(0.0, self.busy - self.capacity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """
    The answer to one question on one picture.

    Parameters
    ----------
    id
        Fingerprint of town, reports, question, moment and seed: the same inputs give the same id.
    as_of
        Moment of the picture, aware UTC.
    question
        The question answered.
    sites
        Chosen structures.
    coverage
        Who is served, per tier and clock.
    proof
        Bound, gap and status.
    visits
        What to look at first, most decisive first.
    unknowns
        What the whole plan rests on without knowing, such as streets that nobody reported on.
    notes
        What the planner must be told beside the sites, such as a referral hospital that lies beyond
        the surgery clock, so that surgery has to be local.
    home_people
        People of each home (structure). Shape ``(n_structures,)``, float64.
    home_tsp_s
        Seconds from each home to its nearest chosen stabilisation point, ``inf`` beyond the clock.
        Shape ``(n_structures,)``, float32.
    home_site
        Position in ``sites`` of that point, -1 if none. Shape ``(n_structures,)``, int32.
    home_served
        True if the whole chain holds within the clocks. Shape ``(n_structures,)``, bool.
    findings
        What was noticed on the way.
    load
        What each site has to carry, against what it can.
    explanation
        What would change the plan; None if the search was cut short or nobody asked.
    promise
        What the plan does in many worlds; None if it was chosen for the picture alone.
    """

    id: str
    as_of: datetime
    question: Question
    sites: tuple[Site, ...]
    coverage: tuple[Coverage, ...]
    proof: Proof
    visits: tuple[VisitToDo, ...]
    unknowns: tuple[Said, ...]
    notes: tuple[Said, ...]
    home_people: NDArray[np.float64]
    home_tsp_s: NDArray[np.float32]
    home_site: NDArray[np.int32]
    home_served: NDArray[np.bool_]
    findings: tuple[Finding, ...]
    load: tuple[Load, ...] = ()
    explanation: Explanation | None = None
    promise: "Promise | None" = None

    @property
    def is_provisional(self) -> bool:
        """True while any site rests on no visit."""
        return any(site.standing is SiteStanding.PROVISIONAL for site in self.sites)
