# SPDX-License-Identifier: Apache-2.0
"""SVG in small pieces: paths from shapes, and text that cannot break the drawing."""

from xml.sax.saxutils import escape, quoteattr

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.publish.map_columns import plain
from goldenhour.publish.sheet_frame import Frame
from goldenhour.town.town import Objects


def tag(name: str, content: str = "", /, **attributes: object) -> str:
    """
    Write one element.

    Parameters
    ----------
    name
        Its name.
    content
        SVG inside it.
    **attributes
        Its attributes, with ``_`` for ``-``.

    Returns
    -------
    element
        SVG.
    """
    words = "".join(
        f" {key.replace('_', '-')}={quoteattr(str(value))}" for key, value in attributes.items()
    )
    return f"<{name}{words}>{content}</{name}>" if content else f"<{name}{words}/>"


def text(words: object, /, **attributes: object) -> str:
    """
    Write text, made safe.

    Parameters
    ----------
    words
        What it says.
    **attributes
        Attributes of the element.

    Returns
    -------
    element
        SVG.
    """
    return tag("text", escape(plain(words)), **attributes)


def line_paths(frame: Frame, lines: Objects) -> str:
    """
    Draw lines as one path, joined where they meet.

    Parameters
    ----------
    frame
        The frame.
    lines
        shapely lines in the town's metric system. Shape ``(n,)``.

    Returns
    -------
    d
        Path data, empty if none is on the sheet.
    """
    lines = frame.near(lines)
    if not len(lines):
        return ""
    joined = shapely.line_merge(shapely.multilinestrings(_single(lines)))
    parts = shapely.get_parts(frame.cut(shapely.get_parts(np.array([joined], dtype=object))))
    return _path(frame, parts[shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING], "")


def area_paths(frame: Frame, areas: Objects) -> str:
    """
    Draw areas, holes left out, as one path (fill rule ``evenodd``).

    Parameters
    ----------
    frame
        The frame.
    areas
        shapely areas in the town's metric system. Shape ``(n,)``.

    Returns
    -------
    d
        Path data, empty if none is on the sheet.
    """
    if not len(areas):
        return ""
    parts = shapely.get_parts(frame.cut(areas))
    polygons = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    return _path(frame, shapely.get_rings(polygons), "z")


def square_paths(x: NDArray[np.int64], y: NDArray[np.int64], side: int) -> str:
    """
    Draw small squares as one path.

    Parameters
    ----------
    x
        Middles in drawing units. Shape ``(n,)``.
    y
        Middles in drawing units. Shape ``(n,)``.
    side
        Side in drawing units.

    Returns
    -------
    d
        Path data.
    """
    box = f"h{side}v{side}h{-side}z"
    half = side // 2
    return "".join(
        f"M{a} {b}{box}" for a, b in zip((x - half).tolist(), (y - half).tolist(), strict=True)
    )


def _single(lines: Objects) -> Objects:
    """Take lines of several parts apart; most towns have none, and copies cost."""
    is_single = shapely.get_type_id(lines) == shapely.GeometryType.LINESTRING
    return lines if is_single.all() else np.asarray(shapely.get_parts(lines), dtype=np.object_)


def _path(frame: Frame, lines: Objects, close: str) -> str:
    """Write lines as whole-number path data: an absolute start, then relative steps."""
    coordinates, which = shapely.get_coordinates(lines, return_index=True)
    if not len(coordinates):
        return ""
    x, y = frame.to_units(coordinates[:, 0], coordinates[:, 1])
    starts = np.flatnonzero(np.diff(which, prepend=-1))
    step_x, step_y = np.diff(x, prepend=0), np.diff(y, prepend=0)
    step_x[starts], step_y[starts] = x[starts], y[starts]
    moves = (step_x != 0) | (step_y != 0)
    moves[starts] = True
    is_start = np.zeros(len(x), dtype=np.bool_)
    is_start[starts] = True
    words = [
        f"{close}M{a} {b}" if begins else f"l{a} {b}"
        for a, b, begins in zip(
            step_x[moves].tolist(), step_y[moves].tolist(), is_start[moves].tolist(), strict=True
        )
    ]
    return ("".join(words) + close).removeprefix(close)
