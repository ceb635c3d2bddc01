# SPDX-License-Identifier: Apache-2.0
"""
Compiled loops over worlds: what a choice is worth in each, and search by exchange.

A desk keeps, for every world, what opening a site would gain, what closing one would lose, and what
part of that loss another would catch (after Resende and Werneck 2004). An aim weighs worlds; it is
concave, so that its slope sorts out exchanges which cannot gain before they are weighed exactly.
"""

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.kernels.chain_cuts import NEEDS_NONE, Entries, Lanes

Ints = NDArray[np.int64]
Rows = NDArray[np.int32]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

EMPTY = -1
_STEP = np.uint64(0x9E3779B97F4A7C15)


class Aim(NamedTuple):
    """Weighs worlds: so much of the mean, of the mean of the worst, and of the worst regret."""

    mean: float
    tail: float
    tail_share: float
    regret: float
    chance: Floats
    best: Floats  # what regret is measured from


class Served(NamedTuple):
    """Who is served by what, in all worlds."""

    lanes: Lanes
    entries: Entries
    lane_start: Ints
    lane_group: Rows
    site_start: Ints  # lanes of each site
    site_lane: Rows
    backup_share: float


class Rules(NamedTuple):
    """What a search may do."""

    allowed: Bools  # sites
    fixed: Bools  # slots that keep their site
    least: float  # an exchange must gain more than this


class _Open(NamedTuple):
    """What is open of both tiers."""

    site: Bools
    hospital: Bools


class Desk(NamedTuple):
    """State of a set of open sites."""

    slot: Rows  # site in each slot
    slot_of: Rows  # slot of each site
    covers: Rows  # open lanes of each group
    value: Floats  # of each world
    gain: Floats  # [site, world]
    loss: Floats  # [slot, world]
    extra: Floats  # [slot, site, world]


@numba.njit(cache=True)
def weigh(aim: Aim, value: Floats, slope: Floats) -> float:
    """Weigh the values of the worlds, and write down what one more in each would add."""
    total = 0.0
    slope[:] = 0.0
    if aim.mean != 0.0:
        for s in range(len(value)):
            total += aim.mean * aim.chance[s] * value[s]
            slope[s] += aim.mean * aim.chance[s]
    if aim.tail != 0.0:
        left = aim.tail_share
        for s in np.argsort(value, kind="mergesort"):
            part = min(left, aim.chance[s]) / aim.tail_share
            total += aim.tail * part * value[s]
            slope[s] += aim.tail * part
            left -= aim.chance[s]
            if left <= 0.0:
                break
    if aim.regret != 0.0:
        worst = np.argmax(aim.best - value)
        total -= aim.regret * (aim.best[worst] - value[worst])
        slope[worst] += aim.regret
    return total


@numba.njit(cache=True)
def usable_lanes(lanes: Lanes, open_hospital: Bools) -> Bools:
    """Find the lanes whose site counts with the hospitals that are open."""
    linked = np.zeros(len(lanes.class_start) - 1, dtype=np.bool_)
    for c in range(len(linked)):
        for e in range(lanes.class_start[c], lanes.class_start[c + 1]):
            linked[c] = linked[c] or open_hospital[lanes.class_hospital[e]]
    usable = np.zeros(len(lanes.lane_site), dtype=np.bool_)
    for lane in range(len(usable)):
        c = lanes.lane_class[lane]
        usable[lane] = c == NEEDS_NONE or linked[c]
    return usable


@numba.njit(cache=True)
def only(served: Served, usable: Bools) -> Served:
    """Keep the lanes whose site counts: everything else is dead weight while hospitals stay."""
    lanes = served.lanes
    n_groups, n_kept = len(lanes.group_start) - 1, 0
    for lane in lanes.group_lane:
        n_kept += usable[lane]
    start, kept = np.zeros(n_groups + 1, dtype=np.int64), np.empty(n_kept, dtype=np.int32)
    at = 0
    for g in range(n_groups):
        for e in range(lanes.group_start[g], lanes.group_start[g + 1]):
            if usable[lanes.group_lane[e]]:
                kept[at] = lanes.group_lane[e]
                at += 1
        start[g + 1] = at
    site_start = np.zeros(len(served.site_start), dtype=np.int64)
    site_lane = np.empty(len(served.site_lane), dtype=np.int32)
    at = 0
    for j in range(len(site_start) - 1):
        for e in range(served.site_start[j], served.site_start[j + 1]):
            if usable[served.site_lane[e]]:
                site_lane[at] = served.site_lane[e]
                at += 1
        site_start[j + 1] = at
    left = Lanes(
        start, kept, lanes.lane_site, lanes.lane_class, lanes.class_start, lanes.class_hospital
    )
    return Served(
        left,
        served.entries,
        served.lane_start,
        served.lane_group,
        site_start,
        site_lane,
        served.backup_share,
    )


