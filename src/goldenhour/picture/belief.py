# SPDX-License-Identifier: Apache-2.0
"""What we believe at a moment. Every value keeps the reports behind it and when it goes stale."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from goldenhour.base.findings import Finding
from goldenhour.base.grades import Tier, Verdict
from goldenhour.reports.report import Report
from goldenhour.reports.said import HazardStatus, Measure

ReportIndex = NewType("ReportIndex", int)
"""Position of a report in ``Picture.reports``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """
    Which reports stand behind each row, as compressed rows.

    Row ``i`` rests on ``report[start[i]:start[i + 1]]``, positions in ``Picture.reports``.

    Parameters
    ----------
    start
        Shape ``(n + 1,)``, int64.
    report
        Shape ``(n_links,)``, int32.
    """

    start: NDArray[np.int64]
    report: NDArray[np.int32]

    def of(self, row: int) -> NDArray[np.int32]:
        """
        List the reports behind one row.

        Parameters
        ----------
        row
            Row number.

        Returns
        -------
        report
            Positions in ``Picture.reports``. Shape ``(n_behind,)``.
        """
        return self.report[self.start[row] : self.start[row + 1]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DamageBelief:
    """
    Damage of every structure.

    Parameters
    ----------
    p_grade
        Probability of G0, G1, G2, G3 and U. Rows sum to 1. A structure nobody reported on is all U.
        Shape ``(n_structures, 5)``, float32.
    visited
        True where a visit that has not expired stands behind it. Shape ``(n_structures,)``, bool.
    verdict
        The newest visit's verdict as ``Verdict`` numbers, UNKNOWN where not visited. Shape
        ``(n_structures,)``, int8.
    visit_area_m2
        Usable floor area found by a visit in square metres, NaN if none. Shape ``(n_structures,)``.
    evidence
        Reports behind each structure.
    """

    p_grade: NDArray[np.float32]
    visited: NDArray[np.bool_]
    verdict: NDArray[np.int8]
    visit_area_m2: NDArray[np.float64]
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetBelief:
    """
    State of every street segment.

    Parameters
    ----------
    state_stretcher
        ``StreetState`` numbers for people on foot. Shape ``(n_edges,)``, int8.
    state_vehicle
        ``StreetState`` numbers for vehicles. Shape ``(n_edges,)``, int8.
    delay_s
        Extra seconds for a vehicle to pass (checkpoints, restrictions). Shape ``(n_edges,)``,
        float32.
    rubble_share
        How likely rubble of damaged structures leaves too little room for a vehicle, somewhere
        along the segment, 0 to 1; NaN where no damage evidence lies near, and on bridges. Shape
        ``(n_edges,)``, float32.
    expires_at
        When the state goes stale, ``NaT`` where nothing was reported. Shape ``(n_edges,)``,
        datetime64[s].
    expired
        True where a report once gave a state that has gone stale (the state is UNKNOWN again).
        Shape ``(n_edges,)``, bool.
    evidence
        Reports behind each segment.
    """

    state_stretcher: NDArray[np.int8]
    state_vehicle: NDArray[np.int8]
    delay_s: NDArray[np.float32]
    rubble_share: NDArray[np.float32]
    expires_at: NDArray[np.datetime64]
    expired: NDArray[np.bool_]
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardArea:
    """
    One area to stay out of.

    Parameters
    ----------
    hazard
        As in ``HazardSaid.hazard``.
    status
        Suspected, confirmed or released.
    level
        0 to 1 after decay; an explosive hazard does not decay.
    shape
        shapely area in the town's metric system.
    report
        Position in ``Picture.reports``.
    """

    hazard: str
    status: HazardStatus
    level: float
    shape: BaseGeometry
    report: ReportIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleBelief:
    """
    Where people are.

    Parameters
    ----------
    people
        Persons in each structure. Shape ``(n_structures,)``, float64.
    total_low
        Lower bound of the total, persons.
    total_best
        Best total, persons; the sum of ``people``.
    total_high
        Upper bound of the total, persons.
    basis
        ``"figures"`` if area figures were spread, ``"assumed"`` if no figure was known and a rule
        stands in for it.
    rule
        One sentence for the planner: how people were spread, in English.
    reports
        Positions in ``Picture.reports`` of the figures used.
    rule_code
        The sentence's ``"room.code"`` in ``base.messages``, to say it in any language; empty if
        there is only ``rule``.
    rule_values
        Name and value pairs for that sentence.
    """

    people: NDArray[np.float64]
    total_low: float
    total_best: float
    total_high: float
    basis: str
    rule: str
    reports: tuple[ReportIndex, ...]
    rule_code: str = ""
    rule_values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CarePoint:
    """
    One place where care is said to exist.

    Parameters
    ----------
    facility
        Its name.
    tier
        Its tier, None if unknown.
    functioning
        FIT, UNFIT or UNKNOWN.
    x_m
        Easting in metres.
    y_m
        Northing in metres.
    report
        Position in ``Picture.reports``.
    """

    facility: str
    tier: Tier | None
    functioning: Verdict
    x_m: float
    y_m: float
    report: ReportIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """
    One published figure, kept with its bounds.

    Parameters
    ----------
    counted
        What is counted.
    low
        Lower bound.
    high
        Upper bound; ``inf`` for "more than".
    unit
        Such as ``"people"``.
    measure
        Stock or flow, None if not stated.
    report
        Position in ``Picture.reports``.
    """

    counted: str
    low: float
    high: float
    unit: str
    measure: Measure | None
    report: ReportIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """
    Reports that cannot all be right; all are kept and shown.

    Parameters
    ----------
    subject
        What they disagree about, such as ``"structure osm/way/12"`` or ``"residents"``.
    what
        One sentence naming both sides, in English.
    reports
        Positions in ``Picture.reports``, newest first.
    code
        The sentence's ``"room.code"`` in ``base.messages``, to say it in any language; empty if
        there is only ``what``.
    values
        Name and value pairs for that sentence.
    """

    subject: str
    what: str
    reports: tuple[ReportIndex, ...]
    code: str = ""
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """
    A report that once counted and no longer does.

    Parameters
    ----------
    report
        Position in ``Picture.reports``.
    since
        When it expired, aware UTC.
    """

    report: ReportIndex
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """
    What we believe at ``as_of``.

    Parameters
    ----------
    as_of
        The moment, aware UTC. Reports recorded or seen later play no part.
    reports
        Every report that was known then and not superseded, oldest first; the positions used
        everywhere else refer to this tuple.
    damage
        Damage per structure.
    streets
        State per street segment.
    hazards
        Areas to stay out of.
    people
        People per structure.
    care
        Care that is said to exist.
    figures
        Published figures.
    contradictions
        What cannot all be right.
    stale
        What has expired.
    findings
        What was noticed on the way, such as reports that lie outside the town.
    """

    as_of: datetime
    reports: tuple[Report, ...]
    damage: DamageBelief
    streets: StreetBelief
    hazards: tuple[HazardArea, ...]
    people: PeopleBelief
    care: tuple[CarePoint, ...]
    figures: tuple[Figure, ...]
    contradictions: tuple[Contradiction, ...]
    stale: tuple[Stale, ...]
    findings: tuple[Finding, ...]
