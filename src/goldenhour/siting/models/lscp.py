# SPDX-License-Identifier: Apache-2.0
"""LSCP, location set covering (Toregas, Swain, ReVelle and Bergman 1971): fewest sites for all."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from goldenhour.siting.engine.covering import level
from goldenhour.siting.engine.fewest import Needs, fewest
from goldenhour.siting.kernels.cover import turn
from goldenhour.siting.plain.choice import Choice
from goldenhour.siting.plain.cover import Cover, Covers, as_cover
from goldenhour.siting.plain.effort import Effort
from goldenhour.siting.plain.result import Sense, Solution, proof_status


def lscp(
    cover: Covers,
    *,
    forced: tuple[int, ...] = (),
    forbidden: tuple[int, ...] = (),
    effort: Effort | None = None,
) -> Solution:
    """
    Choose the fewest sites that cover all demand that can be covered.

    Parameters
    ----------
    cover
        Which demand each site covers: dense or sparse, shape ``(n_demand, n_sites)``, anything but
        0 covers; or a ``Cover``.
    forced
        Sites that must be open; they count.
    forbidden
        Sites that must not be.
    effort
        When to stop; left out, not before the proof.

    Returns
    -------
    solution
        Sites; ``objective`` is their number. ``site_of`` is the lowest open site that covers each
        demand, ``not_servable`` the demand that no site covers.

    Raises
    ------
    InputError
        If the cover is no table of numbers, or a site does not exist or is forced and forbidden.
    """
    effort = effort or Effort()
    covers = as_cover(cover, _n_homes(cover))
    wish = Choice(n=len(set(forced)), forced=forced, forbidden=forbidden)
    sites = level(wish, covers.n_sites, "sites")
    start, site = turn(covers.start, covers.home, covers.n_homes)
    whole = Needs(start=start, site=site, n_sites=covers.n_sites)
    able = whole.part(np.ones(covers.n_homes, dtype=np.bool_), sites.allowed)
    can = np.diff(able.start) > 0
    needs = able.part(can, np.ones(able.n_sites, dtype=np.bool_))
    number = np.flatnonzero(sites.allowed)

    def is_enough(n: int, bound: int) -> bool:
        return n - bound <= effort.gap_share * n

    found = fewest(needs, forced=sites.forced[number], effort=effort, is_enough=is_enough)
    chosen = tuple(int(number[j]) for j in found.sites)
    site_of = _covering_site(covers, chosen)
    objective, bound = float(len(chosen)), float(found.bound)
    return Solution(
        sites=chosen,
        objective=objective,
        bound=bound,
        status=proof_status(objective, bound, Sense.LEAST),
        sense=Sense.LEAST,
        nodes=found.nodes,
        stopped=found.stopped,
        site_of=site_of,
        not_servable=np.flatnonzero(~can).astype(np.int32),
    )


def _n_homes(cover: Covers) -> int:
    """Count the demand of a cover, whatever it is given as."""
    if isinstance(cover, Cover):
        return cover.n_homes
    shape = cover.shape if sparse.issparse(cover) else np.shape(cover)
    return int(shape[0]) if len(shape) else 0


def _covering_site(cover: Cover, sites: tuple[int, ...]) -> NDArray[np.int32]:
    """Name the lowest open site that covers each demand."""
    site_of = np.full(cover.n_homes, -1, dtype=np.int32)
    for site in reversed(sites):
        site_of[cover.home[cover.start[site] : cover.start[site + 1]]] = site
    return site_of
