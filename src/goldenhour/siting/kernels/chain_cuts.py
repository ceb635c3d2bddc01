# SPDX-License-Identifier: Apache-2.0
"""
Compiled loops of the two-tier cut: along which side each group is cut, and the planes that follow.

A lane is a site together with the hospitals that it reaches; a group is served by its lanes. With
fractions ``x`` of sites and ``z`` of hospitals open, no more than ``x(A) + z(B)`` of a group is
served, whatever part ``A`` of its lanes is cut at the site, when ``B`` is all that its other lanes
reach. The least of these is a maximum flow from sites to hospitals (Ford and Fulkerson 1956).
"""

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Rows = NDArray[np.int32]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Sides = NDArray[np.int8]

NEEDS_NONE = -1
AT_SITE, AT_HOSPITALS, AT_LANE = 0, 1, 2
_EPS = 1e-9


class Lanes(NamedTuple):
    """Groups to lanes, lanes to their site and class, classes to the hospitals that they reach."""

    group_start: Ints
    group_lane: Rows
    lane_site: Rows
    lane_class: Rows  # NEEDS_NONE where the site counts without any hospital
    class_start: Ints
    class_hospital: Rows


class Entries(NamedTuple):
    """Where the weight of each group goes: so much of it into such a plane."""

    start: Ints
    row: Rows
    weight: Floats


class _Desk(NamedTuple):
    """Room for one flow."""

    flow: Floats  # [lane of the group, hospital]
    left: Floats  # of each hospital
    spare: Floats  # of each lane
    from_lane: Rows  # lane that a hospital was found from
    from_hospital: Rows  # hospital that a lane was found from
    queue: Rows
    seen: Bools  # lanes
    found: Bools  # hospitals
    lane: Rows  # lanes that can send


@numba.njit(cache=True)
def _desk(n_lanes: int, n_hospitals: int) -> _Desk:
    """Make room for the largest group."""
    return _Desk(
        np.zeros((n_lanes, n_hospitals)),
        np.zeros(n_hospitals),
        np.zeros(n_lanes),
        np.zeros(n_hospitals, dtype=np.int32),
        np.zeros(n_lanes, dtype=np.int32),
        np.zeros(n_lanes, dtype=np.int32),
        np.zeros(n_lanes, dtype=np.bool_),
        np.zeros(n_hospitals, dtype=np.bool_),
        np.zeros(n_lanes, dtype=np.int32),
    )


@numba.njit(cache=True)
def _pick(lanes: Lanes, desk: _Desk, g: int, x: Floats) -> int:
    """Take the lanes of a group whose site is open in part: only they can send anything."""
    n = 0
    for at in range(lanes.group_start[g], lanes.group_start[g + 1]):
        lane = lanes.group_lane[at]
        if x[lanes.lane_site[lane]] > 0.0:
            desk.lane[n] = lane
            n += 1
    return n


@numba.njit(cache=True)
def _pour(lanes: Lanes, desk: _Desk, n: int, x: Floats, z: Floats, most: float) -> float:
    """Send what goes without detours; a lane that needs no hospital always arrives."""
    total = 0.0
    for at in range(n):
        c = lanes.lane_class[desk.lane[at]]
        if c == NEEDS_NONE:
            continue
        for e in range(lanes.class_start[c], lanes.class_start[c + 1]):
            desk.left[lanes.class_hospital[e]] = most * z[lanes.class_hospital[e]]
            desk.flow[at, lanes.class_hospital[e]] = 0.0
    for at in range(n):
        desk.spare[at] = x[lanes.lane_site[desk.lane[at]]]
        c = lanes.lane_class[desk.lane[at]]
        if c == NEEDS_NONE:
            total += desk.spare[at]
            desk.spare[at] = 0.0
            continue
        for e in range(lanes.class_start[c], lanes.class_start[c + 1]):
            k = lanes.class_hospital[e]
            sent = min(desk.spare[at], desk.left[k])
            if sent > 0.0:
                desk.flow[at, k] = sent
                desk.left[k] -= sent
                desk.spare[at] -= sent
                total += sent
        if total >= most - _EPS:
            break
    return total


