# SPDX-License-Identifier: Apache-2.0
"""What callers hand over as numbers of nodes and arcs, checked."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from goldenhour.base.errors import InputError


def whole_numbers(values: ArrayLike, where: str, below: int) -> NDArray[np.int64]:
    """
    Check node or arc numbers.

    Parameters
    ----------
    values
        Numbers. Shape ``(n,)``, or one alone.
    where
        What they are, for the error message.
    below
        How many there are to choose from.

    Returns
    -------
    numbers
        Shape ``(n,)``.

    Raises
    ------
    InputError
        If they are no whole numbers, or out of range.
    """
    given = np.atleast_1d(np.asarray(values))
    if given.size == 0:
        return np.empty(0, dtype=np.int64)
    if given.ndim != 1 or given.dtype.kind not in "iu":
        raise InputError("A list of whole numbers is needed.", where=where, code="GH123")
    if int(given.min()) < 0 or int(given.max()) >= below:
        if not below:
            raise InputError("There are none, so no number fits.", where=where, code="GH124")
        raise InputError(f"Numbers must lie between 0 and {below - 1}.", where=where, code="GH124")
    return given.astype(np.int64)


def lengths(one: str, other: str) -> InputError:
    """
    Say that two arrays do not belong together.

    Parameters
    ----------
    one
        Name of the one.
    other
        Name of the other.

    Returns
    -------
    error
        To be raised.
    """
    return InputError("Arrays must have one length.", where=f"{one}, {other}", code="GH125")
