# SPDX-License-Identifier: Apache-2.0
"""What OpenStreetMap's tags mean here: one-way rules, speeds, uses, kinds of water."""

import re
from collections.abc import Mapping

from goldenhour.sources.shaping import known_use

NOT_STREETS = frozenset(
    {
        "abandoned", "bus_guideway", "bus_stop", "construction", "corridor", "disused",
        "elevator", "emergency_access_point", "emergency_bay", "no", "planned", "platform",
        "proposed", "raceway", "razed", "rest_area", "services", "street_lamp", "toll_gantry",
        "via_ferrata",
    }
)  # fmt: skip
GROUNDS = frozenset({"hospital", "school", "clinic", "doctors", "college", "university"})
HEALTH = frozenset({"hospital", "clinic", "doctors", "health_post", "health_centre"})
WATERWAYS = frozenset({"river", "canal"})
KMH_PER_MPH = 1.609344
LEAST_LEVEL, MOST_LEVEL = -10, 10

_SPEED = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(mph|km/?h|kph)?\s*")
_LEVEL = re.compile(r"\s*([+-]?\d+)\s*")

Tags = Mapping[str, str]


def oneway(tags: Tags) -> int:
    """
    Read the allowed direction: 1 along the line, -1 against it, 0 both ways or not known.

    Parameters
    ----------
    tags
        The way's tags.

    Returns
    -------
    oneway
        Roundabouts and motorways are one-way unless they say otherwise.
    """
    said = tags.get("oneway", "").lower()
    if said in {"yes", "true", "1"}:
        return 1
    if said in {"-1", "reverse"}:
        return -1
    if said:
        return 0
    implied = tags.get("junction") in {"roundabout", "circular"} or tags["highway"] == "motorway"
    return int(implied)


def maxspeed_kmh(text: str | None) -> float:
    """
    Read a posted speed.

    Parameters
    ----------
    text
        Such as ``"50"`` or ``"30 mph"``.

    Returns
    -------
    speed_kmh
        In km/h; NaN if there is none, or it is no number (``"none"``, ``"IQ:urban"``).
    """
    match = _SPEED.fullmatch(text or "")
    if not match:
        return float("nan")
    return float(match[1]) * (KMH_PER_MPH if match[2] == "mph" else 1.0)


def number(text: str | None) -> float:
    """
    Read storeys or people.

    Parameters
    ----------
    text
        A tag's value.

    Returns
    -------
    value
        NaN if it is no plain number.
    """
    cleaned = (text or "").replace(",", "").replace(" ", "")
    return float(cleaned) if re.fullmatch(r"\d+(\.\d+)?", cleaned) else float("nan")


def level(text: str | None) -> int:
    """
    Read the layer tag, which tells a bridge from what it crosses.

    Parameters
    ----------
    text
        The tag's value.

    Returns
    -------
    level
        0 if there is none.
    """
    match = _LEVEL.fullmatch(text or "")
    return min(max(int(match[1]), LEAST_LEVEL), MOST_LEVEL) if match else 0


def street_level(tags: Tags) -> int:
    """
    Read a street's level; a tunnel lies below the ground even where nobody says how far.

    Parameters
    ----------
    tags
        The way's tags.

    Returns
    -------
    level
        0 on the ground, and in passages through a building.
    """
    here = level(tags.get("layer"))
    return min(here, -1) if tags.get("tunnel") == "yes" else here


def use(tags: Tags) -> str | None:
    """
    Read what a building is used for: what it serves as comes before what it was built as.

    Parameters
    ----------
    tags
        The building's tags.

    Returns
    -------
    use
        None if nobody said.
    """
    words = (known_use(tags.get(key)) for key in ("amenity", "healthcare", "building"))
    return next((word for word in words if word), None)


def is_health(tags: Tags) -> bool:
    """
    Say if a feature is about health care.

    Parameters
    ----------
    tags
        Its tags.

    Returns
    -------
    is_health
        True for hospitals, clinics, doctors and ``healthcare=*``.
    """
    return tags.get("amenity") in HEALTH or tags.get("healthcare", "no") != "no"


def water_kind(tags: Tags) -> str | None:
    """
    Name the water that nobody crosses without a bridge.

    Parameters
    ----------
    tags
        Tags of a line or an area.

    Returns
    -------
    kind
        None if it is no barrier.
    """
    waterway = tags.get("waterway", "")
    if waterway in WATERWAYS:
        return waterway
    if waterway == "riverbank":
        return "river"
    if tags.get("natural") == "water":
        water = tags.get("water", "water")
        return water if water in {*WATERWAYS, "lake", "reservoir"} else "water"
    return "wall" if tags.get("barrier") == "city_wall" else None
