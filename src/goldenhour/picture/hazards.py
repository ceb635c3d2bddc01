# SPDX-License-Identifier: Apache-2.0
"""
Areas to stay out of. An explosive hazard never fades by itself; pockets and shelling do.

A release (cancelled, reduced, cleared) lowers only older areas of the same hazard, only where it
covers them, and only as far as its source is trusted. It is listed itself, at what is left.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import inf, log2

import shapely
from shapely.geometry.base import BaseGeometry

from goldenhour.base import facts
from goldenhour.base.findings import Finding
from goldenhour.picture.belief import HazardArea, ReportIndex, Stale
from goldenhour.picture.known import Known, moment, seconds
from goldenhour.picture.notes import Notes, finding
from goldenhour.picture.where import Whereabouts
from goldenhour.reports.report import Report
from goldenhour.reports.said import HazardSaid, HazardStatus, IncidentSaid, ReportKind

RELEASED = frozenset({HazardStatus.CANCELLED, HazardStatus.REDUCED, HazardStatus.CLEARED})
_NEVER_EXPIRES = "explosive"  # presumed unsafe until somebody releases it, whatever a report says
_INCIDENT_HAZARD = "shelling"
_QUARTER_SEGMENTS = 8
_LEAST_RADIUS_M = 1.0  # nobody knows a hazard more finely: less means "not stated"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A report of a hazard or an incident, with its strength when it was seen."""

    row: int
    hazard: str
    status: HazardStatus
    level: float
    radius_m: float

    @property
    def is_release(self) -> bool:
        """True if it says that a hazard is gone."""
        return self.status in RELEASED


def hazard_areas(known: Known, whereabouts: Whereabouts) -> tuple[tuple[HazardArea, ...], Notes]:
    """
    Work out all areas to stay out of.

    Parameters
    ----------
    known
        What is known.
    whereabouts
        Where its reports are about.

    Returns
    -------
    areas, notes
        Oldest report first. Released areas are listed too, with their own status.
    """
    areas: list[HazardArea] = []
    releases: list[HazardArea] = []
    stale, lost, vague = [], [], []
    for row in known.of_kind(ReportKind.HAZARD, ReportKind.INCIDENT):
        seen = _read(known.reports[row], row)
        core = whereabouts.shape(row)
        if core is None:
            lost.append(row)
        elif seen.level < facts.number("picture.hazard_least_level") and not seen.is_release:
            vague.append(row)
        elif (since := _gone_since(known, seen)) is not None:
            stale.append(Stale(report=ReportIndex(row), since=since))
        else:
            (releases if seen.is_release else areas).append(_area(known, seen, core))
    areas, untrusted = _release(known, areas, releases)
    areas.sort(key=lambda area: (area.report, -area.level))
    findings = _findings(known, lost=lost, vague=vague, untrusted=untrusted)
    return tuple(areas), Notes(stale=tuple(stale), findings=findings)


def _read(report: Report, row: int) -> _Seen:
    """Give a report its strength and reach."""
    said = report.said
    levels = facts.fact("picture.hazard_level").value
    if isinstance(said, IncidentSaid):
        reach_m = facts.number("picture.incident_radius_m")
        radius_m = said.radius_m if said.radius_m >= _LEAST_RADIUS_M else reach_m
        level = levels["incident"] * (reach_m / max(radius_m, reach_m)) ** 2
        return _Seen(
            row=row,
            hazard=_INCIDENT_HAZARD,
            status=HazardStatus.SUSPECTED,
            level=level,
            radius_m=radius_m,
        )
    if not isinstance(said, HazardSaid):
        raise TypeError("only hazards and incidents make areas")
    level = 0.0 if said.status in RELEASED else levels[said.status.value]
    return _Seen(
        row=row, hazard=said.hazard, status=said.status, level=level, radius_m=said.radius_m
    )


def _area(known: Known, seen: _Seen, core: BaseGeometry) -> HazardArea:
    """Buffer the shape and let the level decay."""
    radius_m = seen.radius_m
    if radius_m < _LEAST_RADIUS_M and core.area == 0:
        radii = facts.fact("picture.hazard_radius_m").value
        radius_m = radii.get(seen.hazard, facts.number("picture.other_hazard_radius_m"))
    return HazardArea(
        hazard=seen.hazard,
        status=seen.status,
        level=seen.level * 0.5 ** (_age_s(known, seen) / _half_life_s(seen)),
        shape=shapely.buffer(core, radius_m, quad_segs=_QUARTER_SEGMENTS) if radius_m else core,
        report=ReportIndex(seen.row),
    )


def _age_s(known: Known, seen: _Seen) -> float:
    """Seconds since it was last seen."""
    return max(0.0, (known.as_of - known.reports[seen.row].seen_to).total_seconds())


def _half_life_s(seen: _Seen) -> float:
    """Seconds after which a hazard is half as strong; infinite if it does not decay."""
    spans = facts.fact("picture.hazard_half_life_s").value
    return float(spans.get(seen.hazard, inf))


def _gone_since(known: Known, seen: _Seen) -> datetime | None:
    """Say when an area expired or faded away; None if it still counts."""
    if seen.hazard == _NEVER_EXPIRES:
        return None
    report = known.reports[seen.row]
    ends_s = inf
    if not seen.is_release and (half_life_s := _half_life_s(seen)) < inf:
        least = facts.number("picture.hazard_least_level")
        ends_s = seconds(report.seen_to) + half_life_s * log2(seen.level / least)
    if report.valid_until is not None:
        ends_s = min(ends_s, seconds(report.valid_until))
    return moment(ends_s) if seconds(known.as_of) > ends_s else None


def _release(
    known: Known, areas: Sequence[HazardArea], releases: Sequence[HazardArea]
) -> tuple[list[HazardArea], list[int]]:
    """Lower areas where a trusted release covers them; list every release."""
    keeps = facts.fact("picture.release_keeps_share").value
    left = list(areas)
    untrusted = []
    for release in releases:
        kept_share = keeps.get(known.reports[release.report].source.reliability.value)
        if kept_share is None:
            untrusted.append(int(release.report))
        else:
            left = [part for area in left for part in _lowered(known, area, release, kept_share)]
    return [*left, *releases], untrusted


def _lowered(
    known: Known, area: HazardArea, release: HazardArea, kept_share: float
) -> list[HazardArea]:
    """Cut one area along a release: outside it stays, inside only a share of its level does."""
    is_older = known.reports[area.report].seen_to < known.reports[release.report].seen_to
    if area.hazard != release.hazard or not is_older or not area.shape.intersects(release.shape):
        return [area]
    outside = replace(area, shape=area.shape.difference(release.shape))
    inside = replace(
        area, shape=area.shape.intersection(release.shape), level=area.level * kept_share
    )
    return [part for part in (outside, inside) if part.shape.area > 0 and part.level > 0]


def _findings(
    known: Known, *, lost: list[int], vague: list[int], untrusted: list[int]
) -> tuple[Finding, ...]:
    """Note what could not be used."""
    return (
        *finding(
            "hazard-without-place",
            "A report of a hazard or an incident has no place that the town knows.",
            done="It is kept and listed, and closes nothing.",
            ids=known.ids(lost),
        ),
        *finding(
            "incident-too-vague",
            "An incident is known to so many kilometres that it says little of any street.",
            done="It is kept and listed, and makes no area.",
            ids=known.ids(vague),
        ),
        *finding(
            "release-not-trusted",
            "Somebody not graded A, B or C says that a hazard is released.",
            done="The area stays as it was; only grading the source can lower it.",
            ids=known.ids(untrusted),
        ),
    )
