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
_TIMES = 6


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
    bound, keep, root = screened.bound, screened.keep, screened.root
    best, small = screened.best, covering
    if root is None or len(keep) <= _WORTH_IT * covering.n_sites:
        small, _ = shrink(covering, keep)
        root = _started(small, _inside(best, keep), watch)
        root.planes()
    else:
        keep = np.arange(covering.n_sites, dtype=np.int32)
    for number in range(_TIMES):
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
        inner = search(
            small,
            seed=watch.effort.seed + number,
            first=_inside(best, keep),
            watch=watch,
            share=watch.effort.kicks_share,
        )
        watch.found(inner.value)
        root = Root(master.shrunk(small, left, group), inner, watch)
    found, bound, work = grow(root.master, root.best, watch, root.rooted().box, bound)
    return replace(found, sites=keep[found.sites]), bound, work.nodes


def _inside(best: Found, keep: NDArray[np.int32]) -> Found:
    """Give the sites of a choice their numbers among those that are kept."""
    return replace(best, sites=np.searchsorted(keep, best.sites).astype(np.int32))


def _started(covering: Covering, first: Found, watch: Watch) -> Root:
    """Search on a smaller problem, and start its program."""
    effort = watch.effort
    best = search(covering, seed=effort.seed, first=first, watch=watch, share=effort.kicks_share)
    watch.found(best.value)
    n = min(_CLUSTERS[0] * covering.sites.n, _CLUSTERS[1])
    every = np.arange(covering.n_sites, dtype=np.int32)
    return Root(Master(covering, every, clusters(covering, n), watch.stop), best, watch)


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
