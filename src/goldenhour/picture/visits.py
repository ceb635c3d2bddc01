# SPDX-License-Identifier: Apache-2.0
"""What teams found on the spot, and for how long it counts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from goldenhour.base import facts
from goldenhour.base.grades import Grade, Verdict
from goldenhour.picture.belief import Contradiction, ReportIndex, Stale
from goldenhour.picture.known import Known
from goldenhour.picture.notes import contradiction
from goldenhour.reports.report import Report
from goldenhour.reports.said import VisitSaid


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """
    One visit to one structure.

    Parameters
    ----------
    row
        Position of its report.
    said
        What was found.
    seen
        When, aware UTC.
    expires
        When it goes stale, aware UTC.
    """

    row: int
    said: VisitSaid
    seen: datetime
    expires: datetime


def visits_by_structure(known: Known, structure: Mapping[int, int]) -> dict[int, list[Visit]]:
    """
    Gather the visits of each structure.

    Parameters
    ----------
    known
        What is known.
    structure
        Structure number by position of report.

    Returns
    -------
    visits
        Newest first; of two at one moment the worse verdict goes first.
    """
    found: dict[int, list[Visit]] = defaultdict(list)
    for row, place in structure.items():
        report = known.reports[row]
        if isinstance(report.said, VisitSaid):
            found[place].append(
                Visit(row=row, said=report.said, seen=report.seen_to, expires=expiry(report))
            )
    for visits in found.values():
        visits.sort(key=lambda visit: (visit.seen, visit.said.verdict, visit.row), reverse=True)
    return dict(found)


def expiry(report: Report) -> datetime:
    """
    Say when a visit goes stale.

    Parameters
    ----------
    report
        A visit.

    Returns
    -------
    expires
        Its own word, else ``picture.visit_valid_s`` after it; aware UTC.
    """
    span = timedelta(seconds=facts.number("picture.visit_valid_s"))
    return report.valid_until or report.seen_to + span


def is_lasting(visit: Visit) -> bool:
    """
    Tell damage that a visit saw and that time does not mend.

    Parameters
    ----------
    visit
        Any visit.

    Returns
    -------
    lasting
        True for severe damage and destruction: "intact" fades, "destroyed" does not.
    """
    return visit.said.grade in {Grade.G2, Grade.G3}


def disagreements(
    subjects: Mapping[int, str], visits: Mapping[int, Sequence[Visit]]
) -> tuple[Contradiction, ...]:
    """
    Find visits to one structure that cannot both be right.

    Parameters
    ----------
    subjects
        The id of each structure by its number.
    visits
        Those that have not expired, newest first.

    Returns
    -------
    contradictions
        One for each such structure, newest visit first.
    """
    found = []
    for place in sorted(visits):
        grades = {visit.said.grade for visit in visits[place]} - {Grade.U}
        verdicts = {visit.said.verdict for visit in visits[place]} - {Verdict.UNKNOWN}
        if len(grades) > 1 or len(verdicts) > 1:
            said = ", ".join(
                f"{visit.seen:%Y-%m-%d} {visit.said.grade.name} {visit.said.verdict.name.lower()}"
                for visit in visits[place]
            )
            found.append(
                contradiction(
                    "visits-disagree",
                    subject=f"structure {subjects[place]}",
                    rows=[visit.row for visit in visits[place]],
                    visits=said,
                )
            )
    return tuple(found)


def gone_stale(visit: Visit, *, since: datetime) -> Stale:
    """
    Note a visit that no longer counts.

    Parameters
    ----------
    visit
        The visit.
    since
        When it stopped counting, aware UTC.

    Returns
    -------
    stale
        The note.
    """
    return Stale(report=ReportIndex(visit.row), since=since)
