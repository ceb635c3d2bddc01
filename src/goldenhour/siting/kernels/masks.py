# SPDX-License-Identifier: Apache-2.0
"""Loops of demand that streams in: its covering sites as bits are the key it is summed by."""

import numba
import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.kernels.cover import Bools, Floats, Ints, Rows

Masks = NDArray[np.uint64]
EMPTY = -1
_STEP = np.uint64(0x9E3779B97F4A7C15)
_WORD = 64


@numba.njit(cache=True)
def _place_of(key: Masks, keys: Masks, table: Rows) -> int:
    """Find where a key is, or would be, in an open-address table."""
    mixed = np.uint64(0)
    for word in key:
        mixed = (mixed ^ word) * _STEP
        mixed ^= mixed >> np.uint64(29)
    at = np.int64(mixed & np.uint64(len(table) - 1))
    while table[at] != EMPTY:
        known = keys[table[at]]
        is_same = True
        for i in range(len(key)):
            is_same = is_same and known[i] == key[i]
        if is_same:
            break
        at = (at + 1) & (len(table) - 1)
    return int(at)


@numba.njit(cache=True)
def add(  # noqa: PLR0913, PLR0917 - the state of the table
    mask: Masks, people: Floats, first: int, table: Rows, keys: Masks, total: Floats, n: int
) -> tuple[int, int]:
    """Sum rows by their bits until they end or there is no room; the next row, and the keys."""
    for row in range(first, len(mask)):
        at = _place_of(mask[row], keys, table)
        if table[at] == EMPTY:
            if n == len(keys):
                return row, n
            table[at] = n
            keys[n] = mask[row]
            total[n] = 0.0
            n += 1
        total[table[at]] += people[row]
    return len(mask), n


@numba.njit(cache=True)
def index(keys: Masks, n: int, size: int) -> Rows:
    """Make a table of some size for the keys that are known."""
    table = np.full(size, EMPTY, dtype=np.int32)
    for i in range(n):
        table[_place_of(keys[i], keys, table)] = i
    return table


@numba.njit(cache=True)
def of_rows(start: Ints, site: Rows, n_words: int) -> Masks:
    """Set a bit for each covering site of each row."""
    mask = np.zeros((len(start) - 1, n_words), dtype=np.uint64)
    for row in range(len(start) - 1):
        for e in range(start[row], start[row + 1]):
            mask[row, site[e] // _WORD] |= np.uint64(1) << np.uint64(site[e] % _WORD)
    return mask


@numba.njit(cache=True)
def to_table(mask: Masks, n_sites: int) -> Bools:
    """Take bits as a table of yes and no."""
    table = np.zeros((len(mask), n_sites), dtype=np.bool_)
    for row in range(len(mask)):
        for j in range(n_sites):
            table[row, j] = (mask[row, j // _WORD] >> np.uint64(j % _WORD)) & np.uint64(1)
    return table
