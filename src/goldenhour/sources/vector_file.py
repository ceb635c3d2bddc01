# SPDX-License-Identifier: Apache-2.0
"""Streets, structures, places and barriers from GeoPackage, GeoParquet, GeoJSON, shapefiles."""

from datetime import datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from goldenhour.base.errors import EmptyLayerError, UnknownFormatError
from goldenhour.base.findings import Finding, Severity
from goldenhour.sources.column_words import find_column, our_columns
from goldenhour.sources.noticing import Noticed
from goldenhour.sources.osm_tags import WATERWAYS
from goldenhour.sources.reading import Reading
from goldenhour.sources.shaping import OSM_ATTRIBUTION, make_layer, source_of
from goldenhour.sources.vector_open import SUFFIXES, ShapeTable, open_tables
from goldenhour.town.layers import Layer, LayerKind, LayerSource

NAME = "vector_file"
LABEL = "Streets, structures, places, barriers (GeoPackage, GeoParquet, GeoJSON, shapefile, zip)"

_GEOJSON_MARK, _HEAD_BYTES = b'"Feature', 65_536
_POINT, _LINE, _AREA = 0, 1, 2  # shapely's dimensions
_FITS = {
    LayerKind.STREETS: {_LINE},
    LayerKind.STRUCTURES: {_POINT, _AREA},
    LayerKind.PLACES: {_POINT, _AREA},
    LayerKind.BARRIERS: {_LINE, _AREA},
}
_IN_NAME = {
    LayerKind.STREETS: ("street", "road", "highway"),
    LayerKind.STRUCTURES: ("building", "structure", "footprint"),
    LayerKind.PLACES: ("place", "neighbo", "district", "settlement"),
    LayerKind.BARRIERS: ("water", "river", "canal", "barrier"),
}
_TELLING = {
    LayerKind.BARRIERS: ("waterway",),
    LayerKind.STREETS: ("highway", "oneway", "maxspeed"),
    LayerKind.STRUCTURES: ("building", "amenity", "storeys", "building:levels", "floors"),
    LayerKind.PLACES: ("place", "population", "people", "neighbourhood", "neighborhood"),
}
_OSM_COLUMNS = ("osm_id", "osmid", "@id", "highway", "osm_way_id", "osm_type")


def recognises(path: Path) -> bool:
    """
    Say if this looks like a file of shapes.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    recognised
        Judged by name, and by the first bytes where the name is common; never raises.
    """
    suffix = path.suffix.lower()
    if suffix != ".json":
        return suffix in {*SUFFIXES, ".zip"}
    try:
        with path.open("rb") as file:
            return _GEOJSON_MARK in file.read(_HEAD_BYTES)
    except OSError:
        return False


def read(path: Path, *, recorded_at: datetime, want: LayerKind | None) -> Reading:
    """
    Read layers of a town from a file of shapes.

    Parameters
    ----------
    path
        The file.
    recorded_at
        Not used: maps make no reports.
    want
        What the shapes are; None to tell by their form, columns and names.

    Returns
    -------
    reading
        One layer for each table that is used.

    Raises
    ------
    UnreadableFileError
        If the file is cut or damaged.
    WrongCrsError
        If it names no coordinate system, or the wrong one.
    UnknownFormatError
        If it is not clear what the shapes are.
    EmptyLayerError
        If no table has a row of the kind wanted.
    """
    del recorded_at
    tables, opened = open_tables(path)
    findings = list(opened)
    chosen = _chosen(tables, path, want)
    noticed = Noticed(path.name)
    osm = any(find_column(table.rows.columns, _OSM_COLUMNS) for table, _ in chosen)
    source = source_of(path, NAME, attribution=OSM_ATTRIBUTION if osm else "")
    layers = [_layer(table, kind, source, noticed) for table, kind in chosen]
    used = {table.name for table, _ in chosen}
    passed = [table.name for table in tables if table.name not in used and len(table.rows)]
    findings += [*noticed.findings(), *_about_attribution(path, is_osm=osm)]
    findings += _about_passed(path, passed)
    return Reading(layers=tuple(layers), findings=tuple(findings))


