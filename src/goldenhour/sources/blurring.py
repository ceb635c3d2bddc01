# SPDX-License-Identifier: Apache-2.0
"""
How finely a position is known. Several events on one point make it a gazetteer's, not an event's.

Positions of events are mostly places' points, whatever precision they claim, and written numbers
are rounded: both give a radius.
"""

from collections import Counter

from goldenhour.base import facts
from goldenhour.sources.noticing import Noticed

_DEGREE_M = 111_320.0  # along a meridian, rounded

Points = Counter[tuple[str, str]]
"""How many events stand on each point, by its longitude and latitude as written."""


def notice_shared(shared: Points, noticed: Noticed) -> None:
    """
    Say how many events share points.

    Parameters
    ----------
    shared
        Events by point.
    noticed
        Where it is said.
    """
    limit = facts.number("sources.repeated_point_n")
    reach_km = facts.number("sources.repeated_point_radius_m") / 1000
    n_points = sum(n >= limit for n in shared.values())
    n_events = sum(n for n in shared.values() if n >= limit)
    if n_points:
        noticed.warn(
            "shared-points",
            ", ".join(shared.most_common(1)[0][0]),
            f"{n_events:,} of {sum(shared.values()):,} events sit on {n_points} shared points: "
            "the points of places, not of events.",
            f"They count within at least {reach_km:g} km around.",
        )


def blurred_m(radius_m: float, n_here: int) -> float:
    """
    Widen the radius of an event that shares its point with others.

    Parameters
    ----------
    radius_m
        Radius in metres from what the file says.
    n_here
        Events on the same point.

    Returns
    -------
    radius_m
        Metres.
    """
    if n_here >= facts.number("sources.repeated_point_n"):
        return max(radius_m, facts.number("sources.repeated_point_radius_m"))
    return radius_m


def rounding_m(lon: str, lat: str) -> float:
    """
    Say how far rounding may have moved a position.

    Parameters
    ----------
    lon
        Degrees as written.
    lat
        Degrees as written.

    Returns
    -------
    rounding_m
        Metres: half a step of the finer of the two, since programs drop last zeros.
    """
    decimals = max(len(text.strip().partition(".")[2]) for text in (lon, lat))
    return float(0.5 * 10.0**-decimals * _DEGREE_M)