@numba.njit(cache=True)
def value_of(served: Served, sites: Rows, usable: Bools, n_worlds: int) -> Floats:
    """Count what some sites are worth in each world."""
    covers = np.zeros(len(served.entries.start) - 1, dtype=np.int32)
    value = np.zeros(n_worlds)
    for j in sites:
        for at in range(served.site_start[j], served.site_start[j + 1]):
            lane = served.site_lane[at]
            if not usable[lane]:
                continue
            for e in range(served.lane_start[lane], served.lane_start[lane + 1]):
                g = served.lane_group[e]
                more = _more(covers[g], served.backup_share)
                covers[g] += 1
                if more != 0.0:
                    _credit(served.entries, value, g, more)
    return value


@numba.njit(cache=True)
def _more(count: int | np.int32, backup_share: float) -> float:
    """Worth of one more open lane."""
    if count == 0:
        return 1.0
    return backup_share if count == 1 else 0.0


@numba.njit(cache=True)
def _credit(entries: Entries, row: Floats, g: int | np.int32, factor: float) -> None:
    """Add a group's weights, one world after another."""
    for e in range(entries.start[g], entries.start[g + 1]):
        row[entries.row[e]] += factor * entries.weight[e]


@numba.njit(cache=True)
def new_desk(served: Served, n_slots: int, n_worlds: int) -> Desk:
    """Start with nothing open."""
    n_sites, n_groups = len(served.site_start) - 1, len(served.entries.start) - 1
    desk = Desk(
        np.full(n_slots, EMPTY, dtype=np.int32),
        np.full(n_sites, EMPTY, dtype=np.int32),
        np.zeros(n_groups, dtype=np.int32),
        np.zeros(n_worlds),
        np.zeros((n_sites, n_worlds)),
        np.zeros((n_slots, n_worlds)),
        np.zeros((n_slots, n_sites, n_worlds)),
    )
    for g in range(n_groups):
        _spread(served, desk, g, 1.0)
    return desk


@numba.njit(cache=True)
def _spread(served: Served, desk: Desk, g: int | np.int32, sign: float) -> None:
    """Put down, or take back, what a group means for every exchange."""
    count, entries = desk.covers[g], served.entries
    more = sign * _more(count, served.backup_share)
    lost = sign * _more(count - 1, served.backup_share) if count > 0 else 0.0
    if more == 0.0 and lost == 0.0:
        return
    lanes = served.lanes
    for at in range(lanes.group_start[g], lanes.group_start[g + 1]):
        j = lanes.lane_site[lanes.group_lane[at]]
        if more != 0.0:
            _credit(entries, desk.gain[j], g, more)
        t = desk.slot_of[j]
        if t == EMPTY or lost == 0.0:
            continue
        _credit(entries, desk.loss[t], g, lost)
        if lost != more:
            for other in range(lanes.group_start[g], lanes.group_start[g + 1]):
                i = lanes.lane_site[lanes.group_lane[other]]
                _credit(entries, desk.extra[t, i], g, lost - more)


@numba.njit(cache=True)
def _move(served: Served, desk: Desk, t: int | np.int64, j: int | np.int64) -> None:
    """Open site ``j`` in the empty slot ``t``, or close it if it is open there."""
    opens = desk.slot_of[j] == EMPTY
    for step in range(2):
        for at in range(served.site_start[j], served.site_start[j + 1]):
            lane = served.site_lane[at]
            for e in range(served.lane_start[lane], served.lane_start[lane + 1]):
                g = served.lane_group[e]
                if step == 0:
                    _spread(served, desk, g, -1.0)
                    continue
                before = desk.covers[g] if opens else desk.covers[g] - 1
                worth = _more(before, served.backup_share)
                desk.covers[g] += 1 if opens else -1
                if worth != 0.0:
                    _credit(served.entries, desk.value, g, worth if opens else -worth)
                _spread(served, desk, g, 1.0)
        if step == 0:
            desk.slot[t] = j if opens else EMPTY
            desk.slot_of[j] = t if opens else EMPTY


@numba.njit(cache=True)
def _fill(served: Served, aim: Aim, rules: Rules, desk: Desk) -> None:
    """Open, in each empty slot, the allowed site that adds most on average."""
    for t in range(len(desk.slot)):
        if desk.slot[t] != EMPTY:
            continue
        best, best_gain = EMPTY, -np.inf
        for j in range(len(desk.slot_of)):
            if rules.allowed[j] and desk.slot_of[j] == EMPTY:
                gain = 0.0
                for s in range(len(aim.chance)):
                    gain += aim.chance[s] * desk.gain[j, s]
                if gain > best_gain:
                    best, best_gain = j, gain
        if best != EMPTY:
            _move(served, desk, t, best)


