# SPDX-License-Identifier: Apache-2.0
"""
Price all sites until the bound holds for them, and drop those that cannot take part in more.

Where there are many sites only a core of them are columns of the linear program: those that the
best choice could be exchanged for. The multipliers price every other site too: it either joins the
core or is shown to be unable to take part in anything better. So the bound holds for all sites.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.bounds import Bounded, able
from goldenhour.siting.engine.covering import Covering
from goldenhour.siting.engine.master import Master, clusters, is_solved
from goldenhour.siting.engine.root import Root, Rooted
from goldenhour.siting.engine.search import Found
from goldenhour.siting.engine.watch import Watch
from goldenhour.siting.kernels import cover as kernel
from goldenhour.siting.kernels import placing

_ALL, _CORE, _JOIN, _PRICINGS = 1200, 500, 300, 20
_SETTLED, _SETTLED_SHARE = 1e-6, 0.02
_CLUSTERS = (5, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """
    A bound over all sites, and those that might take part in something better.

    Parameters
    ----------
    best
        The best choice so far.
    bound
        No choice covers more, or more than ``best``.
    keep
        Sites that are left, ascending. Shape ``(n_kept,)``, int32.
    score
        Worth of each site at the prices. Shape ``(n_sites,)``.
    price
        Price of each group. Shape ``(n_groups,)``.
    root
        The rounds, which can go on; its master may hold a core of the sites only.
    """

    best: Found
    bound: float
    keep: NDArray[np.int32]
    score: NDArray[np.float64]
    price: NDArray[np.float64]
    root: Root | None = None


def screened_sites(covering: Covering, best: Found, watch: Watch) -> Screened:
    """
    Price all sites.

    Parameters
    ----------
    covering
        The inner problem.
    best
        The best choice so far.
    watch
        Asked to stop, and told.

    Returns
    -------
    screened
        Bound, sites that are left, and prices.
    """
    nothing = not len(covering.table.weight) or not covering.sites.n
    if (nothing and not covering.hospitals.n) or watch.stop():
        return _unscreened(covering, best, 0.0 if nothing else np.inf)
    cluster = clusters(covering, min(_CLUSTERS[0] * covering.sites.n, _CLUSTERS[1]))
    if covering.n_sites <= _ALL or covering.hospitals.n:
        return _all_at_once(covering, best, cluster, watch)
    return _priced_in(covering, best, cluster, watch)


def _unscreened(covering: Covering, best: Found, bound: float) -> Screened:
    """Nothing is known of any site."""
    return Screened(
        best=best,
        bound=max(bound, best.value),
        keep=np.arange(covering.n_sites, dtype=np.int32),
        score=np.zeros(covering.n_sites),
        price=covering.table.weight,
    )


def _all_at_once(
    covering: Covering, best: Found, cluster: NDArray[np.int32], watch: Watch
) -> Screened:
    """Make every site a column."""
    every = np.arange(covering.n_sites, dtype=np.int32)
    master = Master(covering, every, cluster, watch.stop)
    root = Root(master, best, watch)
    root.planes()
    rooted = root.rooted()
    price = master.prices(rooted.answer)
    return Screened(
        best=rooted.best,
        bound=rooted.bound,
        keep=_able(covering, rooted, every, np.zeros(0, dtype=np.int32), rooted.bounded),
        score=kernel.prices(covering.table, price),
        price=price,
        root=root,
    )


def _priced_in(
    covering: Covering, best: Found, cluster: NDArray[np.int32], watch: Watch
) -> Screened:
    """Make a core of sites columns; others join by their prices."""
    core, master, rooted = first_core(covering, best), None, None
    screened = _unscreened(covering, best, np.inf)
    for _ in range(_PRICINGS):
        newer = Master(covering, core, cluster, watch.stop)
        if master is not None and rooted is not None:
            newer.inherit(master, rooted.answer)
        master = newer
        root = Root(master, screened.best, watch)
        root.planes(inside_only=True)
        rooted = root.rooted()
        outside = np.setdiff1d(np.flatnonzero(covering.sites.allowed), core).astype(np.int32)
        price = master.prices(rooted.answer)
        all_scores = kernel.prices(covering.table, price)
        score = all_scores[outside]
        bounded = master.bounded(rooted.answer, master.first_box(), score)
        bound = min(screened.bound, max(bounded.bound, rooted.best.value))
        watch.proved(bound)
        screened = Screened(
            best=rooted.best,
            bound=bound,
            keep=_able(covering, rooted, core, outside, bounded),
            score=all_scores,
            price=price,
            root=root,
        )
        able_to = np.any(bounded.if_outside >= bounded.bound)
        if not able_to or _is_settled(bounded.bound, rooted) or watch.stop():
            break
        best_first = np.argsort(-score, kind="stable")
        core = np.union1d(core, outside[best_first[:_JOIN]]).astype(np.int32)
    return screened


def _is_settled(bound: float, rooted: Rooted) -> bool:
    """Whether sites outside the core make next to no difference."""
    inside = rooted.bounded.bound
    little = max(_SETTLED * inside, _SETTLED_SHARE * (bound - rooted.best.value))
    return not is_solved(rooted.answer) or bound <= inside + little


def _able(
    covering: Covering,
    rooted: Rooted,
    core: NDArray[np.int32],
    outside: NDArray[np.int32],
    bounded: Bounded,
) -> NDArray[np.int32]:
    """Sites that the bound does not rule out, with those of the best choice."""
    value = rooted.best.value
    inside_able = able(covering, bounded.if_opened[: len(core)], value)
    inside_able &= rooted.box.upper[: len(core)] > 0
    keep = np.concatenate(
        [
            core[inside_able],
            outside[able(covering, bounded.if_outside, value)],
            rooted.best.sites,
            np.flatnonzero(covering.sites.forced),
        ]
    )
    return np.unique(keep).astype(np.int32)


def first_core(covering: Covering, best: Found) -> NDArray[np.int32]:
    """
    Take the sites that the best choice could most nearly be exchanged for.

    Parameters
    ----------
    covering
        The inner problem.
    best
        The best choice so far.

    Returns
    -------
    core
        Ascending. Shape ``(n_core,)``, int32.
    """
    desk = placing.new_desk(covering.table, len(best.sites))
    for slot, site in enumerate(best.sites):
        placing.open_site(covering.table, desk, slot, site)
    worth = desk.gain[np.newaxis, :] + desk.extra
    worth[:, ~covering.sites.allowed] = -1.0
    each = min(worth.shape[1], max(2, _CORE // max(1, len(best.sites))))
    near = np.argsort(-worth, axis=1, kind="stable")[:, :each].ravel()
    forced = np.flatnonzero(covering.sites.forced)
    chosen = np.concatenate([near, best.sites, forced])
    return np.unique(chosen).astype(np.int32)
