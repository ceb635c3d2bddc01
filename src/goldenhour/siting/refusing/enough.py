# SPDX-License-Identifier: Apache-2.0
"""Whether a plan serves as many as were demanded; if none does, which demands conflict."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.errors import NoPlanError
from goldenhour.base.grades import Tier
from goldenhour.siting.asking.question import SurgeryAt
from goldenhour.siting.asking.wishes import Wishes
from goldenhour.siting.choosing.choose import Case, solve
from goldenhour.siting.choosing.options import Options, link_limit_s
from goldenhour.siting.choosing.served import Served
from goldenhour.siting.plain.cover import Cover
from goldenhour.siting.plain.effort import nobody
from goldenhour.siting.plain.result import Solution
from goldenhour.siting.refusing.conflict import smallest_conflict
from goldenhour.siting.refusing.relax import least_step
from goldenhour.siting.said import Said, number
from goldenhour.times.busy import is_reached

Rows = NDArray[np.int64]
_MINUTE_S, _PERCENT = 60.0, 100.0
_MORE_SITES, _LONGER = 3, 5
_MOST_ASKED = 24


class Asked(StrEnum):
    """Demands that bear on how many are served, among the structures that pass."""

    SERVED = "served"
    N_TSP = "count-tsp"
    N_FIELD_HOSPITALS = "count-field-hospital"
    TSP_CLOCK = "clock-tsp"
    FIELD_HOSPITAL_CLOCK = "clock-field-hospital"
    FORCED = "forced-many"
    SPACING = "spacing"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """
    A proposal, and how many it serves.

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
    """

    case: Case
    wanted: dict[Tier, Wishes]
    options: Options
    solution: Solution
    served: Served

    @property
    def total(self) -> float:
        """All people."""
        return float(self.case.homes.people.sum())

    @property
    def people(self) -> float:
        """People served by the whole chain."""
        return float(self.case.homes.people[self.served.has_hospital].sum())

    @property
    def needed(self) -> float:
        """People that must be served."""
        return self.case.question.least_served_share * self.total


def require_enough_served(found: Found) -> tuple[Said, ...]:
    """
    Refuse a question that demands more people served than any choice serves.

    Parameters
    ----------
    found
        The proposal.

    Returns
    -------
    notes
        None if enough are served; what is not known if the search ended before it was decided.

    Raises
    ------
    NoPlanError
        If it is proven that no choice among the structures considered serves as many; it carries
        the smallest conflict and what alone would do.
    """
    if found.people >= found.needed:
        return ()
    is_bound = found.case.question.is_plain
    if not is_bound or found.solution.bound >= found.needed:
        values = (
            ("share", _share(found.case.question.least_served_share)),
            ("people", number(found.needed - found.people)),
        )
        return (Said(code="siting.least-share-open", values=values),)
    raise _refusal(found)


def _refusal(found: Found) -> NoPlanError:
    """Say what conflicts, and what would do."""
    demands = _demands(found)
    conflict = smallest_conflict(
        len(demands),
        lambda kept: _serves(found, frozenset(demands[at] for at in kept)),
        most_asked=_MOST_ASKED,
    )
    members = [demands[at] for at in conflict.members] if conflict else []
    would_do = [said for said in (_relaxed(found, one) for one in members) if said]
    best = _share(found.people / found.total)
    return NoPlanError(
        f"No choice among the {len(found.options.tsp):,} structures considered serves "
        f"{_share(found.case.question.least_served_share)} % of the people; the best serves "
        f"{best} %.",
        where="[question] least_served_share",
        do=f"Ask for {best} %, for more sites, or for longer clocks.",
        conflict=tuple(_coded(_said(found, one)) for one in members),
        relaxations=tuple(_coded(said) for said in would_do),
    )


def _demands(found: Found) -> list[Asked]:
    """Demands of this question, the planner's own words first."""
    question = found.case.question
    asked = {
        Asked.FORCED: bool(question.forced),
        Asked.SPACING: bool(question.spacing_m),
        Asked.BUDGET: question.has_budget,
    }
    return [one for one in Asked if asked.get(one, True)]


