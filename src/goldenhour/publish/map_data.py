# SPDX-License-Identifier: Apache-2.0
"""What the map draws: streets, structures, areas, people and reports as columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from goldenhour.picture.belief import Evidence, Picture
from goldenhour.publish.map_bands import add_bands
from goldenhour.publish.map_columns import Columns
from goldenhour.publish.map_reports import said_in_short
from goldenhour.publish.map_shapes import Shapes
from goldenhour.publish.reach import ReachArea
from goldenhour.siting.plan import Plan
from goldenhour.siting.screening.table import Screening
from goldenhour.times.reached import Reached
from goldenhour.town.town import Objects, Town

UNSERVED_CELLS_M = {"unserved": 150.0, "unserved_far": 600.0}
"""Side of the squares, in metres, in which people who are not reached are summed, near and far."""

_NOT_KNOWN = 255
_PERCENT = 100
_TENTHS = 10
_MINUTE_S = 60
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RANKS = {
    "motorway": 4, "trunk": 4, "primary": 4, "secondary": 3, "tertiary": 3,
    "unclassified": 2, "residential": 2, "living_street": 2, "road": 2, "": 2,
    "service": 1, "track": 1,
    "pedestrian": 0, "footway": 0, "path": 0, "steps": 0, "cycleway": 0, "bridleway": 0,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """
    All that goes on one map.

    Parameters
    ----------
    town
        The town.
    picture
        What is believed.
    plan
        The plan; None shows the picture alone.
    screening
        Why each structure is or is not a candidate.
    reach
        Areas within reach of each site.
    reached
        What is within reach of named places; None if that was not asked.
    """

    town: Town
    picture: Picture
    plan: Plan | None
    screening: Screening
    reach: Sequence[ReachArea]
    reached: Reached | None = None


def add_layers(columns: Columns, shown: Shown) -> None:
    """
    Add every layer that the map draws or opens.

    Parameters
    ----------
    columns
        Where they go.
    shown
        What goes on the map.
    """
    shapes = Shapes(columns, shown.town.crs)
    _add_streets(columns, shapes, shown)
    _add_structures(columns, shapes, shown)
    _add_screening(columns, shown.screening)
    _add_unserved(columns, shapes, shown)
    _add_areas(columns, shapes, shown)
    _add_reports(columns, shown.picture)
    if shown.reached:
        add_bands(columns, shapes, shown.reached)


def _add_streets(columns: Columns, shapes: Shapes, shown: Shown) -> None:
    """Add street lines with their state, rubble, name and the reports behind them."""
    streets, belief = shown.town.streets, shown.picture.streets
    shapes.add_lines("street", streets.line)
    links = {c: _RANKS.get(str(c).removesuffix("_link"), 2) for c in set(streets.highway)}
    columns.add_bytes("street.rank", np.array([links[c] for c in streets.highway], np.uint8))
    columns.add_bytes("street.vehicle", belief.state_vehicle)
    columns.add_bytes("street.stretcher", belief.state_stretcher)
    columns.add_bytes("street.rubble", _percent(belief.rubble_share))
    columns.add_bytes("street.bridge", streets.bridge)
    columns.add_bytes("street.expired", belief.expired)
    columns.add_ints("street.expires", _epoch_minutes(belief.expires_at))
    columns.add_words("street.name", streets.name)
    columns.add_words("street.name_ar", streets.name_ar)
    _add_evidence(columns, "street", belief.evidence)


def _add_structures(columns: Columns, shapes: Shapes, shown: Shown) -> None:
    """Add structures with their outline, damage, people, and the reports behind them."""
    structures, damage = shown.town.structures, shown.picture.damage
    shapes.add_points("structure", structures.x_m, structures.y_m)
    shapes.add_areas("outline", structures.outline)
    columns.add_text("structure.id", structures.id)
    columns.add_words("structure.use", structures.use)
    columns.add_words("structure.name", structures.name)
    columns.add_words("structure.name_ar", structures.name_ar)
    columns.add_ints("structure.area_m2", _whole(structures.area_m2))
    columns.add_bytes("structure.grade", _percent(damage.p_grade))
    columns.add_bytes("structure.dominant", np.argmax(damage.p_grade, axis=1))
    columns.add_bytes("structure.visited", damage.visited)
    columns.add_bytes("structure.verdict", damage.verdict)
    columns.add_bytes("structure.from_report", structures.from_report)
    columns.add_ints("structure.people", _whole(people_of(shown) * _TENTHS))
    _add_evidence(columns, "structure", damage.evidence)
    if shown.plan:
        columns.add_ints("structure.tsp_s", _whole(shown.plan.home_tsp_s))
        columns.add_ints("structure.site", shown.plan.home_site)
        columns.add_bytes("structure.served", shown.plan.home_served)


def _add_screening(columns: Columns, screening: Screening) -> None:
    """Add each tier's verdicts, row by row."""
    for entry in screening.tiers:
        columns.add_bytes(f"screening.{entry.tier.value}", entry.verdict)


