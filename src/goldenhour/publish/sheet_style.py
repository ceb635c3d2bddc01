# SPDX-License-Identifier: Apache-2.0
"""
How the printed map draws each thing, and the key that explains it.

Colours stay apart for colour-blind readers and in black and white: they darken with damage, and
what is unknown is hatched, dashed or thin. No red cross, crescent or crystal: they are protected.
"""

from typing import NamedTuple

from goldenhour.base.grades import Grade, StreetState, Tier
from goldenhour.base.messages import LANGUAGES, say
from goldenhour.publish.sheet_frame import UNITS_PER_MM
from goldenhour.publish.svg import tag, text

FONT = "Noto Sans, Vazirmatn"
GRADE_FILL = {
    Grade.G0: "#bcd7ea",
    Grade.G1: "#f0d55b",
    Grade.G2: "#e07b00",
    Grade.G3: "#6b0f1a",
}
UNKNOWN_LINE = "#8a8f98"
TIER_FILL = {Tier.TSP: "#0b3c6f", Tier.FIELD_HOSPITAL: "#5b2a86", Tier.REFERRAL: "#3d3d3d"}
WATER, WATER_LINE = "#d3e8f5", "#7fb2d6"
REACH, REACH_LINE = "#56b4e9", "#0072b2"
HAZARD = "#b00020"
UNSERVED = "#b0307f"
GRID = "#5f8f5f"
MAJOR = frozenset({"motorway", "trunk", "primary", "secondary", "tertiary"})

_KEY_MM = (8.0, 4.6)


class Stroke(NamedTuple):
    """How a line is drawn: colour, width and dashes in millimetres."""

    colour: str
    width_mm: float
    dashes_mm: tuple[float, ...] = ()

    def attributes(self) -> dict[str, object]:
        """SVG attributes of the line."""
        dashes = " ".join(str(mm(one)) for one in self.dashes_mm)
        return {
            "fill": "none",
            "stroke": self.colour,
            "stroke_width": mm(self.width_mm),
            **({"stroke_dasharray": dashes} if dashes else {}),
        }


MINOR_UNKNOWN = Stroke("#b9b9b9", 0.13)
MAJOR_UNKNOWN = Stroke("#5a5a5a", 0.38, (1.3, 0.5))
STATE_STROKE = {
    StreetState.OPEN: Stroke("#1a1a1a", 0.5),
    StreetState.RESTRICTED: Stroke("#e69f00", 0.7, (1.6, 0.6)),
    StreetState.CLOSED: Stroke("#d0021b", 0.8, (0.5, 0.5)),
}


class KeyEntry(NamedTuple):
    """One line of the key: a small drawing and what it means."""

    svg: str
    words: dict[str, str]


def mm(length_mm: float) -> int:
    """
    Turn millimetres of paper into drawing units.

    Parameters
    ----------
    length_mm
        Millimetres.

    Returns
    -------
    units
        Whole drawing units.
    """
    return round(length_mm * UNITS_PER_MM)


def site_mark(tier: Tier, number: str, at: tuple[float, float], *, hollow: bool) -> str:
    """
    Draw a site: a disc for a stabilisation point, a square for a hospital.

    Parameters
    ----------
    tier
        The tier.
    number
        What stands in it.
    at
        Middle in drawing units.
    hollow
        True while no visit has confirmed it.

    Returns
    -------
    mark
        SVG.
    """
    colour, (x, y) = TIER_FILL[tier], at
    look = {
        "fill": "#ffffff" if hollow else colour,
        "stroke": colour if hollow else "#ffffff",
        "stroke_width": mm(0.6 if hollow else 0.3),
    }
    half = mm(2.1)
    if tier is Tier.TSP:
        shape = tag("circle", cx=x, cy=y, r=mm(2.2), **look)
    else:
        shape = tag("rect", x=x - half, y=y - half, width=2 * half, height=2 * half, **look)
    return shape + text(
        number,
        x=x,
        y=y + mm(0.95),
        font_size=mm(2.7),
        font_weight="bold",
        font_family=FONT,
        text_anchor="middle",
        fill=colour if hollow else "#ffffff",
    )


def visit_mark(number: str, at: tuple[float, float]) -> str:
    """
    Draw another visit to do: a lozenge.

    Parameters
    ----------
    number
        Its place in the order.
    at
        Middle in drawing units.

    Returns
    -------
    mark
        SVG.
    """
    (x, y), r = at, mm(2.0)
    d = f"M{x} {y - r}l{r} {r}l{-r} {r}l{-r} {-r}z"
    return tag("path", d=d, fill="#ffffff", stroke="#000000", stroke_width=mm(0.25)) + text(
        number,
        x=x,
        y=y + mm(0.65),
        font_size=mm(1.9),
        font_family=FONT,
        text_anchor="middle",
        fill="#000000",
    )


