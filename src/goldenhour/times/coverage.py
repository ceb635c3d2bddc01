# SPDX-License-Identifier: Apache-2.0
"""
Whom facilities of given capacity serve: the nearest first, ring by ring, until they are full.

AccessMod's geographic coverage. Facilities are taken in an order; each serves whoever is left in
rings of travel time around it. Of the ring that it cannot serve whole, it serves the same share of
every cell. Served and not served add up to all people.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from goldenhour.base.errors import InputError
from goldenhour.times.surface import fitting

Times = Callable[[int], NDArray[np.float32]]
"""Seconds of every cell to or from a facility, ``inf`` beyond the limit: ``(rows, columns)``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """
    What one facility serves.

    Parameters
    ----------
    facility
        Its number.
    capacity
        People it can serve.
    in_reach
        People that earlier facilities left within the limit.
    first_ring
        Of these, people in the nearest ring that holds any.
    full_s
        Farthest ring served whole, its start in seconds; NaN if none.
    part_s
        The ring served in part, its start in seconds; NaN if none.
    part_share
        Share of that ring that is served.
    served
        People served.
    catchment_cells
        Cells with people or without up to the last ring served.
    """

    facility: int
    capacity: float
    in_reach: float
    first_ring: float
    full_s: float
    part_s: float
    part_share: float
    served: float
    catchment_cells: int

    @property
    def unused(self) -> float:
        """Capacity left over."""
        return self.capacity - self.served


class Coverage(NamedTuple):
    """
    Who is served, and who is left.

    Parameters
    ----------
    facilities
        In the order in which they were filled.
    left
        People of every cell that nobody serves. Shape ``(rows, columns)``, float64.
    """

    facilities: tuple[Filled, ...]
    left: NDArray[np.float64]


class Zone(NamedTuple):
    """
    Coverage of one zone.

    Parameters
    ----------
    zone
        Its number.
    people
        All its people.
    served
        Those served.
    """

    zone: int
    people: float
    served: float

    @property
    def share(self) -> float:
        """Share of people that are served, NaN in an empty zone."""
        return self.served / self.people if self.people else float("nan")


def by_people_in_reach(times: Times, n_facilities: int, people: ArrayLike) -> list[int]:
    """
    Order facilities by the people within reach of each alone, most first, ties as they come.

    Parameters
    ----------
    times
        Seconds of every cell to or from a facility.
    n_facilities
        How many there are.
    people
        People of every cell, NaN where there are none. Shape ``(rows, columns)``.

    Returns
    -------
    order
        Facility numbers.
    """
    weight = np.nan_to_num(fitting(people, None, "people"))
    in_reach = [weight[np.isfinite(times(facility))].sum() for facility in range(n_facilities)]
    return [int(facility) for facility in np.argsort(-np.array(in_reach), kind="stable")]


def fill(
    times: Times,
    *,
    order: Sequence[int],
    capacity: Sequence[float],
    people: ArrayLike,
    ring_s: float = 60,
) -> Coverage:
    """
    Fill facilities in order.

    Parameters
    ----------
    times
        Seconds of every cell to or from a facility, ``inf`` beyond the limit.
    order
        Facility numbers; one that is left out serves nobody.
    capacity
        People each facility can serve, by facility number.
    people
        People of every cell, NaN where there are none. Shape ``(rows, columns)``.
    ring_s
        Width of a ring in seconds.

    Returns
    -------
    coverage
        ``(facilities, left)``.

    Raises
    ------
    InputError
        If a capacity or a number of people is negative, or the width is not above 0 seconds.
    """
    left = np.nan_to_num(fitting(people, None, "people"))
    if (left < 0).any() or not all(one >= 0 for one in capacity):
        raise InputError("People and capacities must be 0 or more.", where="people", code="GH136")
    if not ring_s > 0:
        raise InputError("A ring must be wider than 0 seconds.", where="ring_s", code="GH136")
    filled = []
    for facility in order:
        one, left = _fill_one(facility, capacity[facility], times(facility), left, ring_s)
        filled.append(one)
    return Coverage(facilities=tuple(filled), left=left)


def _fill_one(
    facility: int,
    capacity: float,
    seconds: NDArray[np.float32],
    left: NDArray[np.float64],
    ring_s: float,
) -> tuple[Filled, NDArray[np.float64]]:
    """Fill one facility, and give what it leaves."""
    is_near = np.isfinite(seconds)
    ring = np.floor(np.where(is_near, seconds, 0) / ring_s).astype(np.int64)
    waiting = np.bincount(ring[is_near], weights=left[is_near])
    so_far = np.cumsum(waiting)
    n_full = int(np.searchsorted(so_far, capacity, side="right"))
    in_full = float(so_far[n_full - 1]) if n_full else 0.0
    is_cut = n_full < len(waiting) and in_full < capacity
    share = float((capacity - in_full) / waiting[n_full]) if is_cut else 0.0
    is_part = is_near & (ring == n_full)
    left_now = np.where(is_near & (ring < n_full), 0, np.where(is_part, left * (1 - share), left))
    rings = np.flatnonzero(waiting)  # rings without people are no limit to speak of
    full = rings[rings < n_full]
    last = len(waiting) if n_full == len(waiting) else n_full if is_cut else max(full, default=-1)
    return Filled(
        facility=facility,
        capacity=float(capacity),
        in_reach=float(so_far[-1]) if len(so_far) else 0.0,
        first_ring=float(waiting[rings[0]]) if rings.size else 0.0,
        full_s=float(full[-1] * ring_s) if full.size else float("nan"),
        part_s=n_full * ring_s if is_cut else float("nan"),
        part_share=share,
        served=float(capacity) if is_cut else in_full,
        catchment_cells=int(np.count_nonzero(is_near & (ring <= last))),
    ), left_now


def by_zone(zone: ArrayLike, *, people: ArrayLike, left: NDArray[np.float64]) -> list[Zone]:
    """
    Sum up who is served, zone by zone.

    Parameters
    ----------
    zone
        Number of the zone of every cell, negative for none. Shape ``(rows, columns)``, integer.
    people
        All people of every cell, NaN where there are none. Shape ``(rows, columns)``.
    left
        Those that nobody serves. Shape ``(rows, columns)``.

    Returns
    -------
    zones
        Ascending by number. People in no zone are in none.
    """
    numbers, place = np.unique(np.asarray(zone), return_inverse=True)
    total = np.bincount(
        place.ravel(), weights=np.nan_to_num(fitting(people, None, "people")).ravel()
    )
    rest = np.bincount(place.ravel(), weights=left.ravel())
    return [
        Zone(int(number), float(all_people), float(all_people - unserved))
        for number, all_people, unserved in zip(numbers, total, rest, strict=True)
        if number >= 0
    ]
