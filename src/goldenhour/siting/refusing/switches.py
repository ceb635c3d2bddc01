# SPDX-License-Identifier: Apache-2.0
"""What a planner demands, one by one with a switch each, and whether some of it can be met."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import messages
from goldenhour.base.grades import Tier, Verdict
from goldenhour.siting.asking.packing import can_stand_apart
from goldenhour.siting.asking.question import Question
from goldenhour.siting.asking.wishes import tiers_and_row
from goldenhour.siting.said import Said
from goldenhour.siting.screening.requirements import SITED_TIERS
from goldenhour.siting.screening.table import Screening
from goldenhour.town.town import Town

Rows = NDArray[np.int64]
Bools = NDArray[np.bool_]
_FEW = 8
_ALL = "*"


class Kind(StrEnum):
    """What a demand is about."""

    COUNT = "count"
    FORCED = "forced"
    FORBIDDEN = "forbidden"
    RULE = "rule"
    STREETS = "streets"
    SPACING = "spacing"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """
    One demand, as the planner said it.

    Parameters
    ----------
    kind
        What it is about.
    key
        Which one: a tier, a structure or a rule; ``*`` for all of its kind, or empty.
    said
        In words.
    """

    kind: Kind
    key: str
    said: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """
    What demands are held against.

    Parameters
    ----------
    town
        The town.
    screening
        Verdicts on every structure.
    attached
        True where a structure joins an open street, as the question takes streets without a
        report. Shape ``(n_structures,)``, bool.
    attached_if_passable
        The same if streets without a report count as passable. Shape ``(n_structures,)``, bool.
    existing
        Structure rows of care that is there already, and counts beside what is wanted. Shape
        ``(n_existing,)``.
    """

    town: Town
    screening: Screening
    attached: Bools
    attached_if_passable: Bools
    existing: Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """
    A question with some of its demands dropped or loosened.

    Parameters
    ----------
    question
        Its numbers.
    free
        Tiers of which any number will do.
    rules
        Screening rules that hold.
    lifted
        How many of the structures that a rule refuses pass it all the same, by rule.
    streets_closed
        Whether streets without a report count as closed.
    at_most
        Whether fewer sites may open than the counts say, as under a budget.
    """

    question: Question
    free: frozenset[Tier] = frozenset()
    rules: frozenset[str]
    lifted: Mapping[str, int] = field(default_factory=dict)
    streets_closed: bool
    at_most: bool


class _Forced(NamedTuple):
    """Forced structures by tier, and whether they could not be sorted otherwise."""

    rows: dict[Tier, set[int]]
    is_certain: bool


def demands_of(ground: Ground, question: Question) -> tuple[Demand, ...]:
    """
    List what a question demands, the planner's own words first, then the rules.

    Parameters
    ----------
    ground
        What the demands are held against; rules that refuse nothing are left out.
    question
        The question.

    Returns
    -------
    demands
        One switch each.
    """
    found = [
        *_counts(question),
        *_spaced(question),
        *_named(Kind.FORCED, question.forced),
        *_named(Kind.FORBIDDEN, question.forbidden),
    ]
    if not np.array_equal(ground.attached, ground.attached_if_passable):
        found.append(
            Demand(kind=Kind.STREETS, key="", said=Said(code="siting.demand-streets-closed"))
        )
    return (*found, *(_rule(rule) for rule in _refusing(ground.screening)))


def dropping(question: Question, demands: tuple[Demand, ...], kept: frozenset[int]) -> Ask:
    """
    Drop some demands from a question.

    Parameters
    ----------
    question
        The question.
    demands
        What it demands.
    kept
        Numbers of the demands that hold.

    Returns
    -------
    ask
        With the others dropped.
    """
    dropped = [demand for at, demand in enumerate(demands) if at not in kept]
    gone = {kind: {one.key for one in dropped if one.kind is kind} for kind in Kind}
    rules = {one.key for one in demands if one.kind is Kind.RULE}
    changes: dict[str, object] = {
        name: tuple(wish for wish in getattr(question, name) if not {wish, _ALL} & gone[Kind(name)])
        for name in (Kind.FORCED.value, Kind.FORBIDDEN.value)
    }
    if gone[Kind.SPACING]:
        changes["spacing_m"] = 0.0
    if gone[Kind.BUDGET]:
        changes["budget"] = math.inf
    streets = {one.key for one in demands if one.kind is Kind.STREETS}
    return Ask(
        question=replace(question, **changes),  # type: ignore[arg-type]  # names and values match
        free=frozenset(Tier(key) for key in gone[Kind.COUNT]),
        rules=frozenset(rules - gone[Kind.RULE]),
        streets_closed=bool(streets) and not gone[Kind.STREETS],
        at_most=question.has_budget,
    )


def can_be_met(ground: Ground, ask: Ask) -> bool | None:
    """
    Tell whether there are sites that meet what is asked, whoever they serve.

    Parameters
    ----------
    ground
        What passes.
    ask
        What is demanded.

    Returns
    -------
    met
        None if it was not found out.
    """
    may = {tier: _may(ground, ask, tier) for tier in SITED_TIERS}
    sorted_out = _forced(ground, ask, may)
    if sorted_out is None:
        return False
    forced = sorted_out.rows
    tsp, hospital = Tier.TSP, Tier.FIELD_HOSPITAL
    may[tsp][list(forced[hospital])] = False
    may[hospital][list(forced[tsp])] = False
    n = _wanted(ask, forced)
    enough = all(len(forced[tier]) <= n[tier] <= may[tier].sum() for tier in SITED_TIERS)
    if not enough or (may[tsp] | may[hospital]).sum() < sum(n.values()):
        return False
    held = _affordable(ground, ask, may, forced, n) and _apart(ground, ask, may, forced, n)
    return held if held or sorted_out.is_certain else None


def _counts(question: Question) -> list[Demand]:
    """How many of each tier."""
    wanted = {Tier.TSP: question.n_tsp, Tier.FIELD_HOSPITAL: question.n_field_hospitals}
    return [
        Demand(
            kind=Kind.COUNT,
            key=tier.value,
            said=Said(
                code=f"siting.demand-count-{tier.value.replace('_', '-')}",
                values=(("n", str(n)),),
            ),
        )
        for tier, n in wanted.items()
    ]


def _spaced(question: Question) -> list[Demand]:
    """Distances and money, if they are asked for."""
    found = []
    if question.spacing_m:
        values = (("metres", f"{question.spacing_m:,.0f}"),)
        said = Said(code="siting.demand-spacing", values=values)
        found.append(Demand(kind=Kind.SPACING, key="", said=said))
    if question.has_budget:
        said = Said(code="siting.demand-budget", values=(("budget", f"{question.budget:,.0f}"),))
        found.append(Demand(kind=Kind.BUDGET, key="", said=said))
    return found


def _named(kind: Kind, wishes: tuple[str, ...]) -> list[Demand]:
    """Structures that must or must not be sites; many of them are one demand."""
    if len(wishes) > _FEW:
        said = Said(code=f"siting.demand-{kind.value}-many", values=(("n", str(len(wishes))),))
        return [Demand(kind=kind, key=_ALL, said=said)]
    return [
        Demand(
            kind=kind,
            key=wish,
            said=Said(code=f"siting.demand-{kind.value}", values=(("id", wish),)),
        )
        for wish in dict.fromkeys(wishes)
    ]


def _refusing(screening: Screening) -> list[str]:
    """Rules that refuse some structure for some tier."""
    rules: dict[str, bool] = {}
    for tier in screening.tiers:
        refuses = (tier.verdict == Verdict.UNFIT).any(axis=0)
        for rule, does in zip(tier.rules, refuses, strict=True):
            rules[rule] = rules.get(rule, False) or bool(does)
    return [rule for rule, does in rules.items() if does]


def _rule(rule: str) -> Demand:
    """Say a rule in its own words if it has some."""
    key = f"demand-rule-{rule}"
    if key in messages.catalogue("siting"):
        return Demand(kind=Kind.RULE, key=rule, said=Said(code=f"siting.{key}"))
    said = Said(code="siting.demand-rule", values=(("rule", rule),))
    return Demand(kind=Kind.RULE, key=rule, said=said)


def refused_by(ground: Ground, ask: Ask, rule: str) -> Bools:
    """
    Find the structures that one rule alone refuses for some tier.

    Parameters
    ----------
    ground
        What demands are held against.
    ask
        The rules that hold.
    rule
        One of them.

    Returns
    -------
    refused
        Shape ``(n_structures,)``, bool.
    """
    without = replace(ask, rules=ask.rules - {rule})
    gained = [_may(ground, without, tier) & ~_may(ground, ask, tier) for tier in SITED_TIERS]
    return np.asarray(np.logical_or.reduce(gained))


def _may(ground: Ground, ask: Ask, tier: Tier) -> Bools:
    """Structures that may be sites of one tier."""
    may = (ground.attached if ask.streets_closed else ground.attached_if_passable).copy()
    entry = ground.screening.of(tier)
    refused = {rule: entry.verdict[:, at] == Verdict.UNFIT for at, rule in enumerate(entry.rules)}
    for rule in ask.rules & set(refused) - set(ask.lifted):
        may &= ~refused[rule]
    for wish in ask.question.forbidden:
        tiers, row = tiers_and_row(ground.town, wish)
        if tier in tiers and row >= 0:
            may[row] = False
    may[ground.existing] = False
    for rule, n in ask.lifted.items():  # of those that nothing else refuses, the first few pass
        if rule in refused:
            may[np.flatnonzero(refused[rule] & may)[n:]] = False
    return may


def _forced(ground: Ground, ask: Ask, may: dict[Tier, Bools]) -> _Forced | None:
    """Sort forced structures by tier, those that may be either where there is room; None if not."""
    forced: dict[Tier, set[int]] = {tier: set() for tier in SITED_TIERS}
    either = []
    for wish in ask.question.forced:
        tiers, row = tiers_and_row(ground.town, wish)
        if row in ground.existing:
            continue
        passed = [tier for tier in tiers if row >= 0 and may[tier][row]]
        if not passed:
            return None
        if len(passed) == 1:
            forced[passed[0]].add(row)
        else:
            either.append(row)
    if forced[Tier.TSP] & forced[Tier.FIELD_HOSPITAL]:
        return None
    open_to = set(either) - forced[Tier.TSP] - forced[Tier.FIELD_HOSPITAL]
    for row in sorted(open_to):
        has_room = Tier.TSP in ask.free or len(forced[Tier.TSP]) < ask.question.n_tsp
        forced[Tier.TSP if has_room else Tier.FIELD_HOSPITAL].add(row)
    return _Forced(rows=forced, is_certain=not open_to)


def _wanted(ask: Ask, forced: dict[Tier, set[int]]) -> dict[Tier, int]:
    """How many of each tier; where any number will do, or fewer, as few as there can be."""
    asked = {Tier.TSP: ask.question.n_tsp, Tier.FIELD_HOSPITAL: ask.question.n_field_hospitals}
    least = {tier: max(1, len(forced[tier])) for tier in SITED_TIERS}
    if ask.at_most:
        return {tier: n if tier in ask.free else min(n, asked[tier]) for tier, n in least.items()}
    return {tier: least[tier] if tier in ask.free else asked[tier] for tier in SITED_TIERS}


def _affordable(
    ground: Ground,
    ask: Ask,
    may: dict[Tier, Bools],
    forced: dict[Tier, set[int]],
    n: dict[Tier, int],
) -> bool:
    """Whether the forced sites and the cheapest others keep the budget."""
    question = ask.question
    if not question.has_budget:
        return True
    usual = {Tier.TSP: question.costs.tsp, Tier.FIELD_HOSPITAL: question.costs.field_hospital}
    row_of = {str(key): row for row, key in enumerate(ground.town.structures.id)}
    total = 0.0
    for tier in SITED_TIERS:
        cost = np.full(ground.town.structures.n, usual[tier])
        for key, value in question.costs.structure.items():
            if key in row_of:
                cost[row_of[key]] = value
        chosen = sorted(forced[tier])
        others = may[tier].copy()
        others[chosen] = False
        total += cost[chosen].sum() + np.sort(cost[others])[: n[tier] - len(chosen)].sum()
    return bool(total <= question.budget)


def _apart(
    ground: Ground,
    ask: Ask,
    may: dict[Tier, Bools],
    forced: dict[Tier, set[int]],
    n: dict[Tier, int],
) -> bool | None:
    """Whether stabilisation points can stand far enough from each other."""
    if not ask.question.spacing_m:
        return True
    spare = may[Tier.FIELD_HOSPITAL].sum() >= n[Tier.FIELD_HOSPITAL] + n[Tier.TSP]
    rows = np.flatnonzero(may[Tier.TSP])
    structures = ground.town.structures
    points = np.column_stack([structures.x_m[rows], structures.y_m[rows]])
    first = np.flatnonzero(np.isin(rows, sorted(forced[Tier.TSP])))
    found = can_stand_apart(points, n[Tier.TSP], ask.question.spacing_m, first=first)
    return found if not found or spare else None