def people_of(shown: Shown) -> NDArray[np.float64]:
    """
    Tell how many people live in each structure.

    Parameters
    ----------
    shown
        What goes on the map.

    Returns
    -------
    people
        As the plan counts them, else as the picture does. Shape ``(n_structures,)``.
    """
    return shown.plan.home_people if shown.plan else shown.picture.people.people


def _add_unserved(columns: Columns, shapes: Shapes, shown: Shown) -> None:
    """Add people whom no plan reaches, summed over small squares, at their middle."""
    people = people_of(shown)
    missed = people > 0 if shown.plan is None else (people > 0) & ~shown.plan.home_served
    x_m, y_m = shown.town.structures.x_m[missed], shown.town.structures.y_m[missed]
    for name, side_m in UNSERVED_CELLS_M.items():
        middle_x_m, middle_y_m, sums = squares(x_m, y_m, people[missed], side_m)
        shapes.add_points(name, middle_x_m, middle_y_m)
        columns.add_ints(f"{name}.people", _whole(sums * _TENTHS))


def squares(
    x_m: NDArray[np.float64],
    y_m: NDArray[np.float64],
    people: NDArray[np.float64],
    side_m: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """
    Sum people over small squares.

    Parameters
    ----------
    x_m
        Eastings of their homes in metres. Shape ``(n,)``.
    y_m
        Northings in metres. Shape ``(n,)``.
    people
        People of each home, more than none. Shape ``(n,)``.
    side_m
        Side of the squares in metres.

    Returns
    -------
    x_m, y_m
        Middle of the people of each square in metres. Shape ``(n_squares,)`` each.
    people
        Their sum. Shape ``(n_squares,)``.
    """
    cells = np.floor(np.stack([x_m, y_m], axis=1) / side_m).astype(np.int64)
    _, square = np.unique(cells, axis=0, return_inverse=True)
    sums: NDArray[np.float64] = np.bincount(square.ravel(), weights=people).astype(np.float64)
    middle = [np.bincount(square.ravel(), weights=people * axis) / sums for axis in (x_m, y_m)]
    return middle[0], middle[1], sums


def _add_areas(columns: Columns, shapes: Shapes, shown: Shown) -> None:
    """Add reach areas, hazards, water and walls, and places."""
    town, picture = shown.town, shown.picture
    shapes.add_areas("reach", _objects([area.shape for area in shown.reach]))
    shapes.add_areas("hazard", _objects([area.shape for area in picture.hazards]))
    shapes.add_areas("barrier_area", town.barriers.shape)
    shapes.add_lines("barrier_line", town.barriers.shape)
    shapes.add_areas("place_area", town.places.shape)
    middle = [shape.representative_point() for shape in town.places.shape]
    shapes.add_points(
        "place", np.array([p.x for p in middle], float), np.array([p.y for p in middle], float)
    )
    columns.add_text("place.name", town.places.name)
    columns.add_text("place.name_ar", town.places.name_ar)
    columns.add_words("place.kind", town.places.kind)
    columns.add_words("barrier.kind", town.barriers.kind)
    columns.add_text("barrier.name", town.barriers.name)


def _add_reports(columns: Columns, picture: Picture) -> None:
    """Add what each report said, by whom, when it was seen and how sure it is."""
    reports = picture.reports
    columns.add_words("report.kind", [report.kind.value for report in reports])
    columns.add_words("report.source", [report.source.name for report in reports])
    columns.add_words("report.said", [said_in_short(report.said) for report in reports])
    columns.add_words(
        "report.trust", [f"{r.source.reliability.value}{int(r.credibility)}" for r in reports]
    )
    seen = [(report.seen_from - _EPOCH).total_seconds() // _MINUTE_S for report in reports]
    columns.add_ints("report.seen", np.array(seen, dtype=np.int64))


def _add_evidence(columns: Columns, name: str, evidence: Evidence) -> None:
    """Add how many reports stand behind each row, and which."""
    columns.add_ints(f"{name}.n_reports", np.diff(evidence.start))
    columns.add_ints(f"{name}.report", evidence.report)


def _objects(shapes: Sequence[object]) -> Objects:
    """Put shapes into an array without numpy looking inside them."""
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array


def _percent(share: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Turn shares into whole percent, 255 where not known."""
    whole = np.rint(np.nan_to_num(share) * _PERCENT)
    return np.where(np.isnan(share), _NOT_KNOWN, whole).astype(np.uint8)


def _whole(values: NDArray[np.float64] | NDArray[np.float32]) -> NDArray[np.int32]:
    """Round to whole numbers, -1 where not known or endless."""
    finite = np.isfinite(values)
    return np.where(finite, np.rint(np.where(finite, values, 0)), -1).astype(np.int32)


def _epoch_minutes(moments: NDArray[np.datetime64]) -> NDArray[np.int32]:
    """Turn moments into minutes since 1970, -1 where there is none."""
    minutes = moments.astype("datetime64[m]").astype(np.int64)
    return np.where(np.isnat(moments), -1, minutes).astype(np.int32)
