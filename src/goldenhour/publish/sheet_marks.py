# SPDX-License-Identifier: Apache-2.0
"""What is marked on a printed map: sites, visits and place names, none covering another."""

from collections.abc import Iterator

import numpy as np
import shapely

from goldenhour.publish.map_columns import plain
from goldenhour.publish.sheet_frame import Frame
from goldenhour.publish.sheet_style import FONT, mm, site_mark, visit_mark
from goldenhour.publish.svg import tag, text
from goldenhour.publish.words import site_labels
from goldenhour.siting.plan import Plan, SiteStanding
from goldenhour.town.town import Town

_MAX_NAMES = 28
_TOWN_SHIFTS_MM = (0.0, -6.0, 6.0, -10.0, 10.0)
_SETTLEMENTS = ("city", "town", "village", "border_crossing", "camp")
_NAME_MM, _LETTER_SHARE, _TOWN_LARGER = 2.2, 0.56, 1.35
_RING = ((0, 0), (1, -1), (-1, -1), (1, 1), (-1, 1), (0, -1.5), (0, 1.5), (1.5, 0), (-1.5, 0))
_MARK_MM = 5.4
_CORNER_MM = (75.0, 16.0)

Spot = tuple[int, int]
Rectangle = tuple[float, float, float, float]


def marks(frame: Frame, town: Town, plan: Plan) -> str:
    """
    Draw sites, other visits and place names, moved apart where they would cover each other.

    Parameters
    ----------
    frame
        The frame.
    town
        The town.
    plan
        The plan.

    Returns
    -------
    marks
        SVG.
    """
    taken = list(_corners(frame))
    drawn = []
    for kind, row, number in _things(plan):
        at = _spot(frame, town, row)
        if at is None:
            continue
        moved = _free(at, taken)
        size = mm(_MARK_MM)
        taken.append((moved[0] - size / 2, moved[1] - size / 2, size, size))
        if moved != at:
            drawn.append(_leader(at, moved))
        drawn.append(
            visit_mark(number, moved)
            if kind < 0
            else site_mark(plan.sites[kind].tier, number, moved, hollow=_is_hollow(plan, kind))
        )
    return _names(frame, town, taken) + "".join(drawn)


def _corners(frame: Frame) -> tuple[Rectangle, Rectangle]:
    """Keep the lower corners free for the scale bar and the north arrow."""
    width, height = mm(frame.width_mm), mm(frame.height_mm)
    high = mm(_CORNER_MM[1])
    return (
        (0, height - high, mm(_CORNER_MM[0]), high),
        (width - high, height - high, high, high),
    )


def _things(plan: Plan) -> Iterator[tuple[int, int, str]]:
    """Go through sites, then visits to other structures: position or -1, row, number."""
    chosen = set()
    for position, (site, label) in enumerate(zip(plan.sites, site_labels(plan), strict=True)):
        chosen.add(site.structure)
        yield position, site.structure, label.split()[-1]
    for order, visit in enumerate(plan.visits, start=1):
        if visit.structure not in chosen:
            yield -1, visit.structure, str(order)


def _is_hollow(plan: Plan, position: int) -> bool:
    """Say if no visit has confirmed a site."""
    return plan.sites[position].standing is SiteStanding.PROVISIONAL


def _spot(frame: Frame, town: Town, row: int) -> Spot | None:
    """Place a structure on the paper, if it is on the sheet."""
    x_m, y_m = town.structures.x_m[[row]], town.structures.y_m[[row]]
    if not frame.holds(x_m, y_m)[0]:
        return None
    x, y = frame.to_units(x_m, y_m)
    return int(x[0]), int(y[0])


def _free(at: Spot, taken: list[Rectangle]) -> Spot:
    """Find the nearest place for a mark that covers no other."""
    size = mm(_MARK_MM)
    for far in (1, 2, 3):
        for right, down in _RING:
            x, y = round(at[0] + right * far * size), round(at[1] + down * far * size)
            if not _covers((x - size / 2, y - size / 2, size, size), taken):
                return x, y
    return at


def _covers(one: Rectangle, taken: list[Rectangle]) -> bool:
    """Say if a rectangle lies on any other."""
    x, y, width, height = one
    return any(
        x < left + wide and left < x + width and y < top + high and top < y + height
        for left, top, wide, high in taken
    )


def _leader(at: Spot, moved: Spot) -> str:
    """Join a moved mark to its place."""
    line = tag(
        "path",
        d=f"M{at[0]} {at[1]}L{moved[0]} {moved[1]}",
        stroke="#000000",
        stroke_width=mm(0.2),
    )
    return line + tag("circle", cx=at[0], cy=at[1], r=mm(0.6), fill="#000000")


def _names(frame: Frame, town: Town, taken: list[Rectangle]) -> str:
    """Write place names in both languages where there is room, the most peopled first."""
    places = town.places
    if not places.n:
        return ""
    points = shapely.get_coordinates(shapely.point_on_surface(places.shape))
    inside = frame.holds(points[:, 0], points[:, 1])
    is_town = np.isin(places.kind.astype(str), _SETTLEMENTS)
    order = np.lexsort((-shapely.area(places.shape), -np.nan_to_num(places.people), ~is_town))
    x, y = frame.to_units(points[:, 0], points[:, 1])
    written: list[str] = []
    for row in order[inside[order]].tolist():
        lines = [word for word in (plain(places.name[row]), plain(places.name_ar[row])) if word]
        if not lines or len(written) == _MAX_NAMES:
            continue
        size_mm = _NAME_MM * (_TOWN_LARGER if is_town[row] else 1)
        shifts = _TOWN_SHIFTS_MM if is_town[row] else (0.0,)
        boxes = [_name_box(lines, size_mm, (int(x[row]), int(y[row]) + mm(s))) for s in shifts]
        free = [box for box in boxes if _fits(frame, box) and not _covers(box, taken)]
        if free:
            taken.append(free[0])
            written.append(_name(lines, int(x[row]), int(free[0][1]), size_mm))
    return "".join(written)


def _name_box(lines: list[str], size_mm: float, middle: Spot) -> Rectangle:
    """Measure a name, roughly: letters are a little wider than half their height."""
    wide = mm(max(len(line) for line in lines) * size_mm * _LETTER_SHARE)
    high = mm(len(lines) * size_mm * 1.25)
    return (middle[0] - wide / 2, middle[1] - high / 2, wide, high)


def _fits(frame: Frame, box: Rectangle) -> bool:
    """Say if a rectangle lies within the frame."""
    x, y, wide, high = box
    within_width = x >= 0 and x + wide <= mm(frame.width_mm)
    return within_width and y >= 0 and y + high <= mm(frame.height_mm)


def _name(lines: list[str], x: int, top: int, size_mm: float) -> str:
    """Write one name, one line a language, with a white edge."""
    edge = {
        "fill": "none",
        "stroke": "#ffffff",
        "stroke_width": mm(0.6),
        "stroke_linejoin": "round",
    }
    looks: tuple[dict[str, object], ...] = (edge, {"fill": "#111111"})
    return "".join(
        text(
            line,
            x=x,
            y=top + mm(size_mm * (0.95 + 1.25 * i)),
            font_size=mm(size_mm),
            font_family=FONT,
            text_anchor="middle",
            **look,
        )
        for look in looks  # the edge first: joined letters must not cover each other
        for i, line in enumerate(lines)
    )
