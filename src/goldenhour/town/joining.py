# SPDX-License-Identifier: Apache-2.0
"""
Which street ends are the same junction: by the file's node ids, else by equal coordinates.

Nothing is snapped: two streets that cross without a shared node (a bridge) stay apart.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.town.rows import Rows

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

PER_DEG = 10_000_000  # ends join where they agree to 1e-7 degree, about a centimetre
SAME_JUNCTION = 100  # in those units: ends of one node id may lie about a metre apart
NO_ID = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """
    Street ends as junctions.

    Parameters
    ----------
    tail
        Junction at each line's start. Shape ``(n,)``.
    head
        Junction at each line's end. Shape ``(n,)``.
    lon
        Longitudes of junctions in degrees. Shape ``(n_nodes,)``.
    lat
        Latitudes of junctions in degrees. Shape ``(n_nodes,)``.
    turned
        True where ``u``, ``v`` were listed against the line. Shape ``(n,)``.
    doubted
        True where ``u``, ``v`` fit neither way, so coordinates decided. Shape ``(n,)``.
    """

    tail: Ints
    head: Ints
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    turned: Flags
    doubted: Flags


def join(rows: Rows, start: NDArray[np.float64], end: NDArray[np.float64]) -> Joined:
    """
    Find the junctions of all streets.

    Parameters
    ----------
    rows
        The streets.
    start
        Longitude and latitude of each line's start in degrees. Shape ``(n, 2)``.
    end
        The same of its end. Shape ``(n, 2)``.

    Returns
    -------
    joined
        Junctions, with what was noticed about node ids.
    """
    n = rows.n
    where = np.rint(np.concatenate([start, end]) * PER_DEG).astype(np.int64)
    spot = _number((where[:, 0] << 32) + where[:, 1])
    node = _number_ids(rows)
    turned, doubted = _turned(node, spot, n), np.zeros(n, dtype=np.bool_)
    flip = np.concatenate([turned, turned])
    node = np.where(flip, np.roll(node, n), node)
    if len(node):
        far = _far_from_home(node, spot, where)
        doubted = far[:n] | far[n:]
        node[np.concatenate([doubted, doubted])] = NO_ID
    junction = _junctions(node, spot, np.concatenate([rows.layer, rows.layer]))
    first = np.unique(junction, return_index=True)[1]
    lon_lat = np.concatenate([start, end])[first]
    return Joined(
        tail=junction[:n],
        head=junction[n:],
        lon=lon_lat[:, 0],
        lat=lon_lat[:, 1],
        turned=turned & ~doubted,
        doubted=doubted,
    )


def _number(keys: Ints) -> Ints:
    """Give distinct keys numbers from 0, in their order."""
    return np.unique(keys, return_inverse=True)[1].astype(np.int64)


def _number_ids(rows: Rows) -> Ints:
    """Give all ends their node, earlier layers first; ``NO_ID`` where the file has none."""
    u, v = rows.whole("u", unknown=NO_ID), rows.whole("v", unknown=NO_ID)
    both = (u >= 0) & (v >= 0)
    ids = np.concatenate([u, v])
    known = np.concatenate([both, both])
    layer = np.concatenate([rows.layer, rows.layer])
    node = np.full(len(ids), NO_ID, dtype=np.int64)
    n_before = 0
    for number in range(int(layer.max(initial=-1)) + 1):
        mine = known & (layer == number)
        node[mine] = n_before + _number(ids[mine])
        n_before = int(node.max(initial=NO_ID)) + 1
    return node


def _turned(node: Ints, spot: Ints, n: int) -> Flags:
    """
    Find rows whose ``u``, ``v`` run against their line.

    Each (node, spot) pair collects votes from both readings of every row. A node's true spot gets
    a vote from each of its streets, a wrong one hardly more than one.
    """
    n_spots = int(spot.max(initial=0)) + 1
    swapped = np.roll(spot, n)
    pair = np.concatenate([node, node]) * n_spots + np.concatenate([spot, swapped])
    _, group, votes = np.unique(pair, return_inverse=True, return_counts=True)
    score = votes[group]
    as_listed = score[:n] + score[n : 2 * n]
    against = score[2 * n : 3 * n] + score[3 * n :]
    return np.asarray((against > as_listed) & (node[:n] >= 0), dtype=np.bool_)


def _far_from_home(node: Ints, spot: Ints, where: Ints) -> Flags:
    """Find ends that lie more than about a metre from where most streets put their node id."""
    n_spots = int(spot.max()) + 1
    pair, group, votes = np.unique(node * n_spots + spot, return_inverse=True, return_counts=True)
    first = np.unique(group, return_index=True)[1]
    order = np.lexsort((-votes, pair // n_spots))
    leader = np.unique((pair // n_spots)[order], return_index=True)
    home = where[first[order[leader[1]]]][np.searchsorted(leader[0], node)]
    return np.asarray((np.abs(where - home).max(axis=1) > SAME_JUNCTION) & (node >= 0))


def _junctions(node: Ints, spot: Ints, layer: NDArray[np.int32]) -> Ints:
    """
    Make junctions from node ids and, where there are none, from spots.

    An end without id joins the id that stands on its spot. Ids of a later layer join those of an
    earlier one on the same spot: that is how two files of one town meet.
    """
    n_ids = int(node.max(initial=NO_ID)) + 1
    has_id = node >= 0
    n_spots = int(spot.max(initial=-1)) + 1
    stands = n_ids + np.arange(n_spots, dtype=np.int64)  # a spot's lowest node id, else its own
    np.minimum.at(stands, spot[has_id], node[has_id])
    junction = np.where(has_id, node, stands[spot])
    if layer.any():
        layer_of = np.zeros(n_ids + n_spots, dtype=np.int64)
        layer_of[node[has_id]] = layer[has_id]
        met = has_id & (layer_of[stands[spot]] < layer)
        same = np.arange(n_ids + n_spots, dtype=np.int64)
        same[node[met]] = stands[spot[met]]
        junction = same[junction]
    return _number(junction)
