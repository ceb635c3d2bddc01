# SPDX-License-Identifier: Apache-2.0
"""
Copernicus EMS grading packages, as delivered: streets, structures, water, and what was graded.

A structure has the same id in every product that has the same outline, so that a later product's
grades find it; other outlines meet by where they lie. "Not affected" roads make no report (see
``ems_words.street_state``), and "Not Affected" structures under a cloud were not seen: they are
said to be unknown.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from goldenhour.base.errors import BadReportError, MissingColumnError
from goldenhour.base.grades import StreetState
from goldenhour.reports.make import make
from goldenhour.reports.report import Report, Source
from goldenhour.reports.said import DamageSaid, Said, StreetSaid
from goldenhour.sources import ems_layers, ems_words, opening
from goldenhour.sources.ems_dates import Seen, seen, source_list
from goldenhour.sources.handwriting import whole_day
from goldenhour.sources.noticing import Noticed
from goldenhour.sources.opening import NamedTable
from goldenhour.sources.reading import Reading
from goldenhour.sources.shaping import source_of
from goldenhour.sources.trust import credibility_of, reliability_of
from goldenhour.town.layers import Layer, LayerKind

NAME = "copernicus_ems"
LABEL = "Copernicus EMS grading package (zip, GeoPackage), 2016 and current schema"

ATTRIBUTION = "© European Union, Copernicus Emergency Management Service"
_PRODUCT = re.compile(r"EMS[RN]\d{3}", re.IGNORECASE)
_VERSIONED = re.compile(r"EMS[RN]\d{3}.*?_v\d+", re.IGNORECASE)
_UNSEEN = re.compile(r"ZD020|void collection|cloud|not analysed", re.IGNORECASE)
_ROAD_BLOCK = re.compile(r"road ?block", re.IGNORECASE)
_GRADES = ("grading", "damage_gra")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Product:
    """A package while it is read."""

    rows: Mapping[str, gpd.GeoDataFrame]  # by role, places present
    sources: Mapping[str, Seen]
    source: Source
    recorded_at: datetime
    noticed: Noticed


def recognises(path: Path) -> bool:
    """
    Say if the file or a member of the zip is named as a product and holds graded layers.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    is_ours
        False for what cannot be opened; never raises.
    """
    if path.suffix.lower() == ".gpkg":
        return bool(_PRODUCT.match(path.name))
    return any(
        _PRODUCT.search(path.name + name) and ems_words.role(Path(name).stem) is not None
        for name in opening.member_names(path)
    ) or (
        bool(_PRODUCT.search(path.name))
        and any(name.endswith(".gpkg") for name in opening.member_names(path))
    )


def read(path: Path, *, recorded_at: datetime, want: LayerKind | None) -> Reading:
    """
    Read a package.

    Parameters
    ----------
    path
        The zip as delivered, or a product's GeoPackage.
    recorded_at
        The moment of reading, aware UTC.
    want
        The only layer to give; None for all.

    Returns
    -------
    reading
        Layers; a report for every graded structure, and for roads whose grade says something.

    Raises
    ------
    MissingColumnError
        If the package holds none of a product's layers.
    """
    product, complaints = _open(path, recorded_at)
    source = source_of(path, NAME, attribution=ATTRIBUTION)
    layers: dict[LayerKind, Layer] = {}
    origins = None
    if (rows := product.rows.get("structures")) is not None:
        layers[LayerKind.STRUCTURES] = ems_layers.structures(rows, source)
    if (rows := product.rows.get("streets")) is not None:
        layers[LayerKind.STREETS], origins = ems_layers.streets(rows, source, product.noticed)
    if (rows := product.rows.get("barriers")) is not None:
        layers[LayerKind.BARRIERS] = ems_layers.barriers(rows, source)
    if (rows := product.rows.get("extent")) is not None:
        layers[LayerKind.PLACES] = ems_layers.places(rows, source)
    made = (
        *_damage(product, layers.get(LayerKind.STRUCTURES)),
        *_roads(product, layers.get(LayerKind.STREETS), origins),
        *_road_blocks(product),
    )
    reports = tuple({report.id: report for report in made}.values())
    if not reports:
        product.noticed.warn("no-grades", path.name, "No structure or road in it is graded.")
    return Reading(
        layers=_dated([layer for kind, layer in layers.items() if want in (None, kind)], reports),
        reports=reports,
        findings=complaints + product.noticed.findings(),
    )


def _open(path: Path, recorded_at: datetime) -> tuple[_Product, tuple[Any, ...]]:
    """Open a package and sort its tables by what they hold."""
    noticed = Noticed(path.name)
    unused: list[str] = []

    def is_wanted(name: str) -> bool:
        if ems_words.role(name) is None:
            unused.append(name)
        return ems_words.role(name) is not None

    found, complaints = opening.read_tables(path, wanted=is_wanted)
    tables: dict[str, list[NamedTable]] = {}
    for table in found:
        tables.setdefault(ems_words.role(table.name) or "", []).append(table)
    if not tables:
        raise MissingColumnError(
            "It holds none of the layers of a Copernicus EMS product.",
            where=path.name,
            do="Give the vector package, not the map or the whole activation.",
        )
    for name in unused:
        noticed.note("table-not-used", name, "Tables that say nothing on damage were not read.", "")
    names = [match[0] for table in found if (match := _VERSIONED.search(table.name))]
    source = Source(
        name="Copernicus EMS",
        reliability=reliability_of("ems"),
        reference=names[0] if names else path.stem,
    )
    product = _Product(
        rows=_with_places(tables, noticed),
        sources=source_list(tables.get("sources", [])),
        source=source,
        recorded_at=recorded_at,
        noticed=noticed,
    )
    return product, complaints


def _with_places(
    tables: Mapping[str, list[NamedTable]], noticed: Noticed
) -> dict[str, gpd.GeoDataFrame]:
    """Join the tables of each role; rows without a place are refused."""
    joined: dict[str, gpd.GeoDataFrame] = {}
    for role, several in tables.items():
        placed = [table.rows for table in several if "geometry" in table.rows and len(table.rows)]
        if not placed:
            continue
        rows = pd.concat(placed, ignore_index=True)
        missing = rows.geometry.isna() | rows.geometry.is_empty
        for row in rows.index[missing]:
            noticed.refuse("no-place", int(row) + 1, f"A row of {role} has no place.")
        if not missing.all():
            joined[role] = rows[~missing].reset_index(drop=True)
    return joined


def _damage(product: _Product, structures: Layer | None) -> Iterator[Report]:
    """Say the grade of every structure and of every graded point."""
    unseen = _unseen_area(product)
    for role in ("structures", "structure_points"):
        rows = product.rows.get(role)
        column = None if rows is None else _grade_column(rows)
        if rows is None or column is None:
            continue
        points = shapely.point_on_surface(rows.geometry.to_numpy())
        hidden = shapely.within(points, unseen)
        ids = list(structures.table["id"]) if structures and role == "structures" else []
        scale = "ems-2016" if column == "grading" else "ems"
        for row, feature in enumerate(rows.to_dict("records")):
            look = seen(feature, product.sources)
            code, sensor = _code(product, row, feature[column], look, is_hidden=bool(hidden[row]))
            if code:
                yield from _report(
                    product,
                    DamageSaid(scale=scale, code=code, sensor=sensor),
                    row=row,
                    look=look,
                    where=points[row],
                    about=ids[row] if ids else "",
                )


def _code(
    product: _Product, row: int, grade: object, look: Seen, *, is_hidden: bool
) -> tuple[str, str]:
    """Give the native word, and the sensor; empty if the structure was not graded at all."""
    code = _word(grade)
    if not code:
        product.noticed.note("not-graded", row + 1, "A structure has no grade.", "No report made.")
        return "", ""
    if not ems_words.is_damage_word(code):
        product.noticed.warn(
            "unknown-damage-class", row + 1, f"'{code}' is no grade that we know.", "Kept as text."
        )
    if is_hidden and code.lower() in {"not affected", "no visible damage"}:
        product.noticed.warn(
            "graded-under-cloud",
            row + 1,
            f"A structure graded '{code}' lies where the product saw nothing (cloud).",
            "It counts as unknown.",
        )
        return "Unknown", f"{look.sensor}; '{code}' under cloud".removeprefix("; ")
    return code, look.sensor


def _word(grade: object) -> str:
    """Write a grade as the product has it, ``Null`` and ``Unk`` too; empty if there is none."""
    return str(grade).strip() if isinstance(grade, str) else ""


def _roads(
    product: _Product, streets: Layer | None, origins: pd.DataFrame | None
) -> Iterator[Report]:
    """Say the state of roads and bridges whose grade says something about passing."""
    if streets is not None and origins is not None and (column := _grade_column(origins)):
        table = streets.table
        yield from _states(product, origins, column, table.geometry.to_numpy(), list(table["id"]))
    points = product.rows.get("street_points")
    if points is not None and (column := _grade_column(points)):
        yield from _states(product, points, column, points.geometry.to_numpy(), None)


def _states(
    product: _Product,
    rows: pd.DataFrame,
    column: str,
    places: Any,  # noqa: ANN401 - an array of shapes
    ids: Sequence[str] | None,
) -> Iterator[Report]:
    """Make the reports of one table of roads."""
    for row, feature in enumerate(rows.to_dict("records")):
        grade = _word(feature[column])
        state = ems_words.street_state(grade)
        if state is None:
            product.noticed.note(
                "road-grade-says-nothing",
                row + 1,
                f"A road is graded '{grade or 'nothing'}': that does not say that one can pass.",
                "No report made; the road stays unknown.",
            )
            continue
        yield from _report(
            product,
            StreetSaid(state=state[0], modes=state[1], cause=f"graded {grade} from space"),
            row=row,
            look=seen(feature, product.sources),
            where=places[row],
            about="" if ids is None else ids[row],
        )


def _road_blocks(product: _Product) -> Iterator[Report]:
    """Say where the image shows a blocked road."""
    rows = product.rows.get("events")
    if rows is None:
        return
    for row, feature in enumerate(rows.to_dict("records")):
        if _ROAD_BLOCK.search(str(feature.get("interpret", ""))):
            yield from _report(
                product,
                StreetSaid(state=StreetState.CLOSED, cause="road block"),
                row=row,
                look=seen(feature, product.sources),
                where=feature["geometry"],
                about="",
            )


def _report(
    product: _Product, said: Said, *, row: int, look: Seen, where: BaseGeometry, about: str
) -> Iterator[Report]:
    """Make a report; none, and noticed, if the row cannot be dated or placed."""
    if look.when is None:
        product.noticed.refuse("no-date", row + 1, f"A graded row ({said.kind}) has no image date.")
        return
    if look.is_by_interpretation:
        product.noticed.warn(
            "dated-by-interpretation",
            row + 1,
            "The date of the image is not stated; the outline is older than the event.",
            "Dated by the day of interpretation.",
        )
    seen_from, seen_to = whole_day(look.when)
    try:
        yield make(
            said,
            source=product.source,
            seen_from=seen_from,
            seen_to=seen_to,
            recorded_at=product.recorded_at,
            where=where,
            about=about,
            credibility=credibility_of("ems"),
        )
    except BadReportError as error:
        product.noticed.refuse("impossible-report", row + 1, error.what)


def _grade_column(rows: pd.DataFrame) -> str | None:
    """Find the column of grades."""
    return next((name for name in _GRADES if name in rows.columns), None)


def _unseen_area(product: _Product) -> BaseGeometry:
    """Join the areas in which the product says that it saw nothing."""
    rows = product.rows.get("notes")
    if rows is None:
        return shapely.Polygon()
    texts = [ems_layers.text(row, "subtype", "obj_type") for _, row in rows.iterrows()]
    is_unseen: Callable[[str], object] = _UNSEEN.search
    return shapely.union_all(rows.geometry.to_numpy()[[bool(is_unseen(text)) for text in texts]])


def _dated(layers: Sequence[Layer], reports: Sequence[Report]) -> tuple[Layer, ...]:
    """Give layers the day of the product's last image."""
    latest = max((report.seen_from for report in reports), default=None)
    if latest is None:
        return tuple(layers)
    day = latest.date().isoformat()
    return tuple(replace(layer, source=replace(layer.source, data_date=day)) for layer in layers)
