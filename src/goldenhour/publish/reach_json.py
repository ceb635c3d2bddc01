# SPDX-License-Identifier: Apache-2.0
"""What is within reach as JSON and as GeoJSON, the same bytes every time."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from goldenhour.base.messages import LANGUAGES, say
from goldenhour.picture.belief import Picture
from goldenhour.publish import reach_tables
from goldenhour.publish.atomic import write_json, write_text
from goldenhour.publish.plain import Json, plain
from goldenhour.publish.provenance import assumptions, attributions, report_sources
from goldenhour.publish.reach_words import headline, notes
from goldenhour.publish.words import people_rule
from goldenhour.times.reached import Reached
from goldenhour.times.unattached import WhyUnattached
from goldenhour.town.town import Town

SCHEMA = "goldenhour.reach/1"
"""Name and version of the shape; the number rises when a reader would have to change."""

_DECIMALS = 6


def write(path: Path, *, town: Town, picture: Picture, reached: Reached) -> None:
    """
    Write the numbers as JSON, whole or not at all.

    Parameters
    ----------
    path
        Where the file shall be.
    town
        The town.
    picture
        The picture it rests on.
    reached
        The answer.

    Raises
    ------
    StoreError
        If the disk is full or the place cannot be written.
    """
    content = to_json(town=town, picture=picture, reached=reached)
    write_json(path, content)


def to_json(*, town: Town, picture: Picture, reached: Reached) -> Json:
    """
    Put the answer into plain JSON values.

    Numbers that nobody knows are null and listed in ``not_known``; bounds without end are null and
    listed in ``unbounded``.

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
    content
        Tables, lists, text and finite numbers only. Seconds, metres, square kilometres, EPSG:4326.
    """
    values, not_known, unbounded = plain(
        {
            "schema": SCHEMA,
            "id": reached.id,
            "town": town.name,
            "exercise": town.is_exercise,
            "as_of": picture.as_of,
            "crs": "EPSG:4326",
            **_answer(town, reached),
            **_grounds(town, picture, reached),
        }
    )
    return {**values, "not_known": not_known, "unbounded": unbounded}


def write_geojson(path: Path, *, town: Town, picture: Picture, reached: Reached) -> None:
    """
    Write the areas and the sites as GeoJSON in EPSG:4326, whole or not at all.

    ``layer`` tells them apart: ``band`` (within reach of any site), ``nearest`` (of a site and no
    nearer one), ``site``.

    Parameters
    ----------
    path
        Where the file shall be.
    town
        The town.
    picture
        The picture it rests on.
    reached
        The answer.

    Raises
    ------
    StoreError
        If the disk is full or the place cannot be written.
    """
    features = [
        *_features(reach_tables.bands(town, reached), "band"),
        *_features(reach_tables.nearest(town, reached), "nearest"),
        *_features(reach_tables.sites(town, reached), "site"),
    ]
    collection, _, _ = plain(
        {
            "type": "FeatureCollection",
            "id": reached.id,
            "exercise": town.is_exercise,
            "as_of": picture.as_of,
            "attribution": list(attributions(town)),
            "headline": _said(lambda language: headline(town, reached, language)),
            "notes": _said(lambda language: notes(town, picture, reached, language)),
            "limits": {language: say("brief.limits", language) for language in LANGUAGES},
            "features": features,
        }
    )
    write_text(path, json.dumps(collection, ensure_ascii=False, sort_keys=True) + "\n")


def _answer(town: Town, reached: Reached) -> Json:
    """Say what was asked and what the answer is."""
    asked, places = reached.asked, reach_tables.sites(town, reached).geometry
    return {
        "direction": asked.direction,
        "means": asked.means,
        "unknown_streets": asked.unknown_streets,
        "sites": [
            {
                "label": site.label,
                "name": site.name,
                "lon": place.x,
                "lat": place.y,
                "shut": number in reached.shut_sites,
            }
            for number, (site, place) in enumerate(zip(asked.sites, places, strict=True))
        ],
        "bands": [asdict(band) for band in reached.bands],
        "site_bands": [
            {**asdict(band), "site": asked.sites[band.site].label} for band in reached.site_bands
        ],
        "worlds": _worlds(reached),
        "cell_m": reached.drawing.cell_m,
        "unattached": [
            {"structure_id": str(town.structures.id[row]), "why": WhyUnattached(int(why))}
            for row, why in zip(reached.unattached.row, reached.unattached.why, strict=True)
        ],
    }


def _worlds(reached: Reached) -> Json | None:
    """Say how sure each band is; null if no worlds were asked for."""
    counted = reached.chances
    if counted is None:
        return None
    return {
        "n_worlds": counted.n_worlds,
        "seed": counted.seed,
        "bands": [asdict(band) for band in counted.bands],
    }


def _grounds(town: Town, picture: Picture, reached: Reached) -> Json:
    """Say what the answer rests on."""
    people = picture.people
    return {
        "headline": _said(lambda language: headline(town, reached, language)),
        "notes": _said(lambda language: notes(town, picture, reached, language)),
        "limits": {language: say("brief.limits", language) for language in LANGUAGES},
        "sensitivity": {language: say("brief.sensitivity", language) for language in LANGUAGES},
        "people": {
            "basis": people.basis,
            "rule": {language: people_rule(people, language) for language in LANGUAGES},
            "total_low": people.total_low,
            "total_best": people.total_best,
            "total_high": people.total_high,
        },
        "n_stale_reports": len(picture.stale),
        "assumptions": [asdict(fact) for fact in assumptions()],
        "layers": [asdict(source) for source in town.sources],
        "report_sources": report_sources(picture),
    }


def _said(sentences: Callable[[str], tuple[str, ...]]) -> dict[str, list[str]]:
    """Say the same in every language."""
    return {language: list(sentences(language)) for language in LANGUAGES}


def _features(table: gpd.GeoDataFrame, layer: str) -> list[dict[str, Any]]:
    """Turn a table in degrees into features."""
    rows = table.drop(columns="geometry").to_dict("records")
    shapes = shapely.set_precision(table.geometry.to_numpy(), 10**-_DECIMALS, mode="pointwise")
    return [
        {"type": "Feature", "properties": {"layer": layer, **row}, "geometry": _geometry(shape)}
        for row, shape in zip(rows, shapes, strict=True)
    ]


def _geometry(shape: shapely.Geometry) -> dict[str, Any]:
    """Write a shape with no more digits than it has."""
    written: dict[str, Any] = json.loads(shapely.to_geojson(shape))
    return written
