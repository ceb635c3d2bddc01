# SPDX-License-Identifier: Apache-2.0
"""
The same question once more, after one change: quickly, and with a bound over all candidates.

A core of promising candidates is solved again. Prices of homes, found on the core, bound what any
plan with any candidate could serve (Lagrangian relaxation of the covering constraints): who cannot
reach what the core found need not be looked at. Then the answer on the core holds for all.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.errors import NoPlanError
from goldenhour.base.grades import Tier
from goldenhour.base.progress import quiet
from goldenhour.siting.asking.wishes import Wishes
from goldenhour.siting.choosing.choose import Case, ground_of, solve
from goldenhour.siting.choosing.options import Homes, Options, join, link_limit_s
from goldenhour.siting.choosing.served import Served
from goldenhour.siting.choosing.shortlist import Ground
from goldenhour.siting.choosing.worth import people_with
from goldenhour.siting.explaining.prices import Priced, priced
from goldenhour.siting.plain.cover import Cover
from goldenhour.siting.plain.effort import nobody
from goldenhour.siting.plain.result import ProofStatus, Solution
from goldenhour.siting.screening.joined import stands_for
from goldenhour.times.carry import Evacuation

Rows = NDArray[np.int64]
_CORE, _MOST, _BESIDE = 200, 300, 12
_NODES, _KICKS = 120, 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """
    What the question gives after a change.

    Parameters
    ----------
    people
        People served by a plan that is known.
    at_most
        Proven: no plan serves more.
    tsp
        Structure rows of its stabilisation points. Shape ``(n_open,)``.
    hospital
        Structure rows of its field hospitals. Shape ``(n_open_hospitals,)``.
    """

    people: float
    at_most: float
    tsp: Rows
    hospital: Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """
    A plan as it stands, ready to be asked about changes.

    Parameters
    ----------
    case
        What the plan rests on.
    wanted
        Who may and who must be chosen, by tier.
    options
        Candidates that were examined.
    served
        What the choice does.
    people
        People served by the whole chain.
    bound
        No choice among the options serves more.
    alike
        Chosen candidates and those that cover most of the same people, as positions in the
        options, ascending. Shape ``(n_alike,)``.
    core
        These and other promising candidates, likewise. Shape ``(n_core,)``.
    prices
        What homes are worth at most; None where rules make other things count than people.
    """

    case: Case
    wanted: dict[Tier, Wishes]
    options: Options
    served: Served
    people: float
    bound: float
    alike: Rows
    core: Rows
    prices: Priced | None

    @classmethod
    def of(
        cls,
        case: Case,
        wanted: dict[Tier, Wishes],
        options: Options,
        solution: Solution,
        served: Served,
    ) -> "Standing":
        """
        Take a plan as it stands.

        Parameters
        ----------
        case
            What it rests on.
        wanted
            Who may and who must be chosen, by tier.
        options
            Candidates that were examined.
        solution
            Choice and proof.
        served
            What the choice does.

        Returns
        -------
        standing
            With its core and its prices.
        """
        people = float(case.homes.people[served.has_hospital].sum())
        alike = like_the_chosen(options, case.homes, served)
        core = _core(options, case.homes, alike, solution.score)
        plain = not case.question.has_rules and not case.question.capacity_limits
        return cls(
            case=replace(case, progress=quiet),
            wanted=wanted,
            options=options,
            served=served,
            people=people,
            bound=max(people, solution.bound) if plain else float("inf"),
            alike=alike,
            core=core,
            prices=priced(options.cover, case.homes.people, wanted[Tier.TSP].n, core)
            if plain
            else None,
        )

    @property
    def tsp(self) -> Rows:
        """Structure rows of the chosen stabilisation points. Shape ``(n_open,)``."""
        return self.options.tsp[self.served.tsp]

    @property
    def hospital(self) -> Rows:
        """Structure rows of the chosen field hospitals. Shape ``(n_open_hospitals,)``."""
        return self.options.hospital[self.served.hospital]

    def answer(self, *, barred: Rows, least: float = 0.0) -> Answer | None:
        """
        Choose again where some structures may not be sites.

        Parameters
        ----------
        barred
            Structure rows that are out, for both tiers. Shape ``(n_barred,)``.
        least
            People that a known plan without them serves: only candidates that could take part in a
            better one are looked at.

        Returns
        -------
        answer
            None if no plan without them was found.
        """
        keep, is_whole = self._able(least)
        keep = keep[~np.isin(self.options.tsp[keep], barred)]
        hospitals = np.flatnonzero(~np.isin(self.options.hospital, barred))
        options = picked(self.options, keep, hospitals)
        freed = self.freed(barred)
        if not len(freed):
            return self.among(options, bound=self.bound, is_whole=is_whole)
        counts = np.isfinite(options.link_s).any(axis=0)  # others may not, or nobody is near
        more = measured(freed, options.hospital, self.case)
        more = replace(more, link_s=np.where(counts, more.link_s, np.float32(np.inf)))
        n_left = np.sum(~np.isin(self.options.tsp, barred))
        return self.among(
            join(options, more),
            bound=self.bound + float(self.case.homes.people[np.unique(more.cover.home)].sum()),
            is_whole=bool(len(keep) == n_left and counts.all()),
        )

    def freed(self, barred: Rows) -> Rows:
        """
        Find who may be a stabilisation point once some structures are out.

        Parameters
        ----------
        barred
            Structure rows that are out. Shape ``(n_barred,)``.

        Returns
        -------
        freed
            Structure rows of parts of field hospitals that break up. Shape ``(n_freed,)``.
        """
        apart = self.wanted[Tier.TSP].kept_apart
        hospital = self.case.screening.of(Tier.FIELD_HOSPITAL)
        broken = np.isin(stands_for(hospital, apart), stands_for(hospital, barred))
        return apart[broken & ~np.isin(apart, barred)]

    def among(self, options: Options, *, bound: float, is_whole: bool) -> Answer | None:
        """
        Choose among some candidates.

        Parameters
        ----------
        options
            The candidates.
        bound
            People that no plan exceeds, whatever the candidates.
        is_whole
            Whether no candidate that was left out could take part in a better plan.

        Returns
        -------
        answer
            None if there is no plan among them.
        """
        rows = {Tier.TSP: options.tsp, Tier.FIELD_HOSPITAL: options.hospital}
        wanted = {
            tier: replace(wish, forced=wish.forced[np.isin(wish.forced, rows[tier])])
            for tier, wish in self.wanted.items()
        }
        effort = replace(
            self.case.effort, gap_share=0.0, nodes=_NODES, told=nobody, kicks_share=_KICKS
        )
        try:
            solution = solve(self.case, options, wanted, effort)
        except NoPlanError:
            return None
        tsp, hospital = self._as_now(
            options,
            np.array(solution.sites, dtype=np.int64),
            np.array(solution.field_hospitals, dtype=np.int64),
        )
        people = people_with(options, self.case.homes, tsp, hospital)
        exact = is_whole and solution.status is ProofStatus.OPTIMAL
        return Answer(
            people=people,
            at_most=people if exact and self.prices is not None else max(bound, people),
            tsp=options.tsp[tsp],
            hospital=options.hospital[hospital],
        )

    def _as_now(self, options: Options, tsp: Rows, hospital: Rows) -> tuple[Rows, Rows]:
        """Of choices that serve as many, take one with more of the sites that were chosen."""
        if self.prices is None:
            return tsp, hospital  # an exchange could break a rule
        people = people_with(options, self.case.homes, tsp, hospital)
        now = np.flatnonzero(np.isin(options.hospital, self.hospital))
        same = len(now) == len(hospital) and not np.isin(options.tsp[tsp], self.hospital).any()
        if same and people_with(options, self.case.homes, tsp, now) >= people:
            hospital = now
        barred = set(options.hospital[hospital].tolist())
        for old in np.flatnonzero(np.isin(options.tsp, self.tsp)):
            if old in tsp or int(options.tsp[old]) in barred:
                continue
            for at in np.flatnonzero(~np.isin(options.tsp[tsp], self.tsp)):
                trial = tsp.copy()
                trial[at] = old
                if people_with(options, self.case.homes, trial, hospital) >= people:
                    tsp = trial
                    break
        return tsp, hospital

    def with_candidate(self, more: Options, at: int, *, bound: float) -> Answer | None:
        """
        Choose again with one candidate more.

        Parameters
        ----------
        more
            New candidates, with links to the field hospitals that were chosen.
        at
            Which of them.
        bound
            People that no plan with it exceeds.

        Returns
        -------
        answer
            None if there is no plan.
        """
        hospital = self.served.hospital
        keep, is_whole = self._able(self.people)
        core = picked(self.options, keep, hospital)
        one = picked(more, np.array([at]), np.arange(len(hospital)))
        return self.among(
            join(core, one), bound=bound, is_whole=is_whole and len(self.options.hospital) == 1
        )

    @property
    def worth(self) -> NDArray[np.float64]:
        """What each candidate is worth: by prices, or by the people it covers."""
        if self.prices is not None:
            return self.prices.score
        return weights(self.options.cover, self.case.homes.people)

    @property
    def ground(self) -> Ground:
        """Where structures stand, and which goes first for a stabilisation point."""
        return ground_of(self.case, Tier.TSP)

    def _able(self, least: float) -> tuple[Rows, bool]:
        """Candidates to look at, and whether all that could serve more people are among them."""
        if self.prices is None:
            return self.core, False
        able = np.flatnonzero(self.prices.at_most_with >= least)
        together = np.union1d(self.core, able).astype(np.int64)
        return (together, True) if len(together) <= _MOST else (self.core, False)


def picked(options: Options, tsp: Rows, hospital: Rows) -> Options:
    """
    Keep some candidates only.

    Parameters
    ----------
    options
        All of them.
    tsp
        Positions to keep. Shape ``(n_tsp,)``.
    hospital
        Positions to keep. Shape ``(n_hospitals,)``.

    Returns
    -------
    options
        In the order given.
    """
    start = options.cover.start
    n_inside = np.diff(start)[tsp]
    kept = np.zeros(len(tsp) + 1, dtype=np.int64)
    np.cumsum(n_inside, out=kept[1:])
    pair = np.repeat(start[tsp] - kept[:-1], n_inside) + np.arange(kept[-1])
    return Options(
        tsp=options.tsp[tsp],
        hospital=options.hospital[hospital],
        cover=Cover(start=kept, home=options.cover.home[pair], n_homes=options.cover.n_homes),
        seconds=options.seconds[pair],
        link_s=options.link_s[np.ix_(tsp, hospital)],
    )


def measured(rows: Rows, hospital: Rows, case: Case) -> Options:
    """
    Measure structures as if they were candidates for stabilisation points.

    Parameters
    ----------
    rows
        Structure rows. Shape ``(n,)``.
    hospital
        Structure rows of field hospitals to link them to. Shape ``(n_hospitals,)``.
    case
        Clocks, homes and streets.

    Returns
    -------
    options
        Those structures, in their order.
    """
    blank = Options(
        tsp=rows,
        hospital=hospital,
        cover=Cover(start=np.zeros(len(rows) + 1, np.int64), home=np.zeros(0, np.int32), n_homes=0),
        seconds=np.zeros(0, np.float32),
        link_s=np.zeros((len(rows), len(hospital)), np.float32),
    )
    return timed(blank, case, case.evacuation)


def timed(options: Options, case: Case, there: Evacuation) -> Options:
    """
    Measure candidates again where streets have changed.

    Parameters
    ----------
    options
        The candidates; field hospitals that may not count stay so.
    case
        Clocks and homes.
    there
        The evacuation graph with the change.

    Returns
    -------
    options
        The same candidates.
    """
    reach = there.carry_times(options.tsp, case.homes.row, case.question.tsp_clock_s)
    link_s = there.transfer_times(
        origins=options.tsp, destinations=options.hospital, limit_s=link_limit_s(case.question)
    )
    counts = np.isfinite(options.link_s).any(axis=0)
    return replace(
        options,
        cover=Cover(start=reach.start, home=reach.home, n_homes=reach.n_homes),
        seconds=reach.seconds,
        link_s=np.where(counts, link_s, np.float32(np.inf)),
    )


def _core(options: Options, homes: Homes, alike: Rows, score: NDArray[np.float64]) -> Rows:
    """Keep the chosen candidates and those like them, and those worth most by the proof."""
    if len(options.tsp) <= _CORE:
        return np.arange(len(options.tsp), dtype=np.int64)
    worth = score if len(score) else weights(options.cover, homes.people)
    best = np.argsort(-worth, kind="stable")[: max(0, _CORE - len(alike))]
    return np.union1d(best, alike).astype(np.int64)


def like_the_chosen(options: Options, homes: Homes, served: Served) -> Rows:
    """
    Find the chosen candidates, and for each the others that cover most of those who go there.

    Parameters
    ----------
    options
        Candidates and times.
    homes
        People.
    served
        What the choice does.

    Returns
    -------
    positions
        In the options, ascending. Shape ``(n_found,)``.
    """
    found = [served.tsp]
    for at in range(len(served.tsp)):
        own = np.where(served.nearest == at, homes.people, 0.0)
        found.append(np.argsort(-weights(options.cover, own), kind="stable")[:_BESIDE])
    return np.unique(np.concatenate(found)).astype(np.int64)


def weights(cover: Cover, people: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Count the people whom each candidate covers.

    Parameters
    ----------
    cover
        Homes within reach of each candidate.
    people
        People of each home. Shape ``(n_homes,)``.

    Returns
    -------
    people
        Shape ``(n_sites,)``.
    """
    counted = np.zeros(cover.n_sites)
    filled = np.flatnonzero(np.diff(cover.start))
    if len(filled):
        counted[filled] = np.add.reduceat(people[cover.home], cover.start[filled])
    return counted
