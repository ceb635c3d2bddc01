# SPDX-License-Identifier: Apache-2.0
"""The printed map as SVG, drawn from the plan: to scale, with grid, names, sites and gaps."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.crs import metric_crs, to_lon_lat
from goldenhour.base.messages import LANGUAGES, say
from goldenhour.movement.grid_reference import to_grid_reference
from goldenhour.picture.belief import Picture
from goldenhour.publish.reach import ReachArea
from goldenhour.publish.sheet_frame import Frame, fit
from goldenhour.publish.sheet_grid import grid, grid_step_m, scale_bar
from goldenhour.publish.sheet_ground import ground
from goldenhour.publish.sheet_marks import marks
from goldenhour.publish.sheet_style import mm, patterns
from goldenhour.publish.svg import tag
from goldenhour.publish.words import left_to_right, people_text
from goldenhour.siting.plan import Plan
from goldenhour.town.town import Town

MARGIN_MM = 5.0
"""Room for grid digits around the frame."""

_OUTER_SHARE = 0.01
_MUCH_SMALLER = 2.0
_DETAIL_SCALES = (25_000, 40_000, 50_000, 75_000)
_WORTH_IT, _MAX_DETAILS, _ABOUT_M = 1.5, 6, 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MapSheet:
    """
    One drawn sheet.

    Parameters
    ----------
    svg
        The drawing; text in Noto Sans and Vazirmatn.
    frame
        What it shows, at which scale.
    width_mm
        Width of the drawing in millimetres.
    height_mm
        Height of the drawing in millimetres.
    notes
        What its reader must know, by language.
    """

    svg: str
    frame: Frame
    width_mm: float
    height_mm: float
    notes: dict[str, tuple[str, ...]]


def map_sheets(
    town: Town, picture: Picture, plan: Plan, reach: Sequence[ReachArea]
) -> tuple[MapSheet, ...]:
    """
    Draw the overview, and where that is too small to walk by, larger sheets of the sites.

    Parameters
    ----------
    town
        The town.
    picture
        The picture.
    plan
        The plan.
    reach
        Areas within reach of the sites.

    Returns
    -------
    sheets
        The overview first.
    """
    overview = fit(*_extent(town, plan, reach))
    frames = (overview, *_details(town, plan, overview))
    with ThreadPoolExecutor() as pool:
        first, *details = pool.map(lambda frame: _draw(frame, town, picture, plan, reach), frames)
    off = ~overview.holds(town.structures.x_m, town.structures.y_m)
    n_off = float(plan.home_people[off].sum())
    if round(n_off):
        notes = {
            language: (
                *first.notes[language],
                say("brief.off-sheet", language, n=people_text(n_off)),
            )
            for language in LANGUAGES
        }
        first = replace(first, notes=notes)
    return (first, *details)


def _draw(
    frame: Frame, town: Town, picture: Picture, plan: Plan, reach: Sequence[ReachArea]
) -> MapSheet:
    """Draw what one frame shows."""
    wide, high = frame.width_mm + 2 * MARGIN_MM, frame.height_mm + 2 * MARGIN_MM
    inner = "".join(
        (
            patterns(),
            tag("rect", width=mm(frame.width_mm), height=mm(frame.height_mm), fill="#fbfaf7"),
            ground(frame, town, picture, plan, reach),
            grid(frame),
            scale_bar(frame),
            marks(frame, town, plan),
        )
    )
    svg = tag(
        "svg",
        inner,
        xmlns="http://www.w3.org/2000/svg",
        width=f"{wide}mm",
        height=f"{high}mm",
        viewBox=f"{-mm(MARGIN_MM)} {-mm(MARGIN_MM)} {mm(wide)} {mm(high)}",
    )
    notes = {language: _notes(frame, town, language) for language in LANGUAGES}
    return MapSheet(svg=svg, frame=frame, width_mm=wide, height_mm=high, notes=notes)


def _details(town: Town, plan: Plan, overview: Frame) -> tuple[Frame, ...]:
    """Choose larger sheets that together show every site; none if the overview is large enough."""
    rows = np.array([site.structure for site in plan.sites], dtype=np.int64)
    at_m = np.stack([town.structures.x_m[rows], town.structures.y_m[rows]], axis=1)
    for scale in _DETAIL_SCALES:
        if overview.scale < _WORTH_IT * scale:
            break
        frames = _cover(at_m, scale)
        if len(frames) <= _MAX_DETAILS:
            return frames
    return ()


def _cover(at_m: NDArray[np.float64], scale: int) -> tuple[Frame, ...]:
    """Put points on as few sheets as one after another allows, none smaller than a scale."""
    left, frames = list(range(len(at_m))), []
    while left:
        group = [left.pop(0)]
        for one in tuple(left):
            if _around(at_m[[*group, one]]).scale <= scale:
                group.append(one)
                left.remove(one)
        frames.append(_around(at_m[group]))
    return tuple(frames)


def _around(at_m: NDArray[np.float64]) -> Frame:
    """Fit a sheet to points with some ground about them."""
    wide = np.concatenate([at_m - _ABOUT_M, at_m + _ABOUT_M])
    return fit(wide[:, 0], wide[:, 1])


def _extent(
    town: Town, plan: Plan, reach: Sequence[ReachArea]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Choose the points to show: sites, visits and reach, and nearly all people if they fit.

    People far from any site would shrink the sheet until no street can be read; the notes count
    those who live off it.
    """
    rows = [site.structure for site in plan.sites] + [visit.structure for visit in plan.visits]
    at_m = np.stack([town.structures.x_m[rows], town.structures.y_m[rows]], axis=1)
    bounds = [area.shape.bounds for area in reach if not area.shape.is_empty]
    corners = np.array(bounds, dtype=np.float64).reshape(-1, 2)
    near = np.concatenate([at_m, corners])
    people = np.concatenate([near, _middle_people(town, plan)])
    if not len(people):
        people = np.stack([town.streets.node_x_m, town.streets.node_y_m], axis=1)
    if len(near) and fit(*people.T).scale > _MUCH_SMALLER * fit(*near.T).scale:
        return near[:, 0], near[:, 1]
    return people[:, 0], people[:, 1]


