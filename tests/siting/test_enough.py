# SPDX-License-Identifier: Apache-2.0
"""A share of the people that must be served: met, refused with the conflict, or left open."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.base import messages
from goldenhour.base.errors import BadQuestionError, NoPlanError
from goldenhour.siting.asking.question import Question
from goldenhour.siting.propose import propose
from tests.siting.cases import Case, case

QUESTION = Question(n_tsp=1, n_field_hospitals=1, tsp_clock_s=120.0)


def share_of(start: Case, question: Question) -> float:
    """Best share of the people that a question without the demand serves."""
    plan = propose(*start, replace(question, least_served_share=0.0), questioned=False)
    return plan.proof.objective / float(plan.home_people.sum())


def refusal(start: Case, question: Question) -> NoPlanError:
    """Ask for more than can be."""
    with pytest.raises(NoPlanError) as caught:
        propose(*start, question)
    return caught.value


def test_a_share_that_is_met_changes_nothing() -> None:
    """Asking for what the best plan serves gives that plan."""
    start = case()
    best = share_of(start, QUESTION)
    plan = propose(*start, replace(QUESTION, least_served_share=best), questioned=False)
    assert plan.proof.objective / float(plan.home_people.sum()) == best


@pytest.mark.laws
@settings(max_examples=6, deadline=None)
@given(st.integers(0, 200), st.floats(0.02, 0.3))
def test_what_is_said_to_do_does(seed: int, more: float) -> None:
    """Each change that is offered makes a plan, alone, and one step less does not."""
    start = case(seed, n_structures=50)
    asked = min(1.0, share_of(start, QUESTION) + more)
    error = refusal(start, replace(QUESTION, least_served_share=asked))
    codes = {code for code, _ in error.conflict}
    assert "siting.demand-served" in codes
    for code, values in error.relaxations:
        said = dict(values)
        if code == "siting.relax-count-tsp":
            n = int(said["n"])
            assert share_of(start, replace(QUESTION, n_tsp=n)) >= asked
            assert share_of(start, replace(QUESTION, n_tsp=n - 1)) < asked
        if code == "siting.relax-clock-tsp":
            clock_s = 60.0 * float(said["minutes"])
            assert share_of(start, replace(QUESTION, tsp_clock_s=clock_s)) >= asked
            assert share_of(start, replace(QUESTION, tsp_clock_s=clock_s - 60)) < asked
        if code == "siting.relax-served":
            assert float(said["share"]) / 100 <= share_of(start, QUESTION)


def test_everybody_in_two_minutes_is_too_much_for_any_number() -> None:
    """Everyone within two minutes: share and clock alone conflict, whatever the number of sites."""
    error = refusal(case(), replace(QUESTION, least_served_share=1.0))
    codes = [code.removeprefix("siting.demand-") for code, _ in error.conflict]
    assert codes == ["served", "clock-tsp"]


def test_some_more_people_than_one_point_serves() -> None:
    """Where more points could do, their number is in the conflict too, and more of them do."""
    start = case()
    asked = share_of(start, QUESTION) + 0.1
    error = refusal(start, replace(QUESTION, least_served_share=asked))
    codes = [code.removeprefix("siting.demand-") for code, _ in error.conflict]
    assert codes == ["served", "count-tsp", "clock-tsp"]
    assert len(error.relaxations) == 3
    for code, values in (*error.conflict, *error.relaxations):
        for language in messages.LANGUAGES:
            assert "{" not in messages.say(code, language, **dict(values))


def test_rules_leave_it_open() -> None:
    """With a distance asked for, too few served is told, and nothing is called impossible."""
    question = replace(QUESTION, n_tsp=2, least_served_share=1.0, spacing_m=200.0)
    plan = propose(*case(), question, questioned=False)
    assert plan.notes[0].code == "siting.least-share-open"


def test_a_share_beyond_one_is_refused() -> None:
    """More than everybody cannot be asked for."""
    with pytest.raises(BadQuestionError):
        propose(*case(), replace(QUESTION, least_served_share=1.2))