def _chosen(
    tables: tuple[ShapeTable, ...], path: Path, want: LayerKind | None
) -> list[tuple[ShapeTable, LayerKind]]:
    """Choose tables and say what each is."""
    full = [table for table in tables if len(table.rows)]
    if not full:
        raise EmptyLayerError(
            "It has no rows.", where=path.name, do="Export it again, or give another file."
        )
    guessed = [(table, kind) for table in full if (kind := _guess(table))]
    if want is None:
        if guessed:
            return guessed
        raise UnknownFormatError(
            f"It is not clear what the shapes are; columns: {_some_columns(full[0].rows)}.",
            where=path.name,
            do="Give each a file of its own: --streets, --structures, --places or --barriers.",
        )
    if same := [(table, kind) for table, kind in guessed if kind is want]:
        return same
    fitting = [(table, want) for table in full if _dimension(table.rows) in _FITS[want]]
    if len(fitting) == 1:
        return fitting
    names = ", ".join(table.name for table in full)
    raise EmptyLayerError(
        f"No table is clearly one of {want.value}; it has: {names}.",
        where=path.name,
        do=f"Give a file with {want.value} alone.",
    )


def _guess(table: ShapeTable) -> LayerKind | None:
    """Tell what a table is by columns, then by its name, as far as its shapes allow."""
    rows = table.rows
    dimension = _dimension(rows)
    may_be = [kind for kind, fits in _FITS.items() if dimension in fits]
    for kind, words in _TELLING.items():
        if kind in may_be and find_column(rows.columns, words):
            return kind
    if (fclass := find_column(rows.columns, ("fclass", "type", "kind"))) and dimension == _LINE:
        words = rows[fclass].astype(str).str.lower()
        if words.isin([*WATERWAYS, "stream", "drain"]).mean() > 1 / 2:
            return LayerKind.BARRIERS
    for kind, names in _IN_NAME.items():
        if kind in may_be and any(word in table.name.lower() for word in names):
            return kind
    return LayerKind.STREETS if dimension == _LINE else None


def _dimension(rows: gpd.GeoDataFrame) -> int:
    """Say what most shapes are: points, lines or areas."""
    dimensions = shapely.get_dimensions(np.asarray(rows.geometry.array, dtype=np.object_))
    return int(np.bincount(dimensions[dimensions >= 0], minlength=1).argmax())


def _layer(table: ShapeTable, kind: LayerKind, source: LayerSource, noticed: Noticed) -> Layer:
    """Turn a table into a layer."""
    shapes = np.asarray(table.rows.geometry.array, dtype=np.object_)
    cells = table.rows.drop(columns=[table.rows.geometry.name]).reset_index(drop=True)
    return make_layer(kind, our_columns(cells, kind, noticed), shapes, source=source)


def _some_columns(rows: gpd.GeoDataFrame) -> str:
    """List the first columns, to help a person say what they are."""
    return ", ".join(str(name) for name in rows.columns[:8])


def _about_attribution(path: Path, *, is_osm: bool) -> tuple[Finding, ...]:
    """Say whom a map will name, and that it was concluded from the columns or is not known."""
    if is_osm:
        found = Finding(
            code="attribution-concluded",
            layer=path.name,
            what=f"Its columns are OpenStreetMap's: maps will say '{OSM_ATTRIBUTION}'.",
            severity=Severity.NOTE,
        )
    else:
        found = Finding(
            code="attribution-unknown",
            layer=path.name,
            what="The file does not say whom a map must name as its source.",
            done=f"Say it with --attribution, such as '{OSM_ATTRIBUTION}'.",
        )
    return (found,)


def _about_passed(path: Path, names: list[str]) -> tuple[Finding, ...]:
    """Say which tables were not used."""
    if not names:
        return ()
    found = Finding(
        code="table-not-used",
        layer=path.name,
        what=f"{len(names)} tables were not used.",
        done="Name them in files of their own to use them.",
        severity=Severity.NOTE,
        n_rows=len(names),
        rows=tuple(names[:5]),
    )
    return (found,)
