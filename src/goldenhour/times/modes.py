# SPDX-License-Identifier: Apache-2.0
"""How fast each mode goes on each class of street, before anything is broken."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.grades import Mode
from goldenhour.town.town import Streets

_KMH_TO_M_PER_S = 1 / 3.6


def carry_off_road_s_per_m() -> float:
    """
    Say how long a stretcher team needs for one metre of open ground.

    Returns
    -------
    pace
        Seconds per metre.
    """
    speed_m_per_s = facts.number("times.off_road_kmh") * _KMH_TO_M_PER_S
    return facts.number("times.carry_factor") / speed_m_per_s


def clear_seconds(streets: Streets, *, mode: Mode) -> NDArray[np.float64]:
    """
    Measure every street as if nothing were broken.

    Parameters
    ----------
    streets
        The street segments.
    mode
        How the casualty moves.

    Returns
    -------
    seconds
        Seconds to pass each street, ``inf`` where the mode may not go. Shape ``(n_edges,)``.
    """
    speed = _vehicle_kmh(streets) if mode is Mode.VEHICLE else _carry_kmh(streets)
    seconds = np.full(streets.n_edges, np.inf)
    allowed = is_allowed(streets, mode=mode)
    seconds[allowed] = streets.length_m[allowed] / (speed[allowed] * _KMH_TO_M_PER_S)
    return seconds


def is_allowed(streets: Streets, *, mode: Mode) -> NDArray[np.bool_]:
    """
    Tell which streets a mode may use by their class.

    Parameters
    ----------
    streets
        The street segments.
    mode
        How the casualty moves.

    Returns
    -------
    allowed
        Shape ``(n_edges,)``, bool.
    """
    allowed = ~_is_of(streets, "times.no_way_classes")
    if mode is Mode.VEHICLE:
        allowed &= ~_is_of(streets, "times.no_vehicle_classes")
    return allowed


def may_stop(streets: Streets) -> NDArray[np.bool_]:
    """
    Tell where a vehicle may stop to load or unload.

    Parameters
    ----------
    streets
        The street segments.

    Returns
    -------
    may_stop
        Shape ``(n_edges,)``, bool.
    """
    return is_allowed(streets, mode=Mode.VEHICLE) & ~_is_of(streets, "times.no_stopping_classes")


def is_class_unknown(streets: Streets) -> NDArray[np.bool_]:
    """
    Tell which streets have no class, or one that no fact knows; they count as slowest.

    Parameters
    ----------
    streets
        The street segments.

    Returns
    -------
    unknown
        Shape ``(n_edges,)``, bool.
    """
    known = set(facts.fact("times.vehicle_kmh").value)
    for name in ("times.no_vehicle_classes", "times.no_way_classes"):
        known |= set(facts.fact(name).value)
    return _by_class(streets, dict.fromkeys(known, 0.0), 1.0) > 0


def _vehicle_kmh(streets: Streets) -> NDArray[np.float64]:
    """Give km/h by class, never above the posted speed nor the convoy's."""
    speed = _by_class(
        streets,
        facts.fact("times.vehicle_kmh").value,
        facts.number("times.vehicle_unknown_class_kmh"),
    )
    posted = np.where(streets.maxspeed_kmh > 0, streets.maxspeed_kmh, np.inf)
    return np.minimum(np.minimum(speed, posted), facts.number("times.convoy_kmh"))


def _carry_kmh(streets: Streets) -> NDArray[np.float64]:
    """Give km/h of a stretcher team."""
    speed = facts.number("times.walking_kmh") / facts.number("times.carry_factor")
    return _by_class(streets, {"steps": speed / facts.number("times.steps_factor")}, speed)


def _is_of(streets: Streets, fact: str) -> NDArray[np.bool_]:
    """Tell which streets are of the classes that a fact lists."""
    return _by_class(streets, dict.fromkeys(facts.fact(fact).value, 1.0), 0.0) > 0


def _by_class(streets: Streets, value: dict[str, float], otherwise: float) -> NDArray[np.float64]:
    """Look one number up per class, then per street."""
    number, classes = pd.factorize(streets.highway)
    found = np.array([value.get(str(highway), otherwise) for highway in classes], dtype=np.float64)
    return found[number]
