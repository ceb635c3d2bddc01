# SPDX-License-Identifier: Apache-2.0
"""Whether a question makes sense in itself, before any town is looked at."""

import math
from collections.abc import Iterator
from dataclasses import fields
from typing import NamedTuple

from goldenhour.base import facts
from goldenhour.base.errors import BadQuestionError
from goldenhour.siting.asking.question import Capacities, Casualties, Costs, Question, Worlds

_MEND = "Mend this field; docs/reference/question.md says what it may be."
_NAN = "This is not a number that can be counted on."
_NEGATIVE = "This cannot be negative."
_ROUNDING = 1e-6
_BUDGET = "budget"  # the one number that may be without end


class _Check(NamedTuple):
    """One thing that must hold, and how to say that it does not."""

    holds: bool
    where: str
    what: str
    code: str = "GH107"
    do: str = _MEND


def require_sense(question: Question) -> None:
    """
    Refuse what no plan can answer.

    Parameters
    ----------
    question
        As asked.

    Raises
    ------
    BadQuestionError
        With the field, what is wrong with it and what to do; GH432 where two fields contradict each
        other, GH433 where a number is negative, not finite or out of range.
    """
    for check in (*_numbers(question), *_counts(question), *_rules(question)):
        if not check.holds:
            raise BadQuestionError(
                check.what, where=f"[question{check.where}", do=check.do, code=check.code
            )


def _numbers(question: Question) -> Iterator[_Check]:
    """Every number must be one, and none may be negative."""
    tables: tuple[tuple[str, Question | Casualties | Costs | Capacities | Worlds], ...] = (
        ("", question),
        (".casualties", question.casualties),
        (".costs", question.costs),
        (".capacities", question.capacities),
        (".worlds", question.worlds),
    )
    for table, words in tables:
        for entry in fields(words):
            value = getattr(words, entry.name)
            if isinstance(value, (int, float)) and not (
                value == math.inf and entry.name == _BUDGET
            ):
                yield from _number(f"{table}] {entry.name}", value)
    for key, value in question.costs.structure.items():
        yield from _number(f".costs.structure] {key}", value)


def _number(where: str, value: float) -> Iterator[_Check]:
    """One number."""
    yield _Check(math.isfinite(value), where, _NAN, "GH433")
    yield _Check(value >= 0, where, _NEGATIVE, "GH433")
    if where.endswith("_share"):
        yield _Check(value <= 1, where, "This is a share, from 0 to 1.", "GH433")


def _worlds(worlds: Worlds) -> Iterator[_Check]:
    """Check what is asked of worlds."""
    yield _Check(worlds.tail_share > 0, ".worlds] tail_share", "The worst worlds are some worlds.")
    yield _Check(
        worlds.n > 0 or worlds == Worlds(),
        ".worlds] n",
        "A goal over worlds, or a share of the worst, says nothing without worlds.",
        "GH422",
        "Say how many worlds, or leave out what is asked of them.",
    )
    yield _Check(
        worlds.n != 1,
        ".worlds] n",
        "One world tells nothing of how far things may differ.",
        "GH422",
        "Ask for more; about 200 tell most plans apart.",
    )
    most = int(facts.number("siting.most_worlds"))
    yield _Check(
        worlds.n <= most,
        ".worlds] n",
        f"That is more than {most:,} worlds.",
        "GH422",
        "Ask for fewer; about 200 tell most plans apart.",
    )


def _counts(question: Question) -> Iterator[_Check]:
    """Check counts, clocks and shares."""
    yield _Check(
        not question.worlds.n or question.is_plain,
        ".worlds] n",
        "Worlds cannot be asked together with spacing, backup, budget, zones or capacity limits.",
        "GH422",
        "Ask for worlds, or for these rules, in two plans.",
    )
    yield from _worlds(question.worlds)
    casualties = question.casualties
    yield _Check(question.n_tsp >= 1, "] n_tsp", "At least one stabilisation point is needed.")
    yield _Check(question.n_field_hospitals >= 1, "] n_field_hospitals", "At least one is needed.")
    yield _Check(
        question.tsp_clock_s > 0, "] tsp_clock_s", "A clock is a positive number of seconds."
    )
    yield _Check(
        question.tsp_clock_s < question.field_hospital_clock_s < question.surgery_clock_s,
        "] field_hospital_clock_s",
        "Clocks must grow along the chain: stabilisation, field hospital, surgery.",
    )
    mix = casualties.red_share + casualties.yellow_share + casualties.green_share
    yield _Check(
        abs(mix - 1) <= _ROUNDING,
        ".casualties] red_share, yellow_share, green_share",
        f"Red, yellow and green make up {mix:.3g} of all arrivals.",
        "GH433",
        "Let the three add up to 1.",
    )
    for name, value in (
        ("over_days", casualties.over_days),
        ("arrivals_size", casualties.arrivals_size),
    ):
        yield _Check(value > 0, f".casualties] {name}", "This must be more than 0.", "GH433")
    yield _Check(
        0 < casualties.busy_day_share < 1,
        ".casualties] busy_day_share",
        "Some days must be busier, and some must not.",
        "GH433",
    )


def _rules(question: Question) -> Iterator[_Check]:
    """Check what is forced, forbidden and asked for at once."""
    forced, forbidden = set(question.forced), set(question.forbidden)
    both = sorted(wish for wish in forced if wish in forbidden or _id(wish) in forbidden)
    yield _Check(
        not both,
        "] forced",
        f"'{both[0] if both else ''}' cannot be both forced and forbidden.",
        "GH432",
        "Drop one of the two.",
    )
    yield _Check(question.zones >= 1, "] zones", "At least one zone is needed.", "GH433")
    yield _Check(
        not (question.capacity_limits and question.counts_otherwise),
        "] capacity_limits",
        "Capacities that limit the choice cannot be asked for together with backup or the "
        "worst-served zone.",
        "GH434",
        "Leave one of them out: without capacity_limits the plan still says where care runs over.",
    )


def _id(wish: str) -> str:
    """Take the tier off a wish."""
    return wish.partition("=")[2] or wish
