# SPDX-License-Identifier: Apache-2.0
"""Capacities as the plain face gives them, checked before they are counted on."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from goldenhour.base.errors import InputError


def require_capacity(
    capacity: ArrayLike, n_sites: int, *, where: str = "capacity"
) -> NDArray[np.float64]:
    """
    Refuse capacities that cannot be counted; infinite is no limit.

    Parameters
    ----------
    capacity
        Of each site, or one number for all. Shape ``(n_sites,)`` or none.
    n_sites
        Number of sites.
    where
        What they are called in an error.

    Returns
    -------
    capacity
        As float64. Shape ``(n_sites,)``.

    Raises
    ------
    InputError
        If there are too few or too many, or one is negative or not a number.
    """
    given = np.asarray(capacity, dtype=np.float64)
    if given.ndim == 0:
        given = np.full(n_sites, float(given))
    if given.shape != (n_sites,):
        raise InputError(
            f"{n_sites} sites, but capacities of shape {given.shape}.",
            where=where,
            do="Give one capacity for each site, or one for all.",
            code="GH121",
        )
    if np.any(np.isnan(given)) or np.any(given < 0):
        row = int(np.flatnonzero(np.isnan(given) | (given < 0))[0])
        raise InputError(
            f"The capacity of site {row} is negative or not a number.",
            where=where,
            do="Give each site a capacity of 0 or more; infinite means no limit.",
            code="GH121",
        )
    return np.ascontiguousarray(given)
