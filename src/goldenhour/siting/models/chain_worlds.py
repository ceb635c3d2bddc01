# SPDX-License-Identifier: Apache-2.0
"""
The chain of care over many worlds: two tiers, expected, with the worst worlds, or least regret.

In a world a home counts as served if an open stabilisation point covers it there and reaches an
open field hospital there (hierarchical maximal covering with referral; after Töreyen 2007).
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from goldenhour.base.errors import InputError
from goldenhour.siting.engine.clash import without_clashes
from goldenhour.siting.engine.covering import NO_CLASH, level
from goldenhour.siting.engine.goals import Goal
from goldenhour.siting.engine.problem import Bools
from goldenhour.siting.engine.world_search import Tiers
from goldenhour.siting.engine.world_solve import (
    WorldQuestion,
    require_backup,
    require_chances,
    solve,
)
from goldenhour.siting.models.chain import Links
from goldenhour.siting.models.mclp_worlds import worlds_of
from goldenhour.siting.plain.choice import Choice, as_choice
from goldenhour.siting.plain.cover import Covers
from goldenhour.siting.plain.effort import Effort
from goldenhour.siting.plain.worlds import WorldSolution


def chain_worlds(  # noqa: PLR0913 - a question of two tiers over worlds has so many parts
    covers: Iterable[Covers],
    links: Links | Iterable[Links],
    people: ArrayLike | Sequence[ArrayLike],
    *,
    sites: int | Choice,
    hospitals: int | Choice,
    goal: Goal,
    chances: ArrayLike | None = None,
    backup_share: float = 0.0,
    effort: Effort | None = None,
) -> WorldSolution:
    """
    Choose stabilisation points and field hospitals that serve most people over many worlds.

    Parameters
    ----------
    covers
        Which demand each stabilisation point covers, one for each world: dense or sparse, shape
        ``(n_demand, n_sites)``, or a ``Cover``.
    links
        Which field hospitals each stabilisation point reaches, the same in all worlds or one for
        each. Structures offered for both tiers (``same``) are the same in all.
    people
        People of each demand, the same in all worlds, shape ``(n_demand,)``; or one such array for
        each world.
    sites
        Stabilisation points to open, or a ``Choice`` with what is forced and forbidden.
    hospitals
        Field hospitals to open, or a ``Choice``.
    goal
        ``Expected()``, ``CVaR(...)`` or ``Regret()``.
    chances
        Chance of each world, which sum to 1; equal if left out. Shape ``(n_worlds,)``.
    backup_share
        What being covered twice, by stabilisation points that count, adds to once: a share from 0
        to 1. Both may send to the same field hospital.
    effort
        When to stop; left out, not before the proof.

    Returns
    -------
    solution
        Sites of both tiers with bound and gap, and the value of each world. With ``Regret`` the
        objective is the greatest regret, in people, and least is wanted.

    Raises
    ------
    InputError
        If people, chances, covers, links or the goal cannot be counted on, or do not fit together.
    NoPlanError
        If more are wanted of a tier than may be opened.
    """
    worlds = worlds_of(covers, people)
    tables, same = _links_of(links, len(worlds), worlds[0].cover.n_sites)
    first = level(as_choice(sites), worlds[0].cover.n_sites, "stabilisation points")
    second = level(as_choice(hospitals), tables[0].shape[1], "field hospitals")
    first, second = without_clashes(first, second, same)
    question = WorldQuestion(
        worlds=[
            replace(world, linked=linked) for world, linked in zip(worlds, tables, strict=True)
        ],
        chances=require_chances(chances, len(worlds)),
        goal=goal,
        tiers=Tiers(sites=first, hospitals=second, clash=same),
        backup_share=require_backup(backup_share),
    )
    return solve(question, effort or Effort())


def _links_of(
    links: Links | Iterable[Links], n_worlds: int, n_sites: int
) -> tuple[list[Bools], NDArray[np.int32]]:
    """Take the links of each world, and the structures offered for both tiers."""
    given = [links] * n_worlds if isinstance(links, Links) else list(links)
    shapes = {np.shape(one.linked) for one in given}
    shape = next(iter(shapes)) if len(shapes) == 1 else ()
    if len(given) != n_worlds or len(shape) != 2 or shape[0] != n_sites:  # noqa: PLR2004 - a table
        raise InputError(
            f"{n_worlds} worlds with {n_sites} sites, but links for {len(given)} worlds, of shape "
            f"{', '.join(str(one) for one in sorted(shapes)) or 'none'}.",
            where="links",
            do="Give links once, or once for each world: one row a site, one column a hospital.",
            code="GH420",
        )
    same = _same(given[0], n_sites, shape[1])
    if any(not np.array_equal(_same(one, n_sites, shape[1]), same) for one in given):
        raise InputError(
            "Structures offered for both tiers differ from world to world.",
            where="links",
            do="Give the same in all worlds; they are a matter of the town, not of a world.",
            code="GH420",
        )
    return [_linked(one) for one in given], same


def _linked(links: Links) -> Bools:
    """Take a table of yes and no; what is not a number is no yes."""
    table = np.asarray(links.linked)
    if table.dtype.kind == "f" and np.isnan(table).any():
        raise InputError(
            "The links hold a value that is not a number.",
            where="links",
            do="Write True where a site reaches a hospital in time, False where it does not.",
            code="GH121",
        )
    return np.asarray(table, dtype=np.bool_)


def _same(links: Links, n_sites: int, n_hospitals: int) -> NDArray[np.int32]:
    """Take the hospital in the same structure as each site."""
    if links.same is None:
        return np.full(n_sites, NO_CLASH, dtype=np.int32)
    same = np.asarray(links.same, dtype=np.int32)
    if same.shape != (n_sites,) or np.any(same < NO_CLASH) or np.any(same >= n_hospitals):
        raise InputError(
            "Structures offered for both tiers do not name one hospital, or -1, for each site.",
            where="links",
            do=f"Give {n_sites} numbers from -1 to {n_hospitals - 1}.",
            code="GH420",
        )
    return same
