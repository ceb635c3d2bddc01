# SPDX-License-Identifier: Apache-2.0
"""The tables of a Copernicus EMS product as layers of the town, with ids that products share."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from goldenhour.sources import ems_words
from goldenhour.sources.handwriting import clean
from goldenhour.sources.noticing import Noticed
from goldenhour.sources.outline_ids import ids_by_place
from goldenhour.sources.shaping import make_layer
from goldenhour.town.layers import Layer, LayerKind, LayerSource

_NOTHING = frozenset({"not applicable", "997-not applicable", "998-not applicable", "other"})


def text(row: pd.Series, *names: str) -> str:
    """
    Take the first of several columns that says something.

    Parameters
    ----------
    row
        A delivered row.
    *names
        Columns, the best first.

    Returns
    -------
    text
        Empty if none of them says anything.
    """
    for name in names:
        found = clean(row.get(name))
        if found and found.lower() not in _NOTHING:
            return found
    return ""


def structures(rows: gpd.GeoDataFrame, source: LayerSource) -> Layer:
    """
    Make the structures layer.

    Parameters
    ----------
    rows
        Outlines as delivered, EPSG:4326, places present.
    source
        Where they come from.

    Returns
    -------
    layer
        Row for row.
    """
    uses = [
        ems_words.structure_use(text(row, "settl_type", "obj_type"), text(row, "info"))
        for _, row in rows.iterrows()
    ]
    return _layer(
        LayerKind.STRUCTURES,
        rows.geometry.to_numpy(),
        {"use": uses, "name": _names(rows)},
        prefix="ems",
        source=source,
    )


def streets(
    rows: gpd.GeoDataFrame, source: LayerSource, noticed: Noticed
) -> tuple[Layer, pd.DataFrame]:
    """
    Make the streets layer: roads, bridges and tunnels, split where they meet.

    Parameters
    ----------
    rows
        Lines as delivered, EPSG:4326, places present.
    source
        Where they come from.
    noticed
        Where findings go.

    Returns
    -------
    layer, origins
        The layer, and the delivered row of each of its streets.
    """
    roads = _roads(rows, noticed)
    parts = roads.explode(index_parts=False)
    pieces, of_part = _split_where_they_meet(parts.geometry.to_numpy())
    origins = parts.iloc[of_part]
    if len(pieces) > len(parts):
        noticed.note(
            "streets-split",
            f"{len(roads)} lines",
            "Lines pass through junctions without ending there.",
            f"They were split at shared points into {len(pieces)} streets.",
        )
    is_bridge = origins["kind"].str.contains("bridge", case=False).to_numpy(dtype=bool)
    is_tunnel = origins["kind"].str.contains("tunnel", case=False).to_numpy(dtype=bool)
    highways = [
        ems_words.highway(text(row, "road_type", "info"), text(row, "txt"))
        for _, row in origins.iterrows()
    ]
    columns = {
        "highway": highways,
        "name": _names(origins),
        "bridge": is_bridge & ~is_tunnel,
        "level": np.where(is_tunnel, -1, np.where(is_bridge, 1, 0)),
    }
    shapes = np.array(pieces, dtype=np.object_)
    return _layer(LayerKind.STREETS, shapes, columns, prefix="ems-street", source=source), origins


def _roads(rows: gpd.GeoDataFrame, noticed: Noticed) -> gpd.GeoDataFrame:
    """Keep the roads among lines of transport, with their kind as a column."""
    kinds = [text(row, "subtype", "obj_type") for _, row in rows.iterrows()]
    is_road = np.array([ems_words.is_road(kind) for kind in kinds], dtype=bool)
    for row in np.flatnonzero(~is_road):
        noticed.refuse("not-a-road", int(row) + 1, "A line is no road: a railway or the like.")
    return rows.assign(kind=kinds)[is_road]


def barriers(rows: gpd.GeoDataFrame, source: LayerSource) -> Layer:
    """
    Make the barriers layer.

    Parameters
    ----------
    rows
        Waters as delivered, EPSG:4326, places present.
    source
        Where they come from.

    Returns
    -------
    layer
        Row for row.
    """
    kinds = [ems_words.water_kind(text(row, "subtype", "obj_type")) for _, row in rows.iterrows()]
    return _layer(
        LayerKind.BARRIERS,
        rows.geometry.to_numpy(),
        {"name": _names(rows), "kind": kinds},
        prefix="ems-water",
        source=source,
    )


def places(rows: gpd.GeoDataFrame, source: LayerSource) -> Layer:
    """
    Make the places layer: the area that the product looked at.

    Parameters
    ----------
    rows
        Areas of interest as delivered, EPSG:4326, places present.
    source
        Where they come from.

    Returns
    -------
    layer
        Row for row.
    """
    return _layer(
        LayerKind.PLACES,
        rows.geometry.to_numpy(),
        {"name": _names(rows), "kind": ["area of interest"] * len(rows)},
        prefix="ems-area",
        source=source,
    )


def _names(rows: pd.DataFrame) -> list[str | None]:
    """Take the names."""
    return [text(row, "nam", "name", "locality") or None for _, row in rows.iterrows()]


def _layer(
    kind: LayerKind,
    shapes: NDArray[np.object_],
    columns: Mapping[str, Any],
    *,
    prefix: str,
    source: LayerSource,
) -> Layer:
    """Put a layer together, flat, with ids."""
    flat = np.asarray(shapely.force_2d(shapes), dtype=np.object_)
    return make_layer(kind, {"id": ids_by_place(flat, prefix), **columns}, flat, source=source)


def _split_where_they_meet(
    lines: NDArray[np.object_],
) -> tuple[list[BaseGeometry], list[int]]:
    """Split lines at points that they share; tell of which line each piece is."""
    paths = [[tuple(point) for point in shapely.get_coordinates(line)] for line in lines]
    met = Counter(point for path in paths for point in set(path))
    pieces: list[BaseGeometry] = []
    of_line: list[int] = []
    for number, path in enumerate(paths):
        start = 0
        for end in range(1, len(path)):
            if end == len(path) - 1 or met[path[end]] > 1:
                pieces.append(shapely.LineString(path[start : end + 1]))
                of_line.append(number)
                start = end
    return pieces, of_line
