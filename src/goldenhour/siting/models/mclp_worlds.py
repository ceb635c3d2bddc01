# SPDX-License-Identifier: Apache-2.0
"""
Maximal covering over many worlds: expected, with the worst worlds, or with least regret.

After Church and ReVelle (1974) for the cover, Daskin (1983) for its expectation, Rockafellar and
Uryasev (2000) for CVaR, Averbakh and Berman (1997) for regret, Hogan and ReVelle (1986) for backup.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from goldenhour.base.errors import InputError
from goldenhour.siting.engine.covering import NO_CLASH, Level, level
from goldenhour.siting.engine.goals import Goal
from goldenhour.siting.engine.world_search import Tiers
from goldenhour.siting.engine.world_solve import (
    WorldQuestion,
    require_backup,
    require_chances,
    solve,
)
from goldenhour.siting.engine.world_table import World
from goldenhour.siting.plain.choice import Choice, as_choice
from goldenhour.siting.plain.cover import Cover, Covers, as_cover
from goldenhour.siting.plain.effort import Effort
from goldenhour.siting.plain.inputs import require_people
from goldenhour.siting.plain.worlds import WorldSolution


def mclp_worlds(  # noqa: PLR0913 - a question over worlds has so many parts
    covers: Iterable[Covers],
    people: ArrayLike | Sequence[ArrayLike],
    k: int | Choice,
    *,
    goal: Goal,
    chances: ArrayLike | None = None,
    backup_share: float = 0.0,
    effort: Effort | None = None,
) -> WorldSolution:
    """
    Choose the sites that cover most people over many worlds.

    Parameters
    ----------
    covers
        Which demand each site covers, one for each world: dense or sparse, shape ``(n_demand,
        n_sites)``, or a ``Cover``. All worlds know the same sites.
    people
        People of each demand, the same in all worlds, shape ``(n_demand,)``; or one such array for
        each world, whose demand may then differ.
    k
        Sites to open, or a ``Choice`` with what is forced and forbidden.
    goal
        ``Expected()``, ``CVaR(...)`` or ``Regret()``.
    chances
        Chance of each world, which sum to 1; equal if left out. Shape ``(n_worlds,)``.
    backup_share
        What being covered twice adds to being covered once, a share from 0 to 1.
    effort
        When to stop; left out, not before the proof.

    Returns
    -------
    solution
        Sites with bound and gap, and the value of each world. With ``Regret`` the objective is the
        greatest regret, in people, and least is wanted.

    Raises
    ------
    InputError
        If people, chances, a cover or the goal cannot be counted on, or worlds know different
        sites.
    NoPlanError
        If more sites are wanted than may be opened.
    """
    worlds = worlds_of(covers, people)
    sites = level(as_choice(k), worlds[0].cover.n_sites, "sites")
    none = np.zeros(0, dtype=np.bool_)
    question = WorldQuestion(
        worlds=worlds,
        chances=require_chances(chances, len(worlds)),
        goal=goal,
        tiers=Tiers(
            sites=sites,
            hospitals=Level(n=0, forced=none, allowed=none),
            clash=np.full(len(sites.allowed), NO_CLASH, dtype=np.int32),
        ),
        backup_share=require_backup(backup_share),
    )
    return solve(question, effort or Effort())


def worlds_of(covers: Iterable[Covers], people: ArrayLike | Sequence[ArrayLike]) -> list[World]:
    """
    Take the worlds as the plain face gives them.

    Parameters
    ----------
    covers
        One for each world.
    people
        Of each demand, or of each demand of each world.

    Returns
    -------
    worlds
        Without links.

    Raises
    ------
    InputError
        If there is none, or they do not fit together.
    """
    listed = list(covers) if not isinstance(covers, Cover) else [covers]
    require_chances(None, len(listed))
    counted = _people_of(people, len(listed))
    worlds = [
        World(cover=as_cover(cover, len(mine)), people=mine)
        for cover, mine in zip(listed, counted, strict=True)
    ]
    if len({world.cover.n_sites for world in worlds}) > 1:
        raise InputError(
            "The worlds do not know the same number of sites.",
            where="covers",
            do="Give a site that cannot be used in a world a column of 0 there.",
            code="GH420",
        )
    return worlds


def _people_of(people: ArrayLike | Sequence[ArrayLike], n_worlds: int) -> list[NDArray[np.float64]]:
    """Take one array for all worlds, or one for each."""
    if not isinstance(people, (list, tuple)) or not len(people) or np.ndim(people[0]) == 0:
        table = np.asarray(people, dtype=np.float64)
        if table.ndim <= 1:
            return [require_people(table)] * n_worlds
        people = list(table)
    if len(people) != n_worlds:
        raise InputError(
            f"{n_worlds} worlds, but people for {len(people)}.",
            where="people",
            do="Give people once for all worlds, or once for each.",
            code="GH420",
        )
    return [require_people(mine) for mine in people]