def patterns() -> str:
    """
    Define the hatchings of hazard areas and of what nobody knows.

    Returns
    -------
    defs
        SVG, to be used as ``url(#hazard)`` and ``url(#unknown)``.
    """
    return tag(
        "defs",
        _hatching("hazard", HAZARD, 1.6, 0.22) + _hatching("unknown", UNKNOWN_LINE, 0.6, 0.1),
    )


def _hatching(name: str, colour: str, side_mm: float, line_mm: float) -> str:
    """Define one hatching: rising lines."""
    side = mm(side_mm)
    line = tag("path", d=f"M0 {side}L{side} 0", stroke=colour, stroke_width=mm(line_mm))
    back = tag("rect", width=side, height=side, fill="#ffffff", fill_opacity=0.35)
    return tag(
        "pattern", back + line, id=name, width=side, height=side, patternUnits="userSpaceOnUse"
    )


def key(*, tsp_clock_s: float) -> tuple[KeyEntry, ...]:
    """
    Explain the map.

    Parameters
    ----------
    tsp_clock_s
        Clock of the reach areas in seconds.

    Returns
    -------
    entries
        In the order in which they are read.
    """
    minutes = f"{tsp_clock_s / 60:.0f}"
    middle = (mm(_KEY_MM[0] / 2), mm(_KEY_MM[1] / 2))
    return (
        _entry(site_mark(Tier.TSP, "1", middle, hollow=True), "brief.key-tsp"),
        _entry(
            site_mark(Tier.FIELD_HOSPITAL, "1", middle, hollow=True), "brief.key-field-hospital"
        ),
        _entry(visit_mark("3", middle), "brief.key-visit"),
        _entry(_box(REACH, 0.25, REACH_LINE), "brief.key-reach", minutes=minutes),
        _entry(tag("circle", cx=middle[0], cy=middle[1], r=mm(1.6), **unserved_look()),
               "brief.key-unserved"),
        *(_entry(_square(grade), f"map.grade-{grade.name.lower()}") for grade in Grade),
        *(
            _entry(_stroke(STATE_STROKE[state]), f"map.street-{state.name.lower()}")
            for state in (StreetState.OPEN, StreetState.RESTRICTED, StreetState.CLOSED)
        ),
        _entry(_stroke(MAJOR_UNKNOWN), "brief.key-street-major"),
        _entry(_stroke(MINOR_UNKNOWN), "brief.key-street-minor"),
        _entry(_box("url(#hazard)", 1.0, HAZARD), "map.layer-hazards"),
        _entry(_box(WATER, 1.0, WATER_LINE), "brief.key-water"),
    )  # fmt: skip


def unserved_look() -> dict[str, object]:
    """
    Look of people who are not reached.

    Returns
    -------
    attributes
        Of an SVG circle.
    """
    return {
        "fill": UNSERVED,
        "fill_opacity": 0.2,
        "stroke": UNSERVED,
        "stroke_width": mm(0.15),
    }


def square_look(grade: Grade) -> dict[str, object]:
    """
    Look of a structure.

    Parameters
    ----------
    grade
        Its most likely grade.

    Returns
    -------
    attributes
        Of an SVG path.
    """
    if grade is Grade.U:
        return {"fill": "url(#unknown)", "stroke": UNKNOWN_LINE, "stroke_width": mm(0.07)}
    return {"fill": GRADE_FILL[grade]}


def _entry(drawing: str, code: str, **values: object) -> KeyEntry:
    """Put a small drawing and its words together."""
    width, height = _KEY_MM
    svg = tag(
        "svg",
        patterns() + drawing,
        xmlns="http://www.w3.org/2000/svg",
        width=f"{width}mm",
        height=f"{height}mm",
        viewBox=f"0 0 {mm(width)} {mm(height)}",
    )
    return KeyEntry(svg, {language: say(code, language, **values) for language in LANGUAGES})


def _box(fill: str, opacity: float, line: str) -> str:
    """Draw a sample of an area."""
    return tag(
        "rect",
        x=mm(0.6),
        y=mm(0.6),
        width=mm(_KEY_MM[0] - 1.2),
        height=mm(_KEY_MM[1] - 1.2),
        fill=fill,
        fill_opacity=opacity,
        stroke=line,
        stroke_width=mm(0.25),
    )


def _square(grade: Grade) -> str:
    """Draw a sample of a structure, enlarged."""
    side = mm(2.4)
    x, y = mm(_KEY_MM[0] / 2) - side // 2, mm(_KEY_MM[1] / 2) - side // 2
    look = square_look(grade)
    if "stroke_width" in look:
        look["stroke_width"] = mm(0.15)
    return tag("path", d=f"M{x} {y}h{side}v{side}h{-side}z", **look)


def _stroke(stroke: Stroke) -> str:
    """Draw a sample of a line."""
    d = f"M{mm(0.5)} {mm(_KEY_MM[1] / 2)}H{mm(_KEY_MM[0] - 0.5)}"
    return tag("path", d=d, **stroke.attributes())
