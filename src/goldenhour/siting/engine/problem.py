# SPDX-License-Identifier: Apache-2.0
"""
What a model gives to the search tree: a linear program, cuts on demand, and choices to weigh.

A problem maximises ``profit @ v``. The first ``n_open`` columns are yes or no (sites); the others
are reckoned (coverage, costs, risk). Cuts hold for every choice, so that all nodes share them.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.linear_rows import LinearRows

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Problem(Protocol):
    """
    One model, as the search tree sees it.

    The tree never looks inside: it solves the program, asks for cuts that the point breaks, for
    choices to weigh, and branches on the first ``n_open`` columns.
    """

    @property
    def n_open(self) -> int:
        """Columns that are yes or no; they come first."""

    @property
    def profit(self) -> Floats:
        """Worth of each column, to be maximised. Shape ``(n_columns,)``."""

    @property
    def lower(self) -> Floats:
        """Least value of each column; finite. Shape ``(n_columns,)``."""

    @property
    def upper(self) -> Floats:
        """Greatest value of each column; finite. Shape ``(n_columns,)``."""

    @property
    def rows(self) -> LinearRows:
        """Rows that every choice keeps: counts, spacing, budget."""

    @property
    def grain(self) -> float:
        """Every objective is a whole multiple of this; 0 if no such number is known."""

    def cuts(self, value: Floats, *, whole: bool) -> LinearRows:
        """
        Find rows that a point breaks and that every choice keeps.

        Parameters
        ----------
        value
            Column values. Shape ``(n_columns,)``.
        whole
            True where every yes-or-no column is 0 or 1: then all that is broken must be found, for
            a node may be closed on the word that nothing is.

        Returns
        -------
        rows
            None at all if the point keeps every one.
        """

    def choice(self, value: Floats) -> Bools | None:
        """
        Make a choice from a point: round it, and mend or improve it by search.

        Parameters
        ----------
        value
            Column values. Shape ``(n_columns,)``.

        Returns
        -------
        chosen
            True where open, keeping ``rows``; None if none is found. Shape ``(n_open,)``, bool.
        """

    def worth(self, chosen: Bools) -> float:
        """
        Weigh a choice from the input, not from the program.

        Parameters
        ----------
        chosen
            True where open. Shape ``(n_open,)``, bool.

        Returns
        -------
        objective
            What the problem maximises; ``-inf`` if the choice breaks ``rows``.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Branched:
    """
    What the tree found.

    Parameters
    ----------
    chosen
        The best choice; None if there is none. Shape ``(n_open,)``, bool.
    value
        Its worth, ``-inf`` without one.
    bound
        No choice is worth more; ``-inf`` if it is proven that there is no choice at all.
    nodes
        Nodes looked at.
    stopped
        True if somebody asked to stop.
    score
        Worth of opening each column at the prices of the root. Shape ``(n_open,)``.
    """

    chosen: Bools | None
    value: float
    bound: float
    nodes: int
    stopped: bool
    score: Floats

    def beside(self, other: "Branched") -> "Branched":
        """
        Join two searches of which each looked at a part of all choices.

        Parameters
        ----------
        other
            The later one.

        Returns
        -------
        both
            The better choice, and a bound over both parts.
        """
        takes_over = other.chosen is not None and other.value >= self.value
        kept = other if takes_over or not len(self.score) else self
        value = max(self.value, other.value)
        return Branched(
            chosen=other.chosen if takes_over else self.chosen,
            value=value,
            bound=max(self.bound, other.bound, value),
            nodes=self.nodes + other.nodes,
            stopped=self.stopped or other.stopped,
            score=kept.score,
        )
