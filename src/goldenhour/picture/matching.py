# SPDX-License-Identifier: Apache-2.0
"""
Which structure a report speaks of.

First by the id it names; else by place: inside an outline, or the nearest structure within the
stated position error. One product says one thing of a structure, so two of its points never share
one unless both lie inside its outline. What matches nothing becomes a structure of its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from goldenhour.base import facts
from goldenhour.picture.known import metric_shapes
from goldenhour.reports.report import Report
from goldenhour.reports.said import ReportKind
from goldenhour.town.town import Objects, Town

ABOUT_STRUCTURES = (ReportKind.DAMAGE, ReportKind.VISIT)
NONE = -1
"""In place of a structure's number: no structure."""

_ID_DIGITS = 12
_NEIGHBOURS = 8  # of a point; those further off weigh nothing
_Product = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Marks:
    """Different points of different products; several epochs of one point are one mark."""

    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    products: list[frozenset[_Product]]
    reports: list[list[int]]

    @property
    def n(self) -> int:
        """Number of marks."""
        return len(self.products)


def structures_of(town: Town, reports: list[Report], shape: Objects) -> NDArray[np.int64]:
    """
    Find the structure of each report.

    Parameters
    ----------
    town
        The town, with the structures that only reports have placed.
    reports
        Reports of damage and of visits.
    shape
        Their places in the town's metric system. Shape ``(n,)``, objects.

    Returns
    -------
    structure
        Structure numbers, ``NONE`` where nothing fits. Shape ``(n,)``, int64.
    """
    structure = _by_name(town, reports)
    marks = _marks(reports, shape, np.flatnonzero(structure == NONE))
    of_mark = _nearest(town, marks)
    for mark, rows in enumerate(marks.reports):
        structure[rows] = of_mark[mark]
    return structure


def mistaken_share(
    town: Town, reports: list[Report], shape: Objects, structure: NDArray[np.int64]
) -> NDArray[np.float64]:
    """
    Say how likely a report means another structure than the one that it was given to.

    A point lies about ``picture.point_error_m`` from the middle of what it means (Gaussian); where
    structures stand close together it may mean a neighbour.

    Parameters
    ----------
    town
        The town.
    reports
        Reports of damage and of visits.
    shape
        Their places in the town's metric system. Shape ``(n,)``, objects.
    structure
        From ``structures_of``. Shape ``(n,)``.

    Returns
    -------
    share
        0 to 1; 0 for a report that names its structure or draws an outline. Shape ``(n,)``.
    """
    share = np.zeros(len(reports))
    named = np.array([bool(report.about) for report in reports], dtype=np.bool_)
    is_point = shapely.get_type_id(shape) == shapely.GeometryType.POINT
    rows = np.flatnonzero((structure != NONE) & is_point & ~named)
    if not len(rows):
        return share
    spots = np.column_stack([town.structures.x_m, town.structures.y_m])
    at = np.column_stack([shapely.get_x(shape[rows]), shapely.get_y(shape[rows])])
    n_near = min(_NEIGHBOURS, len(spots))
    away_m, near = cKDTree(spots).query(at, k=[*range(1, 1 + n_near)])
    own_m = np.hypot(*(spots[structure[rows]] - at).T)
    away_m = np.where(near == structure[rows, None], np.inf, away_m)
    least_m = np.minimum(own_m, away_m.min(axis=1))
    spread = 2 * facts.number("picture.point_error_m") ** 2
    others = np.exp((least_m[:, None] ** 2 - away_m**2) / spread).sum(axis=1)
    share[rows] = others / (others + np.exp((least_m**2 - own_m**2) / spread))
    return share


def unplaced_structures(
    town: Town, reports: Iterable[Report]
) -> tuple[Objects, NDArray[np.float64], NDArray[np.float64]]:
    """
    Find the structures that reports of damage or visits speak of and no layer lists.

    Parameters
    ----------
    town
        The town as its layers list it.
    reports
        All reports.

    Returns
    -------
    ids, x_m, y_m
        For ``town.build.with_reported``: ids made from the ids of reports, and metres in the
        town's metric system. Points of different dates within ``picture.cluster_m`` are one
        structure. Shape ``(n,)`` each.
    """
    about = [report for report in reports if report.said.kind in ABOUT_STRUCTURES]
    about.sort(key=lambda report: (report.recorded_at, report.seen_from, report.id))
    shape = metric_shapes(town, about)
    missing = _by_name(town, about) == NONE
    marks = _marks(about, shape, np.flatnonzero(missing))
    founders = _founders(marks, np.flatnonzero(_nearest(town, marks) == NONE))
    ids = np.empty(len(founders), dtype=np.object_)
    ids[:] = [f"report/{about[marks.reports[mark][0]].id[:_ID_DIGITS]}" for mark in founders]
    return ids, marks.x_m[founders], marks.y_m[founders]


