# SPDX-License-Identifier: Apache-2.0
"""
From the sites that are left to the proof: zero-half cuts, fewer sites, the tree.

What the bound rules out is dropped for good; homes that differed in dropped sites only then merge,
and search and cuts start again on a smaller problem.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.bounds import beats
from goldenhour.siting.engine.covering import Covering, shrink
from goldenhour.siting.engine.master import Master, clusters
from goldenhour.siting.engine.root import Root, Rooted
from goldenhour.siting.engine.screen_sites import Screened
from goldenhour.siting.engine.search import Found, search
from goldenhour.siting.engine.tree import grow
from goldenhour.siting.engine.watch import Watch

_WORTH_IT = 0.75  # of the sites: with no more than these left, the problem is built anew
_CLUSTERS = (8, 150)
_TIMES, _SEARCHES = 6, 8
_FAVOURED, _FAVOURED_EACH = 150, 12


def narrowed(covering: Covering, screened: Screened, watch: Watch) -> tuple[Found, float, int]:
    """
    Search, cut and branch among the sites that are left.

    Parameters
    ----------
    covering
        The inner problem.
    screened
        What is known of its sites.
    watch
        Asked to stop, and told.

    Returns
    -------
    best, bound, nodes
        Best choice, what no choice exceeds, and nodes of the tree.
    """
    bound, keep = screened.bound, screened.keep
    best, small = screened.best, covering
    if screened.root is None or len(keep) <= _WORTH_IT * covering.n_sites:
        small, _ = shrink(covering, keep)
        root = _started(small, _inside(best, keep), watch)
    else:
        keep = np.arange(covering.n_sites, dtype=np.int32)
        root = _resumed(covering, screened.root, watch)
    for _ in range(_TIMES):
        root.zero_half()
        best = replace(root.best, sites=keep[root.best.sites])
        bound = min(bound, root.rooted().bound)
        if not _goes_on(small, bound, best, watch):
            return best, max(bound, best.value), 0
        left = _left(root.rooted())
        if len(left) > _WORTH_IT * small.n_sites:
            break
        master = root.master
        small, group = shrink(small, left, master.cluster)
        keep = keep[left]
        inner = _searched(small, _inside(best, keep), watch)
        root = Root(master.shrunk(small, left, group), inner, watch)
    found, bound, work = grow(root.master, root.best, watch, root.rooted().box, bound)
    return replace(found, sites=keep[found.sites]), bound, work.nodes


def _resumed(covering: Covering, root: Root, watch: Watch) -> Root:
    """Search among favoured sites and go on with all of them as columns."""
    if root.master.n_x == covering.n_sites:
        root.take(_promising(covering, root.rooted(), watch))
        return root
    best = _searched(covering, root.best, watch)
    every = np.arange(covering.n_sites, dtype=np.int32)
    master = Master(covering, every, root.master.cluster, watch.stop)
    master.inherit(root.master, root.rooted().answer)
    whole = Root(master, best, watch)
    whole.planes()
    return whole


def _searched(covering: Covering, first: Found, watch: Watch) -> Found:
    """Search as long as that pays."""
    best, effort = first, watch.effort
    for number in range(_SEARCHES):
        found = search(
            covering,
            seed=effort.seed + number,
            first=best,
            watch=watch,
            share=effort.kicks_share,
        )
        watch.found(found.value)
        if not found.value > best.value or watch.stop():
            break
        best = found
    return best


def _promising(covering: Covering, rooted: Rooted, watch: Watch) -> Found:
    """Search among the sites that the prices favour: few, so that much merges."""
    worth = rooted.bounded.if_opened[: covering.n_sites]
    n = max(_FAVOURED, _FAVOURED_EACH * covering.sites.n)
    favoured = np.argsort(-worth, kind="stable")[:n]
    forced = np.flatnonzero(covering.sites.forced)
    keep = np.unique(np.concatenate([favoured, rooted.best.sites, forced])).astype(np.int32)
    small, _ = shrink(covering, keep)
    found = _searched(small, _inside(rooted.best, keep), watch)
    return replace(found, sites=keep[found.sites])


def _inside(best: Found, keep: NDArray[np.int32]) -> Found:
    """Give the sites of a choice their numbers among those that are kept."""
    return replace(best, sites=np.searchsorted(keep, best.sites).astype(np.int32))


def _started(covering: Covering, first: Found, watch: Watch) -> Root:
    """Search on a smaller problem, and start its program."""
    best = _searched(covering, first, watch)
    n = min(_CLUSTERS[0] * covering.sites.n, _CLUSTERS[1])
    every = np.arange(covering.n_sites, dtype=np.int32)
    root = Root(Master(covering, every, clusters(covering, n), watch.stop), best, watch)
    root.planes()
    return root


def _goes_on(covering: Covering, bound: float, best: Found, watch: Watch) -> bool:
    """Whether there is something left to prove."""
    enough = watch.effort.is_enough(bound, best.value, nodes=0)
    return beats(covering, bound, best.value) and not enough and not watch.stop()


def _left(rooted: Rooted) -> NDArray[np.int32]:
    """Sites that may still be opened, with those of the best choice."""
    n_sites = len(rooted.box.upper) - len(rooted.best.open_hospital)
    may = rooted.box.upper[:n_sites] > 0
    may[rooted.best.sites] = True
    return np.flatnonzero(may).astype(np.int32)
