# SPDX-License-Identifier: Apache-2.0
"""
Maximal covering with backup (Hogan and ReVelle 1986): being covered twice counts for more.

People covered once count 1, people covered twice or more count 1 and the backup's share.
"""

from numpy.typing import ArrayLike

from goldenhour.siting.engine.goals import Expected
from goldenhour.siting.models.mclp_worlds import mclp_worlds
from goldenhour.siting.plain.choice import Choice
from goldenhour.siting.plain.cover import Covers
from goldenhour.siting.plain.effort import Effort
from goldenhour.siting.plain.worlds import WorldSolution


def mclp_backup(
    cover: Covers,
    people: ArrayLike,
    k: int | Choice,
    backup_share: float,
    *,
    effort: Effort | None = None,
) -> WorldSolution:
    """
    Choose the sites that cover most people, those covered twice counted for more.

    Parameters
    ----------
    cover
        Which demand each site covers: dense or sparse, shape ``(n_demand, n_sites)``; or a
        ``Cover``.
    people
        People of each demand. Shape ``(n_demand,)``, all ``>= 0``.
    k
        Sites to open, or a ``Choice`` with what is forced and forbidden.
    backup_share
        What being covered twice adds to being covered once, a share from 0 to 1.
    effort
        When to stop; left out, not before the proof.

    Returns
    -------
    solution
        Sites with bound and gap; ``worlds.people`` are those covered at least once.

    Raises
    ------
    InputError
        If people, cover or share cannot be counted on.
    NoPlanError
        If more sites are wanted than may be opened.
    """
    return mclp_worlds(
        [cover], people, k, goal=Expected(), backup_share=backup_share, effort=effort
    )
