# SPDX-License-Identifier: Apache-2.0
"""
Which candidates are examined together where all of them would be too many.

Structures on one street differ by seconds: the best of each street stands for it. If streets are
still too many, the town is cut into cells, always the one with most people in four, and the best
of each cell stands for it. The plan says how many were examined, and ``near`` brings neighbours of
promising sites back in.
"""

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.grades import Verdict
from goldenhour.siting.screening.table import TierScreening

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """
    Where structures stand and which of two like ones goes first.

    Parameters
    ----------
    x_m
        Eastings in metres. Shape ``(n_structures,)``.
    y_m
        Northings in metres. Shape ``(n_structures,)``.
    street
        Nearest street of each structure, -1 if none. Shape ``(n_structures,)``.
    rank
        Place in the order of preference, 0 first. Shape ``(n_structures,)``, int64.
    people
        People in each structure. Shape ``(n_structures,)``.
    """

    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    street: NDArray[np.int32]
    rank: Rows
    people: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    """A square with the candidates and the people in it."""

    west_m: float
    south_m: float
    side_m: float
    candidates: Rows
    people: Rows

    def weight(self, ground: Ground) -> float:
        """People inside, and where there are none, candidates."""
        return float(ground.people[self.people].sum()) + 1e-6 * len(self.candidates)


def preference(screening: TierScreening, area_m2: NDArray[np.float64]) -> Rows:
    """
    Order structures: fewer unknowns first, then larger known area, then their own order.

    Parameters
    ----------
    screening
        One tier's verdicts.
    area_m2
        Known floor area in square metres, NaN if unknown. Shape ``(n_structures,)``.

    Returns
    -------
    rank
        Place of each structure, 0 first. Shape ``(n_structures,)``, int64.
    """
    unknown = (screening.verdict == Verdict.UNKNOWN).sum(axis=1)
    order = np.lexsort((-np.nan_to_num(area_m2), unknown))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank


def shortlist(candidates: Rows, ground: Ground, *, at_most: int, always: Rows) -> Rows:
    """
    Choose which candidates are examined.

    Parameters
    ----------
    candidates
        Structure rows. Shape ``(n_candidates,)``.
    ground
        Where they stand and which goes first.
    at_most
        How many to keep, beside those that must stay.
    always
        Rows that must stay. Shape ``(n_always,)``.

    Returns
    -------
    chosen
        Structure rows, ascending. Shape ``(n_chosen,)``.
    """
    chosen = candidates
    if len(chosen) > at_most:
        chosen = one_a_street(chosen, ground)
    if len(chosen) > at_most:
        chosen = _first_of_cells(chosen, ground, at_most)
    return np.union1d(chosen, always).astype(np.int64)


def one_a_street(candidates: Rows, ground: Ground) -> Rows:
    """
    Keep the best candidate of each street.

    Parameters
    ----------
    candidates
        Structure rows. Shape ``(n_candidates,)``.
    ground
        Where they stand and which goes first.

    Returns
    -------
    chosen
        Structure rows, ascending. Shape ``(n_chosen,)``.
    """
    return _first_of(candidates, ground.street, ground.rank)


def near(candidates: Rows, ground: Ground, *, centres: Rows, each: int) -> Rows:
    """
    Find the nearest candidates of some structures.

    Parameters
    ----------
    candidates
        Structure rows. Shape ``(n_candidates,)``.
    ground
        Where they stand.
    centres
        Structure rows to look around. Shape ``(n_centres,)``.
    each
        How many for each.

    Returns
    -------
    found
        Structure rows, ascending. Shape ``(n_found,)``.
    """
    found: list[Rows] = [np.zeros(0, dtype=np.int64)]
    for centre in centres:
        away_m2 = (ground.x_m[candidates] - ground.x_m[centre]) ** 2 + (
            ground.y_m[candidates] - ground.y_m[centre]
        ) ** 2
        found.append(candidates[np.argsort(away_m2, kind="stable")[:each]])
    return np.unique(np.concatenate(found)).astype(np.int64)


def _first_of(rows: Rows, key: NDArray[np.int32] | Rows, rank: Rows) -> Rows:
    """Keep the first by rank of each key."""
    ordered = rows[np.argsort(rank[rows], kind="stable")]
    _, first = np.unique(key[ordered], return_index=True)
    return np.sort(ordered[first])


def _first_of_cells(rows: Rows, ground: Ground, at_most: int) -> Rows:
    """Cut the cell with most people in four until cells are enough; keep the first of each."""
    west_m, south_m = float(ground.x_m[rows].min()), float(ground.y_m[rows].min())
    side_m = 1.0 + max(float(np.ptp(ground.x_m[rows])), float(np.ptp(ground.y_m[rows])))
    everybody = np.flatnonzero(ground.people > 0)
    whole = _Cell(west_m=west_m, south_m=south_m, side_m=side_m, candidates=rows, people=everybody)
    heap: list[tuple[float, int, _Cell]] = [(0.0, 0, whole)]
    single: list[_Cell] = []
    number = 0
    while heap and len(heap) + len(single) < at_most:
        cell = heapq.heappop(heap)[2]
        for part in _quarters(cell, ground):
            number += 1
            if len(part.candidates) == 1 or part.side_m < 1.0:
                single.append(part)
            else:
                heapq.heappush(heap, (-part.weight(ground), number, part))
    cells = single + [cell for _, _, cell in heap]
    return np.sort(
        np.array([cell.candidates[np.argmin(ground.rank[cell.candidates])] for cell in cells])
    )


def _quarters(cell: _Cell, ground: Ground) -> list[_Cell]:
    """Cut a cell in four and leave out what holds no candidate."""
    half_m = cell.side_m / 2
    place = [_place(rows, cell, ground) for rows in (cell.candidates, cell.people)]
    parts = []
    for quarter in range(4):
        inside = cell.candidates[place[0] == quarter]
        if len(inside):
            parts.append(
                _Cell(
                    west_m=cell.west_m + half_m * (quarter % 2),
                    south_m=cell.south_m + half_m * (quarter // 2),
                    side_m=half_m,
                    candidates=inside,
                    people=cell.people[place[1] == quarter],
                )
            )
    return parts


def _place(rows: Rows, cell: _Cell, ground: Ground) -> Rows:
    """Tell in which quarter of a cell each structure lies."""
    half_m = cell.side_m / 2
    east = (ground.x_m[rows] >= cell.west_m + half_m).astype(np.int64)
    north = (ground.y_m[rows] >= cell.south_m + half_m).astype(np.int64)
    place: Rows = east + 2 * north
    return place