def _serves(found: Found, kept: frozenset[Asked]) -> bool | None:
    """Whether some choice among the structures considered meets what is kept."""
    if Asked.SERVED not in kept:
        return True
    options = _linked(found, kept)
    if Asked.TSP_CLOCK not in kept:
        return _without_clock(found, options)
    if Asked.N_TSP not in kept:
        return _with_all_points(found, options)
    return _solved(found, kept, options)


def _linked(found: Found, kept: frozenset[Asked]) -> Options:
    """Let every point have its hospital where clock or number of hospitals do not bind."""
    options, link_s = found.options, found.options.link_s
    if Asked.FIELD_HOSPITAL_CLOCK not in kept:
        # Where surgery is elsewhere, hospitals that are too far from it do not count at any clock.
        free = found.case.question.surgery_at is SurgeryAt.FIELD_HOSPITAL
        counts = np.isfinite(link_s).any(axis=0) | free
        link_s = np.where(counts, np.zeros_like(link_s), np.float32(np.inf))
    elif Asked.N_FIELD_HOSPITALS not in kept:
        some = np.isfinite(link_s).any(axis=1, keepdims=True)
        link_s = np.where(some, np.zeros_like(link_s), np.float32(np.inf))
    return replace(options, link_s=link_s.astype(np.float32))


def _without_clock(found: Found, options: Options) -> bool | None:
    """Whoever is joined by streets, however long it takes: by any point, or by the chosen."""
    homes, evacuation = found.case.homes, found.case.evacuation
    chosen = options.tsp[found.served.tsp]
    for rows, answer in ((options.tsp, False), (chosen, True)):
        reached = is_reached(evacuation, rows, homes.row, None)
        enough = float(homes.people[reached].sum()) >= found.needed
        if enough is answer:
            return answer
    return None


def _with_all_points(found: Found, options: Options) -> bool | None:
    """Everybody whom some point serves: with any hospital, or with the chosen ones."""
    for hospitals, answer in ((slice(None), False), (found.served.hospital, True)):
        usable = np.flatnonzero(np.isfinite(options.link_s[:, hospitals]).any(axis=1))
        covered = _covered(options.cover, usable)
        enough = float(found.case.homes.people[covered].sum()) >= found.needed
        if enough is answer:
            return answer
    return None


def _covered(cover: Cover, sites: Rows) -> NDArray[np.bool_]:
    """Find the homes that some site covers. Shape ``(n_homes,)``."""
    covered = np.zeros(cover.n_homes, dtype=np.bool_)
    for site in sites:
        covered[cover.home[cover.start[site] : cover.start[site + 1]]] = True
    return covered


def _solved(found: Found, kept: frozenset[Asked], options: Options) -> bool | None:
    """Choose again without what was dropped."""
    question = found.case.question
    if Asked.SPACING not in kept:
        question = replace(question, spacing_m=0.0)
    if Asked.BUDGET not in kept:
        question = replace(question, budget=float("inf"))
    wanted = found.wanted
    if Asked.FORCED not in kept:
        wanted = {tier: replace(one, forced=one.existing) for tier, one in wanted.items()}
    return _enough(found, replace(found.case, question=question), options, wanted)


def _enough(found: Found, case: Case, options: Options, wanted: dict[Tier, Wishes]) -> bool | None:
    """Solve, and compare value and bound with what is needed."""
    effort = replace(case.effort, told=nobody)
    try:
        solution = solve(case, options, wanted, effort)
    except NoPlanError:
        return None
    if solution.objective >= found.needed and case.question.is_plain:
        return True
    return False if solution.bound < found.needed else None


def _relaxed(found: Found, asked: Asked) -> Said | None:
    """Loosen one demand as little as will do."""
    question = found.case.question
    if asked is Asked.SERVED:
        share = _share(found.people / found.total)
        return Said(code="siting.relax-served", values=(("share", share),))
    if asked in (Asked.N_TSP, Asked.N_FIELD_HOSPITALS):
        return _more_sites(found, asked)
    if asked in (Asked.TSP_CLOCK, Asked.FIELD_HOSPITAL_CLOCK):
        return _longer(found, asked)
    dropped = frozenset(_demands(found)) - {asked}
    if not _serves(found, dropped):
        return None
    values = {"n": str(len(question.forced)), "metres": "0"}
    code = "budget-any" if asked is Asked.BUDGET else asked.value
    return Said(code=f"siting.relax-{code}", values=tuple(values.items()))