@numba.njit(cache=True)
def _queue_up(lanes: Lanes, desk: _Desk, n: int) -> int:
    """Start from the lanes with something to spare; nothing else is seen yet."""
    desk.seen[:n] = False
    n_queued = 0
    for at in range(n):
        c = lanes.lane_class[desk.lane[at]]
        if c == NEEDS_NONE:
            continue
        for e in range(lanes.class_start[c], lanes.class_start[c + 1]):
            desk.found[lanes.class_hospital[e]] = False
        if desk.spare[at] > _EPS:
            desk.seen[at] = True
            desk.from_hospital[at] = -1
            desk.queue[n_queued] = at
            n_queued += 1
    return n_queued


@numba.njit(cache=True)
def _reroute(lanes: Lanes, desk: _Desk, n: int) -> float:
    """Find one detour from a lane with something to spare; 0 where there is none, all seen."""
    n_queued, taken = _queue_up(lanes, desk, n), 0
    while taken < n_queued:
        at = desk.queue[taken]
        taken += 1
        c = lanes.lane_class[desk.lane[at]]
        for e in range(lanes.class_start[c], lanes.class_start[c + 1]):
            k = lanes.class_hospital[e]
            if desk.found[k]:
                continue
            desk.found[k] = True
            desk.from_lane[k] = at
            if desk.left[k] > _EPS:
                return _send(desk, k)
            for other in range(n):
                if desk.seen[other] or desk.flow[other, k] <= _EPS:
                    continue
                if _reaches(lanes, desk.lane[other], k):
                    desk.seen[other] = True
                    desk.from_hospital[other] = k
                    desk.queue[n_queued] = other
                    n_queued += 1
    return 0.0


@numba.njit(cache=True)
def _reaches(lanes: Lanes, lane: int | np.int32, k: int | np.int32) -> bool:
    """Whether a lane reaches a hospital: its flow there is then of this group, not left over."""
    c = lanes.lane_class[lane]
    if c == NEEDS_NONE:
        return False
    for e in range(lanes.class_start[c], lanes.class_start[c + 1]):
        if lanes.class_hospital[e] == k:
            return True
    return False


@numba.njit(cache=True)
def _send(desk: _Desk, last: int | np.int32) -> float:
    """Send as much as a detour carries."""
    amount: float = desk.left[last]
    at = desk.from_lane[last]
    while desk.from_hospital[at] >= 0:
        k = desk.from_hospital[at]
        amount = min(amount, desk.flow[at, k])
        at = desk.from_lane[k]
    amount = min(amount, desk.spare[at])
    desk.spare[at] -= amount
    desk.left[last] -= amount
    at = desk.from_lane[last]
    desk.flow[at, last] += amount
    while desk.from_hospital[at] >= 0:
        k = desk.from_hospital[at]
        desk.flow[at, k] -= amount
        at = desk.from_lane[k]
        desk.flow[at, k] += amount
    return amount


@numba.njit(cache=True)
def _mark(lanes: Lanes, desk: _Desk, g: int, n: int, x: Floats, side: Sides) -> None:
    """Cut what was seen at its hospitals, and what is shut and reaches nothing else."""
    first, after = lanes.group_start[g], lanes.group_start[g + 1]
    side[first:after] = AT_SITE
    desk.found[:] = False
    some = False
    for at in range(n):
        if desk.seen[at]:
            some = True
            c = lanes.lane_class[desk.lane[at]]
            for e in range(lanes.class_start[c], lanes.class_start[c + 1]):
                desk.found[lanes.class_hospital[e]] = True
    if not some:
        return
    picked = 0
    for at in range(first, after):
        lane = lanes.group_lane[at]
        if x[lanes.lane_site[lane]] > 0.0:
            side[at] = AT_HOSPITALS if desk.seen[picked] else AT_SITE
            picked += 1
            continue
        c = lanes.lane_class[lane]
        within = c != NEEDS_NONE
        if within:
            for e in range(lanes.class_start[c], lanes.class_start[c + 1]):
                within = within and desk.found[lanes.class_hospital[e]]
        side[at] = AT_HOSPITALS if within else AT_SITE


