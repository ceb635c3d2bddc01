# SPDX-License-Identifier: Apache-2.0
"""One report: what somebody said about the town, where, when seen, who says so, how sure."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from shapely.geometry.base import BaseGeometry

from goldenhour.base.grades import Credibility, Reliability, Sensitivity
from goldenhour.reports.said import ReportKind, Said

ReportId = NewType("ReportId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """
    Who says so.

    Parameters
    ----------
    name
        Such as ``"UNITAR-UNOSAT"`` or ``"driver, team 2"``.
    reliability
        Admiralty letter; F unless a person set it.
    reference
        File, page or message it came in.
    exercise
        True if it is made up; then everything that shows it says EXERCISE.
    """

    name: str
    reliability: Reliability = Reliability.F
    reference: str = ""
    exercise: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """
    One thing somebody said. Never edited: a correction is a new report that supersedes.

    Parameters
    ----------
    id
        Fingerprint of everything below but ``recorded_at``: the same words about the same thing
        from the same source are one report, in whichever ledger.
    said
        What was said; its class is the kind.
    where
        shapely geometry, EPSG:4326; None if the place is not known.
    about
        Id of the structure or street it names, ``""`` if it names none.
    seen_from
        Start of the time it was seen, aware UTC.
    seen_to
        End of that time, aware UTC; equal to ``seen_from`` for an instant.
    recorded_at
        When it first reached a ledger, aware UTC.
    valid_until
        When it goes stale, aware UTC; None leaves that to its kind's rule.
    source
        Who says so.
    credibility
        Admiralty number; 6 unless a person or a rule set it.
    sensitivity
        Who may see it.
    supersedes
        Ids of reports that this one corrects.
    """

    id: ReportId
    said: Said
    where: BaseGeometry | None
    about: str
    seen_from: datetime
    seen_to: datetime
    recorded_at: datetime
    valid_until: datetime | None
    source: Source
    credibility: Credibility
    sensitivity: Sensitivity
    supersedes: tuple[ReportId, ...]

    @property
    def kind(self) -> ReportKind:
        """What it is about."""
        return self.said.kind
