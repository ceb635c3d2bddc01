# SPDX-License-Identifier: Apache-2.0
"""What is within reach as flat tables with shapes: bands, sites, streets and structures."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.ops import substring

from goldenhour.base.grades import StreetState
from goldenhour.base.messages import LANGUAGES, say
from goldenhour.picture.belief import Picture
from goldenhour.publish.layers_file import NO_GEOMETRY, write_layers
from goldenhour.publish.map_columns import plain, safe_texts
from goldenhour.publish.provenance import attributions, report_sources
from goldenhour.publish.reach_words import headline, notes
from goldenhour.publish.shape_table import point_table, shape_array, shape_table
from goldenhour.publish.words import moment_text
from goldenhour.times.reached import Reached
from goldenhour.times.unattached import WhyUnattached
from goldenhour.town.town import Objects, Town

_STATES = np.array([state.name.lower() for state in StreetState])


def write(path: Path, *, town: Town, picture: Picture, reached: Reached) -> None:
    """
    Write every layer as a GeoPackage, whole or not at all.

    Layers: ``bands`` (within reach of any site), ``site_bands`` (of each site), ``nearest`` (of
    each site and no nearer one), ``sites``, ``structures`` (points), ``streets`` (pieces within
    reach); table ``metadata``.

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
    layers: dict[str, tuple[pd.DataFrame, str]] = {
        "bands": (bands(town, reached), "MultiPolygon"),
        "site_bands": (site_bands(town, reached), "MultiPolygon"),
        "nearest": (nearest(town, reached), "MultiPolygon"),
        "sites": (sites(town, reached), "Point"),
        "structures": (structures(town, picture, reached), "Point"),
        "streets": (streets(town, picture, reached), "LineString"),
        "metadata": (metadata(town, picture, reached), NO_GEOMETRY),
    }
    write_layers(path, layers, written_at=picture.as_of)


def bands(town: Town, reached: Reached) -> gpd.GeoDataFrame:
    """
    List what is within each limit of any site.

    Parameters
    ----------
    town
        The town.
    reached
        The answer.

    Returns
    -------
    table
        One row a limit, EPSG:4326; areas of longer limits hold those of shorter ones.
    """
    numbers = [asdict(band) for band in reached.bands]
    if reached.chances:
        numbers = [
            row | asdict(band) for row, band in zip(numbers, reached.chances.bands, strict=True)
        ]
    columns = {name: [row[name] for row in numbers] for name in numbers[0]}
    return shape_table(town, columns, shape_array(reached.drawing.within))


def site_bands(town: Town, reached: Reached) -> gpd.GeoDataFrame:
    """
    List what is within each limit of each site.

    Parameters
    ----------
    town
        The town.
    reached
        The answer.

    Returns
    -------
    table
        One row a site and limit, EPSG:4326.
    """
    shapes = [shape for areas in reached.drawing.of_site for shape in areas]
    columns = ("limit_s", "people", "n_structures", "area_km2")
    return shape_table(town, _by_site(reached, columns), shape_array(shapes))


def nearest(town: Town, reached: Reached) -> gpd.GeoDataFrame:
    """
    List what is within each limit of a site and nearer to no other.

    Parameters
    ----------
    town
        The town.
    reached
        The answer.

    Returns
    -------
    table
        One row a site and limit, EPSG:4326; the areas of one limit do not overlap.
    """
    shapes = [shape for areas in reached.drawing.nearest for shape in areas]
    columns = ("limit_s", "people_nearest", "n_nearest", "nearest_km2")
    return shape_table(town, _by_site(reached, columns), shape_array(shapes))


def sites(town: Town, reached: Reached) -> gpd.GeoDataFrame:
    """
    List the sites.

    Parameters
    ----------
    town
        The town.
    reached
        The answer.

    Returns
    -------
    table
        Label, name and whether any street there is open, EPSG:4326.
    """
    listed = reached.asked.sites
    columns = {
        "site": [site.label for site in listed],
        "name": [plain(site.name) for site in listed],
        "shut": [number in reached.shut_sites for number in range(len(listed))],
    }
    points = shapely.points([site.x_m for site in listed], [site.y_m for site in listed])
    return shape_table(town, columns, np.asarray(points, dtype=np.object_))


