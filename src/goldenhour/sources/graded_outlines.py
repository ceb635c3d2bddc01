# SPDX-License-Identifier: Apache-2.0
"""Outlines that carry a damage grade of their own: one structure and one report each."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.base.errors import BadReportError
from goldenhour.reports.make import make
from goldenhour.reports.report import Report, ReportId, Source
from goldenhour.reports.said import DamageSaid
from goldenhour.sources.column_words import find_column
from goldenhour.sources.handwriting import clean, day, whole_day
from goldenhour.sources.noticing import Noticed
from goldenhour.sources.outline_ids import ids_by_place
from goldenhour.sources.reading import Reading
from goldenhour.sources.shaping import make_layer, source_of
from goldenhour.sources.trust import credibility_of, reliability_of
from goldenhour.town.layers import Layer, LayerKind

_DATES = ("image_date", "image_dat", "capture_date", "capture_da", "acquisition_date", "date")
_DATE_IN_NAME = re.compile(r"(?<!\d)(20\d\d)[-_]?([01]\d)[-_]?([0-3]\d)(?!\d)")
_GLOBAL_ID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlines:
    """
    Outlines of one table, row for row.

    Parameters
    ----------
    shapes
        Flat, EPSG:4326; all are there. Shape ``(n,)``, objects.
    rows
        Their row numbers in the file, from 1.
    ids
        Ids of structures, the same in every file that has the same outlines.
    codes
        Native codes; empty where the file gives none.
    sensors
        What saw them, and what else the file says of the code.
    days
        When they were seen; None where nobody says.
    """

    shapes: NDArray[np.object_]
    rows: Sequence[int]
    ids: Sequence[str]
    codes: Sequence[str]
    sensors: Sequence[str]
    days: Sequence[date | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """
    What all outlines of a file share.

    Parameters
    ----------
    path
        The file.
    scale
        Native scale of its codes, which is also the short name of its source.
    format
        The source module's name.
    author
        Who says so.
    attribution
        Words a map must show; empty if nobody knows.
    """

    path: Path
    scale: str
    format: str
    author: str
    attribution: str


def with_places(table: gpd.GeoDataFrame, noticed: Noticed) -> tuple[gpd.GeoDataFrame, list[int]]:
    """
    Leave out rows without a place, and name them.

    Parameters
    ----------
    table
        Rows as delivered, EPSG:4326.
    noticed
        Told of rows left out.

    Returns
    -------
    table, rows
        What has a place, EPSG:4326, and the row numbers from 1.
    """
    missing = (table.geometry.isna() | table.geometry.is_empty).to_numpy()
    for row in np.flatnonzero(missing):
        noticed.refuse("no-place", int(row) + 1, "An outline has no place.")
    kept = gpd.GeoDataFrame(table[~missing].reset_index(drop=True))
    return kept, [int(row) + 1 for row in np.flatnonzero(~missing)]


def flat(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """
    Make outlines plain: no heights, and one part written as one polygon.

    Parameters
    ----------
    shapes
        Shape ``(n,)``, objects.

    Returns
    -------
    shapes
        Shape ``(n,)``, objects.
    """
    plain = np.asarray(shapely.force_2d(shapes), dtype=np.object_)
    single = shapely.get_num_geometries(plain) == 1
    return np.where(single, shapely.get_geometry(plain, 0), plain)


def ids(
    table: gpd.GeoDataFrame, columns: Sequence[str], shapes: NDArray[np.object_], *, prefix: str
) -> list[str]:
    """
    Name outlines by the file's worldwide ids; by where they lie if it has none.

    Row numbers and other short ids mean another structure in another file: they are not used.

    Parameters
    ----------
    table
        Rows, EPSG:4326.
    columns
        Where an id may stand, the best first.
    shapes
        Their flat shapes. Shape ``(n,)``, objects.
    prefix
        What ids made from places begin with.

    Returns
    -------
    ids
        All different.
    """
    for name in columns:
        if column := find_column(table.columns, [name]):
            found = [clean(cell) for cell in table[column]]
            if all(map(_GLOBAL_ID.fullmatch, found)) and len(set(found)) == len(found):
                return found
    return ids_by_place(shapes, prefix)


def days(
    table: gpd.GeoDataFrame, *, numbers: Sequence[int], names: Sequence[str], noticed: Noticed
) -> list[date | None]:
    """
    Date every row: by a column, else by the day in a file's or table's name.

    Parameters
    ----------
    table
        Rows, EPSG:4326.
    numbers
        Row numbers in the file, from 1.
    names
        Names in which a day may stand, such as ``skysat_20250329_predictions``.
    noticed
        Told of cells that are no dates, and of a day taken from a name.

    Returns
    -------
    days
        None where nobody says.
    """
    found: list[date | None] = [None] * len(table)
    if column := find_column(table.columns, _DATES):
        for row, cell in enumerate(table[column]):
            try:
                found[row] = day(cell)
            except ValueError:
                noticed.warn("unreadable-date", numbers[row], f"'{cell}' is not clearly a date.")
    in_name = next((when for name in names if (when := day_in(name))), None)
    if in_name and None in found:
        noticed.warn(
            "dated-by-name",
            names[0],
            f"Rows have no date; the name of the file says {in_name.isoformat()}.",
            "They count as seen on that day.",
        )
    return [when or in_name for when in found]


def day_in(name: str) -> date | None:
    """
    Find a day in a name.

    Parameters
    ----------
    name
        Such as ``skysat_20250329_080228_predictions_merged``.

    Returns
    -------
    day
        The first; None if there is none.
    """
    for match in _DATE_IN_NAME.finditer(name):
        try:
            return date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:  # such as 20251399, the number of an image
            continue
    return None


def reading(
    outlines: Sequence[Outlines],
    product: Product,
    *,
    recorded_at: datetime,
    want: LayerKind | None,
    noticed: Noticed,
) -> Reading:
    """
    Make the structures layer and the reports.

    Parameters
    ----------
    outlines
        Tables of the file.
    product
        What they share.
    recorded_at
        The moment of reading, aware UTC.
    want
        The only layer to give; None for all.
    noticed
        Told of what makes no report.

    Returns
    -------
    reading
        One structure for each outline, one report for each that is graded and dated.
    """
    source = Source(
        name=product.author,
        reliability=reliability_of(product.scale),
        reference=product.path.name,
    )
    reports: dict[ReportId, Report] = {}
    for table in outlines:
        for report in _reports(table, product.scale, source, recorded_at, noticed):
            if report.id in reports:
                noticed.note("repeated-rows", report.about, "An outline is listed twice.", "Once.")
            reports[report.id] = report
    if product.attribution:
        words = f"Show with anything made from it: {product.attribution}."
        noticed.note("attribution", product.path.name, words)
    layers = (_layer(outlines, product),) if want in {None, LayerKind.STRUCTURES} else ()
    return Reading(layers=layers, reports=tuple(reports.values()), findings=noticed.findings())


def _layer(outlines: Sequence[Outlines], product: Product) -> Layer:
    """Join the outlines of all tables, each once."""
    shapes: dict[str, object] = {}
    for table in outlines:
        for key, shape in zip(table.ids, table.shapes, strict=True):
            shapes.setdefault(key, shape)
    column = np.empty(len(shapes), dtype=np.object_)
    column[:] = list(shapes.values())
    last = max((when for table in outlines for when in table.days if when), default=None)
    source = source_of(
        product.path,
        product.format,
        attribution=product.attribution,
        data_date=last.isoformat() if last else "",
    )
    return make_layer(LayerKind.STRUCTURES, {"id": list(shapes)}, column, source=source)


def _reports(
    table: Outlines, scale: str, source: Source, recorded_at: datetime, noticed: Noticed
) -> list[Report]:
    """Make the reports of one table; what is not graded or not dated is noticed."""
    made = []
    points = shapely.point_on_surface(table.shapes)
    credibility = credibility_of(scale)
    spans: Mapping[date, tuple[datetime, datetime]] = {
        when: whole_day(when) for when in set(table.days) if when
    }
    for i, (row, code, when) in enumerate(zip(table.rows, table.codes, table.days, strict=True)):
        if not code:
            noticed.note("not-graded", row, "A structure has no grade.", "No report made.")
            continue
        if when is None:
            noticed.refuse(
                "no-date",
                row,
                "A graded structure has no image date.",
                "It has no report; put the image's day into the file's name, such as _20250329.",
            )
            continue
        try:
            report = make(
                DamageSaid(scale=scale, code=code, sensor=table.sensors[i]),
                source=source,
                seen_from=spans[when][0],
                seen_to=spans[when][1],
                recorded_at=recorded_at,
                where=points[i],
                about=table.ids[i],
                credibility=credibility,
            )
        except BadReportError as error:
            noticed.refuse("impossible-report", row, error.what)
        else:
            made.append(report)
    return made
