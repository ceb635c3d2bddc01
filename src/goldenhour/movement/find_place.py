# SPDX-License-Identifier: Apache-2.0
"""Where is it? A place by its name in English or Arabic, its id, its coordinates or its MGRS."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import NamedTuple

import numpy as np
import shapely

from goldenhour.base import facts
from goldenhour.base.crs import to_lon_lat, to_metric
from goldenhour.base.errors import UnknownPlaceError
from goldenhour.movement.grid_reference import (
    from_grid_reference,
    is_grid_reference,
    to_grid_reference,
)
from goldenhour.movement.spelling import fold_name, western_marks
from goldenhour.picture.belief import Picture
from goldenhour.town.town import Town

Spot = tuple[float, float, str]
"""Easting and northing in metres in the town's system, and what to call it."""

_PAIR = re.compile(r"\s*([-+]?\d+(?:\.\d+)?)\s*[,;\s]\s*([-+]?\d+(?:\.\d+)?)\s*")
_N_NAMED = 5


class _Named(NamedTuple):
    """One thing with a name."""

    kind: str
    id: str
    label: str
    folded: str
    x_m: float
    y_m: float


def find_place(town: Town, picture: Picture, text: str) -> Spot:
    """
    Find what a planner means.

    Names match whatever the diacritics, the article and the ending (ta marbuta).

    Parameters
    ----------
    town
        The town.
    picture
        The picture; facilities that reports name are places too.
    text
        A structure or place id, a name, ``lon,lat`` in degrees, or MGRS.

    Returns
    -------
    spot
        Easting and northing in metres, and what to call it.

    Raises
    ------
    UnknownPlaceError
        If nothing or several things are so called, or the point lies outside the town.
    """
    text = western_marks(text)
    if pair := _PAIR.fullmatch(text):
        return _from_degrees(town, float(pair[1]), float(pair[2]), text)
    if is_grid_reference(text):
        lon, lat, label = from_grid_reference(text)
        return _inside(town, lon, lat, label)
    if spot := _by_id(town, text):
        return spot
    return _by_name(town, picture, text)


def _from_degrees(town: Town, first: float, second: float, text: str) -> Spot:
    """Read ``lon,lat``; say so if they were given the other way round."""
    if not _is_inside(town, first, second) and _is_inside(town, second, first):
        raise UnknownPlaceError(
            "This point is in the town only if latitude was written first.",
            where=f"'{text}'",
            do=f"Write longitude first: {second:g},{first:g}",
        )
    return _inside(town, first, second, f"{first:g},{second:g}")


def _inside(town: Town, lon: float, lat: float, label: str) -> Spot:
    """Refuse a point that is not in the town."""
    if not _is_inside(town, lon, lat):
        west, south, east, north = _bounds(town)
        raise UnknownPlaceError(
            f"{label} lies outside {town.name}.",
            where=f"longitude {lon:.5f}, latitude {lat:.5f}",
            do=f"The town spans longitudes {west:.4f} to {east:.4f} and latitudes {south:.4f} to"
            f" {north:.4f}.",
        )
    x_m, y_m = to_metric(np.array([lon]), np.array([lat]), town.crs)
    return float(x_m[0]), float(y_m[0]), label


def _is_inside(town: Town, lon: float, lat: float) -> bool:
    """Say if a point lies in the town's box."""
    west, south, east, north = _bounds(town)
    return west <= lon <= east and south <= lat <= north


def _bounds(town: Town) -> tuple[float, float, float, float]:
    """Box of streets and structures in degrees, with a margin."""
    x_m = np.concatenate([town.streets.node_x_m, town.structures.x_m])
    y_m = np.concatenate([town.streets.node_y_m, town.structures.y_m])
    margin_m = facts.number("movement.town_margin_m")
    west_m, east_m = x_m.min() - margin_m, x_m.max() + margin_m
    south_m, north_m = y_m.min() - margin_m, y_m.max() + margin_m
    lon, lat = to_lon_lat(
        np.array([west_m, west_m, east_m, east_m]),
        np.array([south_m, north_m, south_m, north_m]),
        town.crs,
    )
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def _by_id(town: Town, text: str) -> Spot | None:
    """Look among the ids of structures and places."""
    structures, places = town.structures, town.places
    for row in np.flatnonzero(structures.id == text)[:1]:
        name = structures.name[row] or structures.name_ar[row] or text
        return float(structures.x_m[row]), float(structures.y_m[row]), str(name)
    for row in np.flatnonzero(places.id == text)[:1]:
        point = shapely.point_on_surface(places.shape[row])
        return float(point.x), float(point.y), str(places.name[row] or places.name_ar[row])
    return None


def _by_name(town: Town, picture: Picture, text: str) -> Spot:
    """Look among names; the same name twice is a question back, never a guess."""
    wanted = fold_name(text)
    named = list(_all_named(town, picture))
    found = {(one.kind, one.id): one for one in named if wanted and one.folded == wanted}
    if not found:
        raise UnknownPlaceError(
            f"Nothing in {town.name} is called '{text}'.",
            where="place",
            do=_advice(wanted, named),
        )
    first, *others = found.values()
    if others:
        raise UnknownPlaceError(
            f"'{text}' names {len(found)} things: {_listed(town, (first, *others))}.",
            where="place",
            do="Give the id or the MGRS of the one you mean.",
        )
    return first.x_m, first.y_m, first.label


def _all_named(town: Town, picture: Picture) -> Iterator[_Named]:
    """Go through everything that has a name, once for each of its names."""
    places, structures = town.places, town.structures
    points = shapely.point_on_surface(places.shape) if places.n else ()
    for place, point in enumerate(points):
        yield from _names(
            str(places.kind[place]),
            str(places.id[place]),
            (places.name[place], places.name_ar[place]),
            (point.x, point.y),
        )
    for row in np.flatnonzero((structures.name != "") | (structures.name_ar != "")):
        yield from _names(
            "structure",
            str(structures.id[row]),
            (structures.name[row], structures.name_ar[row]),
            (structures.x_m[row], structures.y_m[row]),
        )
    for number, care in enumerate(picture.care):
        yield from _names("facility", f"care-{number}", (care.facility, ""), (care.x_m, care.y_m))


def _names(
    kind: str, id_: str, names: tuple[str, str], at: tuple[float, float]
) -> Iterator[_Named]:
    """Give one entry a name."""
    for name in names:
        if name:
            yield _Named(kind, id_, str(name), fold_name(str(name)), float(at[0]), float(at[1]))


def _listed(town: Town, found: tuple[_Named, ...]) -> str:
    """Name a few things so that one of them can be picked."""
    lon, lat = to_lon_lat(
        np.array([one.x_m for one in found]), np.array([one.y_m for one in found]), town.crs
    )
    words = [
        f"{one.kind} {one.id} at {to_grid_reference(float(lon[i]), float(lat[i]))}"
        for i, one in enumerate(found[:_N_NAMED])
    ]
    return "; ".join(words) + ("; and more" if len(found) > _N_NAMED else "")


def _advice(wanted: str, named: list[_Named]) -> str:
    """Suggest names that are spelled alike."""
    labels = {one.folded: one.label for one in named}
    near = [labels[key] for key in get_close_matches(wanted, list(labels), n=_N_NAMED, cutoff=0.6)]
    ways = "Give a structure id, a place name, lon,lat in degrees, or MGRS."
    return f"Did you mean {' or '.join(near)}? {ways}" if near else ways
