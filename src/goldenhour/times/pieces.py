# SPDX-License-Identifier: Apache-2.0
"""Streets within reach, cut where a limit runs out or another site becomes the nearest."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.times.areas import Drawing
from goldenhour.times.kernels.reach import FAR
from goldenhour.times.ticks import limit_ticks, to_seconds
from goldenhour.town.town import Streets

Shares = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """
    Pieces of streets that are wholly within reach, edge after edge.

    Parameters
    ----------
    edge
        Street edges. Shape ``(n,)``, int32.
    from_share
        Where the piece begins along its edge, 0 to 1. Shape ``(n,)``.
    to_share
        Where it ends, 0 to 1. Shape ``(n,)``.
    band
        Number of the shortest limit that holds all of it. Shape ``(n,)``, int32.
    site
        Number of its nearest site. Shape ``(n,)``, int32.
    soonest_s
        Seconds of its soonest spot. Shape ``(n,)``, float32.
    latest_s
        Seconds of its latest spot. Shape ``(n,)``, float32.
    length_m
        Lengths in metres. Shape ``(n,)``.
    """

    edge: NDArray[np.int32]
    from_share: Shares
    to_share: Shares
    band: NDArray[np.int32]
    site: NDArray[np.int32]
    soonest_s: NDArray[np.float32]
    latest_s: NDArray[np.float32]
    length_m: Shares

    def km_within(self, band: int, which: NDArray[np.bool_] | None = None) -> float:
        """
        Add up the street within one limit.

        Parameters
        ----------
        band
            Number of the limit.
        which
            Edges that count; None for all. Shape ``(n_edges,)``.

        Returns
        -------
        km
            Kilometres.
        """
        counted = self.band <= band
        if which is not None:
            counted &= which[self.edge]
        return float(self.length_m[counted].sum() / 1000)


def pieces_of(streets: Streets, drawing: Drawing, limits_s: tuple[float, ...]) -> Pieces:
    """
    Cut the streets of a drawing into pieces of one band and one nearest site.

    Parameters
    ----------
    streets
        The town's streets.
    drawing
        Times of spots along them.
    limits_s
        Limits in seconds, ascending.

    Returns
    -------
    pieces
        Exact to the distance between two spots, half a cell.
    """
    landing, n = drawing.ground.landing, drawing.ground.n_on_streets
    edge, share = landing.edge[:n, 0], landing.share[:n, 0]
    ticks, sites = drawing.soonest[:n], drawing.nearest_site[:n]
    first, last = ticks[:-1], ticks[1:]
    later = np.maximum(first, last)
    site = np.where(first >= last, sites[:-1], sites[1:])
    band = np.searchsorted([limit_ticks(one) for one in limits_s], later).astype(np.int32)
    inside = (edge[:-1] == edge[1:]) & (later < FAR) & (band < len(limits_s))
    step = np.flatnonzero(inside)
    kind = np.column_stack([edge[step], band[step], site[step]])
    begins = np.ones(len(step), dtype=np.bool_)
    begins[1:] = (np.diff(step) != 1) | (np.diff(kind, axis=0) != 0).any(axis=1)
    start = np.flatnonzero(begins)
    if not len(start):
        return _none()
    end = step[np.append(start[1:], len(step)) - 1] + 1
    begin = step[start]
    soonest = np.minimum.reduceat(np.minimum(first, last)[step], start)
    latest = np.maximum.reduceat(later[step], start)
    return Pieces(
        edge=edge[begin],
        from_share=share[begin],
        to_share=share[end],
        band=band[begin],
        site=site[begin],
        soonest_s=to_seconds(soonest),
        latest_s=to_seconds(latest),
        length_m=(share[end] - share[begin]) * streets.length_m[edge[begin]],
    )


def _none() -> Pieces:
    """No street at all."""
    whole, part = np.zeros(0, dtype=np.int32), np.zeros(0)
    seconds = np.zeros(0, dtype=np.float32)
    return Pieces(
        edge=whole,
        from_share=part,
        to_share=part,
        band=whole,
        site=whole,
        soonest_s=seconds,
        latest_s=seconds,
        length_m=part,
    )
