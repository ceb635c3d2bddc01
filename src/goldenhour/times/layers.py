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
from goldenhour.times import access, evacuation, modes, turns
from goldenhour.times.access import Landing
from goldenhour.times.evacuation import StreetUse
from goldenhour.times.graph import Network, from_arcs
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
        ticks = _all_ticks(_town_of(self), self.junctions, street_ticks, stops, self.boarding_ticks)
        network = self.network.with_ticks(ticks[self.kept])
        return replace(self, network=network, street_ticks=street_ticks, stops=stops)

    def reaches(self, ticks: NDArray[np.integer]) -> NDArray[np.bool_]:
        """
        Tell from which streets something is reached, by what a search found.

        Parameters
        ----------
        ticks
            Ticks of all nodes, ``FAR`` where not reached. Shape ``(n_nodes,)``.

        Returns
        -------
        reaches
            True where an end of the street was reached. Shape ``(n_edges,)``, bool.
        """
        streets, n = _town_of(self).streets, _town_of(self).streets.n_nodes
        is_reached = ticks < FAR
        along, against = is_reached[n + self.junctions.end].reshape(2, -1)
        on_foot = is_reached[streets.tail] | is_reached[streets.head]
        reaches: NDArray[np.bool_] = on_foot | along | against
        return reaches


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
    ticks = _all_ticks(town, parts, street_ticks, stops, boarding)
    kept = _ever_used(town, parts)
    return Layers(
        network=_network(town, parts, ticks, kept),
        foot_use=foot_use,
        vehicle_use=vehicle_use,
        junctions=parts,
        kept=kept,
        street_ticks=street_ticks,
        boarding_ticks=boarding,
        may_stop=may_stop,
        stops=stops,
    )


def _network(town: Town, parts: Junctions, ticks: Times, kept: NDArray[np.int64]) -> Network:
    """Lay out all arcs in order, and keep those that somebody may use."""
    streets, n = town.streets, town.streets.n_nodes
    node, edge = np.arange(n, dtype=np.int32), np.arange(streets.n_edges, dtype=np.int32)
    by_vehicle, on_foot = _stands(town, parts)
    n_links, n_changes = len(parts.link_tail), n + len(by_vehicle)
    tail = [streets.tail, streets.head, n + parts.start, n + parts.link_tail, node, by_vehicle]
    head = [streets.head, streets.tail, n + parts.end, n + parts.link_head, n + node, on_foot]
    stands_on = np.concatenate([node, node, parts.stands_on])
    no_edge = np.full(n_links + n_changes, -1, dtype=np.int32)
    is_along = np.zeros(4 * streets.n_edges + len(no_edge), dtype=np.bool_)
    is_along[: streets.n_edges] = True
    is_along[2 * streets.n_edges : 3 * streets.n_edges] = True
    return from_arcs(
        tail=np.concatenate(tail, dtype=np.int32)[kept],
        head=np.concatenate(head, dtype=np.int32)[kept],
        ticks=ticks[kept],
        x=streets.node_x_m[stands_on],
        y=streets.node_y_m[stands_on],
        edge=np.concatenate([edge, edge, edge, edge, no_edge])[kept],
        along=is_along[kept],
        town=town,
    )


def _stands(town: Town, parts: Junctions) -> tuple[Times, Times]:
    """List the nodes where a vehicle may arrive, and the same places on foot."""
    n = town.streets.n_nodes
    copies = np.arange(parts.n_copies, dtype=np.int32)
    node = np.arange(n, dtype=np.int32)
    by_vehicle = np.concatenate([n + node, 2 * n + copies], dtype=np.int32)
    return by_vehicle, np.concatenate([node, parts.stands_on[: parts.n_copies]], dtype=np.int32)


def _all_ticks(
    town: Town,
    parts: Junctions,
    street_ticks: Times,
    stops: NDArray[np.bool_],
    boarding: int,
) -> Times:
    """Put the ticks of all arcs in order, those of loading closed where no vehicle can stop."""
    foot, along, against = street_ticks
    can_stop = _ends(town, stops)
    _, on_foot = _stands(town, parts)
    unloading = to_ticks(facts.number("times.unloading_s"), where="times.unloading_s")
    links = np.where(parts.link_open, 0, FAR)
    loads, unloads = np.where(can_stop, boarding, FAR), np.where(can_stop[on_foot], unloading, FAR)
    return np.concatenate([foot, foot, along, against, links, loads, unloads], dtype=np.int32)


def _ever_used(town: Town, parts: Junctions) -> NDArray[np.int64]:
    """List the arcs that somebody may use some day, on foot or by any vehicle."""
    streets = town.streets
    walkable = modes.is_allowed(streets, mode=Mode.STRETCHER)
    stopping = [modes.may_stop(streets, vehicle=vehicle) for vehicle in VehicleClass]
    can_stop = _ends(town, np.any(stopping, axis=0))
    _, on_foot = _stands(town, parts)
    links = np.ones(len(parts.link_tail), dtype=np.bool_)
    used = [walkable, walkable, turns.drivable(town), links, can_stop, can_stop[on_foot]]
    return np.flatnonzero(np.concatenate(used))


def _ends(town: Town, which: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell at which junctions some streets end."""
    ends = np.zeros(town.streets.n_nodes, dtype=np.bool_)
    ends[town.streets.tail[which]] = ends[town.streets.head[which]] = True
    return ends


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
    return _joined(layers, landing, on_foot, by_vehicle)


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
    return _joined(layers, landing, on_foot, by_vehicle)


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
    on_foot: list[Ticks],
    by_vehicle: list[tuple[Times, Ticks]],
) -> Points:
    """Put the ways of a landing side by side, tail and head of either layer."""
    streets = _town_of(layers).streets
    tail, head = streets.tail[landing.edge], streets.head[landing.edge]
    off = to_ticks(access.walk_seconds(landing), where="access").astype(np.int64)
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
    off = [to_ticks(access.walk_seconds(side), where="access").ravel() for side in (sites, homes)]
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
