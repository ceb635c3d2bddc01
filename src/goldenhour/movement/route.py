# SPDX-License-Identifier: Apache-2.0
"""One way from a place to another, with today's closures."""

from dataclasses import dataclass
from datetime import datetime

from shapely.geometry import LineString

from goldenhour.base.grades import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """
    One named stretch of a route.

    Parameters
    ----------
    name
        Street name, or its class where it has none.
    length_m
        Metres.
    travel_s
        Seconds.
    unknown_share
        Share of its length that nobody has reported on.
    """

    name: str
    length_m: float
    travel_s: float
    unknown_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """
    The fastest open way.

    Parameters
    ----------
    start
        What the planner called the start.
    end
        What the planner called the end.
    mode
        How one moves.
    as_of
        Moment of the picture it rests on, aware UTC.
    line
        Its shape in the town's metric system.
    length_m
        Metres.
    travel_s
        Seconds.
    unknown_share
        Share of its length that nobody has reported on.
    legs
        Named stretches in order.
    hazards
        Codes and names of hazard areas that it touches; never empty silently: none known is said
        so in words.
    """

    start: str
    end: str
    mode: Mode
    as_of: datetime
    line: LineString
    length_m: float
    travel_s: float
    unknown_share: float
    legs: tuple[Leg, ...]
    hazards: tuple[str, ...]
