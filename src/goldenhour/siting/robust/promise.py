# SPDX-License-Identifier: Apache-2.0
"""What a plan promises over many worlds: counted in worlds that had no say in any choice."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.siting.asking.question import WorldGoal
from goldenhour.siting.plain.result import ProofStatus, Sense, gap_share, proof_status
from goldenhour.siting.plain.worlds import tail_mean
from goldenhour.siting.robust.trial import Trial
from goldenhour.siting.said import Said

Floats = NDArray[np.float64]
_TWENTIETH = 0.05
_MANY = 1e6  # worlds; nobody asks for more


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
    """

    first: int
    people: Floats
    served: Floats

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

    @property
    def interval(self) -> tuple[float, float]:
        """People served in the worlds between the worst and the best twentieth."""
        low, high = np.quantile(self.served, (_TWENTIETH, 1 - _TWENTIETH))
        return float(low), float(high)

    @property
    def enough(self) -> int:
        """Worlds after which the mean would be sure enough to count on, by its spread here."""
        allowed = facts.number("siting.promise_wide_share") * max(self.mean, 1.0)
        spread = float(self.served.std(ddof=1)) if self.n > 1 else float("inf")
        by_spread = ceil(
            min(_MANY, (facts.number("siting.promise_errors") * spread / allowed) ** 2)
        )
        return max(by_spread, int(facts.number("siting.promise_least_worlds")))

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
    What the plan does in fresh worlds, and how it came to be preferred.

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
    n_tsp
        Stabilisation candidates looked at in every world.
    n_hospitals
        Field-hospital candidates looked at.
    chosen_for
        The worlds that sites were chosen for.
    trial
        Fresh worlds in which sites chosen over worlds met those that are best if the picture is
        simply right; None where both are the same sites.
    fresh
        Worlds that no choice ever saw: what to count on.
    """

    goal: WorldGoal
    tail_share: float
    objective: float
    bound: float
    n_tsp: int
    n_hospitals: int
    chosen_for: Tried
    trial: Trial | None
    fresh: Tried

    @property
    def status(self) -> ProofStatus:
        """OPTIMAL only if objective and bound meet."""
        sense = Sense.LEAST if self.goal is WorldGoal.REGRET else Sense.MOST
        return proof_status(self.objective, self.bound, sense)

    @property
    def gap_share(self) -> float:
        """``|bound - objective| / |objective|``, a share; 1 where the objective is 0."""
        return gap_share(self.objective, self.bound, self.status, of_zero=1.0)

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
            What to count on, how sure that is, whether choosing over worlds paid, and the proof.
        """
        return (self._to_count_on(), *self._how_sure(), self._preferred(), self._proven())

    def _to_count_on(self) -> Said:
        """Say what fresh worlds show."""
        fresh, (low, high) = self.fresh, self.fresh.interval
        values = (
            ("n", f"{fresh.n:,}"),
            ("mean", f"{fresh.mean:,.0f}"),
            ("error", f"{fresh.standard_error:,.0f}"),
            ("low", f"{low:,.0f}"),
            ("high", f"{high:,.0f}"),
            ("percent", f"{100 * self.tail_share:.0f}"),
            ("worst", f"{fresh.worst_mean(self.tail_share):,.0f}"),
        )
        return Said(code="siting.promise", values=values)

    def _how_sure(self) -> Iterator[Said]:
        """Warn of few worlds, of a promise that broke, of people who were taken as sure."""
        fresh = self.fresh
        if fresh.enough > fresh.n:
            error = facts.number("siting.promise_errors") * fresh.standard_error
            values = (("people", f"{error:,.0f}"), ("enough", f"{fresh.enough:,}"))
            yield Said(code="siting.promise-few", values=values)
        if not self.holds:
            values = (("n", f"{self.chosen_for.n:,}"), ("drop", f"{self.drop:,.0f}"))
            yield Said(code="siting.promise-broken", values=values)
        if not np.ptp(self.chosen_for.people) and not np.ptp(fresh.people):
            yield Said(code="siting.promise-people-sure")

    def _preferred(self) -> Said:
        """Say whether choosing over worlds paid, by worlds that had no say in it."""
        trial = self.trial
        if trial is None:
            return Said(code="siting.promise-same", values=(("n", f"{self.chosen_for.n:,}"),))
        more = abs(trial.difference)
        values = (("n", f"{trial.n:,}"), ("more", f"{more:,.0f}"))
        if trial.is_clear:
            code = "siting.promise-better" if trial.is_better else "siting.promise-plain"
            return Said(code=code, values=(*values, ("error", f"{trial.standard_error:,.0f}")))
        code = "siting.promise-level" if trial.is_better else "siting.promise-level-plain"
        return Said(code=code, values=(*values, ("error", f"{trial.standard_error:,.0f}")))

    def _proven(self) -> Said:
        """Say how good the choice is over the worlds it was made for."""
        is_proven = self.status is ProofStatus.OPTIMAL
        return Said(
            code="siting.promise-proven" if is_proven else "siting.promise-gap",
            values=(
                ("tsp", str(self.n_tsp)),
                ("hospitals", str(self.n_hospitals)),
                ("percent", f"{100 * self.gap_share:.1f}"),
            ),
        )
