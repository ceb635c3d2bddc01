# SPDX-License-Identifier: Apache-2.0
"""
From an inner problem to a choice with its bound: search, price sites into a core, shrink, branch.

Where there are many sites only a core of them are columns of the linear program. The multipliers
price every other site too: it either joins the core or is shown to be unable to take part in
anything better. So the bound holds for all sites, not for the core.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.covering import Covering, shrink
from goldenhour.siting.master import Bounded, Master, is_solved
from goldenhour.siting.models.result import Effort
from goldenhour.siting.search import INCOMPLETE, Found, greedy, search
from goldenhour.siting.tree import Proven, beats, grow, root

_CORE, _JOIN, _PRICINGS = 400, 250, 12
_ROOT_CLUSTERS, _CORE_CLUSTERS = (5, 100), (8, 150)


def prove(covering: Covering, effort: Effort) -> tuple[Proven, float]:
    """
    Find the best choice and prove how good it is.

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
    greedy_value
        Value of placing one site after another.
    """
    common = greedy(covering)
    best = search(covering, seed=effort.seed, first=common)
    greedy_value = max(0.0, common.value)
    if not len(covering.table.weight) and best.value > INCOMPLETE:
        return Proven(found=best, bound=best.value, nodes=0, stopped=False), greedy_value
    bound, keep, best = _screen_sites(covering, best, effort)
    if not beats(covering, bound, best.value):
        return Proven(found=best, bound=best.value, nodes=0, stopped=False), greedy_value
    core = shrink(covering, keep)
    inner = replace(best, sites=np.searchsorted(keep, best.sites).astype(np.int32))
    inner = search(core, seed=effort.seed, first=inner)
    every = np.arange(len(keep), dtype=np.int32)
    master = Master(core, every, _clusters(core, _CORE_CLUSTERS))
    _, bounded, inner = root(master, inner, effort)
    proven = grow(master, inner, effort, bounded)
    found = replace(proven.found, sites=keep[proven.found.sites])
    return replace(proven, found=found, bound=min(bound, proven.bound)), greedy_value


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


def _screen_sites(
    covering: Covering, best: Found, effort: Effort
) -> tuple[float, NDArray[np.int32], Found]:
    """Bound over all sites, and the sites that might take part in something better."""
    core = _first_core(covering, best)
    bound, bounded, outside = np.inf, None, core[:0]
    for _ in range(_PRICINGS):
        master = Master(covering, core, _clusters(covering, _ROOT_CLUSTERS))
        answer, inside, best = root(master, best, effort)
        if not is_solved(answer):
            return np.inf, np.arange(covering.n_sites, dtype=np.int32), best
        outside = np.setdiff1d(np.flatnonzero(covering.sites.allowed), core).astype(np.int32)
        score = master.outside_scores(answer)[outside]
        bounded = master.bounded(answer, master.first_box(), score)
        bound = min(bound, bounded.bound)
        joining = np.flatnonzero(score > 0)[np.argsort(-score[score > 0], kind="stable")]
        better = joining[bounded.if_outside[joining] >= bounded.bound]
        if not len(better) or bounded.bound <= inside.bound * (1 + 1e-4) or effort.stop():
            break
        core = np.union1d(core, outside[better[:_JOIN]]).astype(np.int32)
    if bounded is None:
        return np.inf, np.arange(covering.n_sites, dtype=np.int32), best
    return bound, _still_able(covering, best, bounded, core, outside), best


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


def _clusters(covering: Covering, size: tuple[int, int]) -> int:
    """Choose the number of clusters for a number of sites."""
    return min(size[0] * covering.sites.n, size[1])
