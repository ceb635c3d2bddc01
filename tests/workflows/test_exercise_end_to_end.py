# SPDX-License-Identifier: Apache-2.0
"""The Al Qaim exercise from nothing to a plan: the story's facts come out of the program."""

import json

import pytest

from goldenhour.base.clock import now
from goldenhour.base.grades import Tier
from goldenhour.base.messages import LANGUAGES
from goldenhour.publish.compare_words import summary
from goldenhour.publish.headline import headline
from goldenhour.workflows.compare import compare_plans
from goldenhour.workflows.exercise import exercise
from goldenhour.workflows.plan import PlanResult, plan
from goldenhour.workflows.workspace import open_workspace

pytestmark = pytest.mark.xdist_group("exercise")


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> PlanResult:
    """A small exercise, planned once."""
    folder = tmp_path_factory.mktemp("exercise") / "al-qaim"
    made = exercise(folder, name="al-qaim", seed=2017, n_structures=3000)
    return plan(made.workspace, as_of=made.workspace.as_of or now())


def test_haditha_lies_beyond_the_two_hour_clock(planned: PlanResult) -> None:
    """Surgery has to be local: the referral hospital cannot be reached within two hours."""
    notes = {note.code: dict(note.values) for note in planned.plan.notes}
    assert "siting.referral-beyond-clock" in notes
    assert any("Haditha" in value for value in notes["siting.referral-beyond-clock"].values())


def test_everything_says_exercise(planned: PlanResult) -> None:
    """Nobody can take the products for a real town."""
    for path in planned.files:
        if path.suffix in {".html", ".json", ".gpx"}:
            assert "EXERCISE" in path.read_text(encoding="utf-8"), path.name


def test_the_plan_does_not_know_the_truth(planned: PlanResult) -> None:
    """The truth lies beside the workspace and plays no part in it."""
    truth = planned.folder.parents[1] / "hidden-truth"
    assert list(truth.glob("*.parquet"))
    assert planned.plan.is_provisional


def test_the_same_inputs_give_the_same_plan_byte_for_byte(planned: PlanResult) -> None:
    """Planning again changes no byte of plan.json."""
    before = (planned.folder / "plan.json").read_bytes()
    again = plan(open_workspace(planned.folder.parents[1]), as_of=planned.plan.as_of)
    assert again.plan.id == planned.plan.id
    assert (again.folder / "plan.json").read_bytes() == before


def test_the_chain_is_asked_for(planned: PlanResult) -> None:
    """Every tier of the chain has its coverage."""
    assert {entry.tier for entry in planned.plan.coverage} == {
        Tier.TSP,
        Tier.FIELD_HOSPITAL,
        Tier.REFERRAL,
    }


def test_what_would_change_the_plan_is_told(planned: PlanResult) -> None:
    """Facts and alternatives are in the plan and in its file, and none exceeds its bound."""
    why = planned.plan.explanation
    assert why is not None
    assert why.flips
    assert len(why.next_best) == len(planned.plan.sites)
    for flip in why.flips:
        assert flip.people <= flip.at_most + 1e-6
    told = json.loads((planned.folder / "plan.json").read_text(encoding="utf-8"))
    assert [fact["code"] for fact in told["facts"]] == [flip.said.code for flip in why.flips]
    assert sum(place["people"] for place in told["neighbourhoods"]) == pytest.approx(
        planned.plan.home_people.sum(), abs=0.01
    )


def test_the_plan_against_itself_is_the_same(planned: PlanResult) -> None:
    """Comparing a plan with itself says so, and that it is an exercise."""
    result = compare_plans(planned.folder, planned.folder / "plan.json")
    assert not result.findings
    assert len(result.comparison.kept) == len(planned.plan.sites)
    assert summary(result.comparison, "en")[-1] == "Both are the same plan."
    assert summary(result.comparison, "en")[0].startswith("EXERCISE")


def test_over_worlds_the_plan_promises_what_fresh_worlds_say(planned: PlanResult) -> None:
    """A plan over a few worlds says that they are few, and its file holds every world's count."""
    workspace = open_workspace(planned.folder.parents[1])
    found = plan(workspace, as_of=planned.plan.as_of, wishes={"worlds": {"n": 4}})
    promise = found.plan.promise
    assert promise is not None
    assert found.plan.id != planned.plan.id
    told = json.loads((found.folder / "plan.json").read_text(encoding="utf-8"))["promise"]
    assert told["fresh"]["served"] == promise.fresh.served.tolist()
    assert told["fresh"]["low"] <= told["fresh"]["mean"] <= told["fresh"]["high"]
    state = found.state
    for language in LANGUAGES:
        said = headline(state.town, state.picture, found.plan, language=language)
        assert any(f"{promise.fresh.mean:,.0f}" in sentence for sentence in said)
    codes = [note.code for note in found.plan.notes]
    assert codes[0] == "siting.promise"
    assert "siting.promise-few" in codes
    assert not {"siting.worlds-stopped"} & set(codes)
