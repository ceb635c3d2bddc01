# SPDX-License-Identifier: Apache-2.0
"""Ids made from where a shape lies: one outline has one id in every product that has it."""

import hashlib
from collections import Counter

import numpy as np
import shapely
from numpy.typing import NDArray

_DECIMALS = 6  # about 0.1 m
_ID_LENGTH = 12


def ids_by_place(shapes: NDArray[np.object_], prefix: str) -> list[str]:
    """
    Name shapes by where they lie.

    Parameters
    ----------
    shapes
        Flat shapes, EPSG:4326. Shape ``(n,)``, objects.
    prefix
        What ids begin with, such as ``"ems"``.

    Returns
    -------
    ids
        All different; a shape that comes twice is numbered.
    """
    ids: list[str] = []
    used: Counter[str] = Counter()
    for shape in shapes:
        corners = np.round(shapely.get_coordinates(shape), _DECIMALS) + 0.0
        name = f"{prefix}-{hashlib.sha256(corners.tobytes()).hexdigest()[:_ID_LENGTH]}"
        used[name] += 1
        ids.append(name if used[name] == 1 else f"{name}-{used[name]}")
    return ids