def _more_sites(found: Found, asked: Asked) -> Said | None:
    """Open as few sites more of one tier as will do."""
    tier = Tier.TSP if asked is Asked.N_TSP else Tier.FIELD_HOSPITAL
    wish = found.wanted[tier]
    n_passed = len(found.options.tsp if tier is Tier.TSP else found.options.hospital)

    def with_more(step: int) -> bool | None:
        wanted = {**found.wanted, tier: replace(wish, n=wish.n + step)}
        return _enough(found, found.case, found.options, wanted)

    step = least_step(min(_MORE_SITES * wish.n, n_passed - wish.n), with_more)
    if step is None:
        return None
    asked_n = wish.n - len(wish.existing)
    values = (("n", str(asked_n + step)), ("wanted", str(asked_n)))
    return Said(code=f"siting.relax-{asked.value}", values=values)


def _longer(found: Found, asked: Asked) -> Said | None:
    """Allow as few minutes more as will do; the clocks must still grow along the chain."""
    question = found.case.question
    name = "tsp_clock_s" if asked is Asked.TSP_CLOCK else "field_hospital_clock_s"
    clock_s: float = getattr(question, name)
    next_s = (
        clock_s + link_limit_s(question) if asked is Asked.TSP_CLOCK else question.surgery_clock_s
    )
    step_s = _LONGER * _MINUTE_S if asked is Asked.FIELD_HOSPITAL_CLOCK else _MINUTE_S

    def with_longer(step: int) -> bool | None:
        changes: dict[str, float] = {name: clock_s + step * step_s}
        then = replace(question, **changes)  # type: ignore[arg-type]  # clocks
        case = replace(found.case, question=then)
        return _enough(found, case, _measured_again(found, case), found.wanted)

    most_s = min(next_s - clock_s - 1.0, clock_s)  # to twice the clock; farther is another question
    step = least_step(int(most_s / step_s), with_longer)
    if step is None:
        return None
    minutes = f"{(clock_s + step * step_s) / _MINUTE_S:.0f}"
    return Said(code=f"siting.relax-{asked.value}", values=(("minutes", minutes),))


def _measured_again(found: Found, case: Case) -> Options:
    """Measure the structures considered with other clocks."""
    options, question = found.options, case.question
    reach = case.evacuation.carry_times(options.tsp, case.homes.row, question.tsp_clock_s)
    link_s = case.evacuation.transfer_times(
        origins=options.tsp, destinations=options.hospital, limit_s=link_limit_s(question)
    )
    return replace(
        options,
        cover=Cover(start=reach.start, home=reach.home, n_homes=reach.n_homes),
        seconds=reach.seconds,
        link_s=link_s,
    )


def _said(found: Found, asked: Asked) -> Said:
    """Put a demand into words."""
    question = found.case.question
    values = {
        Asked.SERVED: ("share", _share(question.least_served_share)),
        Asked.N_TSP: ("n", str(question.n_tsp)),
        Asked.N_FIELD_HOSPITALS: ("n", str(question.n_field_hospitals)),
        Asked.TSP_CLOCK: ("minutes", f"{question.tsp_clock_s / _MINUTE_S:.0f}"),
        Asked.FIELD_HOSPITAL_CLOCK: (
            "minutes",
            f"{question.field_hospital_clock_s / _MINUTE_S:.0f}",
        ),
        Asked.FORCED: ("n", str(len(question.forced))),
        Asked.SPACING: ("metres", f"{question.spacing_m:,.0f}"),
        Asked.BUDGET: ("budget", f"{question.budget:,.0f}"),
    }
    return Said(code=f"siting.demand-{asked.value}", values=(values[asked],))


def _share(share: float) -> str:
    """Write a share in per cent, rounded down: what is offered can be met."""
    return f"{np.floor(10 * _PERCENT * share + 1e-9) / 10:.1f}"


def _coded(said: Said) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Give code and values, as errors carry them."""
    return said.code, said.values
