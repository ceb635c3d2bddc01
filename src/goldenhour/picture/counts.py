# SPDX-License-Identifier: Apache-2.0
"""Figures of people that say where somebody is now, and which of several counts for a place."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import isinf

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from goldenhour.base import facts
from goldenhour.base.grades import Credibility, Reliability
from goldenhour.picture.known import Known
from goldenhour.picture.where import Whereabouts
from goldenhour.reports.report import Report
from goldenhour.reports.said import Measure, PeopleSaid, ReportKind
from goldenhour.town.town import Town


class Group(StrEnum):
    """Who is counted; the groups add up."""

    RESIDENTS = "residents"
    DISPLACED = "displaced"


# Best first. Who or what cannot be judged stands between the fairly good and the bad.
_LETTERS = "ABCFDE"
_NUMBERS = (1, 2, 3, 6, 4, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """
    A figure for a place.

    Parameters
    ----------
    group
        Who is counted.
    place
        Number of the place in the town, -1 if the figure has a shape of its own.
    shape
        Where, in the town's metric system.
    low
        Lower bound of persons.
    best
        Best value of persons.
    high
        Upper bound of persons, ``inf`` if there is none.
    row
        Position of its report, -1 if it comes from the map.
    is_beyond
        Whether it also counts people on ground that the map does not show; then it bounds the
        people here from above only.
    """

    group: Group
    place: int
    shape: BaseGeometry
    low: float
    best: float
    high: float
    row: int
    is_beyond: bool


def counts(town: Town, known: Known, whereabouts: Whereabouts) -> tuple[list[Count], list[int]]:
    """
    Choose one figure for each place and group: of those still valid the newest of the best grade.

    Parameters
    ----------
    town
        The town; its places' own figures stand in where nobody reported residents.
    known
        What is known.
    whereabouts
        Where its reports are about.

    Returns
    -------
    counts, lost
        The figures to spread, and positions of those whose place nobody knows.
    """
    by_place: dict[tuple[Group, object], list[Count]] = defaultdict(list)
    lost = []
    ground = _ground(town)
    for row in candidates(known):
        count = _count(known, row, whereabouts, ground=ground)
        if count is None:
            lost.append(row)
        else:
            where = count.place if count.place >= 0 else shapely.to_wkb(count.shape)
            by_place[(count.group, where)].append(count)
    best = [max(listed, key=lambda count: _merit(known, count)) for listed in by_place.values()]
    told = {count.place for count in best if count.group is Group.RESIDENTS}
    return [*best, *_from_map(town, told, ground=ground)], lost


def candidates(known: Known) -> list[int]:
    """
    List the reports of people that say where somebody is: stocks of residents or displaced.

    Parameters
    ----------
    known
        What is known.

    Returns
    -------
    rows
        Positions of reports. Flows are never among them.
    """
    return [row for row in known.of_kind(ReportKind.PEOPLE) if group(known.reports[row])]


def group(report: Report) -> Group | None:
    """
    Tell who a figure counts.

    Parameters
    ----------
    report
        Any report.

    Returns
    -------
    group
        None if it is no stock of residents or displaced.
    """
    said = report.said
    if not isinstance(said, PeopleSaid) or said.measure is not Measure.STOCK:
        return None
    word = " ".join(said.counted.casefold().split())
    if word in facts.fact("picture.displaced_words").value:
        return Group.DISPLACED
    return Group.RESIDENTS if word in facts.fact("picture.resident_words").value else None


def expiry(report: Report) -> datetime:
    """
    Say when a figure goes stale.

    Parameters
    ----------
    report
        A figure of people.

    Returns
    -------
    expires
        Its own word, else ``picture.people_valid_s`` after it; aware UTC.
    """
    span = timedelta(seconds=facts.number("picture.people_valid_s"))
    return report.valid_until or report.seen_to + span


def _ground(town: Town) -> BaseGeometry:
    """Give the box of the town's structures, with a margin; beyond it the map shows nobody."""
    spots = np.column_stack([town.structures.x_m, town.structures.y_m])
    if not len(spots):
        return shapely.Polygon()
    margin_m = facts.number("picture.town_margin_m")
    west_m, south_m = spots.min(axis=0) - margin_m
    east_m, north_m = spots.max(axis=0) + margin_m
    ground: BaseGeometry = shapely.box(west_m, south_m, east_m, north_m)
    return ground


def _count(
    known: Known, row: int, whereabouts: Whereabouts, *, ground: BaseGeometry
) -> Count | None:
    """Place one figure; the place it names goes before the point it was put on."""
    report = known.reports[row]
    said, who = report.said, group(report)
    place = whereabouts.names.find(report.about)
    shape = whereabouts.place(place) if place >= 0 else whereabouts.shape(row)
    if shape is None or who is None or not isinstance(said, PeopleSaid):
        return None
    if said.best is None and said.low == 0 and isinf(said.high):
        return None  # it bounds nothing: taking it for nobody would turn unknown into zero
    middle = said.low if isinf(said.high) else (said.low + said.high) / 2
    best = said.best if said.best is not None else middle
    return Count(
        group=who,
        place=max(place, -1),
        shape=shape,
        low=said.low,
        best=best,
        high=said.high,
        row=row,
        is_beyond=not ground.covers(shape),
    )


def _merit(known: Known, count: Count) -> tuple[object, ...]:
    """Rank figures for one place, the best highest."""
    report = known.reports[count.row]
    return (
        expiry(report) >= known.as_of,
        -_LETTERS.index(Reliability(report.source.reliability).value),
        -_NUMBERS.index(int(Credibility(report.credibility))),
        report.seen_to,
        count.row,
    )


def _from_map(town: Town, told: set[int], *, ground: BaseGeometry) -> list[Count]:
    """Take the map's own figures of people before the fighting; how many stayed nobody counted."""
    return [
        Count(
            group=Group.RESIDENTS,
            place=place,
            shape=town.places.shape[place],
            low=0.0,
            best=float(people),
            high=float(people),
            row=-1,
            is_beyond=not ground.covers(town.places.shape[place]),
        )
        for place, people in enumerate(town.places.people.tolist())
        if people >= 0 and place not in told
    ]