def bodies(town: Town) -> Objects:
    """
    Give every structure a shape.

    Parameters
    ----------
    town
        The town.

    Returns
    -------
    body
        Outlines in the town's metric system, points where there is none. Shape
        ``(n_structures,)``, objects.
    """
    listed = town.structures
    points = np.asarray(shapely.points(listed.x_m, listed.y_m), dtype=np.object_)
    return np.where(shapely.is_missing(listed.outline), points, listed.outline)


def _by_name(town: Town, reports: list[Report]) -> NDArray[np.int64]:
    """Find the structures that reports name by id."""
    structure = np.full(len(reports), NONE, dtype=np.int64)
    named = [row for row, report in enumerate(reports) if report.about]
    if named:
        number = {key: i for i, key in enumerate(town.structures.id.tolist())}
        structure[named] = [number.get(reports[row].about, NONE) for row in named]
    return structure


def _marks(reports: list[Report], shape: Objects, rows: NDArray[np.int64]) -> _Marks:
    """Gather the reports of one product on one spot; a visit stands for itself."""
    rows = rows[~shapely.is_missing(shape[rows])]
    points = shapely.point_on_surface(shape[rows])
    x_m, y_m = shapely.get_x(points), shapely.get_y(points)
    groups: dict[object, list[int]] = defaultdict(list)
    for i, row in enumerate(rows.tolist()):
        report = reports[row]
        is_visit = report.said.kind is ReportKind.VISIT
        source = report.id if is_visit else (report.source.name, report.source.reference)
        groups[(source, x_m[i], y_m[i])].append(i)
    first = [members[0] for members in groups.values()]
    return _Marks(
        x_m=x_m[first],
        y_m=y_m[first],
        products=[
            frozenset(_product(reports[rows[i]]) for i in members) for members in groups.values()
        ],
        reports=[rows[members].tolist() for members in groups.values()],
    )


def _product(report: Report) -> _Product:
    """Name the product and epoch that a report is part of; every visit is one of its own."""
    if report.said.kind is ReportKind.VISIT:
        return (report.id,)
    return (report.source.name, report.source.reference, report.seen_from)


def _nearest(town: Town, marks: _Marks) -> NDArray[np.int64]:
    """Give each mark its structure: nearest pairs first, each structure once per product."""
    found = np.full(marks.n, NONE, dtype=np.int64)
    taken: dict[int, set[_Product]] = defaultdict(set)
    fallback = np.full(marks.n, NONE, dtype=np.int64)
    for mark, structure, is_inside in _pairs(town, marks):
        if found[mark] != NONE:
            continue
        if is_inside or taken[structure].isdisjoint(marks.products[mark]):
            found[mark] = structure
            taken[structure] |= marks.products[mark]
        elif town.structures.from_report[structure] and fallback[mark] == NONE:
            fallback[mark] = structure  # its own structure went to a nearer one: never dropped
    return np.where(found == NONE, fallback, found)


def _pairs(town: Town, marks: _Marks) -> Iterator[tuple[int, int, bool]]:
    """List marks with the structures near them, the nearest pairs first."""
    listed = town.structures
    if not marks.n or not listed.n:
        return
    body = bodies(town)
    points = np.asarray(shapely.points(marks.x_m, marks.y_m), dtype=np.object_)
    reach_m = facts.number("picture.match_m")
    mark, structure = shapely.STRtree(body).query(points, predicate="dwithin", distance=reach_m)
    away_m = shapely.distance(points[mark], body[structure])
    only_reported = listed.from_report[structure]
    kept = ~only_reported | (away_m <= facts.number("picture.cluster_m"))
    mark, structure, away_m = mark[kept], structure[kept], away_m[kept]
    is_inside = (away_m == 0) & ~shapely.is_missing(listed.outline[structure])
    centre_m = np.hypot(
        listed.x_m[structure] - marks.x_m[mark], listed.y_m[structure] - marks.y_m[mark]
    )
    order = np.lexsort((structure, marks.y_m[mark], marks.x_m[mark], centre_m, away_m))
    yield from zip(
        mark[order].tolist(), structure[order].tolist(), is_inside[order].tolist(), strict=True
    )


def _founders(marks: _Marks, left: NDArray[np.int64]) -> list[int]:
    """Choose the marks that become structures; later ones close by join the nearest of them."""
    if not len(left):
        return []
    spots = np.column_stack([marks.x_m[left], marks.y_m[left]])
    near = cKDTree(spots).query_ball_point(spots, facts.number("picture.cluster_m"))
    products: dict[int, set[_Product]] = {}
    for i, others in enumerate(near):
        mine = marks.products[left[i]]
        hosts = [j for j in others if j in products and products[j].isdisjoint(mine)]
        if hosts:
            away_m = np.hypot(*(spots[hosts] - spots[i]).T)
            products[hosts[int(np.argmin(away_m))]] |= mine
        else:
            products[i] = set(mine)
    return [int(left[i]) for i in products]
