# SPDX-License-Identifier: Apache-2.0
"""What the planner asks for: how many sites of each tier, within which clocks, by which rules."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from goldenhour.base import facts
from goldenhour.base.grades import UnknownStreets


class Aim(StrEnum):
    """What comes first: most people, or the largest share of the worst-served zone."""

    PEOPLE = "people"
    WORST_ZONE = "worst-zone"


class SurgeryAt(StrEnum):
    """Where casualties are operated on."""

    FIELD_HOSPITAL = "field-hospital"
    REFERRAL = "referral"


class WorldGoal(StrEnum):
    """What is wanted over many worlds."""

    EXPECTED = "expected"
    CVAR = "cvar"
    REGRET = "regret"


@dataclass(frozen=True, slots=True, kw_only=True)
class Worlds:
    """
    In how many worlds sites shall do well, and what that means.

    Parameters
    ----------
    n
        Worlds in each of three lots: to choose for, to try the choice in, and to say what it comes
        to (decision 16). 0 takes the picture as simply right.
    goal
        Most people on average; on average and in the worst worlds (CVaR); or least regret.
    tail_share
        What of the worlds counts as the worst, a share above 0.
    """

    n: int = 0
    goal: WorldGoal = WorldGoal.EXPECTED
    tail_share: float = facts.number("siting.worst_worlds_share")


@dataclass(frozen=True, slots=True, kw_only=True)
class Casualties:
    """
    How many casualties to expect, and what they need.

    Parameters
    ----------
    injured_share
        Share of the people who are injured over the days.
    over_days
        Days.
    red_share
        Share of arrivals who need care at once.
    yellow_share
        Share of arrivals who can wait a little.
    green_share
        Share of arrivals who can wait.
    surgery_share
        Share of arrivals who need an operation.
    peak_factor
        A busy day is at least so many mean days.
    busy_day_share
        Share of days that are not busier than the day that care is sized for.
    arrivals_size
        Size of the negative binomial distribution of arrivals a day; the smaller, the more days
        differ.
    """

    injured_share: float = facts.number("demand.injured_share")
    over_days: float = facts.number("demand.offensive_days")
    red_share: float = facts.number("demand.red_share")
    yellow_share: float = facts.number("demand.yellow_share")
    green_share: float = facts.number("demand.green_share")
    surgery_share: float = facts.number("demand.surgery_share")
    peak_factor: float = facts.number("demand.peak_factor")
    busy_day_share: float = facts.number("demand.busy_day_share")
    arrivals_size: float = facts.number("demand.arrivals_size")


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacities:
    """
    What each site can give.

    Parameters
    ----------
    tsp_patients_per_day
        Patients a day of a stabilisation point.
    field_hospital_patients_per_day
        Patients a day of a field hospital.
    operations_per_day
        Operations a day of a field hospital.
    beds
        Beds of a field hospital.
    stay_days
        Days that a patient lies after an operation.
    ambulances_per_tsp
        Ambulances that carry from a stabilisation point to its field hospital.
    ambulance_turn_s
        Seconds from arrival at the hospital to the way back.
    ambulance_hours_per_day
        Hours a day that an ambulance drives.
    round_trip_s
        Seconds from one departure to the next; 0 reckons it from the drive.
    """

    tsp_patients_per_day: float = facts.number("demand.tsp_patients_per_day")
    field_hospital_patients_per_day: float = facts.number("demand.field_hospital_patients_per_day")
    operations_per_day: float = facts.number("demand.operations_per_day")
    beds: float = facts.number("demand.beds")
    stay_days: float = facts.number("demand.stay_days")
    ambulances_per_tsp: float = facts.number("demand.ambulances_per_tsp")
    ambulance_turn_s: float = facts.number("demand.ambulance_turn_s")
    ambulance_hours_per_day: float = facts.number("demand.ambulance_hours_per_day")
    round_trip_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """
    What sites cost, in whatever money the budget is in.

    Parameters
    ----------
    tsp
        A stabilisation point.
    field_hospital
        A field hospital.
    structure
        What is different in one structure, by its id: the whole cost of a site there.
    """

    tsp: float = facts.number("demand.tsp_cost")
    field_hospital: float = facts.number("demand.field_hospital_cost")
    structure: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """
    One question to siting.

    Parameters
    ----------
    n_tsp
        Trauma stabilisation points to open; with a budget, at most so many.
    n_field_hospitals
        Field hospitals to open; with a budget, at most so many.
    tsp_clock_s
        Seconds from injury to a stabilisation point.
    field_hospital_clock_s
        Seconds from injury to a field hospital, along the chain.
    surgery_clock_s
        Seconds from injury to surgery, along the chain.
    forced
        Ids of structures that must be sites, or ``tier=id``.
    forbidden
        Ids of structures that must not be, or ``tier=id``.
    unknown_streets
        What is assumed of streets without a report.
    seed
        Seed of every random choice.
    use_existing
        Whether care that is known to work counts, beside the sites that are asked for.
    surgery_at
        Where casualties are operated on. At referral, only field hospitals with a working referral
        hospital within the surgery clock count.
    spacing_m
        Metres, in a straight line, that stabilisation points must at least lie apart.
    backup_share
        What people count more who have a second stabilisation point in time, as a share, 0 to 1.
    budget
        Most that all new sites may cost; ``inf`` asks for no budget.
    costs
        What sites cost.
    aim
        What comes first: people, or the worst-served zone.
    zones
        Parts of the town with as many people each, among which the worst served is looked at.
    casualties
        How many casualties to expect, and what they need.
    capacities
        What each site can give.
    capacity_limits
        Whether people beyond what a site can give count as not served already when sites are
        chosen. In any case the plan says where care runs over.
    gap_share
        The search may stop once the proven gap is at most this share.
    worlds
        In how many worlds the sites shall do well.
    least_served_share
        A plan must serve at least this share of the people by the whole chain; 0 asks for none.
    """

    n_tsp: int = 6
    n_field_hospitals: int = 2
    tsp_clock_s: float = facts.number("clocks.tsp_s")
    field_hospital_clock_s: float = facts.number("clocks.field_hospital_s")
    surgery_clock_s: float = facts.number("clocks.surgery_s")
    forced: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    unknown_streets: UnknownStreets = UnknownStreets.PASSABLE
    seed: int = 1
    use_existing: bool = True
    surgery_at: SurgeryAt = SurgeryAt.FIELD_HOSPITAL
    spacing_m: float = 0.0
    backup_share: float = 0.0
    budget: float = math.inf
    costs: Costs = field(default_factory=Costs)
    aim: Aim = Aim.PEOPLE
    zones: int = int(facts.number("demand.zones"))
    casualties: Casualties = field(default_factory=Casualties)
    capacities: Capacities = field(default_factory=Capacities)
    capacity_limits: bool = False
    gap_share: float = facts.number("siting.gap_target_share")
    worlds: Worlds = field(default_factory=Worlds)
    least_served_share: float = 0.0

    @property
    def has_budget(self) -> bool:
        """Whether costs matter."""
        return not math.isinf(self.budget)

    @property
    def has_rules(self) -> bool:
        """Whether it asks for more than counts, clocks and what is forced and forbidden."""
        return bool(self.spacing_m or self.has_budget or self.counts_otherwise)

    @property
    def counts_otherwise(self) -> bool:
        """Whether what a choice is worth is not just people served: backup, or the worst zone."""
        return bool(self.backup_share) or self.aim is not Aim.PEOPLE

    @property
    def is_plain(self) -> bool:
        """Whether it asks for counts, clocks and what is forced and forbidden, and no more."""
        return not self.has_rules and not self.capacity_limits
