# SPDX-License-Identifier: Apache-2.0
"""What measures a printed map: grid lines with MGRS digits, scale bar, grid north."""

import numpy as np

from goldenhour.publish.sheet_frame import Frame
from goldenhour.publish.sheet_style import FONT, GRID, mm
from goldenhour.publish.svg import tag, text

_GRID_STEPS_M = (100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)
_KILOMETRE_M = 1000
_LEAST_GRID_MM, _LEAST_BAR_MM = 22.0, 35.0


def grid_step_m(frame: Frame) -> int:
    """
    Choose how far grid lines are apart.

    Parameters
    ----------
    frame
        The frame.

    Returns
    -------
    step_m
        Metres.
    """
    wanted = frame.ground_m(_LEAST_GRID_MM)
    return next((step for step in _GRID_STEPS_M if step >= wanted), _GRID_STEPS_M[-1])


def grid(frame: Frame) -> str:
    """
    Draw the metric grid with the digits that MGRS uses, in the margin.

    Parameters
    ----------
    frame
        The frame.

    Returns
    -------
    grid
        SVG; labels lie up to 5 mm outside the frame.
    """
    step = grid_step_m(frame)
    west, south, east, north = frame.box
    width, height = mm(frame.width_mm), mm(frame.height_mm)
    line = {"stroke": GRID, "stroke_width": mm(0.12), "stroke_opacity": 0.8}
    parts = []
    for value in range(-(-int(west) // step) * step, int(east) + 1, step):
        x = int(frame.to_units(np.array([value]), np.array([south]))[0][0])
        parts += [tag("path", d=f"M{x} 0V{height}", **line)]
        parts += [_grid_label(value, step, x, y) for y in (-mm(1.2), height + mm(3.2))]
    for value in range(-(-int(south) // step) * step, int(north) + 1, step):
        y = int(frame.to_units(np.array([west]), np.array([value]))[1][0])
        parts += [tag("path", d=f"M0 {y}H{width}", **line)]
        parts += [_grid_label(value, step, x, y + mm(0.8)) for x in (-mm(2.6), width + mm(2.6))]
    edge = tag(
        "rect", width=width, height=height, fill="none", stroke="#000000", stroke_width=mm(0.3)
    )
    return "".join(parts) + edge


def _grid_label(value_m: int, step: int, x: int, y: int) -> str:
    """Write the two (or three) principal digits of a grid line."""
    hundreds = step < _KILOMETRE_M
    digits = f"{value_m // 100 % 1000:03d}" if hundreds else f"{value_m // 1000 % 100:02d}"
    return text(
        digits,
        x=x,
        y=y,
        font_size=mm(2.3),
        font_family=FONT,
        text_anchor="middle",
        fill="#2f5f2f",
    )


def scale_bar(frame: Frame) -> str:
    """
    Draw the scale bar and the north arrow in the lower corners.

    Parameters
    ----------
    frame
        The frame.

    Returns
    -------
    bar
        SVG.
    """
    wanted = frame.ground_m(_LEAST_BAR_MM)
    length_m = next((step for step in _GRID_STEPS_M if step >= wanted), _GRID_STEPS_M[-1])
    part = mm(length_m / frame.scale * 1000 / 4)
    left, top = mm(4), mm(frame.height_mm - 6)
    back = tag(
        "rect",
        x=left - mm(2.5),
        y=top - mm(4.2),
        width=4 * part + mm(9),
        height=mm(7.5),
        fill="#ffffff",
        fill_opacity=0.88,
    )
    boxes = "".join(
        tag(
            "rect",
            x=left + i * part,
            y=top,
            width=part,
            height=mm(1.3),
            fill="#000000" if i % 2 == 0 else "#ffffff",
            stroke="#000000",
            stroke_width=mm(0.15),
        )
        for i in range(4)
    )
    in_km = length_m >= _KILOMETRE_M
    unit, divide = ("km", _KILOMETRE_M) if in_km else ("m", 1)
    labels = "".join(
        text(
            f"{length_m * i / 4 / divide:g}" + (f" {unit}" if i == 4 else ""),  # noqa: PLR2004 - the last
            x=left + i * part,
            y=top - mm(1),
            font_size=mm(2.1),
            font_family=FONT,
            text_anchor="middle",
        )
        for i in (0, 2, 4)
    )
    return back + boxes + labels + _north(frame)


def _north(frame: Frame) -> str:
    """Draw the arrow of grid north."""
    x, y = mm(frame.width_mm - 7), mm(frame.height_mm - 15)
    half, high = mm(2), mm(7)
    back = tag("circle", cx=x, cy=y + mm(5), r=mm(6.2), fill="#ffffff", fill_opacity=0.88)
    left = tag("path", d=f"M{x} {y + mm(3)}v{high - mm(1.4)}l{-half} {mm(1.4)}z", fill="#000000")
    right = tag(
        "path",
        d=f"M{x} {y + mm(3)}v{high - mm(1.4)}l{half} {mm(1.4)}z",
        fill="#ffffff",
        stroke="#000000",
        stroke_width=mm(0.15),
    )
    letter = text(
        "N",
        x=x,
        y=y + mm(2.2),
        font_size=mm(3),
        font_weight="bold",
        font_family=FONT,
        text_anchor="middle",
    )
    return back + left + right + letter
