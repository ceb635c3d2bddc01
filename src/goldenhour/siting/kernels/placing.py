# SPDX-License-Identifier: Apache-2.0
"""
Compiled loops of placing sites: by gain, by exchange, and anew where a neighbourhood was cleared.

Exchange keeps gain, loss and what a pair has in common up to date (Resende and Werneck 2007);
clearing a neighbourhood and placing it anew is ruin and recreate (Schrimpf et al. 2000).
"""

from typing import NamedTuple

import numba
import numpy as np

from goldenhour.siting.kernels.cover import Bools, Floats, Ints, Rows, Table

EMPTY = -1
_STEP = np.uint64(0x9E3779B97F4A7C15)
_FEWEST_CLEARED, _MORE_CLEARED = 4, 7
_NOISE = 0.3


class Rules(NamedTuple):
    """What a search may do."""

    allowed: Bools  # sites that may be opened
    fixed: Bools  # slots that must keep their site
    least: float  # a change must gain more than this


class Desk(NamedTuple):
    """State of a set of open sites: slots, cover counts, and what each change would bring."""

    slot: Rows  # site in each slot, EMPTY if none
    covers: Rows  # open sites covering each group
    slot_sum: Ints  # sum of the slots covering it: the slot itself where covers is 1
    gain: Floats  # weight that opening a site would add
    loss: Floats  # weight that closing a slot would lose
    extra: Floats  # [slot, site]: part of that loss which the site would catch


@numba.njit(cache=True)
def new_desk(table: Table, n_slots: int) -> Desk:
    """Start with nothing open."""
    n_sites, n_groups = len(table.site_start) - 1, len(table.weight)
    gain = np.zeros(n_sites)
    for j in range(n_sites):
        for e in range(table.site_start[j], table.site_start[j + 1]):
            gain[j] += table.weight[table.site_group[e]]
    return Desk(
        np.full(n_slots, EMPTY, dtype=np.int32),
        np.zeros(n_groups, dtype=np.int32),
        np.zeros(n_groups, dtype=np.int64),
        gain,
        np.zeros(n_slots),
        np.zeros((n_slots, n_sites)),
    )


@numba.njit(cache=True)
def _spread(table: Table, target: Floats, group: int, weight: float) -> None:
    """Add a weight to every site that covers a group."""
    for e in range(table.group_start[group], table.group_start[group + 1]):
        target[table.group_site[e]] += weight


@numba.njit(cache=True)
def open_site(table: Table, desk: Desk, t: int | np.int64, j: int | np.int64) -> None:
    """Open site ``j`` in slot ``t``, which must be empty."""
    desk.slot[t] = j
    for e in range(table.site_start[j], table.site_start[j + 1]):
        g = table.site_group[e]
        w = table.weight[g]
        if desk.covers[g] == 0:
            _spread(table, desk.gain, g, -w)
            desk.loss[t] += w
            _spread(table, desk.extra[t], g, w)
        elif desk.covers[g] == 1:
            other = desk.slot_sum[g]
            desk.loss[other] -= w
            _spread(table, desk.extra[other], g, -w)
        desk.covers[g] += 1
        desk.slot_sum[g] += t


@numba.njit(cache=True)
def close_slot(table: Table, desk: Desk, t: int | np.int64) -> None:
    """Close whatever is open in slot ``t``."""
    j = desk.slot[t]
    desk.slot[t] = EMPTY
    if j == EMPTY:
        return
    for e in range(table.site_start[j], table.site_start[j + 1]):
        g = table.site_group[e]
        w = table.weight[g]
        desk.covers[g] -= 1
        desk.slot_sum[g] -= t
        if desk.covers[g] == 0:
            _spread(table, desk.gain, g, w)
            desk.loss[t] -= w
            _spread(table, desk.extra[t], g, -w)
        elif desk.covers[g] == 1:
            other = desk.slot_sum[g]
            desk.loss[other] += w
            _spread(table, desk.extra[other], g, w)


@numba.njit(cache=True)
def _is_open(desk: Desk, j: int | np.int64) -> bool:
    """Whether a site is open."""
    for site in desk.slot:  # noqa: SIM110 - numba has no any()
        if site == j:
            return True
    return False


@numba.njit(cache=True)
def fill(table: Table, desk: Desk, rules: Rules) -> None:
    """Open, in each empty slot, the allowed site that adds most; ties go to the lowest number."""
    for t in range(len(desk.slot)):
        if desk.slot[t] != EMPTY:
            continue
        best, best_gain = EMPTY, -np.inf
        for j in range(len(desk.gain)):
            if rules.allowed[j] and desk.gain[j] > best_gain and not _is_open(desk, j):
                best, best_gain = j, desk.gain[j]
        if best != EMPTY:
            open_site(table, desk, t, best)


