# SPDX-License-Identifier: Apache-2.0
"""
Labels on the xBD scale: the label files of one image (JSON with WKT), or outlines with ``subtype``.

Labels of images from before the event carry no grade: they give structures and no report.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from goldenhour.base.crs import WGS84
from goldenhour.base.errors import MissingColumnError, UnreadableFileError
from goldenhour.base.findings import Finding
from goldenhour.sources import graded_outlines
from goldenhour.sources.column_names import column_names
from goldenhour.sources.column_words import find_column
from goldenhour.sources.graded_outlines import Outlines, Product
from goldenhour.sources.handwriting import clean
from goldenhour.sources.noticing import Noticed
from goldenhour.sources.reading import Reading
from goldenhour.sources.vector_open import open_tables
from goldenhour.town.layers import LayerKind

NAME = "xbd"
LABEL = "Damage labels on the xBD scale (label JSON, GeoJSON, GeoPackage, GeoParquet, shapefile)"

_ATTRIBUTION = "xBD dataset (Defense Innovation Unit), CC BY-NC-SA 4.0"
_COLUMNS = frozenset({"subtype", "feature_type"})
_SHORT_COLUMNS = frozenset({"subtype", "feature_ty"})  # what a shapefile leaves of them
_FEATURE_TYPES = ("feature_type", "feature_ty")
_MARKS = (b'"lng_lat"', b'"features"')
_HEAD_BYTES = 65_536
_WORDS = frozenset({"no-damage", "minor-damage", "major-damage", "destroyed", "un-classified"})
_BUILDING = frozenset({"", "building"})


def recognises(path: Path) -> bool:
    """
    Say if this is a label file, or a table with the columns of labels.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    is_ours
        False for what cannot be opened; never raises.
    """
    if _is_label_file(path):
        return True
    found = ({name.lower() for name in names} for names in column_names(path).values())
    return any(names >= _COLUMNS or names >= _SHORT_COLUMNS for names in found)


def read(path: Path, *, recorded_at: datetime, want: LayerKind | None) -> Reading:
    """
    Read labels.

    Parameters
    ----------
    path
        A label file, or a file of outlines.
    recorded_at
        The moment of reading, aware UTC.
    want
        The only layer to give; None for all.

    Returns
    -------
    reading
        The outlines as structures, and a report for each graded one.

    Raises
    ------
    UnreadableFileError
        If a label file is cut or has no coordinates on earth.
    MissingColumnError
        If no table has a column ``subtype``.
    """
    noticed = Noticed(path.name)
    is_label_file = _is_label_file(path)
    tables, opened = _labels(path, noticed) if is_label_file else _tables(path)
    product = Product(
        path=path,
        scale="xbd",
        format=NAME,
        author="xBD labels",
        attribution=_ATTRIBUTION if is_label_file else "",
    )
    if not is_label_file:
        noticed.warn(
            "attribution-unknown",
            path.name,
            "The file does not say whom a map must name as its source.",
            "Say it with --attribution.",
        )
    made = graded_outlines.reading(
        [_outlines(name, rows, path, noticed) for name, rows in tables.items()],
        product,
        recorded_at=recorded_at,
        want=want,
        noticed=noticed,
    )
    return Reading(layers=made.layers, reports=made.reports, findings=opened + made.findings)


def _is_label_file(path: Path) -> bool:
    """Say if a JSON file has its features by kind of coordinate."""
    if path.suffix.lower() != ".json":
        return False
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return False
    return all(mark in head for mark in _MARKS)


def _tables(path: Path) -> tuple[dict[str, gpd.GeoDataFrame], tuple[Finding, ...]]:
    """Open the tables that have a subtype."""
    tables, opened = open_tables(path)
    ours = {t.name: t.rows for t in tables if find_column(t.rows.columns, ["subtype"])}
    if not ours:
        raise MissingColumnError(
            "It has no column 'subtype'.", where=path.name, do="Give the labels of an image."
        )
    return ours, opened


def _labels(
    path: Path, noticed: Noticed
) -> tuple[dict[str, gpd.GeoDataFrame], tuple[Finding, ...]]:
    """Read the labels of one image as a table."""
    try:
        content = json.loads(path.read_bytes())
        labels, about = content["features"]["lng_lat"], content.get("metadata") or {}
        rows = [_label(number, label, about, noticed) for number, label in enumerate(labels, 1)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableFileError(
            f"It cannot be read as labels of an image: {type(error).__name__}, {error}.",
            where=path.name,
            do="Check that it was copied completely.",
        ) from error
    if not rows:
        noticed.note("no-labels", path.name, "The image shows no buildings.")
    columns = ("uid", "subtype", "feature_type", "capture_date", "sensor", "geometry")
    table = {name: [row[name] for row in rows] for name in columns}
    return {path.stem: gpd.GeoDataFrame(table, geometry="geometry", crs=WGS84)}, ()


def _label(
    number: int, label: Mapping[str, Any], about: Mapping[str, Any], noticed: Noticed
) -> dict[str, Any]:
    """Take one label apart."""
    words = label.get("properties") or {}
    try:
        shape = shapely.from_wkt(label.get("wkt"))
    except (shapely.errors.ShapelyError, TypeError):
        noticed.warn("unreadable-shape", number, "A label's shape is no WKT.")
        shape = None
    return {
        "uid": words.get("uid"),
        "subtype": words.get("subtype"),
        "feature_type": words.get("feature_type"),
        "capture_date": about.get("capture_date"),
        "sensor": about.get("sensor"),
        "geometry": shape,
    }


def _outlines(name: str, table: gpd.GeoDataFrame, path: Path, noticed: Noticed) -> Outlines:
    """Take a table apart; what is no building is left out."""
    rows, numbers = graded_outlines.with_places(table, noticed)
    kinds = _words(rows, *_FEATURE_TYPES)
    is_building = np.array([kind.lower() in _BUILDING for kind in kinds], dtype=np.bool_)
    for row in np.flatnonzero(~is_building):
        noticed.refuse("not-a-structure", numbers[row], f"It is a '{kinds[row]}', no building.")
    rows = gpd.GeoDataFrame(rows[is_building].reset_index(drop=True))
    numbers = [numbers[row] for row in np.flatnonzero(is_building)]
    codes = _words(rows, "subtype")
    for number, code in zip(numbers, codes, strict=True):
        if code and code.lower() not in _WORDS:
            what = f"'{code}' is no word of the xBD scale."
            noticed.warn("unknown-damage-class", number, what, "Kept as text.")
    shapes = graded_outlines.flat(np.asarray(rows.geometry.array, dtype=np.object_))
    return Outlines(
        shapes=shapes,
        rows=numbers,
        ids=graded_outlines.ids(rows, ("uid", "id"), shapes, prefix="xbd"),
        codes=codes,
        sensors=_words(rows, "sensor"),
        days=graded_outlines.days(rows, numbers=numbers, names=(path.stem, name), noticed=noticed),
    )


def _words(rows: gpd.GeoDataFrame, *names: str) -> list[str]:
    """Take a column as text, blanks if there is none."""
    column = find_column(rows.columns, names)
    return [""] * len(rows) if column is None else [clean(cell) for cell in rows[column]]
