# SPDX-License-Identifier: Apache-2.0
"""Arrays of the plain face, checked before they are counted on."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from goldenhour.base.errors import InputError


def require_people(people: ArrayLike, n_homes: int | None = None) -> NDArray[np.float64]:
    """
    Refuse people, or any weights of demand, that cannot be counted.

    Parameters
    ----------
    people
        People of each home. Shape ``(n_homes,)``.
    n_homes
        Number of homes, where it is known.

    Returns
    -------
    people
        As float64. Shape ``(n_homes,)``.

    Raises
    ------
    InputError
        If there are too few or too many, or one is negative or not a number.
    """
    counted = np.ascontiguousarray(people, dtype=np.float64)
    wanted = counted.size if n_homes is None else n_homes
    if counted.shape != (wanted,):
        raise InputError(
            f"{wanted} homes, but people of shape {counted.shape}.", where="people", code="GH121"
        )
    if not np.all(np.isfinite(counted)) or np.any(counted < 0):
        raise InputError(
            "People of a home are negative or not a number.",
            where="people",
            do="Give each home a number of people, 0 or more.",
            code="GH121",
        )
    return counted
