# SPDX-License-Identifier: Apache-2.0
"""
Sixteen lanes, one per source, that share vector registers; compiled.

A row of 16 int32 lanes is one cache line. Inside a kernel it travels as a tuple of 16: after
inlining that is one vector register, or two. Without packing the answers are the same, only 5
times slower.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numba import config, njit, types
from numba.core.compiler_lock import global_compiler_lock

LANES = 16
CLOSED = 2**30 - 1
"""Closed or unreachable inside the hierarchy, in ticks: two of them add up in int32."""

# Numba sees through annotations; shapes and types are in the docstrings.
Array = Any
Row = Any
Count = Any
Ticks = Any

_config: Any = config  # its names are made at run time

# Counters without a sign: numba would look for negative places at every step.
ONE, WIDE = np.uint64(1), np.uint64(LANES)

READ32, READ64 = (types.Array(each, 1, "C", readonly=True) for each in (types.int32, types.int64))
PLACES = types.Array(types.uint32, 1, "C", readonly=True)
COUNTS = types.Array(types.uint64, 1, "C", readonly=True)
ROWS = types.int32[::1]


@contextmanager
def _packing() -> Iterator[None]:
    """
    Let the compiler pack neighbouring statements, and keep it from packing turns of a loop.

    It reads both settings while it compiles, and neither enters the key of its cache. So they
    hold for one kernel at a time, and no other thread compiles meanwhile.
    """
    with global_compiler_lock:
        before = _config.SLP_VECTORIZE, _config.LOOP_VECTORIZE
        _config.SLP_VECTORIZE, _config.LOOP_VECTORIZE = 1, 0
        try:
            yield
        finally:
            _config.SLP_VECTORIZE, _config.LOOP_VECTORIZE = before


def packed(  # numba's types have none themselves
    signature: Any,  # noqa: ANN401 - numba ships none
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """
    Compile a function at once, or load it from the cache, with its lanes packed.

    Parameters
    ----------
    signature
        Its numba types: a kernel that compiles later would compile without packing.

    Returns
    -------
    decorator
        For a function of arrays.
    """

    def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
        with _packing():
            kernel: Callable[..., Any] = njit(signature, cache=True, nogil=True)(function)
        return kernel

    return compiled


@njit(nogil=True)
def load(rows: Array, at: Count) -> Row:
    """Take up a row."""
    return (
        rows[at],
        rows[at + np.uint64(1)],
        rows[at + np.uint64(2)],
        rows[at + np.uint64(3)],
        rows[at + np.uint64(4)],
        rows[at + np.uint64(5)],
        rows[at + np.uint64(6)],
        rows[at + np.uint64(7)],
        rows[at + np.uint64(8)],
        rows[at + np.uint64(9)],
        rows[at + np.uint64(10)],
        rows[at + np.uint64(11)],
        rows[at + np.uint64(12)],
        rows[at + np.uint64(13)],
        rows[at + np.uint64(14)],
        rows[at + np.uint64(15)],
    )


@njit(nogil=True)
def store(rows: Array, at: Count, row: Row) -> None:
    """Put down a row."""
    rows[at] = row[0]
    rows[at + np.uint64(1)] = row[1]
    rows[at + np.uint64(2)] = row[2]
    rows[at + np.uint64(3)] = row[3]
    rows[at + np.uint64(4)] = row[4]
    rows[at + np.uint64(5)] = row[5]
    rows[at + np.uint64(6)] = row[6]
    rows[at + np.uint64(7)] = row[7]
    rows[at + np.uint64(8)] = row[8]
    rows[at + np.uint64(9)] = row[9]
    rows[at + np.uint64(10)] = row[10]
    rows[at + np.uint64(11)] = row[11]
    rows[at + np.uint64(12)] = row[12]
    rows[at + np.uint64(13)] = row[13]
    rows[at + np.uint64(14)] = row[14]
    rows[at + np.uint64(15)] = row[15]


@njit(nogil=True)
def _sooner(held: Ticks, other: Ticks, ticks: Ticks) -> Ticks:
    """Choose between a time and another with a step on top, in 32 bits."""
    then = np.int32(other + ticks)
    return then if then < held else held  # noqa: FURB136 - two selects of 32 bits pack


@njit(nogil=True)
def soonest(row: Row, other: Row, ticks: Ticks) -> Row:
    """Choose lane by lane."""
    return (
        _sooner(row[0], other[0], ticks),
        _sooner(row[1], other[1], ticks),
        _sooner(row[2], other[2], ticks),
        _sooner(row[3], other[3], ticks),
        _sooner(row[4], other[4], ticks),
        _sooner(row[5], other[5], ticks),
        _sooner(row[6], other[6], ticks),
        _sooner(row[7], other[7], ticks),
        _sooner(row[8], other[8], ticks),
        _sooner(row[9], other[9], ticks),
        _sooner(row[10], other[10], ticks),
        _sooner(row[11], other[11], ticks),
        _sooner(row[12], other[12], ticks),
        _sooner(row[13], other[13], ticks),
        _sooner(row[14], other[14], ticks),
        _sooner(row[15], other[15], ticks),
    )


@njit(nogil=True)
def across(tile: Array, at: Count) -> Row:
    """Take one lane of 16 rows."""
    return (
        tile[at + np.uint64(0)],
        tile[at + np.uint64(16)],
        tile[at + np.uint64(32)],
        tile[at + np.uint64(48)],
        tile[at + np.uint64(64)],
        tile[at + np.uint64(80)],
        tile[at + np.uint64(96)],
        tile[at + np.uint64(112)],
        tile[at + np.uint64(128)],
        tile[at + np.uint64(144)],
        tile[at + np.uint64(160)],
        tile[at + np.uint64(176)],
        tile[at + np.uint64(192)],
        tile[at + np.uint64(208)],
        tile[at + np.uint64(224)],
        tile[at + np.uint64(240)],
    )
