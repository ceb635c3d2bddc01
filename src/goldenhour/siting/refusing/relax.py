# SPDX-License-Identifier: Apache-2.0
"""The smallest change to each demand in conflict that alone would make a plan possible."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from goldenhour.base.grades import Tier
from goldenhour.siting.asking.question import Question
from goldenhour.siting.refusing.switches import (
    Ask,
    Demand,
    Ground,
    Kind,
    can_be_met,
    demands_of,
    dropping,
    refused_by,
)
from goldenhour.siting.said import Said

_STEPS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """
    One change that alone makes a plan possible.

    Parameters
    ----------
    demand
        Number of the demand that it loosens.
    said
        What to ask instead, in words.
    """

    demand: int
    said: Said


def relaxations(
    ground: Ground, question: Question, members: tuple[int, ...]
) -> tuple[Relaxation, ...]:
    """
    Find the smallest change to each demand in conflict that alone would do.

    Parameters
    ----------
    ground
        What the demands are held against.
    question
        The question that no plan answers.
    members
        Numbers of the demands in conflict, as ``demands_of`` counts them.

    Returns
    -------
    relaxations
        None for a demand that no change of helps alone, or for which it was not found out.
    """
    demands = demands_of(ground, question)
    whole = dropping(question, demands, frozenset(range(len(demands))))
    found = []
    for member in members:
        every_other = frozenset(range(len(demands))) - {member}
        if can_be_met(ground, dropping(question, demands, every_other)):
            said = _least(ground, whole, demands[member])
            found += [Relaxation(demand=member, said=said)] if said else []
    return tuple(found)


def least_step(most: int, would_do: Callable[[int], bool | None]) -> int | None:
    """
    Find the smallest of some growing changes that would do: by doubling, then by bisection.

    Parameters
    ----------
    most
        The largest change.
    would_do
        Tells whether a change from 1 to ``most`` would do. None where it was not found out, which
        counts as not.

    Returns
    -------
    step
        The change before it is not known to do; None if no change that was tried does.
    """
    too_little, enough = 0, 1
    while enough <= most and not would_do(enough):
        too_little, enough = enough, min(2 * enough, most) if enough < most else most + 1
    if enough > most:
        return None
    while enough - too_little > 1:
        middle = (too_little + enough) // 2
        if would_do(middle):
            enough = middle
        else:
            too_little = middle
    return enough


def _least(ground: Ground, ask: Ask, demand: Demand) -> Said | None:
    """Loosen one demand as little as will do."""
    if demand.kind is Kind.COUNT:
        return _fewer(ground, ask, Tier(demand.key))
    if demand.kind is Kind.RULE:
        return _lifted(ground, ask, demand.key)
    if demand.kind is Kind.SPACING:
        return _nearer(ground, ask)
    if demand.kind is Kind.BUDGET:
        return _dearer(ground, ask)
    values = tuple((name, value) for name, value in demand.said.values)
    return Said(code=demand.said.code.replace("demand-", "relax-"), values=values)


def _fewer(ground: Ground, ask: Ask, tier: Tier) -> Said | None:
    """Ask for fewer sites, or for more where too many are forced."""
    name = "n_tsp" if tier is Tier.TSP else "n_field_hospitals"
    wanted: int = getattr(ask.question, name)

    def with_number(n: int) -> bool | None:
        changes: dict[str, int] = {name: n}
        question = replace(ask.question, **changes)  # type: ignore[arg-type]  # counts
        return can_be_met(ground, replace(ask, question=question))

    fewer = least_step(wanted - 1, lambda step: with_number(wanted - step))
    more = least_step(len(ask.question.forced), lambda step: with_number(wanted + step))
    steps = [step for step in (-fewer if fewer else 0, more or 0) if step]
    if not steps:
        return None
    n = wanted + min(steps, key=abs)
    return Said(
        code=f"siting.relax-count-{tier.value.replace('_', '-')}",
        values=(("n", str(n)), ("wanted", str(wanted))),
    )


def _lifted(ground: Ground, ask: Ask, rule: str) -> Said | None:
    """Count how many structures newer reports would have to free from a rule."""
    most = int(refused_by(ground, ask, rule).sum())
    least = least_step(most, lambda step: can_be_met(ground, replace(ask, lifted={rule: step})))
    if least is None:
        return None
    return Said(code="siting.relax-rule", values=(("rule", rule), ("n", str(least))))


def _nearer(ground: Ground, ask: Ask) -> Said | None:
    """Let stabilisation points stand nearer to each other."""
    asked_m = ask.question.spacing_m
    step_m = max(1.0, asked_m / _STEPS)

    def with_step(step: int) -> bool | None:
        question = replace(ask.question, spacing_m=max(0.0, asked_m - step * step_m))
        return can_be_met(ground, replace(ask, question=question))

    step = least_step(int(asked_m / step_m), with_step)
    if step is None:
        return None
    metres = max(0.0, asked_m - step * step_m)
    return Said(code="siting.relax-spacing", values=(("metres", f"{metres:,.0f}"),))


def _dearer(ground: Ground, ask: Ask) -> Said | None:
    """Spend more: to the cent, as much as the cheapest sites cost."""
    asked = ask.question.budget
    top = 1 + int(sum(_prices(ask)))

    def with_more(step: int) -> bool | None:
        question = replace(ask.question, budget=asked + step)
        return can_be_met(ground, replace(ask, question=question))

    step = least_step(top, with_more)
    if step is None:
        return None
    return Said(code="siting.relax-budget", values=(("budget", f"{asked + step:,.0f}"),))


def _prices(ask: Ask) -> list[float]:
    """Everything that the sites asked for could cost at most."""
    question = ask.question
    n = question.n_tsp + question.n_field_hospitals + len(question.forced)
    dearest = max(
        question.costs.tsp, question.costs.field_hospital, *question.costs.structure.values(), 0.0
    )
    return [dearest] * n
