# SPDX-License-Identifier: Apache-2.0
"""Seconds to whole 1/64 s and back: the reason why every machine finds the same travel times."""

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from goldenhour.base.errors import InputError
from goldenhour.times.kernels.reach import FAR, LONGEST, TICKS_PER_S

NEVER_S = 65_535
"""Unreachable, or too far for uint16, in whole seconds."""


def to_ticks(seconds: ArrayLike, *, where: str) -> NDArray[np.int32]:
    """
    Round seconds to whole 1/64 s; only zero stays zero, ``inf`` becomes closed.

    Parameters
    ----------
    seconds
        Seconds, 0 or more; ``inf`` where closed. Any shape.
    where
        What the numbers are, for the error message.

    Returns
    -------
    ticks
        Whole 1/64 s, ``FAR`` where closed. Same shape as ``seconds``.

    Raises
    ------
    InputError
        If a number is negative, not a number, or finite and longer than 194 days.
    """
    given = np.asarray(seconds, dtype=np.float64)
    if np.isnan(given).any() or (given < 0).any():
        raise InputError(
            "Seconds must be numbers of 0 or more.",
            where=where,
            do="Use inf for what is closed; an unknown time has to be decided first.",
            code="GH120",
        )
    is_open = np.isfinite(given)
    ticks = np.where(is_open, np.rint(given * TICKS_PER_S), 0)
    if (ticks > LONGEST).any():
        raise InputError(
            f"A finite time may not exceed {LONGEST // TICKS_PER_S} seconds.",
            where=where,
            do="Use inf for what is closed.",
            code="GH121",
        )
    ticks = np.where(given > 0, np.maximum(ticks, 1), ticks)
    return np.where(is_open, ticks, FAR).astype(np.int32)


def to_seconds(ticks: NDArray[np.int32]) -> NDArray[np.float32]:
    """
    Turn ticks into seconds; exact up to 72 hours, to the nearest float32 beyond.

    Parameters
    ----------
    ticks
        Whole 1/64 s, ``FAR`` where unreachable. Shape ``(...)``: any.

    Returns
    -------
    seconds
        Seconds, ``inf`` where unreachable. Same shape as ``ticks``, float32.
    """
    seconds = ticks.astype(np.float32)
    seconds /= np.float32(TICKS_PER_S)
    seconds[ticks == FAR] = np.inf
    return seconds


def to_whole_seconds(ticks: NDArray[np.int32]) -> NDArray[np.uint16]:
    """
    Turn ticks into whole seconds, rounded up: who is counted in time is in time.

    Parameters
    ----------
    ticks
        Whole 1/64 s, ``FAR`` where unreachable. Shape ``(...)``: any.

    Returns
    -------
    seconds
        Seconds; 65,535 where unreachable or more than 65,534 seconds (18.2 hours). Same shape as
        ``ticks``, uint16.
    """
    seconds = -(ticks // -TICKS_PER_S)
    return np.where(seconds < NEVER_S, seconds, NEVER_S).astype(np.uint16)


def shown(ticks: NDArray[np.int32], dtype: DTypeLike) -> NDArray[np.generic]:
    """
    Turn ticks into one of the faces of a travel time.

    Parameters
    ----------
    ticks
        Whole 1/64 s, ``FAR`` where unreachable. Shape ``(...)``: any.
    dtype
        int32 for ticks, float32 for seconds, uint16 for whole seconds rounded up.

    Returns
    -------
    times
        Same shape as ``ticks``.

    Raises
    ------
    InputError
        If times have no such face.
    """
    kind = np.dtype(dtype)
    if kind == np.int32:
        return ticks
    if kind == np.float32:
        return to_seconds(ticks)
    if kind == np.uint16:
        return to_whole_seconds(ticks)
    raise InputError(
        f"Travel times cannot be given as {kind.name}.",
        where="dtype",
        do="Ask for float32 seconds or uint16 whole seconds.",
        code="GH132",
    )


def limit_ticks(limit_s: float | None) -> int:
    """
    Turn a limit into ticks; the limit itself is still within.

    Parameters
    ----------
    limit_s
        Seconds; None or ``inf`` for no limit.

    Returns
    -------
    ticks
        Whole 1/64 s, rounded down.

    Raises
    ------
    InputError
        If the limit is negative or not a number.
    """
    if limit_s is None:
        return LONGEST
    if np.isnan(limit_s) or limit_s < 0:
        raise InputError("A time limit must be 0 seconds or more.", where="limit_s", code="GH122")
    return int(min(np.floor(limit_s * TICKS_PER_S), LONGEST))