def structures(town: Town, picture: Picture, reached: Reached) -> gpd.GeoDataFrame:
    """
    List every structure with its time, its nearest site, and why it joins no street.

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
    table
        One row a structure, a point inside it, EPSG:4326; no time beyond the longest limit.
    """
    seconds, limits = reached.service.soonest_s, reached.service.limits_s
    within = np.append(np.array(limits), np.nan)[np.searchsorted(limits, seconds)]
    why = np.full(town.structures.n, "", dtype=np.object_)
    why[reached.unattached.row] = [
        WhyUnattached(int(number)).name.lower() for number in reached.unattached.why
    ]
    columns = {
        "id": safe_texts(town.structures.id),
        "people": picture.people.people,
        "seconds": np.where(np.isfinite(seconds), seconds, np.nan),
        "within_s": within,
        "site": _labels(reached, reached.service.nearest),
        "joins_no_street": why,
    }
    if reached.chances:
        for limit_s, share in zip(limits, reached.chances.share, strict=True):
            columns[f"share_of_worlds_{limit_s:g}_s"] = share
    return point_table(town, np.arange(town.structures.n), columns)


def streets(town: Town, picture: Picture, reached: Reached) -> gpd.GeoDataFrame:
    """
    List the pieces of street within reach.

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
    table
        One row a piece of one limit and one nearest site, EPSG:4326.
    """
    laid, pieces = town.streets, reached.pieces
    edge, belief = pieces.edge, picture.streets
    columns = {
        "id": safe_texts(laid.id[edge]),
        "name": safe_texts(laid.name[edge]),
        "name_ar": safe_texts(laid.name_ar[edge]),
        "highway": safe_texts(laid.highway[edge]),
        "bridge": laid.bridge[edge],
        "within_s": np.array(reached.service.limits_s)[pieces.band],
        "site": _labels(reached, pieces.site),
        "soonest_s": pieces.soonest_s,
        "latest_s": pieces.latest_s,
        "length_m": pieces.length_m,
        "unknown": reached.is_unknown[edge],
        "state_vehicle": _STATES[belief.state_vehicle[edge]],
        "state_stretcher": _STATES[belief.state_stretcher[edge]],
    }
    return shape_table(town, columns, _cut(laid.line[edge], pieces.from_share, pieces.to_share))


def metadata(town: Town, picture: Picture, reached: Reached) -> pd.DataFrame:
    """
    Say what the file is, what it rests on, and how it may be handled.

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
    table
        Key and value.
    """
    asked = reached.asked
    entries = [
        ("exercise", say("plan.exercise", "en") if town.is_exercise else "no"),
        ("town", town.name),
        ("reach", reached.id),
        ("as_of", moment_text(picture.as_of)),
        ("direction", asked.direction.value),
        ("means", asked.means.value),
        ("unknown_streets", asked.unknown_streets.value),
        ("cell_m", f"{reached.drawing.cell_m:g}"),
        *(
            (f"{key}_{language}", text)
            for language in LANGUAGES
            for key, text in (
                ("headline", " ".join(headline(town, reached, language))),
                ("notes", " ".join(notes(town, picture, reached, language))),
                ("sensitivity", say("brief.sensitivity", language)),
                ("limits", say("brief.limits", language)),
            )
        ),
        *(("attribution", words) for words in attributions(town)),
        *(("layer", f"{s.file}, {s.format}, sha256 {s.sha256}") for s in town.sources),
        *(("reports", f"{s['name']}: {s['n_reports']}") for s in report_sources(picture)),
    ]
    return pd.DataFrame([(key, plain(value)) for key, value in entries], columns=["key", "value"])


def _by_site(reached: Reached, columns: tuple[str, ...]) -> dict[str, Any]:
    """Take some columns of the numbers by site, the site's letter first."""
    numbers = [asdict(band) for band in reached.site_bands]
    named = {"site": [reached.asked.sites[row["site"]].label for row in numbers]}
    return named | {column: [row[column] for row in numbers] for column in columns}


def _labels(reached: Reached, site: NDArray[np.int32]) -> NDArray[np.object_]:
    """Give each number its site's letter, none where there is no site."""
    return np.array([*(s.label for s in reached.asked.sites), ""], dtype=np.object_)[site]


def _cut(lines: Objects, start: NDArray[np.float64], end: NDArray[np.float64]) -> Objects:
    """Cut lines; most are whole."""
    cut: Objects = lines.copy()
    for row in np.flatnonzero((start > 0) | (end < 1)):
        cut[row] = substring(lines[row], start[row], end[row], normalized=True)
    return cut
