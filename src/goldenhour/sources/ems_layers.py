# SPDX-License-Identifier: Apache-2.0
"""The tables of a Copernicus EMS product as layers of the town, with ids that products share."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from goldenhour.base.crs import WGS84
from goldenhour.sources import ems_words
from goldenhour.sources.handwriting import clean
from goldenhour.sources.noticing import Noticed

_DECIMALS = 6  # about 0.1 m
_ID_LENGTH = 12
_NOTHING = frozenset({"not applicable", "997-not applicable", "998-not applicable", "other"})


def text(row: pd.Series, *names: str) -> str:
    """Take the first of several columns that says something."""
    for name in names:
        found = clean(row.get(name))
        if found and found.lower() not in _NOTHING:
            return found
    return ""


def structures(rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Make the structures layer.

    Parameters
    ----------
    rows
        Outlines as delivered, EPSG:4326, places present.

    Returns
    -------
    table
        EPSG:4326, row for row.
    """
    return _table(
        rows.geometry.to_numpy(),
        prefix="ems",
        use=[
            ems_words.structure_use(text(row, "settl_type", "obj_type"), text(row, "info"))
            for _, row in rows.iterrows()
        ],
        **_names(rows),
        storeys=np.full(len(rows), np.nan),
    )


def streets(rows: gpd.GeoDataFrame, noticed: Noticed) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """
    Make the streets layer: roads, bridges and tunnels, split where they meet.

    Parameters
    ----------
    rows
        Lines as delivered, EPSG:4326, places present.
    noticed
        Where findings go.

    Returns
    -------
    table, origins
        The layer, EPSG:4326, and the delivered row of each of its streets.
    """
    kinds = [text(row, "subtype", "obj_type") for _, row in rows.iterrows()]
    roads = np.array([ems_words.is_road(kind) for kind in kinds], dtype=bool)
    for row in np.flatnonzero(~roads):
        noticed.refuse("not-a-road", int(row) + 1, "A line is no road: a railway or the like.")
    kept = rows[roads].assign(
        kind=[kind for kind, is_kept in zip(kinds, roads, strict=True) if is_kept]
    )
    parts = kept.explode(index_parts=False)
    pieces, of_part = _split_where_they_meet(parts.geometry.to_numpy())
    origins = parts.iloc[of_part]
    if len(pieces) > len(parts):
        noticed.note(
            "streets-split",
            f"{len(kept)} lines",
            "Lines pass through junctions without ending there.",
            f"They were split at shared points into {len(pieces)} streets.",
        )
    is_bridge = origins["kind"].str.contains("bridge", case=False).to_numpy(dtype=bool)
    is_tunnel = origins["kind"].str.contains("tunnel", case=False).to_numpy(dtype=bool)
    table = _table(
        pieces,
        prefix="ems-street",
        highway=[
            ems_words.highway(text(row, "road_type", "info"), text(row, "txt"))
            for _, row in origins.iterrows()
        ],
        **_names(origins),
        oneway=np.zeros(len(pieces), dtype=np.int8),
        bridge=is_bridge & ~is_tunnel,
        surface=None,
        level=np.where(is_tunnel, -1, np.where(is_bridge, 1, 0)).astype(np.int8),
        maxspeed_kmh=np.full(len(pieces), np.nan),
        u=np.full(len(pieces), -1, dtype=np.int64),
        v=np.full(len(pieces), -1, dtype=np.int64),
    )
    return table, origins


def barriers(rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Make the barriers layer.

    Parameters
    ----------
    rows
        Waters as delivered, EPSG:4326, places present.

    Returns
    -------
    table
        EPSG:4326, row for row.
    """
    return _table(
        rows.geometry.to_numpy(),
        prefix="ems-water",
        name=_names(rows)["name"],
        kind=[ems_words.water_kind(text(row, "subtype", "obj_type")) for _, row in rows.iterrows()],
    )


def places(rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Make the places layer: the area that the product looked at.

    Parameters
    ----------
    rows
        Areas of interest as delivered, EPSG:4326, places present.

    Returns
    -------
    table
        EPSG:4326, row for row.
    """
    return _table(
        rows.geometry.to_numpy(),
        prefix="ems-area",
        **_names(rows),
        kind=["area of interest"] * len(rows),
        people=np.full(len(rows), np.nan),
    )


def _names(rows: pd.DataFrame) -> dict[str, list[str | None]]:
    """Take the names; the product has none in Arabic."""
    names = [text(row, "nam", "name", "locality") or None for _, row in rows.iterrows()]
    return {"name": names, "name_ar": [None] * len(rows)}


def _table(geometry: Sequence[BaseGeometry], *, prefix: str, **columns: Any) -> gpd.GeoDataFrame:  # noqa: ANN401 - columns of any type
    """Put a layer together."""
    shapes = shapely.force_2d(np.asarray(geometry, dtype=object))
    words = {
        name: pd.Series(column, dtype=object) if isinstance(column, list) else column
        for name, column in columns.items()
    }  # as objects, so that None stays None
    return gpd.GeoDataFrame({"id": _ids(shapes, prefix), **words}, geometry=shapes, crs=WGS84)


def _ids(shapes: NDArray[np.object_], prefix: str) -> list[str]:
    """Name shapes by where they lie, so that one outline has one id in every product."""
    ids: list[str] = []
    used: Counter[str] = Counter()
    for shape in shapes:
        corners = np.round(shapely.get_coordinates(shape), _DECIMALS) + 0.0
        name = f"{prefix}-{hashlib.sha256(corners.tobytes()).hexdigest()[:_ID_LENGTH]}"
        used[name] += 1
        ids.append(name if used[name] == 1 else f"{name}-{used[name]}")
    return ids


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
