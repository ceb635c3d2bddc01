# SPDX-License-Identifier: Apache-2.0
"""What lies on the ground of a printed map: water, structures, streets, reach, hazards, people."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.grades import Grade, StreetState
from goldenhour.picture.belief import Picture
from goldenhour.publish.reach import ReachArea
from goldenhour.publish.shape_table import shape_array
from goldenhour.publish.sheet_frame import Frame
from goldenhour.publish.sheet_style import (
    HAZARD,
    MAJOR,
    MAJOR_UNKNOWN,
    MINOR_UNKNOWN,
    REACH,
    REACH_LINE,
    STATE_STROKE,
    WATER,
    WATER_LINE,
    Stroke,
    mm,
    square_look,
    unserved_look,
)
from goldenhour.publish.svg import area_paths, line_paths, square_paths, tag
from goldenhour.siting.plan import Plan
from goldenhour.town.town import Objects, Town

_SQUARE_MM, _CELL_MM = 0.5, 0.45
_OUTLINES_UP_TO = 15_000
_PEOPLE_CELL_MM, _BIGGEST_MM = 7.0, 2.8


def ground(
    frame: Frame, town: Town, picture: Picture, plan: Plan, reach: Sequence[ReachArea]
) -> str:
    """
    Draw the ground, the lowest layer first.

    Parameters
    ----------
    frame
        The frame.
    town
        The town.
    picture
        The picture.
    plan
        The plan.
    reach
        Areas within reach.

    Returns
    -------
    layers
        SVG.
    """
    return "".join(
        (
            _water(frame, town),
            _reach(frame, reach),
            _unserved(frame, town, plan),
            _structures(frame, town, picture),
            _streets(frame, town, picture),
            _hazards(frame, picture),
        )
    )


def _water(frame: Frame, town: Town) -> str:
    """Draw water and walls."""
    line = Stroke(WATER_LINE, 0.25).attributes()
    areas = area_paths(frame, town.barriers.shape)
    lines = line_paths(frame, _only_lines(town.barriers.shape))
    return tag("path", d=areas, **{**line, "fill": WATER, "fill_rule": "evenodd"}) + tag(
        "path", d=lines, **line
    )


def _only_lines(shapes: Objects) -> Objects:
    """Keep lines."""
    return shape_array([shape for shape in shapes if shape.geom_type.endswith("LineString")])


def _reach(frame: Frame, reach: Sequence[ReachArea]) -> str:
    """Draw the areas within reach of a site."""
    look = {
        "fill": REACH,
        "fill_opacity": 0.16,
        "fill_rule": "evenodd",
        "stroke": REACH_LINE,
        "stroke_width": mm(0.12),
    }
    paths = (area_paths(frame, shape_array([area.shape])) for area in reach)
    return "".join(tag("path", d=d, **look) for d in paths if d)


def _structures(frame: Frame, town: Town, picture: Picture) -> str:
    """Draw structures by their most likely grade, the worst on top."""
    grade = picture.damage.p_grade.argmax(axis=1)
    drawn = []
    for one in (Grade.U, Grade.G0, Grade.G1, Grade.G2, Grade.G3):
        rows = np.flatnonzero(grade == one)
        d = _outlines(frame, town, rows) if frame.scale <= _OUTLINES_UP_TO else ""
        points = rows if not d else rows[[town.structures.outline[row] is None for row in rows]]
        drawn.append(tag("path", d=d + _squares(frame, town, points), **square_look(one)))
    return "".join(drawn)


def _outlines(frame: Frame, town: Town, rows: NDArray[np.int64]) -> str:
    """Draw the outlines that are known."""
    shapes = [town.structures.outline[row] for row in rows]
    return area_paths(frame, shape_array([shape for shape in shapes if shape is not None]))


def _squares(frame: Frame, town: Town, rows: NDArray[np.int64]) -> str:
    """Draw structures as small squares, one per cell of the paper, so that the file stays light."""
    x_m, y_m = town.structures.x_m[rows], town.structures.y_m[rows]
    inside = frame.holds(x_m, y_m)
    x, y = frame.to_units(x_m[inside], y_m[inside])
    cell, side = mm(_CELL_MM), mm(_SQUARE_MM)
    if len(x):
        cells = np.unique(np.stack([x // cell, y // cell], axis=1), axis=0)
        x, y = cells[:, 0] * cell + cell // 2, cells[:, 1] * cell + cell // 2
    return square_paths(x, y, side)


def _streets(frame: Frame, town: Town, picture: Picture) -> str:
    """Draw streets: those without report thin or dashed, those with a report by their state."""
    state = picture.streets.state_vehicle
    classes = {word: str(word).removesuffix("_link") in MAJOR for word in set(town.streets.highway)}
    is_major = np.array([classes[word] for word in town.streets.highway], dtype=np.bool_)
    unknown = state == StreetState.UNKNOWN
    groups = [(unknown & ~is_major, MINOR_UNKNOWN), (unknown & is_major, MAJOR_UNKNOWN)]
    groups += [(state == one, stroke) for one, stroke in STATE_STROKE.items()]
    return "".join(
        tag("path", d=line_paths(frame, town.streets.line[rows]), **stroke.attributes())
        for rows, stroke in groups
        if rows.any()
    )


def _hazards(frame: Frame, picture: Picture) -> str:
    """Hatch the areas to stay out of."""
    shapes = shape_array([area.shape for area in picture.hazards])
    line = Stroke(HAZARD, 0.3).attributes()
    return tag("path", d=area_paths(frame, shapes), **{**line, "fill": "url(#hazard)"})


def _unserved(frame: Frame, town: Town, plan: Plan) -> str:
    """Draw people who are not reached as discs, their area in proportion to people."""
    missed = ~plan.home_served & (plan.home_people > 0)
    missed &= frame.holds(town.structures.x_m, town.structures.y_m)
    rows = np.flatnonzero(missed)
    if not len(rows):
        return ""
    x, y = frame.to_units(town.structures.x_m[rows], town.structures.y_m[rows])
    cell = mm(_PEOPLE_CELL_MM)
    _, group = np.unique(np.stack([x // cell, y // cell], axis=1), axis=0, return_inverse=True)
    weight = plan.home_people[rows]
    people = np.bincount(group.ravel(), weights=weight)
    at_x, at_y = (np.bincount(group.ravel(), weights=weight * axis) / people for axis in (x, y))
    radius = mm(_BIGGEST_MM) * np.sqrt(people / people.max())
    return "".join(
        tag("circle", cx=round(a), cy=round(b), r=round(r, 1), **unserved_look())
        for a, b, r in zip(at_x.tolist(), at_y.tolist(), radius.tolist(), strict=True)
    )
