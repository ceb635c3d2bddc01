# SPDX-License-Identifier: Apache-2.0
"""
Junctions at which a vehicle may not go on everywhere: forbidden turns, and gates across the street.

Only such junctions are split. A vehicle that comes by a street with a rule arrives at a copy of the
junction; every street that leaves begins at a start of its own; links of no time join copy and
junction to the starts that they may take. Every street stays one arc each way, so weights are
edited as ever, and a closed link is a forbidden turn.

Turning round is allowed at every junction where no sign forbids it (a sign that allows one turn
alone does); before a gate one can do nothing else.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.grades import Mode
from goldenhour.times import modes
from goldenhour.times.modes import VehicleClass
from goldenhour.town.rules import Turns
from goldenhour.town.town import Town

Ints = NDArray[np.int32]
Flags = NDArray[np.bool_]


class Junctions(NamedTuple):
    """
    Where directed streets begin and end for vehicles.

    Directed street ``e`` runs along edge ``e``, ``n_edges + e`` against it. Nodes below ``n_nodes``
    are the town's; after them come copies, then starts.

    Parameters
    ----------
    start
        Node where each directed street begins. Shape ``(2 * n_edges,)``, int32.
    end
        Node where each directed street ends. Shape ``(2 * n_edges,)``, int32.
    stands_on
        The town's node of each further node. Shape ``(n_extra,)``, int32.
    n_copies
        How many of the further nodes are copies.
    link_tail
        Nodes from which links lead. Shape ``(n_links,)``, int32.
    link_head
        Starts to which links lead. Shape ``(n_links,)``, int32.
    link_open
        True where the vehicle may go on that way. Shape ``(n_links,)``, bool.
    """

    start: Ints
    end: Ints
    stands_on: Ints
    n_copies: int
    link_tail: Ints
    link_head: Ints
    link_open: Flags


class _Streets:
    """Directed streets that some vehicle may drive, by the ruled junctions they touch."""

    def __init__(self, town: Town) -> None:
        streets = town.streets
        self.n_edges = streets.n_edges
        self.tail = np.concatenate([streets.tail, streets.head])
        self.head = np.concatenate([streets.head, streets.tail])
        ways = drivable(town)
        ruled = np.zeros(streets.n_nodes, dtype=np.bool_)
        ruled[town.turns.via] = ruled[town.gates.node] = True
        self.into = _grouped(self.head, ways & ruled[self.head])
        self.out_of = _grouped(self.tail, ways & ruled[self.tail])


def _grouped(node: Ints, which: Flags) -> defaultdict[int, list[int]]:
    """List directed streets by one of their ends."""
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for way in np.flatnonzero(which).tolist():
        groups[int(node[way])].append(way)
    return groups


def drivable(town: Town) -> Flags:
    """
    Tell which directed streets some vehicle may drive, whatever is closed today.

    Parameters
    ----------
    town
        The town.

    Returns
    -------
    drivable
        Along the edges, then against them. Shape ``(2 * n_edges,)``, bool.
    """
    streets = town.streets
    by_class = [modes.is_allowed(streets, mode=Mode.VEHICLE, vehicle=v) for v in VehicleClass]
    ways = np.any(by_class, axis=0)
    return np.concatenate([ways & (streets.oneway >= 0), ways & (streets.oneway <= 0)])


def junctions(town: Town, vehicle: VehicleClass) -> Junctions:
    """
    Split the junctions with rules.

    Parameters
    ----------
    town
        The town.
    vehicle
        Whose rules open and close the links; nodes and links are the same for every vehicle.

    Returns
    -------
    junctions
        Nothing is split in a town without rules.
    """
    if not town.turns.n + town.gates.n:
        return _unruled(town)
    streets = _Streets(town)
    banned = {each: _banned(town, streets, each) for each in VehicleClass}
    ruled = sorted(set().union(*banned.values()))
    n, start, end = town.streets.n_nodes, streets.tail.copy(), streets.head.copy()
    end[ruled] = n + np.arange(len(ruled))
    leaving = [way for node in np.unique(streets.head[ruled]) for way in streets.out_of[int(node)]]
    start[leaving] = n + len(ruled) + np.arange(len(leaving))
    links = [
        (int(streets.tail[way]), int(start[way]), True) for way in leaving
    ] + [
        (int(end[come]), int(start[go]), go not in banned[vehicle].get(come, ()))
        for come in ruled
        for go in streets.out_of[int(streets.head[come])]
        if not all(go in banned[each].get(come, ()) for each in VehicleClass)
    ]  # fmt: skip
    tails, heads, is_open = np.array(links, dtype=np.int32).reshape(-1, 3).T
    return Junctions(
        start=start,
        end=end,
        stands_on=np.concatenate([streets.head[ruled], streets.tail[leaving]]).astype(np.int32),
        n_copies=len(ruled),
        link_tail=tails,
        link_head=heads,
        link_open=is_open > 0,
    )


def _unruled(town: Town) -> Junctions:
    """Split nothing."""
    streets, none = town.streets, np.zeros(0, dtype=np.int32)
    return Junctions(
        start=np.concatenate([streets.tail, streets.head]),
        end=np.concatenate([streets.head, streets.tail]),
        stands_on=none,
        n_copies=0,
        link_tail=none,
        link_head=none,
        link_open=none > 0,
    )


def _banned(town: Town, streets: _Streets, vehicle: VehicleClass) -> dict[int, set[int]]:
    """List, by directed street, those by which a vehicle that comes by it must not go on."""
    banned: defaultdict[int, set[int]] = defaultdict(set)
    alone: defaultdict[int, set[int]] = defaultdict(set)
    for come, go, is_only in _signs(town.turns, streets, vehicle):
        (alone if is_only else banned)[come].add(go)
    for come, allowed in alone.items():
        banned[come] |= set(streets.out_of[int(streets.head[come])]) - allowed
    gates = town.gates
    access = modes.access_of(gates.access, mode=Mode.VEHICLE, vehicle=vehicle)
    for node in gates.node[modes.stops_at_gate(gates.kind, access, vehicle=vehicle)].tolist():
        for come in streets.into[node]:
            banned[come] |= {
                go for go in streets.out_of[node] if go % streets.n_edges != come % streets.n_edges
            }
    return {come: never for come, never in banned.items() if never}


def _signs(
    turns: Turns, streets: _Streets, vehicle: VehicleClass
) -> Iterator[tuple[int, int, bool]]:
    """List the signs that bind a vehicle: from, to (directed streets), the only way on."""
    bound = {
        VehicleClass.AMBULANCE: turns.ambulance,
        VehicleClass.PICK_UP: turns.car,
        VehicleClass.TRUCK: turns.truck,
    }[vehicle]
    if not facts.fact("times.obeys_turns").value[vehicle.value]:
        return
    for sign in np.flatnonzero(bound).tolist():
        via = int(turns.via[sign])
        for come in streets.into[via]:
            for go in streets.out_of[via]:
                if (come % streets.n_edges, go % streets.n_edges) == (
                    turns.from_edge[sign],
                    turns.to_edge[sign],
                ):
                    yield come, go, bool(turns.is_only[sign])