@numba.njit(cache=True)
def _swap(served: Served, aim: Aim, rules: Rules, desk: Desk) -> None:
    """Exchange an open site for a closed one, the best pair first, while that gains."""
    while True:
        t, j = _best_swap(aim, rules, desk)
        if j == EMPTY:
            return
        _move(served, desk, t, desk.slot[t])
        _move(served, desk, t, j)


@numba.njit(cache=True)
def _best_swap(aim: Aim, rules: Rules, desk: Desk) -> tuple[int, int]:
    """Find the exchange that gains most: slot and site, EMPTY if none gains."""
    n_worlds = len(desk.value)
    slope, spare, after = np.zeros(n_worlds), np.zeros(n_worlds), np.zeros(n_worlds)
    now = weigh(aim, desk.value, slope)
    gained, lost = desk.gain @ slope, desk.loss @ slope
    best, best_t, best_j = rules.least, EMPTY, EMPTY
    for t in np.flatnonzero(~rules.fixed & (desk.slot != EMPTY)):
        for j in np.flatnonzero(rules.allowed & (desk.slot_of == EMPTY)):
            rough = gained[j] - lost[t]
            for s in range(n_worlds):
                rough += desk.extra[t, j, s] * slope[s]
            if rough <= best:
                continue
            for s in range(n_worlds):
                after[s] = desk.value[s] + desk.gain[j, s] - desk.loss[t, s] + desk.extra[t, j, s]
            exact = weigh(aim, after, spare) - now
            if exact > best:
                best, best_t, best_j = exact, int(t), int(j)
    return best_t, best_j


@numba.njit(cache=True)
def _seat(served: Served, desk: Desk, wanted: Rows) -> None:
    """Open exactly the wanted sites, each in its slot."""
    for t in range(len(wanted)):
        if desk.slot[t] != wanted[t] and desk.slot[t] != EMPTY:
            _move(served, desk, t, desk.slot[t])
    for t in range(len(wanted)):
        if desk.slot[t] == EMPTY and wanted[t] != EMPTY:
            _move(served, desk, t, wanted[t])


@numba.njit(cache=True)
def place(served: Served, aim: Aim, rules: Rules, start: Rows, kicks: tuple[int, int]) -> Rows:
    """
    Fill the empty slots, exchange to a local best, then kick it a number of times.

    Every lane of ``served`` counts: give it through ``only``.
    ``kicks`` are how many, and the seed; fewer than none fills only.
    """
    n_worlds, rounds = len(aim.chance), kicks[0]
    desk = new_desk(served, len(start), n_worlds)
    _seat(served, desk, start)
    _fill(served, aim, rules, desk)
    if rounds < 0:
        return desk.slot.copy()
    _swap(served, aim, rules, desk)
    slope = np.zeros(n_worlds)
    best, best_value = desk.slot.copy(), weigh(aim, desk.value, slope)
    pool = np.flatnonzero(rules.allowed)
    state = np.uint64(kicks[1])
    for _ in range(rounds if len(pool) > 0 and len(start) > 0 else 0):
        state = _shake(served, rules, desk, pool, state)
        _swap(served, aim, rules, desk)
        value = weigh(aim, desk.value, slope)
        if value > best_value + rules.least:
            best, best_value = desk.slot.copy(), value
        else:
            _seat(served, desk, best)
    return best


