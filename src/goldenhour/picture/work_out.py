# SPDX-License-Identifier: Apache-2.0
"""From reports to belief: the one verb of this room."""

from collections.abc import Iterable
from datetime import datetime

from goldenhour.base.findings import Finding
from goldenhour.picture.belief import Picture
from goldenhour.picture.care import care_points
from goldenhour.picture.damage import damage_belief
from goldenhour.picture.figures import figures
from goldenhour.picture.hazards import hazard_areas
from goldenhour.picture.known import Known, known
from goldenhour.picture.notes import finding
from goldenhour.picture.people import people_belief
from goldenhour.picture.streets import street_belief
from goldenhour.picture.where import Whereabouts
from goldenhour.reports.report import Report
from goldenhour.town.town import Town


def work_out(town: Town, reports: Iterable[Report], *, as_of: datetime) -> Picture:
    """
    Work out what we believe at a moment.

    Parameters
    ----------
    town
        The town, with the structures that only reports have placed (see
        ``matching.unplaced_structures``).
    reports
        All reports, in any order. What was seen or recorded later plays no part, nor does what a
        report known by then supersedes.
    as_of
        The moment, aware.

    Returns
    -------
    picture
        Every value with the reports behind it; what nobody reported on is unknown.
    """
    heard = known(town, reports, as_of=as_of)
    whereabouts = Whereabouts(town, heard)
    damage, of_damage = damage_belief(town, heard)
    streets, of_streets = street_belief(town, heard, damage)
    hazards, of_hazards = hazard_areas(heard, whereabouts)
    people, of_people = people_belief(town, heard, damage, whereabouts)
    care, of_care = care_points(heard, whereabouts)
    published, of_figures = figures(heard, whereabouts)
    notes = of_damage + of_streets + of_hazards + of_people + of_care + of_figures
    return Picture(
        as_of=heard.as_of,
        reports=heard.reports,
        damage=damage,
        streets=streets,
        hazards=hazards,
        people=people,
        care=care,
        figures=published,
        contradictions=notes.contradictions,
        stale=tuple(sorted(notes.stale, key=lambda entry: (entry.since, entry.report))),
        findings=_outside(heard) + notes.findings,
    )


def _outside(heard: Known) -> tuple[Finding, ...]:
    """Note reports from elsewhere."""
    return finding(
        "report-outside-town",
        "A report lies far outside the town.",
        done="It is kept and listed; its place moves nothing here.",
        ids=heard.ids(heard.outside),
    )
