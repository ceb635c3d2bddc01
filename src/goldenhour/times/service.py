# SPDX-License-Identifier: Apache-2.0
"""Who is reached from which site in time: casualties that come to it, or teams that go out."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.errors import InputError
from goldenhour.base.progress import Progress, quiet
from goldenhour.times import layers, many
from goldenhour.times.access import Landing
from goldenhour.times.carry import Evacuation, Spots
from goldenhour.times.kernels.reach import FAR, TICKS_PER_S, Points
from goldenhour.times.layers import Layers
from goldenhour.times.ticks import limit_ticks, to_seconds

_SAME_PLACE_M = 0.005

Ticks = NDArray[np.int32]


class Direction(StrEnum):
    """Which way the time counts."""

    TO_SITE = "to-site"
    OUTWARD = "outward"


class Means(StrEnum):
    """What a casualty or a team may use."""

    BOTH = "both"
    STRETCHER = "stretcher"
    VEHICLE = "vehicle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """
    One place from which, or to which, is counted.

    Parameters
    ----------
    label
        Its letter, the same in every product: ``"A"``, ``"B"`` ...
    name
        What the planner calls it.
    x_m
        Easting in metres.
    y_m
        Northing in metres.
    """

    label: str
    name: str
    x_m: float
    y_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """
    Times between every site and every structure, as far as the longest limit.

    Parameters
    ----------
    sites
        The sites.
    limits_s
        Limits in seconds, inclusive, ascending.
    direction
        Which way the time counts.
    ticks
        Whole 1/64 s, ``FAR`` beyond the longest limit. Shape ``(n_sites, n_structures)``.
    """

    sites: tuple[Site, ...]
    limits_s: tuple[float, ...]
    direction: Direction
    ticks: Ticks

    @property
    def soonest(self) -> Ticks:
        """Whole 1/64 s to the nearest site, ``FAR`` beyond. Shape ``(n_structures,)``."""
        soonest: Ticks = self.ticks.min(axis=0, initial=FAR)
        return soonest

    @property
    def soonest_s(self) -> NDArray[np.float32]:
        """Seconds to the nearest site, ``inf`` beyond. Shape ``(n_structures,)``."""
        return to_seconds(self.soonest)

    @property
    def nearest(self) -> NDArray[np.int32]:
        """The nearest site, of equals the first; -1 beyond. Shape ``(n_structures,)``."""
        first = self.ticks.argmin(axis=0).astype(np.int32)
        return np.where(self.soonest < FAR, first, np.int32(-1))

    def within(self, limit_s: float) -> NDArray[np.bool_]:
        """
        Tell which structures are within a limit of some site.

        Parameters
        ----------
        limit_s
            Seconds, inclusive.

        Returns
        -------
        within
            Shape ``(n_structures,)``.
        """
        return np.asarray(self.soonest <= limit_ticks(limit_s))


def by_means(evacuation: Evacuation, means: Means) -> Evacuation:
    """
    Leave only some means: a stretcher alone, or a vehicle that comes as near as it can.

    Without a stretcher on the streets a casualty is still carried over open ground to the street.

    Parameters
    ----------
    evacuation
        The evacuation graph.
    means
        What may be used.

    Returns
    -------
    evacuation
        The same topology with the rest closed.
    """
    if means is Means.BOTH:
        return evacuation
    foot, along, against = (_seconds(ticks) for ticks in evacuation.layers.edge_ticks)
    closed = np.full_like(foot, np.inf)
    left: Layers = (
        evacuation.layers.with_seconds(foot_s=foot, along_s=closed, against_s=closed)
        if means is Means.STRETCHER
        else evacuation.layers.with_seconds(foot_s=closed, along_s=along, against_s=against)
    )
    return replace(evacuation, layers=left)


def serve(
    evacuation: Evacuation,
    sites: tuple[Site, ...],
    *,
    limits_s: tuple[float, ...],
    direction: Direction = Direction.TO_SITE,
    progress: Progress = quiet,
) -> Service:
    """
    Measure every site against every structure, one bounded search a site for all limits.

    Parameters
    ----------
    evacuation
        The evacuation graph.
    sites
        The sites.
    limits_s
        Limits in seconds, inclusive.
    direction
        Which way the time counts.
    progress
        Told how far the work is.

    Returns
    -------
    service
        Times as far as the longest limit.

    Raises
    ------
    InputError
        If there is no limit, a limit is negative, or no street comes near a site.
    """
    if not limits_s:
        raise InputError("A time limit is needed.", where="limits_s", code="GH145")
    limits = tuple(sorted(set(limits_s)))
    structures = evacuation.town.structures
    limit = max(limit_ticks(one) for one in limits)
    ticks = measure(
        evacuation,
        landing_of(evacuation, sites),
        evacuation.landing,
        limit=limit,
        direction=direction,
        progress=progress,
    )
    for row, site in enumerate(sites):
        ticks[row, same_place(structures.x_m - site.x_m, structures.y_m - site.y_m)] = 0
    return Service(sites=sites, limits_s=limits, direction=direction, ticks=ticks)


def same_place(east_m: NDArray[np.float64], north_m: NDArray[np.float64]) -> NDArray[np.bool_]:
    """
    Tell which offsets are none: who is in the very house of a site is there.

    Parameters
    ----------
    east_m
        Metres to the east. Shape ``(n,)``.
    north_m
        Metres to the north. Shape ``(n,)``.

    Returns
    -------
    is_same
        Shape ``(n,)``.
    """
    return np.asarray(np.hypot(east_m, north_m) < _SAME_PLACE_M)


def landing_of(evacuation: Evacuation, sites: tuple[Site, ...]) -> Landing:
    """
    Look up where sites step onto streets.

    Parameters
    ----------
    evacuation
        The evacuation graph.
    sites
        The sites.

    Returns
    -------
    landing
        Shape ``(n_sites, k)``.

    Raises
    ------
    InputError
        If no street comes near a site.
    """
    landing = evacuation.landing_of(spots_of(sites))
    for site, edges in zip(sites, landing.edge, strict=True):
        if (edges < 0).all():
            raise InputError(
                f"{site.name} joins no street: none comes near enough over open ground.",
                where=site.name,
                do="Name a place nearer to a street, or read the streets that are missing.",
                code="GH146",
            )
    return landing


def spots_of(sites: tuple[Site, ...]) -> Spots:
    """
    List where sites are.

    Parameters
    ----------
    sites
        The sites.

    Returns
    -------
    spots
        Shape ``(n_sites,)``.
    """
    return Spots(
        x_m=np.array([site.x_m for site in sites], dtype=np.float64),
        y_m=np.array([site.y_m for site in sites], dtype=np.float64),
    )


def measure(  # noqa: PLR0913 - a question in full, all by name
    evacuation: Evacuation,
    sites: Landing,
    places: Landing,
    *,
    limit: int,
    direction: Direction,
    ends: Points | None = None,
    progress: Progress = quiet,
) -> Ticks:
    """
    Measure every site against every place that steps onto streets.

    Parameters
    ----------
    evacuation
        The evacuation graph.
    sites
        Where the sites step onto streets. Shape ``(n_sites, k)``.
    places
        Where the places do. Shape ``(n_places, k)``.
    limit
        Ticks, inclusive.
    direction
        Which way the time counts.
    ends
        What ``ends_of`` gave for the places, to be used again.
    progress
        Told how far the work is.

    Returns
    -------
    ticks
        ``FAR`` beyond the limit. Shape ``(n_sites, n_places)``.
    """
    graph = evacuation.layers
    if direction is Direction.TO_SITE:
        rows, seeds = graph.network.arriving, layers.arrivals(graph, sites)
        one_street = layers.along_one_street(graph, sites, places, limit=limit)
        site, place = one_street.site, one_street.home
    else:
        rows, seeds = graph.network.leaving, layers.departures(graph, sites)
        one_street = layers.along_one_street(graph, places, sites, limit=limit)
        site, place = one_street.home, one_street.site
    ends = ends_of(evacuation, places, direction) if ends is None else ends
    ticks = many.dense(rows, seeds, ends, limit=limit, progress=progress)
    np.minimum.at(ticks, (site, place), one_street.ticks)
    return ticks


def ends_of(evacuation: Evacuation, places: Landing, direction: Direction) -> Points:
    """
    Join places to the graph, at the far end of the ways from or to sites.

    Parameters
    ----------
    evacuation
        The evacuation graph.
    places
        Where the places step onto streets. Shape ``(n_places, k)``.
    direction
        Which way the time counts.

    Returns
    -------
    ends
        Nodes and ticks.
    """
    join = layers.departures if direction is Direction.TO_SITE else layers.arrivals
    return join(evacuation.layers, places)


def _seconds(ticks: NDArray[np.int64]) -> NDArray[np.float64]:
    """Turn ticks of streets into seconds; they turn back into the same ticks."""
    return np.where(ticks >= FAR, np.inf, ticks / TICKS_PER_S)