@numba.njit(cache=True)
def _mix(x: np.uint64) -> np.uint64:
    """Scramble 64 bits (splitmix64, Steele et al. 2014)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@numba.njit(cache=True)
def _shake(served: Served, rules: Rules, desk: Desk, pool: Ints, state: np.uint64) -> np.uint64:
    """Replace a few sites by chance."""
    for _ in range(max(2, len(desk.slot) // 4)):
        state += _STEP
        t = np.int64(_mix(state) % np.uint64(len(desk.slot)))
        state += _STEP
        j = pool[np.int64(_mix(state) % np.uint64(len(pool)))]
        if not rules.fixed[t] and desk.slot_of[j] == EMPTY:
            if desk.slot[t] != EMPTY:
                _move(served, desk, t, desk.slot[t])
            _move(served, desk, t, j)
    return state


@numba.njit(cache=True)
def best_hospitals(served: Served, aim: Aim, rules: Rules, sites: Rows, hospitals: Rows) -> Rows:
    """Fill empty seats of hospitals for given sites, then exchange single ones while it gains."""
    chosen = hospitals.copy()
    is_open = np.zeros(len(rules.allowed), dtype=np.bool_)
    is_open[chosen[chosen != EMPTY]] = True
    is_at = np.zeros(len(served.site_start) - 1, dtype=np.bool_)
    is_at[sites] = True
    gained = True
    while gained:
        gained = False
        for t in range(len(chosen)):
            before = chosen[t]
            if before != EMPTY:
                if rules.fixed[t]:
                    continue
                is_open[before] = False
            best = _best_hospital(served, aim, rules, sites, _Open(is_at, is_open), before)
            if best != EMPTY:
                gained = gained or best != before
                chosen[t] = best
                is_open[best] = True
    return chosen


@numba.njit(cache=True)
def _best_hospital(
    served: Served,
    aim: Aim,
    rules: Rules,
    sites: Rows,
    opened: _Open,
    before: int | np.int32,
) -> int:
    """Find the hospital that serves most beside those that are open; the one before if equal."""
    n_worlds = len(aim.chance)
    value, gain = _hospital_gains(served, sites, opened, n_worlds)
    slope = np.zeros(n_worlds)
    best, best_value = int(before), -np.inf
    if before != EMPTY:
        best_value = weigh(aim, value + gain[before], slope)
    for k in np.flatnonzero(rules.allowed & ~opened.hospital):
        found = weigh(aim, value + gain[k], slope)
        if best == EMPTY or found > best_value + rules.least:
            best, best_value = int(k), found
    return best


@numba.njit(cache=True)
def _hospital_gains(
    served: Served, sites: Rows, opened: _Open, n_worlds: int
) -> tuple[Floats, Floats]:
    """Value of each world for given sites, and what each further hospital would add."""
    lanes, share = served.lanes, served.backup_share
    usable = usable_lanes(lanes, opened.hospital)
    value, gain = np.zeros(n_worlds), np.zeros((len(opened.hospital), n_worlds))
    seen = np.zeros(len(served.entries.start) - 1, dtype=np.bool_)
    more = np.zeros(len(opened.hospital), dtype=np.int64)
    for j in sites:
        for at in range(served.site_start[j], served.site_start[j + 1]):
            lane = served.site_lane[at]
            for e in range(served.lane_start[lane], served.lane_start[lane + 1]):
                g = served.lane_group[e]
                if seen[g]:
                    continue
                seen[g] = True
                count = _count(lanes, g, opened.site, usable, more)
                worth = _worth(count, share)
                if worth != 0.0:
                    _credit(served.entries, value, g, worth)
                _credit_hospitals(served, g, opened.site, usable, more, gain)
    return value, gain


@numba.njit(cache=True)
def _worth(count: int | np.int64, backup_share: float) -> float:
    """Worth of a group with so many open lanes."""
    if count == 0:
        return 0.0
    return 1.0 if count == 1 else 1.0 + backup_share


@numba.njit(cache=True)
def _count(lanes: Lanes, g: int | np.int32, is_at: Bools, usable: Bools, more: Ints) -> int:
    """Count the open lanes of a group, and how many each further hospital would open."""
    count = 0
    for at in range(lanes.group_start[g], lanes.group_start[g + 1]):
        lane = lanes.group_lane[at]
        if not is_at[lanes.lane_site[lane]]:
            continue
        if usable[lane]:
            count += 1
            continue
        c = lanes.lane_class[lane]
        for h in range(lanes.class_start[c], lanes.class_start[c + 1]):
            more[lanes.class_hospital[h]] += 1
    return count


@numba.njit(cache=True)
def _credit_hospitals(
    served: Served, g: int | np.int32, is_at: Bools, usable: Bools, more: Ints, gain: Floats
) -> None:
    """Credit each hospital with what it would add to a group, and forget the counts."""
    lanes, share = served.lanes, served.backup_share
    count = 0
    for at in range(lanes.group_start[g], lanes.group_start[g + 1]):
        lane = lanes.group_lane[at]
        count += is_at[lanes.lane_site[lane]] and usable[lane]
    for at in range(lanes.group_start[g], lanes.group_start[g + 1]):
        lane = lanes.group_lane[at]
        if not is_at[lanes.lane_site[lane]] or usable[lane]:
            continue
        c = lanes.lane_class[lane]
        for h in range(lanes.class_start[c], lanes.class_start[c + 1]):
            k = lanes.class_hospital[h]
            added = _worth(count + more[k], share) - _worth(count, share)
            if more[k] > 0 and added != 0.0:
                _credit(served.entries, gain[k], g, added)
            more[k] = 0
