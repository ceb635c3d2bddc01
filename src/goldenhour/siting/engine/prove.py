# SPDX-License-Identifier: Apache-2.0
"""
From an inner problem to a choice with its bound: search, price sites into a core, shrink, branch.

Where there are many sites only a core of them are columns of the linear program. The multipliers
price every other site too: it either joins the core or is shown to be unable to take part in
anything better. So the bound holds for all sites, not for the core.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.bounds import beats
from goldenhour.siting.engine.covering import NO_CLASH, NO_CLASS, Covering, Level, shrink
from goldenhour.siting.engine.hospital_sets import MOST_SETS, HospitalSets, n_sets
from goldenhour.siting.engine.narrow import narrowed
from goldenhour.siting.engine.screen_sites import screened_sites
from goldenhour.siting.engine.search import INCOMPLETE, Found, greedy, improve, search
from goldenhour.siting.engine.watch import Watch
from goldenhour.siting.kernels.cover import prices
from goldenhour.siting.plain.effort import Effort, nobody

_FIRST_KICKS = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """
    The best choice found, and how good any could be.

    Parameters
    ----------
    found
        The choice.
    bound
        No choice covers more.
    greedy_value
        Value of placing one site after another.
    score
        Worth of each site at the prices of the proof. Shape ``(n_sites,)``.
    price
        Price of each group. Shape ``(n_groups,)``.
    nodes
        Nodes of the tree that were looked at.
    stopped
        True if somebody asked to stop.
    """

    found: Found
    bound: float
    greedy_value: float
    score: NDArray[np.float64]
    price: NDArray[np.float64]
    nodes: int
    stopped: bool


def prove(covering: Covering, effort: Effort) -> Proven:
    """
    Find the best choice and prove how good it is.

    With hospitals, first the question is asked as if every site had one. If the hospitals can make
    that true, the answer stands; if not, hospitals are chosen first, set by set, or, where there
    are too many sets, together with the sites.

    Parameters
    ----------
    covering
        The inner problem.
    effort
        When to stop.

    Returns
    -------
    proven
        Choice and bound.
    """
    if not covering.hospitals.n:
        return _together(covering, effort)
    watch, quiet = Watch(effort, at_most(covering)), replace(effort, told=nobody)
    common = greedy(covering)
    watch.found(common.value)
    some = covering.usable(covering.hospitals.allowed) & covering.sites.allowed
    hoped = replace(
        _together(_one_tier(covering, some), quiet), greedy_value=max(0.0, common.value)
    )
    watch.proved(hoped.bound)
    for hospitals in (covering.hospitals.allowed, common.open_hospital):
        best = improve(covering, hospitals, common, sites=hoped.found.sites)
        watch.found(best.value)
        if best.value > INCOMPLETE and not beats(covering, hoped.bound, best.value):
            return replace(hoped, found=best)
        common = best
    share = effort.kicks_share
    best = search(covering, seed=effort.seed, first=common, watch=watch, share=share)
    watch.found(best.value)
    hoped = replace(hoped, found=best, stopped=hoped.stopped or watch.stopped)
    if best.value > INCOMPLETE and effort.is_enough(hoped.bound, best.value, nodes=hoped.nodes):
        return hoped
    if n_sets(covering) <= MOST_SETS:
        return _set_by_set(covering, hoped, watch, quiet)
    proven = _together(covering, effort, first=best)
    return replace(proven, bound=min(proven.bound, hoped.bound))


def _one_tier(covering: Covering, usable: NDArray[np.bool_]) -> Covering:
    """Ask only for sites, some of which do not count; what is forced but idle takes its place."""
    none = np.zeros(0, dtype=np.bool_)
    idle = int((covering.sites.forced & ~usable).sum())
    n = min(covering.sites.n - idle, int(usable.sum()))
    return replace(
        covering,
        sites=Level(n=n, forced=covering.sites.forced & usable, allowed=usable),
        hospitals=Level(n=0, forced=none, allowed=none),
        class_of=np.full(covering.n_sites, NO_CLASS, dtype=np.int32),
        classes=np.zeros((0, 0), dtype=np.bool_),
        clash=np.full(covering.n_sites, NO_CLASH, dtype=np.int32),
    )


def _set_by_set(covering: Covering, hoped: Proven, watch: Watch, quiet: Effort) -> Proven:
    """Solve the sets of hospitals that could be worth more than the best so far."""
    sets, best = HospitalSets(covering), hoped.found
    sets.bound[:] = hoped.bound
    sets.price(hoped.price, best.value)
    nodes, left_open = hoped.nodes, -np.inf
    for _ in range(len(sets.sets)):
        number = sets.next()
        watch.proved(max(left_open, float(sets.bound[number]), best.value))
        if not beats(covering, sets.bound[number], best.value):
            break
        enough = quiet.is_enough(float(sets.bound[number]), best.value, nodes=nodes)
        if watch.stop() or enough or nodes > quiet.nodes:
            left_open = max(left_open, float(sets.bound[number]))
            break
        inner = _with_hospitals(covering, sets.usable(number), quiet, best.value)
        best = improve(covering, sets.open_hospital(number), best, sites=inner.found.sites)
        watch.found(best.value)
        sets.is_solved[number] = True
        nodes += 1 + inner.nodes
        left_open = max(left_open, min(inner.bound, float(sets.bound[number])))
        sets.price(inner.price, best.value)
    bound = left_open if beats(covering, left_open, best.value) else best.value
    stopped = hoped.stopped or watch.stopped
    return replace(hoped, found=best, bound=bound, nodes=nodes, stopped=stopped)


def _with_hospitals(
    covering: Covering, usable: NDArray[np.bool_], effort: Effort, to_beat: float
) -> Proven:
    """Choose among the sites that count with one set of hospitals, if that can beat a value."""
    keep = np.flatnonzero(usable).astype(np.int32)
    small, group = shrink(_one_tier(covering, usable), keep)
    inner = _together(small, effort, to_beat=to_beat)
    share = np.append(inner.price / small.table.weight, 1.0)  # -1 looks up the last: all of it
    return replace(
        inner,
        found=replace(inner.found, sites=keep[inner.found.sites]),
        price=share[group] * covering.table.weight,
    )


def _together(
    covering: Covering, effort: Effort, *, first: Found | None = None, to_beat: float = INCOMPLETE
) -> Proven:
    """Choose sites and hospitals in one search; what cannot beat a value is not looked into."""
    watch = Watch(effort, at_most(covering))
    common = greedy(covering)
    watch.found(common.value)
    share = _FIRST_KICKS * effort.kicks_share  # the rest when few sites are left
    best = search(covering, seed=effort.seed, first=first or common, watch=watch, share=share)
    best = replace(best, value=max(best.value, to_beat))
    watch.found(best.value)
    screened = screened_sites(covering, best, watch)
    best, bound, nodes = screened.best, min(watch.bound, screened.bound), 0
    if _is_open(covering, bound, best.value, watch):
        best, inner_bound, nodes = narrowed(covering, screened, watch)
        bound = min(bound, inner_bound)
    bound = max(bound, best.value)
    return Proven(
        found=best,
        bound=bound,
        greedy_value=max(0.0, common.value),
        score=screened.score,
        price=screened.price,
        nodes=nodes,
        stopped=watch.stopped,
    )


def _is_open(covering: Covering, bound: float, value: float, watch: Watch) -> bool:
    """Whether there is something to branch for."""
    enough = watch.effort.is_enough(bound, value, nodes=0)
    may = watch.effort.nodes > 0 and not enough and not watch.stop()
    return may and beats(covering, bound, value)


def at_most(covering: Covering) -> float:
    """
    Bound any choice before any work: all that can be covered, and the heaviest sites.

    Parameters
    ----------
    covering
        The inner problem.

    Returns
    -------
    bound
        No choice covers more.
    """
    weight = np.where(covering.sites.allowed, prices(covering.table, covering.table.weight), 0.0)
    heaviest = np.sort(weight)[::-1][: covering.sites.n]
    return min(float(covering.table.weight.sum()), float(heaviest.sum()))


def settled_bound(covering: Covering, bound: float, objective: float) -> float:
    """
    Lower a bound to the objective where nothing better fits between the two.

    Parameters
    ----------
    covering
        Knows the grain.
    bound
        A proven bound.
    objective
        Value in hand, counted independently.

    Returns
    -------
    bound
        Equal to the objective only if that is optimal.
    """
    return bound if beats(covering, bound, objective) else objective
