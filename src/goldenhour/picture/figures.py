# SPDX-License-Identifier: Apache-2.0
"""
Published figures, with their bounds, and which of them cannot all be right.

Only like is compared with like: the same thing counted, unit, place, stock or flow, at about one
time, by different sources. "More than 350,000" and 400,000 agree.
"""

from collections import defaultdict
from itertools import combinations
from math import isinf

import shapely

from goldenhour.base import facts
from goldenhour.picture import counts
from goldenhour.picture.belief import Contradiction, Figure, ReportIndex
from goldenhour.picture.known import Known
from goldenhour.picture.names import fold
from goldenhour.picture.notes import Notes, contradiction
from goldenhour.picture.where import Whereabouts
from goldenhour.reports.said import ClaimSaid, Measure, PeopleSaid, ReportKind

_PEOPLE = "people"


def figures(known: Known, whereabouts: Whereabouts) -> tuple[tuple[Figure, ...], Notes]:
    """
    List all published figures.

    Parameters
    ----------
    known
        What is known.
    whereabouts
        Where its reports are about.

    Returns
    -------
    figures, notes
        Oldest first; every one is kept, whichever was used.
    """
    listed = [
        figure
        for row in known.of_kind(ReportKind.PEOPLE, ReportKind.CLAIM)
        if (figure := _figure(known, row)) is not None
    ]
    alike: dict[tuple[object, ...], list[Figure]] = defaultdict(list)
    for figure in listed:
        alike[_key(known, figure, whereabouts)].append(figure)
    found = tuple(
        _contradiction(known, group)
        for group in (_current(known, some) for some in alike.values())
        if any(_clash(known, one, other) for one, other in combinations(group, 2))
    )
    return tuple(listed), Notes(contradictions=found)


def _figure(known: Known, row: int) -> Figure | None:
    """Read the figure of one report; None if it has none."""
    said = known.reports[row].said
    if isinstance(said, PeopleSaid):
        return Figure(
            counted=said.counted,
            low=said.low,
            high=said.high,
            unit=_PEOPLE,
            measure=said.measure,
            report=ReportIndex(row),
        )
    if isinstance(said, ClaimSaid) and said.low is not None and said.high is not None:
        return Figure(
            counted=said.about,
            low=said.low,
            high=said.high,
            unit=said.unit,
            measure=said.measure,
            report=ReportIndex(row),
        )
    return None


def _key(known: Known, figure: Figure, whereabouts: Whereabouts) -> tuple[object, ...]:
    """Say what a figure may be compared with."""
    report = known.reports[figure.report]
    place = whereabouts.names.find(report.about)
    shape = known.shape[figure.report]
    where: object = fold(report.about)
    if place >= 0:
        where = place
    elif shape is not None:
        where = shapely.to_wkb(shape)
    counted = counts.group(report) or fold(figure.counted)
    return (counted, fold(figure.unit), where, figure.measure)


def _current(known: Known, some: list[Figure]) -> list[Figure]:
    """Let a fresh stock figure replace older ones of the same source; newest first."""
    newest = sorted(some, key=lambda f: (known.reports[f.report].seen_to, f.report), reverse=True)
    seen: set[str] = set()
    kept = []
    for figure in newest:
        source = known.reports[figure.report].source.name
        if figure.measure is not Measure.STOCK or source not in seen:
            kept.append(figure)
        seen.add(source)
    return kept


def _clash(known: Known, one: Figure, other: Figure) -> bool:
    """Tell whether two figures speak of one time and their intervals do not meet."""
    a, b = known.reports[one.report], known.reports[other.report]
    apart = max(a.seen_from - b.seen_to, b.seen_from - a.seen_to).total_seconds()
    return (
        a.source.name != b.source.name
        and apart <= facts.number("picture.figure_window_s")
        and max(one.low, other.low) > min(one.high, other.high)
    )


def _contradiction(known: Known, group: list[Figure]) -> Contradiction:
    """Put one contradiction into words: all figures that stand side by side."""
    about = known.reports[group[0].report].about
    counted = f"{group[0].counted}, {about}" if about else group[0].counted
    return contradiction(
        "figures-disagree",
        subject=counted,
        rows=[figure.report for figure in group],
        counted=counted,
        figures="; ".join(
            told(known, f.report, low=f.low, high=f.high, unit=f.unit) for f in group
        ),
    )


def told(known: Known, row: int, *, low: float, high: float, unit: str = "") -> str:
    """
    Write down who told a figure, when, with its bounds: the same in every language.

    Parameters
    ----------
    known
        What is known.
    row
        Position of the report.
    low
        Lower bound.
    high
        Upper bound, ``inf`` if there is none.
    unit
        Its unit, in the reporter's word.

    Returns
    -------
    text
        Such as ``"2017-11-08 local NGO: 9,870-18,330"``.
    """
    interval = f"{low:,.0f}-{high:,.0f}"
    if isinf(high):
        interval = f"≥ {low:,.0f}"
    elif low == high:
        interval = f"{low:,.0f}"
    report = known.reports[row]
    return f"{report.seen_to:%Y-%m-%d} {report.source.name}: {interval} {unit}".strip()
