# SPDX-License-Identifier: Apache-2.0
"""What a plan promises over many worlds, and whether that holds in worlds it was not chosen for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.siting.asking.question import WorldGoal
from goldenhour.siting.plain.result import ProofStatus
from goldenhour.siting.plain.worlds import tail_mean
from goldenhour.siting.said import Said

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """
    A choice tried in some worlds.

    Parameters
    ----------
    first
        Number of the first world; the others follow.
    people
        All people in each world. Shape ``(n_worlds,)``.
    served
        People whom the plan serves in each. Shape ``(n_worlds,)``.
    served_plain
        People whom the sites would serve that are best if the picture is simply right. Shape
        ``(n_worlds,)``.
    """

    first: int
    people: Floats
    served: Floats
    served_plain: Floats

    @property
    def n(self) -> int:
        """Number of worlds."""
        return len(self.served)

    @property
    def mean(self) -> float:
        """Mean number of people served."""
        return float(self.served.mean())

    @property
    def standard_error(self) -> float:
        """Standard error of the mean; ``inf`` from a single world."""
        return float(self.served.std(ddof=1) / np.sqrt(self.n)) if self.n > 1 else float("inf")

    def worst_mean(self, tail_share: float) -> float:
        """
        Take the mean of the worst worlds.

        Parameters
        ----------
        tail_share
            What of the worlds counts as the worst, a share above 0.

        Returns
        -------
        people
            Served in these on average.
        """
        return tail_mean(self.served, np.full(self.n, 1.0 / self.n), tail_share)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """
    What the plan does in the worlds it was chosen for, and in fresh ones.

    Parameters
    ----------
    goal
        What was wanted over the worlds.
    tail_share
        What of the worlds counts as the worst, a share.
    objective
        Value of the goal in the worlds chosen for: people, or the greatest regret.
    bound
        No choice among the candidates looked at does better in these worlds.
    status
        OPTIMAL only if the two meet.
    gap_share
        Between the two, as a share of the objective.
    n_tsp
        Stabilisation candidates looked at in every world.
    n_hospitals
        Field-hospital candidates looked at.
    chosen_for
        The worlds that the sites were chosen for.
    fresh
        Worlds that the choice never saw.
    """

    goal: WorldGoal
    tail_share: float
    objective: float
    bound: float
    status: ProofStatus
    gap_share: float
    n_tsp: int
    n_hospitals: int
    chosen_for: Tried
    fresh: Tried

    @property
    def drop(self) -> float:
        """People fewer on average in fresh worlds than in those chosen for."""
        return self.chosen_for.mean - self.fresh.mean

    @property
    def holds(self) -> bool:
        """Whether the drop is no more than chance would have it."""
        errors = np.hypot(self.chosen_for.standard_error, self.fresh.standard_error)
        return bool(self.drop <= facts.number("siting.promise_errors") * errors)

    def notes(self) -> tuple[Said, ...]:
        """
        Put the promise into coded sentences.

        Returns
        -------
        notes
            What is served on average and in the worst worlds, and whether fresh worlds agree.
        """
        kept, fresh = self.chosen_for, self.fresh
        served = Said(
            code="siting.promise",
            values=(
                ("n", f"{kept.n:,}"),
                ("mean", f"{kept.mean:,.0f}"),
                ("error", f"{kept.standard_error:,.0f}"),
                ("percent", f"{100 * self.tail_share:.0f}"),
                ("worst", f"{kept.worst_mean(self.tail_share):,.0f}"),
                ("plain", f"{kept.served_plain.mean():,.0f}"),
            ),
        )
        checked = Said(
            code="siting.promise-holds" if self.holds else "siting.promise-broken",
            values=(
                ("n", f"{fresh.n:,}"),
                ("mean", f"{fresh.mean:,.0f}"),
                ("error", f"{fresh.standard_error:,.0f}"),
                ("drop", f"{max(0.0, self.drop):,.0f}"),
            ),
        )
        proven = Said(
            code="siting.promise-proven"
            if self.status is ProofStatus.OPTIMAL
            else "siting.promise-gap",
            values=(
                ("tsp", str(self.n_tsp)),
                ("hospitals", str(self.n_hospitals)),
                ("percent", f"{100 * self.gap_share:.1f}"),
            ),
        )
        return served, checked, proven
