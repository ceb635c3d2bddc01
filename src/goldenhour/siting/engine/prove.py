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

from goldenhour.siting.engine.covering import NO_CLASH, NO_CLASS, Covering, Level, shrink
from goldenhour.siting.engine.hospital_sets import MOST_SETS, HospitalSets, n_sets
from goldenhour.siting.engine.master import Bounded, Master, clusters, is_solved
from goldenhour.siting.engine.search import INCOMPLETE, Found, greedy, improve, search
from goldenhour.siting.engine.tree import Work, beats, grow, root
from goldenhour.siting.kernels import cover as kernel
from goldenhour.siting.plain.effort import Effort

_CORE, _JOIN, _PRICINGS = 400, 250, 12
_FEW, _SETTLED = 900, 1e-4
_ROOT_ROUNDING = 20
_ROOT_CLUSTERS, _CORE_CLUSTERS = (5, 100), (8, 150)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Screened:
    """Bound over all sites, those that might take part in something better, and their scores."""

    best: Found
    bound: float
    keep: NDArray[np.int32]
    score: NDArray[np.float64]
    price: NDArray[np.float64]


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
    some = covering.usable(covering.hospitals.allowed) & covering.sites.allowed
    hoped = _together(_one_tier(covering, some), effort)
    common = greedy(covering)
    hoped = replace(hoped, greedy_value=max(0.0, common.value))
    for hospitals in (covering.hospitals.allowed, common.open_hospital):
        best = improve(covering, hospitals, common, sites=hoped.found.sites)
        if best.value > INCOMPLETE and not beats(covering, hoped.bound, best.value):
            return replace(hoped, found=best)
        common = best
    best = search(covering, seed=effort.seed, first=common)
    hoped = replace(hoped, found=best)
    if best.value > INCOMPLETE and effort.is_enough(hoped.bound, best.value, nodes=hoped.nodes):
        return hoped
    if n_sets(covering) <= MOST_SETS:
        return _set_by_set(covering, hoped, effort)
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


def _set_by_set(covering: Covering, hoped: Proven, effort: Effort) -> Proven:
    """Solve the sets of hospitals that could be worth more than the best so far."""
    sets, best = HospitalSets(covering), hoped.found
    sets.bound[:] = hoped.bound
    sets.price(hoped.price, best.value)
    nodes, stopped, left_open = hoped.nodes, False, -np.inf
    for _ in range(len(sets.sets)):
        number = sets.next()
        if not beats(covering, sets.bound[number], best.value):
            break
        stopped = effort.stop()
        enough = effort.is_enough(float(sets.bound[number]), best.value, nodes=nodes)
        if stopped or enough or nodes > effort.nodes:
            left_open = max(left_open, float(sets.bound[number]))
            break
        inner = _with_hospitals(covering, sets.usable(number), effort, best.value)
        best = improve(covering, sets.open_hospital(number), best, sites=inner.found.sites)
        sets.is_solved[number] = True
        nodes += 1 + inner.nodes
        left_open = max(left_open, min(inner.bound, float(sets.bound[number])))
        sets.price(inner.price, best.value)
    bound = left_open if beats(covering, left_open, best.value) else best.value
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
    common = greedy(covering)
    best = search(covering, seed=effort.seed, first=first or common)
    best = replace(best, value=max(best.value, to_beat))
    work, screened = Work(stopped=effort.stop()), _unscreened(covering, best)
    anything = len(covering.table.weight) and covering.sites.n
    if anything or best.value == INCOMPLETE:
        screened = _screen_sites(covering, best, effort)
    best, bound = screened.best, screened.bound
    if beats(covering, bound, best.value) and not effort.is_enough(bound, best.value, nodes=0):
        best, inner_bound, work = _branch(covering, screened, effort)
        bound = min(bound, inner_bound)
    return Proven(
        found=best,
        bound=bound,
        greedy_value=max(0.0, common.value),
        score=screened.score,
        price=screened.price,
        nodes=work.nodes,
        stopped=work.stopped,
    )


def _unscreened(covering: Covering, best: Found) -> _Screened:
    """Nobody can be covered: any choice is as good as another."""
    return _Screened(
        best=best,
        bound=best.value,
        keep=np.arange(covering.n_sites, dtype=np.int32),
        score=np.zeros(covering.n_sites),
        price=covering.table.weight,
    )


