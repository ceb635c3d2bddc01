# SPDX-License-Identifier: Apache-2.0
"""
Which candidates are examined together where all of them would be too many.

Structures on one street differ by seconds: the best of each street stands for it. If streets are
still too many, the best of each cell of a grid stands for the cell. The plan says how many were
examined, and ``near`` brings neighbours of chosen sites back in.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.grades import Verdict
from goldenhour.siting.screening import TierScreening

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
    """

    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    street: NDArray[np.int32]
    rank: Rows


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
    """Keep the first of each cell, with cells just large enough to keep few."""
    x_m = ground.x_m[rows] - ground.x_m[rows].min()
    y_m = ground.y_m[rows] - ground.y_m[rows].min()
    low_m, high_m = 0.0, 1.0 + max(x_m.max(), y_m.max())
    cell = np.zeros(len(ground.x_m), dtype=np.int64)
    for _ in range(30):
        side_m = (low_m + high_m) / 2
        cell[rows] = _cells(x_m, y_m, side_m)
        if len(np.unique(cell[rows])) > at_most:
            low_m = side_m
        else:
            high_m = side_m
    cell[rows] = _cells(x_m, y_m, high_m)
    return _first_of(rows, cell, ground.rank)


def _cells(x_m: NDArray[np.float64], y_m: NDArray[np.float64], side_m: float) -> Rows:
    """Give each point the number of its cell."""
    column, row = (x_m // side_m).astype(np.int64), (y_m // side_m).astype(np.int64)
    cells: Rows = column * (row.max() + 1) + row
    return cells