@numba.njit(cache=True)
def swap(table: Table, desk: Desk, rules: Rules) -> None:
    """Swap an open site for a closed one, the best pair first, while that gains."""
    while True:
        best, best_t, best_j = rules.least, EMPTY, EMPTY
        for t in range(len(desk.slot)):
            if rules.fixed[t] or desk.slot[t] == EMPTY:
                continue
            for j in range(len(desk.gain)):
                if not rules.allowed[j]:
                    continue
                value = desk.gain[j] - desk.loss[t] + desk.extra[t, j]
                if value > best and not _is_open(desk, j):
                    best, best_t, best_j = value, t, j
        if best_t == EMPTY:
            return
        close_slot(table, desk, best_t)
        open_site(table, desk, best_t, best_j)


@numba.njit(cache=True)
def covered_weight(table: Table, desk: Desk) -> float:
    """Weight of the groups that at least one open site covers."""
    total = 0.0
    for g in range(len(desk.covers)):
        if desk.covers[g] > 0:
            total += table.weight[g]
    return total


@numba.njit(cache=True)
def _seat(table: Table, desk: Desk, wanted: Rows) -> None:
    """Open exactly the wanted sites, each in its slot."""
    for t in range(len(wanted)):
        if desk.slot[t] != wanted[t]:
            close_slot(table, desk, t)
    for t in range(len(wanted)):
        if desk.slot[t] == EMPTY and wanted[t] != EMPTY:
            open_site(table, desk, t, wanted[t])


@numba.njit(cache=True)
def place(table: Table, start: Rows, rules: Rules, rounds: int, seed: int) -> Rows:
    """Fill the empty slots by gain, exchange to a local best, then clear and refill so often."""
    desk = new_desk(table, len(start))
    _seat(table, desk, start)
    fill(table, desk, rules)
    if rounds < 0:
        return desk.slot
    swap(table, desk, rules)
    best, best_value = desk.slot.copy(), covered_weight(table, desk)
    pool = np.flatnonzero(rules.allowed)
    state = np.uint64(seed) * _STEP
    for _ in range(rounds if len(pool) > 0 and len(start) > 0 else 0):
        state += _STEP
        wanted = _FEWEST_CLEARED + np.int64(_mix(state) % np.uint64(_MORE_CLEARED))
        state += _STEP
        pivot = pool[np.int64(_mix(state) % np.uint64(len(pool)))]
        _clear_around(table, desk, rules, int(pivot), int(wanted))
        state = _refill(table, desk, rules, state)
        swap(table, desk, rules)
        value = covered_weight(table, desk)
        if value >= best_value:
            best, best_value = desk.slot.copy(), value
        else:
            _seat(table, desk, best)
    return best


@numba.njit(cache=True)
def _mix(x: np.uint64) -> np.uint64:
    """Scramble 64 bits (splitmix64, Steele et al. 2014)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@numba.njit(cache=True)
def _clear_around(table: Table, desk: Desk, rules: Rules, pivot: int, wanted: int) -> None:
    """Close the open sites nearest to one, by steps over shared groups."""
    n_sites = len(desk.gain)
    slot_of = np.full(n_sites, EMPTY, dtype=np.int32)
    for t in range(len(desk.slot)):
        if desk.slot[t] != EMPTY and not rules.fixed[t]:
            slot_of[desk.slot[t]] = t
    seen, queue = np.zeros(n_sites, dtype=np.bool_), np.empty(n_sites, dtype=np.int32)
    looked = np.zeros(len(desk.covers), dtype=np.bool_)  # groups whose sites are in the queue
    head, tail, closed = 0, 1, 0
    queue[0], seen[pivot] = pivot, True
    while head < tail and closed < wanted:
        j = queue[head]
        head += 1
        if slot_of[j] != EMPTY:
            close_slot(table, desk, slot_of[j])
            closed += 1
        if tail == n_sites:
            continue  # all are in the queue
        for e in range(table.site_start[j], table.site_start[j + 1]):
            g = table.site_group[e]
            if looked[g]:
                continue
            looked[g] = True
            for f in range(table.group_start[g], table.group_start[g + 1]):
                other = table.group_site[f]
                if not seen[other]:
                    seen[other] = True
                    queue[tail] = other
                    tail += 1


@numba.njit(cache=True)
def _refill(table: Table, desk: Desk, rules: Rules, state: np.uint64) -> np.uint64:
    """Open, in each empty slot, a site that adds much: gains are shaken a little."""
    for t in range(len(desk.slot)):
        if desk.slot[t] != EMPTY:
            continue
        best, best_gain = EMPTY, -np.inf
        for j in range(len(desk.gain)):
            if not rules.allowed[j] or desk.gain[j] <= best_gain:
                continue
            state += _STEP
            part = np.float64(_mix(state) >> np.uint64(11)) / 9007199254740992.0
            gain = desk.gain[j] * (1.0 - _NOISE * part)
            if gain > best_gain and not _is_open(desk, j):
                best, best_gain = j, gain
        if best != EMPTY:
            open_site(table, desk, t, best)
    return state