@numba.njit(cache=True)
def _lane_by_lane(
    lanes: Lanes, x: Floats, z_of_class: Floats, most: float, side: Sides, total: Floats
) -> Rows:
    """
    Cut every lane where it is narrower, for itself, and find the groups where that may be too wide.

    It is not if every hospital set lets through whatever the sites send (Hall's condition).
    """
    n_groups, n_left = len(total), 0
    left = np.empty(n_groups, dtype=np.int32)
    for g in range(n_groups):
        sent, narrowest, n_open = 0.0, np.inf, 0
        for at in range(lanes.group_start[g], lanes.group_start[g + 1]):
            lane = lanes.group_lane[at]
            c, part = lanes.lane_class[lane], x[lanes.lane_site[lane]]
            through = part if c == NEEDS_NONE else z_of_class[c]
            by_link = through < part
            side[at] = AT_LANE if by_link else AT_SITE
            total[g] += through if by_link else part
            if part > 0.0:
                n_open += 1
                sent += part
                if c != NEEDS_NONE:
                    narrowest = min(narrowest, through)
        if n_open > 1 and narrowest < min(most, sent) - _EPS:
            left[n_left] = g
            n_left += 1
    return left[:n_left]


@numba.njit(cache=True)
def sides(lanes: Lanes, x: Floats, z: Floats, most: float) -> tuple[Bools, Sides]:
    """
    Cut each group where it is narrowest at a point.

    Up to ``most`` lanes of a group count. Gives whether less than that many are open, and the side
    on which each lane of the group is cut.
    """
    n_groups = len(lanes.group_start) - 1
    side = np.zeros(len(lanes.group_lane), dtype=np.int8)
    z_of_class = np.zeros(len(lanes.class_start) - 1)
    for c in range(len(z_of_class)):
        for e in range(lanes.class_start[c], lanes.class_start[c + 1]):
            z_of_class[c] += z[lanes.class_hospital[e]]
    total = np.zeros(n_groups)
    left = _lane_by_lane(lanes, x, z_of_class, most, side, total)
    widest = 0
    for g in left:
        widest = max(widest, lanes.group_start[g + 1] - lanes.group_start[g])
    desk = _desk(widest, len(z))
    for g in left:
        picked = _pick(lanes, desk, g, x)
        sent = _pour(lanes, desk, picked, x, z, most)
        while sent < most - _EPS:
            more = _reroute(lanes, desk, picked)
            sent += more
            if more == 0.0:
                break
        if sent < total[g]:
            total[g] = sent
            if sent < most - _EPS:
                _mark(lanes, desk, g, picked, x, side)
    return total < most - _EPS, side


@numba.njit(cache=True)
def add_planes(
    lanes: Lanes,
    entries: Entries,
    is_open: Bools,
    side: Sides,
    scale: tuple[float, float],
    planes: tuple[Floats, Floats, Floats],
) -> None:
    """
    Add the planes of groups cut so: slopes of sites and hospitals, and what is full already.

    ``scale`` is what one lane of a group is worth, and how many of them count. ``planes`` are
    ``[row, site]``, ``[row, hospital]`` and ``[row]``.
    """
    worth, most = scale
    of_site, of_hospital, constant = planes
    in_union = np.full(of_hospital.shape[1], -1, dtype=np.int64)
    for g in range(len(is_open)):
        for e in range(entries.start[g], entries.start[g + 1]):
            row, weight = entries.row[e], worth * entries.weight[e]
            if not is_open[g]:
                constant[row] += most * weight
                continue
            for at in range(lanes.group_start[g], lanes.group_start[g + 1]):
                lane = lanes.group_lane[at]
                if side[at] == AT_SITE:
                    of_site[row, lanes.lane_site[lane]] += weight
                    continue
                c = lanes.lane_class[lane]
                for h in range(lanes.class_start[c], lanes.class_start[c + 1]):
                    k = lanes.class_hospital[h]
                    if side[at] == AT_LANE:
                        of_hospital[row, k] += weight
                    elif in_union[k] != e:
                        in_union[k] = e
                        of_hospital[row, k] += most * weight
