# SPDX-License-Identifier: Apache-2.0
"""The kinds of report: what can be said about a town, one small class each."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from goldenhour.base.grades import Grade, Mode, StreetState, Tier, Verdict


class ReportKind(StrEnum):
    """What a report is about."""

    DAMAGE = "damage"
    STREET = "street"
    HAZARD = "hazard"
    INCIDENT = "incident"
    PEOPLE = "people"
    CARE = "care"
    ACCESS = "access"
    VISIT = "visit"
    CLAIM = "claim"


class HazardStatus(StrEnum):
    """Standing of a hazard area, in the words of IMAS land release."""

    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    REDUCED = "reduced"
    CLEARED = "cleared"


class Measure(StrEnum):
    """Whether a figure counts what is there (stock) or what moved (flow)."""

    STOCK = "stock"
    FLOW = "flow"


class Modality(StrEnum):
    """How a claim is made."""

    ASSERTED = "asserted"
    REPORTED = "reported"
    ESTIMATED = "estimated"
    FEARED = "feared"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class DamageSaid:
    """
    Damage of one structure, in the words of whoever graded it.

    Parameters
    ----------
    scale
        Native scale: ``"unosat"``, ``"ems-2016"``, ``"ems"``, ``"xbd"``,
        ``"microsoft"``, ``"atc-20"``, ``"ems-98"``.
    code
        Native code or word, exactly as found.
    sensor
        Sensor or survey, if stated.
    """

    kind: ClassVar[ReportKind] = ReportKind.DAMAGE
    scale: str
    code: str
    sensor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetSaid:
    """
    State of a street or bridge.

    Parameters
    ----------
    state
        Open, restricted, closed or (looked at but) unknown.
    modes
        Whom it concerns; empty means everybody.
    cause
        Such as ``"rubble"``, ``"bridge down"``, ``"crater"``, ``"checkpoint"``.
    delay_s
        Extra seconds to pass, if restricted.
    """

    kind: ClassVar[ReportKind] = ReportKind.STREET
    state: StreetState
    modes: tuple[Mode, ...] = ()
    cause: str = ""
    delay_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardSaid:
    """
    Something that can kill: explosive hazard, armed pocket, shelling, contamination, flood bed.

    Parameters
    ----------
    hazard
        ``"explosive"``, ``"armed_group"``, ``"shelling"``, ``"direct_fire"``,
        ``"contamination"``, ``"flood"``.
    status
        Suspected, confirmed, or released.
    radius_m
        Reach around the reported shape in metres; 0 if the shape is the area itself.
    """

    kind: ClassVar[ReportKind] = ReportKind.HAZARD
    hazard: str
    status: HazardStatus
    radius_m: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentSaid:
    """
    One event at a place and time.

    Parameters
    ----------
    incident
        Such as ``"shelling"``, ``"air strike"``, ``"attack"``, in the source's word.
    radius_m
        Stated or derived position error or reach in metres, 0 if none.
    deaths
        Deaths, best estimate; None if not stated.
    """

    kind: ClassVar[ReportKind] = ReportKind.INCIDENT
    incident: str
    radius_m: float = 0.0
    deaths: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleSaid:
    """
    A figure of people.

    Parameters
    ----------
    low
        Lower bound of persons.
    best
        Best value, None if only bounds are given.
    high
        Upper bound of persons; ``inf`` for "more than".
    counted
        Who is counted: ``"residents"``, ``"displaced"``, ``"in camps"``, ``"returned"`` ...
    measure
        Stock or flow.
    """

    kind: ClassVar[ReportKind] = ReportKind.PEOPLE
    low: float
    best: float | None
    high: float
    counted: str
    measure: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class CareSaid:
    """
    Care that is already there.

    Parameters
    ----------
    facility
        Its name.
    tier
        Its tier, None if unknown.
    functioning
        FIT works, UNFIT does not, UNKNOWN nobody knows.
    beds
        Beds, None if unknown.
    """

    kind: ClassVar[ReportKind] = ReportKind.CARE
    facility: str
    tier: Tier | None
    functioning: Verdict
    beds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessSaid:
    """
    Permission to pass: checkpoint, letter, curfew, crossing.

    Parameters
    ----------
    access
        ``"checkpoint"``, ``"permission"``, ``"curfew"``, ``"crossing"``.
    state
        As for streets.
    delay_s
        Usual seconds to pass.
    """

    kind: ClassVar[ReportKind] = ReportKind.ACCESS
    access: str
    state: StreetState
    delay_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitSaid:
    """
    What a team found on the spot. Only a visit makes a structure fit.

    Parameters
    ----------
    grade
        Damage grade seen.
    verdict
        FIT, UNFIT or UNKNOWN (an engineer is needed).
    tiers
        Tiers the verdict is about; empty means all.
    reasons
        Why, in short codes such as ``"explosive-seen"``, ``"no-water"``.
    area_m2
        Usable floor area in square metres, None if not measured.
    """

    kind: ClassVar[ReportKind] = ReportKind.VISIT
    grade: Grade
    verdict: Verdict
    tiers: tuple[Tier, ...] = ()
    reasons: tuple[str, ...] = ()
    area_m2: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimSaid:
    """
    A published sentence, with its figure if it has one. Unconfirmed until a person says so.

    Parameters
    ----------
    text
        The sentence.
    about
        What it is about: ``"displacement"``, ``"territory"``, ``"damage"``, ``"need"`` ...
    low
        Lower bound of its figure, None if it has none.
    high
        Upper bound of its figure, None if it has none; ``inf`` for "more than".
    unit
        Unit of the figure, such as ``"people"`` or ``"% of land"``.
    measure
        Stock or flow, None if it has no figure.
    modality
        How it is claimed.
    confirmed
        True once a person accepted it; unconfirmed claims never move a plan.
    """

    kind: ClassVar[ReportKind] = ReportKind.CLAIM
    text: str
    about: str
    low: float | None = None
    high: float | None = None
    unit: str = ""
    measure: Measure | None = None
    modality: Modality = Modality.REPORTED
    confirmed: bool = False


Said = (
    DamageSaid
    | StreetSaid
    | HazardSaid
    | IncidentSaid
    | PeopleSaid
    | CareSaid
    | AccessSaid
    | VisitSaid
    | ClaimSaid
)
