# SPDX-License-Identifier: Apache-2.0
"""The plain face for other programs: a network from arrays."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from goldenhour.base.errors import InputError
from goldenhour.times.checks import lengths, whole_numbers
from goldenhour.times.graph import Network, from_arcs
from goldenhour.times.ticks import to_ticks


def network(
    *, tail: ArrayLike, head: ArrayLike, seconds: ArrayLike, lon: ArrayLike, lat: ArrayLike
) -> Network:
    """
    Make a network from plain arrays of directed arcs.

    Every time is rounded to whole 1/64 s, so results are the same on every machine.

    Parameters
    ----------
    tail
        Start node of each arc. Shape ``(n_arcs,)``.
    head
        End node of each arc. Shape ``(n_arcs,)``.
    seconds
        Seconds to pass each arc, ``inf`` where closed. Shape ``(n_arcs,)``.
    lon
        Longitudes of the nodes in degrees, EPSG:4326. Shape ``(n_nodes,)``.
    lat
        Latitudes of the nodes in degrees, EPSG:4326. Shape ``(n_nodes,)``.

    Returns
    -------
    network
        Ready to measure.

    Raises
    ------
    InputError
        If lengths differ, a node number is out of range, or seconds are negative or NaN.
    """
    x, y = _degrees(lon, "lon", 180), _degrees(lat, "lat", 90)
    if x.shape != y.shape:
        raise lengths("lon", "lat")
    start = whole_numbers(tail, "tail", len(x))
    end = whole_numbers(head, "head", len(x))
    ticks = to_ticks(seconds, where="seconds")
    if not start.shape == end.shape == ticks.shape:
        raise lengths("tail, head", "seconds")
    return from_arcs(
        tail=start.astype(np.int32),
        head=end.astype(np.int32),
        ticks=ticks,
        x=x,
        y=y,
    )


def _degrees(values: ArrayLike, where: str, most: int) -> NDArray[np.float64]:
    """Check coordinates."""
    given = np.array(values, dtype=np.float64)
    if given.ndim != 1:
        raise lengths("lon", "lat")
    if not (np.abs(given) <= most).all():  # also false for what is no number
        raise InputError(
            f"Coordinates must be numbers from -{most} to {most} degrees.",
            where=where,
            do="Give longitudes and latitudes in EPSG:4326.",
            code="GH130",
        )
    return given
