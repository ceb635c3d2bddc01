# SPDX-License-Identifier: Apache-2.0
"""Structures or places as a table of points: with a header or without, whatever the encoding."""

from datetime import datetime
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.base.errors import EmptyLayerError, InputError, WrongCrsError
from goldenhour.base.findings import Finding
from goldenhour.sources.column_words import our_columns
from goldenhour.sources.csv_table import (
    MOST_LAT,
    MOST_LON,
    PointTable,
    has_position,
    number,
    open_table,
)
from goldenhour.sources.noticing import Noticed
from goldenhour.sources.reading import Reading
from goldenhour.sources.shaping import make_layer, source_of
from goldenhour.town.layers import LayerKind

NAME = "points_csv"
LABEL = "Structures or places as points (.csv, .tsv): lon, lat, type, name; header optional"

_SUFFIXES = (".csv", ".tsv", ".txt")
_PLAIN_NAMES = {
    LayerKind.STRUCTURES: ("type", "name", "name_ar"),
    LayerKind.PLACES: ("kind", "name", "name_ar"),
}


def recognises(path: Path) -> bool:
    """
    Say if this looks like a table of points.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    recognised
        True if a position is in its columns; never raises.
    """
    return path.name.lower().endswith(_SUFFIXES) and has_position(path)


def read(path: Path, *, recorded_at: datetime, want: LayerKind | None) -> Reading:
    """
    Read a table of points.

    Parameters
    ----------
    path
        The file.
    recorded_at
        Not used: maps make no reports.
    want
        Structures (the default) or places.

    Returns
    -------
    reading
        One layer.

    Raises
    ------
    UnreadableFileError
        If it is no text table.
    MissingColumnError
        If no columns hold longitude and latitude.
    WrongCrsError
        If the coordinates are no degrees.
    EmptyLayerError
        If no row has a position.
    """
    del recorded_at
    kind = _kind(path, want)
    noticed = Noticed(path.name)
    table, findings = open_table(path, plain_names=_PLAIN_NAMES[kind])
    lon_lat = _lon_lat(table, path, noticed)
    there = np.asarray(np.isfinite(lon_lat).all(axis=1), dtype=np.bool_)
    if not there.any():
        raise EmptyLayerError(
            "No row has a position.",
            where=path.name,
            do=f"Check the columns '{table.lon}' and '{table.lat}'.",
        )
    cells = table.cells.loc[there].reset_index(drop=True)
    columns = our_columns(cells, kind, noticed)
    if columns["id"][0] == "row-1":
        columns["id"] = [f"line-{line}" for line in table.lines[there]]
    points = np.asarray(shapely.points(lon_lat[there]), dtype=np.object_)
    layer = make_layer(kind, columns, points, source=source_of(path, NAME))
    return Reading(
        layers=(layer,), findings=(*findings, *noticed.findings(), _no_attribution(path))
    )


def _kind(path: Path, want: LayerKind | None) -> LayerKind:
    """Choose what the points are."""
    if want in {None, *_PLAIN_NAMES}:
        return want or LayerKind.STRUCTURES
    raise InputError(
        f"A table of points holds no {want}.",
        where=path.name,
        do="Give a file with lines, such as an OpenStreetMap extract or a GeoPackage.",
    )


def _lon_lat(table: PointTable, path: Path, noticed: Noticed) -> NDArray[np.float64]:
    """Read positions; rows without a usable one are named and get NaN."""
    columns = (table.cells[table.lon], table.cells[table.lat])
    lon_lat = np.array([[number(cell) for cell in column] for column in columns]).T
    for line in table.lines[~np.isfinite(lon_lat).all(axis=1)]:
        noticed.refuse(
            "not-a-number", f"line {line}", f"No number in '{table.lon}' or '{table.lat}'."
        )
    outside = (np.abs(lon_lat) > (MOST_LON, MOST_LAT)).any(axis=1)
    if outside.sum() > len(lon_lat) / 2:
        example = lon_lat[outside][0]
        raise WrongCrsError(
            f"The coordinates are no longitudes and latitudes (such as {example[0]:g}, "
            f"{example[1]:g}): metres, or swapped axes.",
            where=path.name,
            do="Convert them to degrees (EPSG:4326), or exchange the names of the two columns.",
        )
    for line in table.lines[outside]:
        noticed.refuse("impossible-position", f"line {line}", "Positions that are not on earth.")
    lon_lat[outside] = np.nan
    return lon_lat


def _no_attribution(path: Path) -> Finding:
    """Say that the map will not name this source."""
    return Finding(
        code="attribution-unknown",
        layer=path.name,
        what="The table does not say whom a map must name as its source.",
        done="Say it with --attribution, such as '© OpenStreetMap contributors'.",
    )
