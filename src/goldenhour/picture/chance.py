# SPDX-License-Identifier: Apache-2.0
"""Numbers drawn by name, and the law that spreads what has a least, a likely and a most value."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def uniform(n: int, seed: int, number: int, *name: int) -> Floats:
    """
    Draw numbers from 0 to below 1 that depend on nothing but their names.

    From raw bits, which numpy promises never to change.

    Parameters
    ----------
    n
        How many.
    seed
        Of all worlds drawn together.
    number
        Of the world.
    *name
        What they are for.

    Returns
    -------
    drawn
        Shape ``(n,)``.
    """
    bits = np.random.Philox(np.random.SeedSequence(seed, spawn_key=(number, *name)))
    high = np.asarray(bits.random_raw(n), dtype=np.uint64) >> np.uint64(11)
    return high.astype(np.float64) * 2.0**-53


def triangular(drawn: Floats, low: ArrayLike, mode: ArrayLike, high: ArrayLike) -> Floats:
    """
    Turn numbers from 0 to 1 into values of a triangular law.

    Parameters
    ----------
    drawn
        From ``uniform``. Shape ``(n,)``.
    low
        Least value.
    mode
        Likeliest value.
    high
        Most; where it is the least too, there is nothing to draw.

    Returns
    -------
    values
        Rising with what was drawn. Shape ``(n,)``.
    """
    low, mode, high = (np.asarray(value, dtype=np.float64) for value in (low, mode, high))
    rising = low + np.sqrt(drawn * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - drawn) * (high - low) * (high - mode))
    width = high - low
    split = np.divide(mode - low, width, out=np.ones_like(width), where=width > 0)
    return np.asarray(np.where(drawn < split, rising, falling))
