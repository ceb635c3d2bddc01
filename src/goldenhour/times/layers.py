# SPDX-License-Identifier: Apache-2.0
"""
The evacuation graph: a layer on foot, a layer by vehicle, and what it takes to change between.

Node ``i`` is a junction on foot, node ``n + i`` the same junction by vehicle; after them come the
parts of junctions where a vehicle may not turn everywhere (``times.turns``). A casualty may be
carried to any street where a vehicle may stop, loaded, driven, unloaded and carried on, as often
as it pays: an ambulance on either side of a broken bridge is an answer, too.

The arcs rest on the town alone: what no vehicle may ever use is left out, what is closed today is
there and closed.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from goldenhour.base import facts
from goldenhour.base.errors import InputError
from goldenhour.base.grades import Mode, UnknownStreets
from goldenhour.picture.belief import Picture
from goldenhour.times import access, arcs, evacuation, modes, turns
from goldenhour.times.access import Landing
from goldenhour.times.evacuation import StreetUse
from goldenhour.times.graph import Network
from goldenhour.times.kernels.reach import FAR, LONGEST, Pairs, Points
from goldenhour.times.modes import VehicleClass
from goldenhour.times.ticks import to_ticks
from goldenhour.times.turns import Junctions
from goldenhour.town.town import Town

Ticks = NDArray[np.int64]
Times = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """
    Both layers of a town as the picture has it.

    Parameters
    ----------
    network
        Arcs in this order: foot along and against every edge, vehicle along and against, links
        between the parts of junctions, loading, unloading; without those that nobody may ever use.
    foot_use
        Why streets are closed on foot.
    vehicle_use
        Why streets are closed to vehicles.
    junctions
        Where streets begin and end for vehicles.
    kept
        Places of the network's arcs among all arcs in that order. Shape ``(n_arcs,)``.
    street_ticks
        Ticks on foot, by vehicle along and against every edge. Shape ``(3, n_edges)``, int32.
    boarding_ticks
        Ticks of waiting for a vehicle and loading.
    may_stop
        True on streets where a vehicle may stop, if it gets there. Shape ``(n_edges,)``, bool.
    stops
        True on streets where a vehicle can load today. Shape ``(n_edges,)``, bool.
    """

    network: Network
    foot_use: StreetUse
    vehicle_use: StreetUse
    junctions: Junctions
    kept: NDArray[np.int64]
    street_ticks: Times
    boarding_ticks: int
    may_stop: NDArray[np.bool_]
    stops: NDArray[np.bool_]

    @property
    def edge_ticks(self) -> Ticks:
        """Ticks on foot, by vehicle along and against every edge. Shape ``(3, n_edges)``."""
        return self.street_ticks.astype(np.int64)

    def with_seconds(
        self, *, foot_s: ArrayLike, along_s: ArrayLike, against_s: ArrayLike
    ) -> "Layers":
        """
        Take other times for the streets; the topology is shared, these layers stay as they are.

        A vehicle loads where it may stop and some direction of the street is open to it. Why
        streets are closed stays what it was in the picture.

        Parameters
        ----------
        foot_s
            Seconds on foot, either way, ``inf`` where closed. Shape ``(n_edges,)``.
        along_s
            Seconds by vehicle from tail to head, ``inf`` where closed. Shape ``(n_edges,)``.
        against_s
            Seconds by vehicle from head to tail, ``inf`` where closed. Shape ``(n_edges,)``.

        Returns
        -------
        layers
            The same layers with these times.

        Raises
        ------
        InputError
            If there is not one number per street, or seconds are negative or not a number.
        """
        given = {"foot_s": foot_s, "along_s": along_s, "against_s": against_s}
        street_ticks = np.stack(
            [
                _per_edge(to_ticks(value, where=name), self.may_stop, where=name)
                for name, value in given.items()
            ]
        )
        stops = self.may_stop & (street_ticks[1:].min(axis=0) < FAR)
        ticks = arcs.all_ticks(
            _town_of(self), self.junctions, street_ticks, stops, self.boarding_ticks
        )
        network = self.network.with_ticks(ticks[self.kept])
        return replace(self, network=network, street_ticks=street_ticks, stops=stops)


def build(
    town: Town,
    picture: Picture,
    *,
    unknown_streets: UnknownStreets,
    vehicle: VehicleClass = VehicleClass.AMBULANCE,
    vehicle_wait_s: float | None = None,
) -> Layers:
    """
    Build both layers.

    Parameters
    ----------
    town
        The town.
    picture
        What is believed of its streets and hazards.
    unknown_streets
        Whether streets without a report count as passable or as closed.
    vehicle
        Which vehicles there are.
    vehicle_wait_s
        Seconds until a vehicle is there to load; None for what is usual.

    Returns
    -------
    layers
        Ready to measure. Arcs are the same for every vehicle, their times are not.

    Raises
    ------
    InputError
        If the wait is negative or not a number.
    """
    foot_use, vehicle_use = (
        evacuation.street_use(
            town, picture, mode=mode, unknown_streets=unknown_streets, vehicle=vehicle
        )
        for mode in (Mode.STRETCHER, Mode.VEHICLE)
    )
    foot_s, _ = evacuation.street_seconds(town, picture, foot_use)
    drive_s = evacuation.street_seconds(town, picture, vehicle_use)
    street_ticks = to_ticks(np.stack([foot_s, *drive_s]), where="streets")
    parts = turns.junctions(town, vehicle)
    may_stop = modes.may_stop(town.streets, vehicle=vehicle)
    stops = may_stop & vehicle_use.is_open
    boarding = int(to_ticks(modes.boarding_s(vehicle_wait_s), where="vehicle_wait_s"))
    ticks = arcs.all_ticks(town, parts, street_ticks, stops, boarding)
    kept = arcs.ever_used(town, parts)
    return Layers(
        network=arcs.network(town, parts, ticks, kept),
        foot_use=foot_use,
        vehicle_use=vehicle_use,
        junctions=parts,
        kept=kept,
        street_ticks=street_ticks,
        boarding_ticks=boarding,
        may_stop=may_stop,
        stops=stops,
    )


def _per_edge(ticks: Times, like: NDArray[np.bool_], *, where: str) -> Times:
    """Refuse anything but one number per street."""
    if ticks.shape != like.shape:
        raise InputError(
            f"One time per street is needed, {len(like):,} in all.", where=where, code="GH140"
        )
    return ticks


def _town_of(layers: Layers) -> Town:
    """Give the town that layers were built from."""
    town = layers.network.town
    if town is None:  # pragma: no cover - build always sets it
        raise TypeError
    return town


def departures(layers: Layers, landing: Landing) -> Points:
    """
    Join homes to the graph, in the direction home to street.

    Parameters
    ----------
    layers
        Both layers.
    landing
        Where the homes step onto streets. Shape ``(n, k)``.

    Returns
    -------
    points
        On foot to both ends of each street; loaded on the street, driven to both ends. Shape
        ``(n, 4 * k)``.
    """
    on_foot, along, against = _parts(layers, landing)
    boarding = layers.boarding_ticks
    ends_along, ends_against = layers.junctions.end.reshape(2, -1)
    by_vehicle = [
        (ends_against, against[0] + boarding),
        (ends_along, along[1] + boarding),
    ]
    return _joined(layers, landing, access.walk_seconds(landing), on_foot, by_vehicle)


def arrivals(layers: Layers, landing: Landing) -> Points:
    """
    Join sites to the graph, in the direction street to site.

    Parameters
    ----------
    layers
        Both layers.
    landing
        Where the sites step onto streets. Shape ``(n, k)``.

    Returns
    -------
    points
        On foot from both ends of each street; driven from both ends, unloaded on the street.
        Shape ``(n, 4 * k)``.
    """
    on_foot, along, against = _parts(layers, landing)
    unloading = to_ticks(facts.number("times.unloading_s"), where="times.unloading_s")
    starts_along, starts_against = layers.junctions.start.reshape(2, -1)
    by_vehicle = [
        (starts_along, along[0] + unloading),
        (starts_against, against[1] + unloading),
    ]
    return _joined(layers, landing, access.walk_back_seconds(landing), on_foot, by_vehicle)


def _parts(layers: Layers, landing: Landing) -> tuple[list[Ticks], list[Ticks], list[Ticks]]:
    """Give ticks of the tail's and the head's part of the street: on foot, along, against."""
    foot, along, against = layers.edge_ticks[:, landing.edge]
    along, against = (np.where(layers.stops[landing.edge], way, FAR) for way in (along, against))
    tail_share, head_share = landing.share, 1 - landing.share
    return (
        [_to_junction(foot, tail_share), _to_junction(foot, head_share)],
        [_part(along, tail_share), _part(along, head_share)],
        [_part(against, tail_share), _part(against, head_share)],
    )


def _to_junction(ticks: Ticks, share: NDArray[np.float64]) -> Ticks:
    """Take a share of a street on foot; who comes to its very end needs none of the street."""
    return np.where(share == 0, 0, _part(ticks, share))


def _part(ticks: Ticks, share: NDArray[np.float64]) -> Ticks:
    """Take a share of an open street; a closed one stays closed."""
    return np.where(ticks >= FAR, FAR, np.rint(ticks * share)).astype(np.int64)


def _joined(
    layers: Layers,
    landing: Landing,
    walk_s: NDArray[np.float64],
    on_foot: list[Ticks],
    by_vehicle: list[tuple[Times, Ticks]],
) -> Points:
    """Put the ways of a landing side by side, tail and head of either layer."""
    streets = _town_of(layers).streets
    tail, head = streets.tail[landing.edge], streets.head[landing.edge]
    off = to_ticks(walk_s, where="access").astype(np.int64)
    driven = [streets.n_nodes + node[landing.edge] for node, _ in by_vehicle]
    node = np.concatenate([tail, head, *driven], axis=1)
    ways = [*on_foot, *(way for _, way in by_vehicle)]
    ticks = np.concatenate([off + way for way in ways], axis=1)
    usable = ticks <= LONGEST
    return Points(
        node=np.ascontiguousarray(np.where(usable, node, -1), dtype=np.int32),
        ticks=np.ascontiguousarray(np.where(usable, ticks, FAR), dtype=np.int32),
    )


class Ways(NamedTuple):
    """Known ways from home to site: places in the lists asked about, and int32 ticks."""

    site: NDArray[np.int64]
    home: NDArray[np.int64]
    ticks: NDArray[np.int32]


def along_one_street(layers: Layers, sites: Landing, homes: Landing, *, limit: int) -> Ways:
    """
    Measure homes and sites that share a street, where the way passes no junction.

    Parameters
    ----------
    layers
        Both layers.
    sites
        Where the sites step onto streets. Shape ``(n_sites, k)``.
    homes
        Where the homes step onto streets. Shape ``(n_homes, k)``.
    limit
        Ticks, inclusive.

    Returns
    -------
    ways
        A pair may come twice.
    """
    site_at, home_at = _sharing(sites.edge.ravel(), homes.edge.ravel())
    edge = sites.edge.ravel()[site_at]
    ahead = sites.share.ravel()[site_at] - homes.share.ravel()[home_at]
    foot, along, against = layers.edge_ticks[:, edge]
    drive = np.where(layers.stops[edge], np.where(ahead >= 0, along, against), FAR)
    unloading = to_ticks(facts.number("times.unloading_s"), where="times.unloading_s")
    changes = layers.boarding_ticks + int(unloading)
    ride = np.minimum(_part(foot, np.abs(ahead)), _part(drive, np.abs(ahead)) + changes)
    walks = access.walk_back_seconds(sites), access.walk_seconds(homes)
    off = [to_ticks(walk_s, where="access").ravel() for walk_s in walks]
    ticks = ride + off[0][site_at] + off[1][home_at]
    near = ticks <= limit
    return Ways(
        site=site_at[near] // sites.edge.shape[1],
        home=home_at[near] // homes.edge.shape[1],
        ticks=ticks[near].astype(np.int32),
    )


def under_one_roof(sites: NDArray[np.integer], homes: NDArray[np.integer]) -> Ways:
    """
    Pair sites with the homes in the very same structure: no time at all.

    Parameters
    ----------
    sites
        Structure rows. Shape ``(n_sites,)``.
    homes
        Structure rows. Shape ``(n_homes,)``.

    Returns
    -------
    ways
        Of 0 seconds.
    """
    site, home = _sharing(sites, homes)
    return Ways(site=site, home=home, ticks=np.zeros(len(site), dtype=np.int32))


def past_junctions(n_sites: int, *ways: Ways) -> Pairs:
    """
    Sort ways that pass no junction into rows, one per site.

    Parameters
    ----------
    n_sites
        Number of rows.
    *ways
        What is known.

    Returns
    -------
    pairs
        Homes ascending in each row; a home may come twice.
    """
    site, home, ticks = (np.concatenate(column) for column in zip(*ways, strict=True))
    order = np.lexsort((home, site))
    start = np.zeros(n_sites + 1, dtype=np.int64)
    np.cumsum(np.bincount(site, minlength=n_sites), out=start[1:])
    return Pairs(start=start, column=home[order].astype(np.int32), ticks=ticks[order])


def _sharing(
    one: NDArray[np.integer], other: NDArray[np.integer]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """List all pairs of places in two lists that hold one number; -1 is none."""
    order = np.argsort(other, kind="stable")
    first = np.searchsorted(other[order], one, side="left")
    n_same = np.searchsorted(other[order], one, side="right") - first
    n_same[one < 0] = 0
    at = np.repeat(np.arange(len(one)), n_same)
    step = np.arange(len(at)) - np.repeat(np.cumsum(n_same) - n_same, n_same)
    return at, order[first[at] + step]
