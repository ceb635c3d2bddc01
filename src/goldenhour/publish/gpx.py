# SPDX-License-Identifier: Apache-2.0
"""Visits and routes for the satellite navigation of phones and vehicles."""

from pathlib import Path

import numpy as np
import shapely
from gpxpy.gpx import (
    GPX,
    GPXRoute,
    GPXRoutePoint,
    GPXTrack,
    GPXTrackPoint,
    GPXTrackSegment,
    GPXWaypoint,
)

from goldenhour.base.crs import to_lon_lat
from goldenhour.base.messages import LANGUAGES, say
from goldenhour.movement.route import Route
from goldenhour.publish.atomic import write_text
from goldenhour.publish.map_columns import plain
from goldenhour.publish.position import Position, structure_positions
from goldenhour.publish.provenance import attributions
from goldenhour.publish.route_words import route_name, route_summary
from goldenhour.publish.words import moment_text, sentence, tier_name
from goldenhour.siting.plan import Plan, VisitToDo
from goldenhour.town.town import Town

_CREATOR = "goldenhour"
_DECIMALS = 6


def write_visits(path: Path, *, town: Town, plan: Plan) -> None:
    """
    Write the visits to do as numbered waypoints, most decisive first.

    Parameters
    ----------
    path
        Where the file shall be.
    town
        The town.
    plan
        The plan that asks for the visits.

    Raises
    ------
    StoreError
        If the disk is full or the place cannot be written.
    """
    gpx = _empty(town, f"{town.name}: {say('brief.plan', 'en', id=plan.id[:12])}")
    gpx.description = " ".join(
        (say("brief.as-of", "en", moment=moment_text(plan.as_of)), *_warnings(town))
    )
    rows = np.array([visit.structure for visit in plan.visits], dtype=np.int64)
    places = structure_positions(town, rows)
    for order, (visit, place) in enumerate(zip(plan.visits, places, strict=True), start=1):
        gpx.waypoints.append(_waypoint(town, visit, place, order))
    write_text(path, gpx.to_xml(version="1.1"))


def write_route(path: Path, *, town: Town, route: Route) -> None:
    """
    Write a route as a track (its exact shape) and as route points (its turns by name).

    Parameters
    ----------
    path
        Where the file shall be.
    town
        The town.
    route
        The route.

    Raises
    ------
    StoreError
        If the disk is full or the place cannot be written.
    """
    name = _marked(town, " / ".join(route_name(route, language) for language in LANGUAGES))
    about = " ".join(route_summary(route, language) for language in LANGUAGES)
    gpx = _empty(town, name)
    gpx.description = " ".join((about, *_warnings(town)))
    lon, lat = _degrees(town, shapely.get_coordinates(route.line))
    segment = GPXTrackSegment(
        [GPXTrackPoint(latitude=y, longitude=x) for x, y in zip(lon, lat, strict=True)]
    )
    track = GPXTrack(name=name, description=about)
    track.segments.append(segment)
    gpx.tracks.append(track)
    gpx.routes.append(_turns(town, route, name))
    write_text(path, gpx.to_xml(version="1.1"))


def _empty(town: Town, name: str) -> GPX:
    """Begin a file that says what it is and whose data it rests on."""
    gpx = GPX()
    gpx.creator = _CREATOR
    gpx.name = _marked(town, name)
    gpx.copyright_author = "; ".join(attributions(town)) or None
    gpx.keywords = "EXERCISE" if town.is_exercise else None
    return gpx


def _marked(town: Town, name: str) -> str:
    """Put EXERCISE in front of a name where the town is made up."""
    return plain(f"EXERCISE {name}" if town.is_exercise and "EXERCISE" not in name else name)


def _warnings(town: Town) -> tuple[str, ...]:
    """Say what every reader of a file must know, in both languages."""
    codes = (*(("plan.exercise",) if town.is_exercise else ()), "brief.limits", "brief.sensitivity")
    return tuple(say(code, language) for language in LANGUAGES for code in codes)


def _waypoint(town: Town, visit: VisitToDo, place: Position, order: int) -> GPXWaypoint:
    """Say what is to be looked at and what the look would settle."""
    names = (
        say(
            "brief.visit-name", language, order=f"{order:02d}", tier=tier_name(visit.tier, language)
        )
        for language in LANGUAGES
    )
    settles = " ".join(sentence(said, language) for language in LANGUAGES for said in visit.settles)
    return GPXWaypoint(
        latitude=place.lat,
        longitude=place.lon,
        name=_marked(town, " / ".join(names)),
        comment=plain(f"{visit.structure_id} · {place.mgrs}"),
        description=plain(settles),
        symbol="Flag, Blue",
        type=visit.tier.value,
    )


def _turns(town: Town, route: Route, name: str) -> GPXRoute:
    """Place a route point where each named stretch begins, and one at the end."""
    begins_m = np.concatenate([[0.0], np.cumsum([leg.length_m for leg in route.legs])])
    share = begins_m / max(float(begins_m[-1]), 1.0)
    points = shapely.line_interpolate_point(route.line, np.minimum(share, 1.0), normalized=True)
    lon, lat = _degrees(town, shapely.get_coordinates(points))
    words = [leg.name for leg in route.legs] + [route.end]
    way = GPXRoute(name=name)
    way.points.extend(
        GPXRoutePoint(latitude=y, longitude=x, name=plain(word))
        for x, y, word in zip(lon, lat, words, strict=True)
    )
    return way


def _degrees(town: Town, coordinates: np.ndarray) -> tuple[list[float], list[float]]:
    """Convert town coordinates to degrees with six decimals."""
    lon, lat = to_lon_lat(coordinates[:, 0], coordinates[:, 1], town.crs)
    return lon.round(_DECIMALS).tolist(), lat.round(_DECIMALS).tolist()
