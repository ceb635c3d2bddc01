# SPDX-License-Identifier: Apache-2.0
"""
The story's facts by arithmetic alone: how far Haditha is, and that two hours do not reach it.

No road graph is used here, so that a plan over the exercise can be held against it.
"""

from dataclasses import dataclass

import numpy as np

from goldenhour.base import facts
from goldenhour.base.messages import say
from goldenhour.exercise.pinned import pinned, road_m, value

_STARTS = ("husaybah", "al_qaim")
_HOUR_S, _KM_M = 3600.0, 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """
    One way from a public point to another.

    Parameters
    ----------
    start
        Key of its start.
    end
        Key of its end.
    straight_m
        Geodesic in metres.
    road_m
        Geodesic times the detour factor, metres.
    drive_s
        Seconds at the speed asked for, without a stop.
    checkpoints_low_s
        Seconds at all checkpoints, if they are quick.
    checkpoints_high_s
        Seconds at all checkpoints, if they are slow.
    is_within_two_hours
        True if the surgery clock is met without any checkpoint.
    """

    start: str
    end: str
    straight_m: float
    road_m: float
    drive_s: float
    checkpoints_low_s: float
    checkpoints_high_s: float
    is_within_two_hours: bool


def leg(start: str, end: str, *, speed_kmh: float | None = None) -> Leg:
    """
    Work out one way by arithmetic.

    Parameters
    ----------
    start
        Key of a public point, such as ``"husaybah"``.
    end
        Key of another.
    speed_kmh
        Speed in km/h; the convoy's if left out.

    Returns
    -------
    leg
        Distances and times.
    """
    speed_kmh = float(value("convoy_speed_kmh")) if speed_kmh is None else speed_kmh
    straight_m = road_m(np.array([pinned(start).xy_m, pinned(end).xy_m]))
    along_m = straight_m * float(value("detour_factor"))
    drive_s = along_m / _KM_M / speed_kmh * _HOUR_S
    low_s, high_s = (value("n_checkpoints") * one for one in value("checkpoint_delay_s"))
    return Leg(
        start=start,
        end=end,
        straight_m=straight_m,
        road_m=along_m,
        drive_s=drive_s,
        checkpoints_low_s=float(low_s),
        checkpoints_high_s=float(high_s),
        is_within_two_hours=drive_s <= facts.number("clocks.surgery_s"),
    )


def distances_off_m() -> dict[tuple[str, str], float]:
    """
    Hold the pinned points against the published straight-line distances.

    Returns
    -------
    off_m
        Metres by which each differs, by start and end.
    """
    return {
        (start, end): abs(leg(start, end).straight_m - km * _KM_M)
        for end, published in value("straight_line_km").items()
        for start, km in zip(_STARTS, published, strict=True)
    }


def in_words(start: str, language: str, *, speed_kmh: float | None = None) -> str:
    """
    Say how far Haditha is.

    Parameters
    ----------
    start
        Key of a public point.
    language
        ``"en"`` or ``"ar"``.
    speed_kmh
        Speed in km/h; the convoy's if left out.

    Returns
    -------
    sentence
        With its inputs, and whether the two-hour clock is met.
    """
    speed_kmh = float(value("convoy_speed_kmh")) if speed_kmh is None else speed_kmh
    way = leg(start, "haditha", speed_kmh=speed_kmh)
    slow_s = way.drive_s + way.checkpoints_high_s
    return say(
        "exercise.back-test-met" if way.is_within_two_hours else "exercise.back-test",
        language,
        start=say(f"exercise.{start}", language),
        straight_km=round(way.straight_m / _KM_M),
        road_km=round(way.road_m / _KM_M),
        hours=f"{way.drive_s / _HOUR_S:.1f}",
        speed=round(speed_kmh),
        hours_with=f"{slow_s / _HOUR_S:.1f}",
        n=value("n_checkpoints"),
    )