def _middle_people(town: Town, plan: Plan) -> NDArray[np.float64]:
    """Box of people, without the outermost hundredth on each side, as two corners."""
    homes = plan.home_people > 0
    if not homes.any():
        return np.empty((0, 2))
    low, high = _OUTER_SHARE, 1 - _OUTER_SHARE
    sides = []
    for axis in (town.structures.x_m[homes], town.structures.y_m[homes]):
        order = np.argsort(axis)
        share = np.cumsum(plan.home_people[homes][order])
        ends = np.searchsorted(share, np.array([low, high]) * share[-1])
        sides.append(axis[order][np.minimum(ends, len(axis) - 1)])
    return np.stack(sides, axis=1)


def _notes(frame: Frame, town: Town, language: str) -> tuple[str, ...]:
    """Say what grid it is, and where it ends."""
    zones, squares = _zones_and_squares(frame, town)
    step_m = grid_step_m(frame)
    step = f"{step_m / 1000:g} km" if step_m >= 1000 else f"{step_m} m"  # noqa: PLR2004 - km
    notes = [
        say(
            "brief.grid",
            language,
            crs=left_to_right(town.crs, language),
            squares=left_to_right(f"MGRS {', '.join(squares)}", language),
            step=left_to_right(step, language),
        ),
    ]
    if len(zones) > 1:
        notes.append(say("brief.two-zones", language))
    return tuple(notes)


def _zones_and_squares(frame: Frame, town: Town) -> tuple[set[str], list[str]]:
    """Name the zones and the MGRS squares of 100 km that the sheet touches."""
    west, south, east, north = frame.box
    x_m, y_m = np.meshgrid(np.linspace(west, east, 5), np.linspace(south, north, 5))
    lon, lat = to_lon_lat(x_m.ravel(), y_m.ravel(), town.crs)
    points = list(zip(lon.tolist(), lat.tolist(), strict=True))
    squares = {to_grid_reference(*point, precision=0) for point in points}
    return {metric_crs(*point) for point in points}, sorted(squares)
