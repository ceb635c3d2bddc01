# SPDX-License-Identifier: Apache-2.0
"""A route as GeoJSON, to lay over any map."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.ops import substring

from goldenhour.base.crs import to_lon_lat
from goldenhour.base.messages import LANGUAGES, say
from goldenhour.movement.route import Leg, Route
from goldenhour.publish.atomic import write_text
from goldenhour.publish.plain import plain
from goldenhour.publish.provenance import attributions
from goldenhour.publish.route_words import route_name, route_summary
from goldenhour.town.town import Town

_DECIMALS = 6


def write(path: Path, *, town: Town, route: Route) -> None:
    """
    Write a route: the whole line, then each named stretch.

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
    about = {
        "exercise": town.is_exercise,
        "as_of": route.as_of,
        "mode": route.mode,
        "length_m": route.length_m,
        "travel_s": route.travel_s,
        "unknown_share": route.unknown_share,
        "hazards": list(route.hazards),
        "attribution": list(attributions(town)),
        "limits": {language: say("brief.limits", language) for language in LANGUAGES},
        **{f"name_{language}": route_name(route, language) for language in LANGUAGES},
        **{f"summary_{language}": route_summary(route, language) for language in LANGUAGES},
    }
    features = [_feature(town, route.line, {"part": "route", **about}), *_legs(town, route)]
    collection, _, _ = plain({"type": "FeatureCollection", "features": features})
    write_text(path, json.dumps(collection, ensure_ascii=False, sort_keys=True) + "\n")


def _legs(town: Town, route: Route) -> list[dict[str, Any]]:
    """Cut the line where its names change."""
    ends_m = np.cumsum([leg.length_m for leg in route.legs])
    scale = route.line.length / max(float(ends_m[-1]), 1.0) if len(ends_m) else 1.0
    features = []
    for number, (leg, end_m) in enumerate(zip(route.legs, ends_m, strict=True), start=1):
        part = substring(route.line, (end_m - leg.length_m) * scale, end_m * scale)
        features.append(_feature(town, part, _about(leg, number)))
    return features


def _about(leg: Leg, number: int) -> dict[str, Any]:
    """Describe one stretch."""
    return {
        "part": "leg",
        "number": number,
        "name": leg.name,
        "length_m": leg.length_m,
        "travel_s": leg.travel_s,
        "unknown_share": leg.unknown_share,
    }


def _feature(town: Town, line: shapely.Geometry, properties: dict[str, Any]) -> dict[str, Any]:
    """Write one line in degrees, longitude first."""
    at = shapely.get_coordinates(line)
    lon, lat = to_lon_lat(at[:, 0], at[:, 1], town.crs)
    coordinates = np.stack([lon, lat], axis=1).round(_DECIMALS).tolist()
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "LineString", "coordinates": coordinates},
    }
