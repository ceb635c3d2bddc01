# SPDX-License-Identifier: Apache-2.0
"""How long a search goes on, in counts, and who is told how far it is."""

from collections.abc import Callable
from dataclasses import dataclass

from goldenhour.base import facts

Told = Callable[[float, float], None]
"""Told the best objective and the bound so far, whenever one of them gets better."""

_NODES = 1_000_000


def never() -> bool:
    """
    Say that nobody asked to stop.

    Returns
    -------
    stop
        False.
    """
    return False


def nobody(objective: float, bound: float) -> None:
    """
    Tell nobody how far a search is.

    Parameters
    ----------
    objective
        Best value so far.
    bound
        What no choice exceeds, so far.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """
    How long to go on, in counts, so that runs repeat. Left alone, to the end.

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
    told
        Told the best objective and the bound, whenever one of them gets better.
    kicks_share
        Share of the usual random kicks of the search, 0 to 1: fewer where a good choice is known.
    """

    gap_share: float = 0.0
    nodes: int = _NODES
    cheap_nodes: int = 0
    seed: int = 1
    stop: Callable[[], bool] = never
    told: Told = nobody
    kicks_share: float = 1.0

    @classmethod
    def of_a_plan(cls, *, seed: int, stop: Callable[[], bool], told: Told = nobody) -> "Effort":
        """
        Take the effort that a plan is worth by default.

        Parameters
        ----------
        seed
            Seed of every random choice.
        stop
            Asked now and then.
        told
            Told how far the search is.

        Returns
        -------
        effort
            With the counts of the facts.
        """
        return cls(
            gap_share=facts.number("siting.gap_target_share"),
            nodes=int(facts.number("siting.search_nodes")),
            cheap_nodes=int(facts.number("siting.cheap_nodes")),
            seed=seed,
            stop=stop,
            told=told,
        )

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
        return nodes >= self.cheap_nodes and bound - value <= self.gap_share * abs(value)
