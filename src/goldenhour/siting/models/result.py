# SPDX-License-Identifier: Apache-2.0
"""The plain face of the models: what they take and what they give, on arrays."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.errors import InputError
from goldenhour.siting.plan import ProofStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """
    Which homes each site covers, as compressed rows: one row a site.

    Parameters
    ----------
    start
        Shape ``(n_sites + 1,)``, int64.
    home
        Homes, ascending within a row. Shape ``(n_pairs,)``, int32.
    n_homes
        Number of homes.
    """

    start: NDArray[np.int64]
    home: NDArray[np.int32]
    n_homes: int

    @classmethod
    def from_dense(cls, covers: NDArray[np.bool_]) -> "Cover":
        """
        Take a table of yes and no.

        Parameters
        ----------
        covers
            True where site ``j`` covers home ``i``. Shape ``(n_sites, n_homes)``, bool.

        Returns
        -------
        cover
            The same, compressed.
        """
        site, home = np.nonzero(np.asarray(covers, dtype=np.bool_))
        start = np.searchsorted(site, np.arange(covers.shape[0] + 1))
        return cls(
            start=start.astype(np.int64), home=home.astype(np.int32), n_homes=covers.shape[1]
        )

    @property
    def n_sites(self) -> int:
        """Number of sites."""
        return len(self.start) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """
    How many sites of one tier, and which must or must not be among them.

    Parameters
    ----------
    n
        Sites to open.
    forced
        Rows that must be open.
    forbidden
        Rows that must not be.
    """

    n: int
    forced: tuple[int, ...] = ()
    forbidden: tuple[int, ...] = ()


def never() -> bool:
    """
    Say that nobody asked to stop.

    Returns
    -------
    stop
        False.
    """
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """
    How long to go on, in counts, so that runs repeat.

    Parameters
    ----------
    gap_share
        Good enough once the proven gap is at most this share.
    nodes
        Most nodes of the search tree.
    cheap_nodes
        Up to here a gap of nothing is asked for, since that costs little.
    seed
        Seed of every random choice.
    stop
        Asked now and then; True ends the search with the gap it has.
    """

    gap_share: float = facts.number("siting.gap_target_share")
    nodes: int = int(facts.number("siting.search_nodes"))
    cheap_nodes: int = int(facts.number("siting.cheap_nodes"))
    seed: int = 1
    stop: Callable[[], bool] = never

    def is_enough(self, bound: float, value: float, *, nodes: int) -> bool:
        """
        Whether the gap asked for is reached; while it is cheap, none at all is asked for.

        Parameters
        ----------
        bound
            A proven bound.
        value
            Value in hand.
        nodes
            Nodes looked at so far.

        Returns
        -------
        enough
            True if the search may end.
        """
        return nodes >= self.cheap_nodes and bound - value <= self.gap_share * value


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """
    What every model gives.

    Parameters
    ----------
    sites
        Open sites, ascending.
    field_hospitals
        Open field hospitals, ascending; empty in models of one tier.
    objective
        Value of these sites, recomputed from the input.
    bound
        No choice does better.
    status
        OPTIMAL only if bound and objective meet.
    greedy_objective
        Value of placing one site after another.
    nodes
        Nodes of the search tree that were looked at.
    stopped
        True if ``Effort.stop`` ended it.
    score
        Worth of each site at the prices of the proof: where to look for better ones. Shape
        ``(n_sites,)``.
    """

    sites: tuple[int, ...]
    field_hospitals: tuple[int, ...]
    objective: float
    bound: float
    status: ProofStatus
    greedy_objective: float
    nodes: int
    stopped: bool
    score: NDArray[np.float64]

    @property
    def gap(self) -> float:
        """``(bound - objective) / objective``, a share; ``inf`` where the objective is 0."""
        if self.bound <= self.objective:
            return 0.0
        return (self.bound - self.objective) / self.objective if self.objective else float("inf")


def require_people(people: NDArray[np.float64], n_homes: int) -> NDArray[np.float64]:
    """
    Refuse people that cannot be counted.

    Parameters
    ----------
    people
        People of each home. Shape ``(n_homes,)``.
    n_homes
        Number of homes in the cover.

    Returns
    -------
    people
        As float64. Shape ``(n_homes,)``.

    Raises
    ------
    InputError
        If there are too few or too many, or one is negative or not a number.
    """
    people = np.ascontiguousarray(people, dtype=np.float64)
    if people.shape != (n_homes,):
        raise InputError(
            f"{n_homes} homes, but people of {len(people)}.", where="people", code="GH121"
        )
    if not np.all(np.isfinite(people)) or np.any(people < 0):
        raise InputError(
            "People of a home are negative or not a number.",
            where="people",
            do="Give each home a number of people, 0 or more.",
            code="GH121",
        )
    return people


def proof_status(objective: float, bound: float) -> ProofStatus:
    """
    Say how far a search is proven.

    Parameters
    ----------
    objective
        Value in hand.
    bound
        Proven bound.

    Returns
    -------
    status
        OPTIMAL only where the two meet.
    """
    return ProofStatus.OPTIMAL if bound <= objective else ProofStatus.GAP
