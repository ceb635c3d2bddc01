# SPDX-License-Identifier: Apache-2.0
"""Rows of registers of hazard areas: from files of shapes, or tables with WKT or points."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

from goldenhour.base.errors import MissingColumnError
from goldenhour.base.findings import Finding
from goldenhour.sources import csv_rows
from goldenhour.sources.column_names import column_names
from goldenhour.sources.handwriting import clean, decimal
from goldenhour.sources.noticing import Noticed
from goldenhour.sources.vector_open import open_tables

_TEXT = (".csv", ".tsv", ".txt")
STATUS = (
    "status",
    "hazard_status",
    "land_status",
    "area_status",
    "release_status",
    "land_release_status",
    "contamination_status",
    "current_status",
    "statusenum",
    "الحالة",
)
TYPE = (
    "hazard_type",
    "area_type",
    "ha_type",
    "classification",
    "hazard_class",
    "category",
    "type",
    "hazard",
    "النوع",
)
DATE = (
    "status_date",
    "release_date",
    "completion_date",
    "clearance_date",
    "survey_date",
    "date_of_survey",
    "report_date",
    "date_of_report",
    "date",
    "seen",
    "last_update",
    "dataentrydate",
    "التاريخ",
)
_LON = ("lon", "longitude", "long", "lng", "x", "خط_الطول")
_LAT = ("lat", "latitude", "y", "خط_العرض")
_WKT = ("wkt", "geometry", "geom", "the_geom", "shape", "polygon")
RADIUS = ("radius_m", "radius", "buffer_m", "نصف_القطر")
AREA = ("area_m2", "area_sqm", "areasize", "area_size", "size_m2", "المساحة")
ID = ("hazard_localid", "hazreduc_localid", "hazard_id", "localid", "imsma_id", "id", "name")
SOURCE = ("organisation", "organization", "operator", "source", "reported_by", "agency", "المصدر")
_TELLING = re.compile(
    r"minefield|imsma|hazard_(local|gu)id|haz(ard_?)?reduc|hazardous_?area|land_?release|"
    r"explosive_(hazard|ordnance|area)|(^|_)(uxo|erw|sha|cha)s?(_|$)|لغم|ألغام"
)
_HAZARD_AND_STATUS = frozenset({"hazard", "status"})
_DBF_LETTERS = 10
_SRID = re.compile(r"\s*SRID=\d+;", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """
    One row of a register.

    Parameters
    ----------
    row
        Its line, or table and row number.
    cells
        By column name, lower case, spaces as underscores.
    shape
        Where it is, EPSG:4326; None if the row does not say.
    """

    row: object
    cells: Mapping[str, str]
    shape: BaseGeometry | None

    def get(self, *names: str) -> str:
        """Take the first of several columns that holds something; shapefiles cut their names."""
        cut = (key for name in names for key in (name, name[:_DBF_LETTERS]))
        return next((self.cells[key] for key in cut if self.cells.get(key)), "")


def is_register(path: Path) -> bool:
    """
    Say if columns or names speak of mines or hazardous areas, and of a status or type.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    is_register
        False for what cannot be opened; never raises.
    """
    if _is_text(path):
        names = csv_rows.header(path)
        has_place = bool(set(names) & set(_LON) and set(names) & set(_LAT))
        return (has_place or bool(set(names) & set(_WKT))) and _is_ours(path.stem, names)
    return any(
        _is_ours(f"{path.stem}_{table}", names) for table, names in column_names(path).items()
    )


def areas_in(path: Path, noticed: Noticed) -> tuple[list[Area], tuple[Finding, ...]]:
    """
    Read all rows of a register.

    Parameters
    ----------
    path
        A file of shapes, or a CSV.
    noticed
        Told of places that cannot be read.

    Returns
    -------
    areas, findings
        The rows, and what was noticed while opening a file of shapes.

    Raises
    ------
    MissingColumnError
        If a CSV has no place.
    """
    if _is_text(path):
        return _from_text(path, noticed), ()
    tables, opened = open_tables(path)
    return [area for table in tables for area in _from_shapes(table.name, table.rows)], opened


def _is_text(path: Path) -> bool:
    """Say if a file is a table of text."""
    return path.name.lower().endswith(_TEXT)


def _is_ours(name: str, columns: Iterable[str]) -> bool:
    """Say if a table is a register of hazard areas."""
    names = {_plain(column) for column in columns}
    has_standing = any({alias, alias[:_DBF_LETTERS]} & names for alias in (*STATUS, *TYPE))
    speaks = any(map(_TELLING.search, (*names, _plain(name))))
    return (has_standing and speaks) or names >= _HAZARD_AND_STATUS


def _plain(name: str) -> str:
    """Write a name the way we look for it."""
    return re.sub(r"[\s-]+", "_", name.strip().lower())


def _from_text(path: Path, noticed: Noticed) -> list[Area]:
    """Read the rows of a CSV."""
    rows = csv_rows.read_rows(path, noticed)
    names = set(rows[0].cells) if rows else set(_WKT)
    if not names & set(_WKT) and not (names & set(_LON) and names & set(_LAT)):
        raise MissingColumnError(
            "No columns say where: neither WKT nor longitude and latitude.",
            where=path.name,
            do="Name them 'wkt', or 'lon', 'lat' and 'radius_m'.",
        )
    areas = []
    for row in rows:
        try:
            outline = _outline(row.get(*_WKT))
            shape = outline or _point(row.get(*_LON), row.get(*_LAT))
        except ValueError:
            noticed.refuse("unreadable-place", row.line, "The place of an area cannot be read.")
            continue
        if row.get(*_WKT) and outline is None:
            what = "The outline of an area is no WKT."
            noticed.warn("no-outline", row.line, what, "Its point was taken, if it has one.")
        areas.append(Area(row=row.line, cells=row.cells, shape=shape))
    return areas


def _outline(text: str) -> BaseGeometry | None:
    """Read a shape as WKT; None if it is none."""
    try:
        return shapely.from_wkt(_SRID.sub("", text)) if text else None
    except shapely.errors.ShapelyError:
        return None


def _point(lon: str, lat: str) -> Point | None:
    """Read a position; nobody works at 0, 0."""
    degrees = decimal(lon), decimal(lat)
    if degrees[0] is None or degrees[1] is None or degrees == (0, 0):
        return None
    return Point(degrees[0], degrees[1])


def _from_shapes(table: str, rows: gpd.GeoDataFrame) -> Iterator[Area]:
    """Take a table with shapes apart."""
    shapes = list(rows.geometry)
    cells = rows.drop(columns=[rows.geometry.name])
    for number, feature in enumerate(cells.to_dict("records")):
        yield Area(
            row=f"{table}, {number + 1}",
            cells={_plain(str(name)): clean(value) for name, value in feature.items()},
            shape=shapes[number],
        )
