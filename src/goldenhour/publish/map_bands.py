# SPDX-License-Identifier: Apache-2.0
"""What is within reach of named places, as columns and as words of the map."""

from typing import Any

import numpy as np
import shapely

from goldenhour.base import crs
from goldenhour.base.messages import LANGUAGES
from goldenhour.picture.belief import Picture
from goldenhour.publish.map_columns import Columns, plain
from goldenhour.publish.map_shapes import Shapes
from goldenhour.publish.reach_words import duration, headline, notes
from goldenhour.publish.shape_table import shape_array
from goldenhour.times.reached import Reached
from goldenhour.town.town import Town

Json = dict[str, Any]

_DEGREES = 6
_PERCENT = 100


def add_bands(columns: Columns, shapes: Shapes, reached: Reached) -> None:
    """
    Add the areas, ring by ring, the borders between nearest sites, and the seconds of structures.

    Parameters
    ----------
    columns
        Where they go.
    shapes
        Where areas go.
    reached
        The answer.
    """
    within = reached.drawing.within
    inner = [shapely.MultiPolygon(), *within]
    rings = [shapely.difference(area, held) for area, held in zip(within, inner, strict=False)]
    shapes.add_areas("band", shape_array(rings))
    outline = shapely.boundary(within[-1])
    borders = [
        shapely.difference(shapely.boundary(areas[-1]), outline)
        for areas in reached.drawing.nearest
    ]
    shapes.add_lines("nearest", shape_array(borders if len(borders) > 1 else []))
    seconds = reached.service.soonest_s
    known = np.isfinite(seconds)
    columns.add_ints("structure.reach_s", np.where(known, np.ceil(np.where(known, seconds, 0)), -1))
    columns.add_ints("structure.reach_site", reached.service.nearest)
    if reached.chances:
        columns.add_bytes("structure.chance", np.floor(reached.chances.share[-1] * _PERCENT))


def bands_in_words(town: Town, picture: Picture, reached: Reached) -> Json:
    """
    Put what is within reach into words and plain values.

    Parameters
    ----------
    town
        The town.
    picture
        The picture it rests on.
    reached
        The answer.

    Returns
    -------
    panel
        JSON values; sentences in every language.
    """
    skip = 1 if town.is_exercise else 0  # the warning has a banner of its own
    return {
        "id": reached.id,
        "outward": reached.asked.direction.value == "outward",
        "headline": {
            language: list(headline(town, reached, language))[skip:] for language in LANGUAGES
        },
        "notes": {
            language: list(notes(town, picture, reached, language)) for language in LANGUAGES
        },
        "bands": [
            {
                "time": {language: duration(band.limit_s, language) for language in LANGUAGES},
                "people": band.people,
                "structures": band.n_structures,
                "area_km2": band.area_km2,
                "people_on_known": band.people_on_known,
            }
            for band in reached.bands
        ],
        "sites": _sites(town, reached),
        "worlds": reached.chances.n_worlds if reached.chances else 0,
    }


def focus(town: Town, reached: Reached) -> list[float]:
    """
    Say which part of the map matters.

    Parameters
    ----------
    town
        The town.
    reached
        The answer.

    Returns
    -------
    corners
        West, south, east and north of the widest band and the sites in degrees, EPSG:4326.
    """
    sites = reached.asked.sites
    widest = shapely.get_coordinates(reached.drawing.within[-1])
    at = np.concatenate([widest, np.array([[site.x_m, site.y_m] for site in sites])])
    lon, lat = crs.to_lon_lat(at[:, 0], at[:, 1], town.crs)
    return [round(float(end), _DEGREES) for end in (lon.min(), lat.min(), lon.max(), lat.max())]


def _sites(town: Town, reached: Reached) -> list[Json]:
    """Name the sites, and say who has no nearer one."""
    sites, n_limits = reached.asked.sites, len(reached.bands)
    lon, lat = crs.to_lon_lat(
        np.array([site.x_m for site in sites]), np.array([site.y_m for site in sites]), town.crs
    )
    numbers = [reached.site_bands[i * n_limits : (i + 1) * n_limits] for i in range(len(sites))]
    return [
        {
            "label": site.label,
            "name": plain(site.name),
            "at": [round(float(lon[i]), _DEGREES), round(float(lat[i]), _DEGREES)],
            "people": [band.people for band in numbers[i]],
            "nearest": [band.people_nearest for band in numbers[i]],
        }
        for i, site in enumerate(sites)
    ]