def _branch(covering: Covering, screened: _Screened, effort: Effort) -> tuple[Found, float, Work]:
    """Search and branch among the sites that are left."""
    keep, best = screened.keep, screened.best
    core, _ = shrink(covering, keep)
    inner = replace(best, sites=np.searchsorted(keep, best.sites).astype(np.int32))
    inner = search(core, seed=effort.seed, first=inner)
    every = np.arange(len(keep), dtype=np.int32)
    master = Master(core, every, clusters(core, _n_clusters(core, _CORE_CLUSTERS)))
    _, bounded, inner = root(master, inner, effort, round_every=5)
    found, bound, work = grow(master, inner, effort, bounded)
    return replace(found, sites=keep[found.sites]), bound, work


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


def _screen_sites(covering: Covering, best: Found, effort: Effort) -> _Screened:
    """Price all sites until the bound holds for them, and drop those that cannot matter."""
    core, all_scores = _first_core(covering, best), np.zeros(covering.n_sites)
    price = covering.table.weight
    bound, keep = np.inf, np.arange(covering.n_sites, dtype=np.int32)
    cluster = clusters(covering, _n_clusters(covering, _ROOT_CLUSTERS))
    for _ in range(_PRICINGS):
        master = Master(covering, core, cluster)
        answer, inside, best = root(master, best, effort, round_every=_ROOT_ROUNDING)
        if not is_solved(answer):
            break
        outside = np.setdiff1d(np.flatnonzero(covering.sites.allowed), core).astype(np.int32)
        # A site outside the core may take its slope from itself whatever its link, so that the
        # scores extend the bound to all sites.
        price = master.prices(answer)
        all_scores = kernel.prices(covering.table, price)
        score = all_scores[outside]
        bounded = master.bounded(answer, master.first_box(), score)
        bound = min(bound, bounded.bound)
        keep = _still_able(covering, best, bounded, core, outside)
        joining = np.flatnonzero(score > 0)[np.argsort(-score[score > 0], kind="stable")]
        better = joining[bounded.if_outside[joining] >= bounded.bound]
        settled = bounded.bound <= inside.bound * (1 + _SETTLED)
        if not len(better) or len(keep) <= _FEW or settled or effort.stop():
            break
        core = np.union1d(core, outside[better[:_JOIN]]).astype(np.int32)
    return _Screened(best=best, bound=bound, keep=keep, score=all_scores, price=price)


def _still_able(
    covering: Covering,
    best: Found,
    bounded: Bounded,
    core: NDArray[np.int32],
    outside: NDArray[np.int32],
) -> NDArray[np.int32]:
    """Sites that the bound does not rule out, with those of the best choice."""
    inside_able = [beats(covering, b, best.value) for b in bounded.if_opened[: len(core)]]
    outside_able = [beats(covering, b, best.value) for b in bounded.if_outside]
    keep = np.concatenate(
        [
            core[np.array(inside_able, dtype=np.bool_)],
            outside[np.array(outside_able, dtype=np.bool_)],
            best.sites,
            np.flatnonzero(covering.sites.forced),
        ]
    )
    return np.unique(keep).astype(np.int32)


def _first_core(covering: Covering, best: Found) -> NDArray[np.int32]:
    """All sites if they are few; else those of the best choice and the heaviest others."""
    if covering.n_sites <= _CORE:
        return np.arange(covering.n_sites, dtype=np.int32)
    table = covering.table
    weight = np.add.reduceat(
        np.append(table.weight[table.site_group], 0.0), table.site_start[:-1]
    ) * (np.diff(table.site_start) > 0)
    heavy = np.argsort(-np.where(covering.sites.allowed, weight, -1.0), kind="stable")[:_CORE]
    forced = np.flatnonzero(covering.sites.forced)
    return np.unique(np.concatenate([heavy, best.sites, forced])).astype(np.int32)


def _n_clusters(covering: Covering, size: tuple[int, int]) -> int:
    """Choose the number of clusters for a number of sites."""
    return min(size[0] * covering.sites.n, size[1])
