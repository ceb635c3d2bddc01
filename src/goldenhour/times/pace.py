# SPDX-License-Identifier: Apache-2.0
"""How slope changes the pace of walkers, cyclists and vehicles, as tables over slope."""

from collections.abc import Callable
from enum import IntEnum, StrEnum
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.times.kernels.terrain import N_STEPS, STEEPEST, STEPS_PER_SLOPE

Cyclist = Callable[[float, NDArray[np.float64]], NDArray[np.float64]]
"""A speed in km/h from the one on the flat and slopes of shape ``(n,)``; 0 where impossible."""

_NEVER = np.float32(1e30)  # not inf: interpolating beside it must stay a number


class Mode(IntEnum):
    """How one moves over a cell; the numbers are AccessMod's, in thousands."""

    WALKING = 1
    BICYCLING = 2
    MOTORIZED = 3


class Bicycle(StrEnum):
    """
    What slope does to a cyclist.

    AccessMod's formula expects per cent and is given a fraction, so slopes act 100 times too
    weakly there; ``AS_ACCESSMOD`` keeps that, to compare with its results.
    """

    CORRECTED = "corrected"
    AS_ACCESSMOD = "as-accessmod"


def slopes() -> NDArray[np.float64]:
    """
    List the slopes of the tables.

    Returns
    -------
    slopes
        Rise by horizontal distance, ascending. Shape ``(N_STEPS,)``.
    """
    return np.arange(N_STEPS) / STEPS_PER_SLOPE - STEEPEST


def motorized() -> NDArray[np.float32]:
    """
    Keep the pace on any slope.

    Returns
    -------
    factor
        1 everywhere. Shape ``(N_STEPS,)``.
    """
    return np.ones(N_STEPS, dtype=np.float32)


@cache
def walking() -> NDArray[np.float32]:
    """
    Change a walker's pace by Tobler's hiking function, 1 on the flat.

    Returns
    -------
    factor
        By which the flat pace is multiplied. Shape ``(N_STEPS,)``.
    """
    steepness, best = facts.number("times.tobler_steepness"), facts.number("times.tobler_best")
    return _table(np.exp(steepness * (np.abs(slopes() - best) - abs(best))))


@lru_cache(maxsize=64)
def bicycling(flat_kmh: float, bicycle: Bicycle | Cyclist) -> NDArray[np.float32]:
    """
    Change a cyclist's pace.

    Parameters
    ----------
    flat_kmh
        Speed on the flat in km/h.
    bicycle
        How slope is taken.

    Returns
    -------
    factor
        By which the pace at that speed is multiplied. Shape ``(N_STEPS,)``.
    """
    if isinstance(bicycle, Bicycle):
        speed_kmh = bicycle_kmh(flat_kmh, slopes(), bicycle)
    else:
        speed_kmh = bicycle(flat_kmh, slopes())
    with np.errstate(divide="ignore"):
        return _table(flat_kmh / speed_kmh)


def bicycle_kmh(
    flat_kmh: float, slope: NDArray[np.float64], bicycle: Bicycle
) -> NDArray[np.float64]:
    """
    Find a cyclist's speed on slopes: the power for the flat speed is kept, up to twice its speed.

    Parameters
    ----------
    flat_kmh
        Speed on the flat in km/h.
    slope
        Rise by horizontal distance. Shape ``(n,)``.
    bicycle
        How slope is taken.

    Returns
    -------
    speed_kmh
        Speed in km/h, at most twice the flat one. Shape ``(n,)``.
    """
    given = slope * 0.01 if bicycle is Bicycle.AS_ACCESSMOD else slope
    weight_n = facts.number("times.bicycle_weight_n")
    rolling = facts.number("times.bicycle_rolling")
    drag = facts.number("times.bicycle_drag")
    flat = flat_kmh / 3.6
    power = flat * (weight_n * rolling + drag * flat**2)
    slow, fast = np.zeros_like(given), np.full_like(given, 2 * flat)
    for _ in range(40):  # halving: one root lies between, and Newton's method may miss it
        middle = (slow + fast) / 2
        is_slow = middle * (drag * middle**2 + weight_n * (given + rolling)) < power
        slow, fast = np.where(is_slow, middle, slow), np.where(is_slow, fast, middle)
    return fast * 3.6


def _table(factor: NDArray[np.float64]) -> NDArray[np.float32]:
    """Close both ends of a table: steeper than it spans, nobody walks or rides."""
    table = np.minimum(factor, _NEVER).astype(np.float32)
    table[[0, -1]] = _NEVER
    table.flags.writeable = False  # tables are kept
    return table
