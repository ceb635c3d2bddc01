# SPDX-License-Identifier: Apache-2.0
"""What changed since a moment, which reports are behind it, and which plans it makes stale."""

import json
from datetime import timedelta

import pytest

from goldenhour.base.errors import InputError
from goldenhour.base.grades import Grade, Reliability, Tier, Verdict
from goldenhour.cli.main import main
from goldenhour.reports.ledger import Ledger
from goldenhour.reports.make import make
from goldenhour.reports.report import Source
from goldenhour.reports.said import VisitSaid
from goldenhour.workflows.changed import changed
from goldenhour.workflows.exercise import exercise
from goldenhour.workflows.plan import PlanResult, plan
from goldenhour.workflows.workspace import Workspace, open_workspace

pytestmark = pytest.mark.xdist_group("changed")
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> PlanResult:
    """A small exercise, planned; an hour later a team finds its first point destroyed."""
    folder = tmp_path_factory.mktemp("changed") / "al-qaim"
    workspace = exercise(folder, name="al-qaim", seed=7, n_structures=600).workspace
    assert workspace.as_of is not None
    made = plan(workspace, as_of=workspace.as_of, wishes={"n_tsp": 2, "n_field_hospitals": 1})
    seen = made.plan.as_of + HOUR
    found = make(
        VisitSaid(grade=Grade.G3, verdict=Verdict.UNFIT, reasons=("collapsed",)),
        source=Source(name="فريق الميدان", reliability=Reliability.A, exercise=True),
        seen_from=seen,
        recorded_at=seen,
        about=first_site(made),
    )
    with Ledger.open(workspace.ledger) as ledger:
        ledger.add([found])
    return made


def first_site(made: PlanResult) -> str:
    """Id of the first stabilisation point."""
    row = next(site.structure for site in made.plan.sites if site.tier is Tier.TSP)
    return str(made.state.town.structures.id[row])


def workspace_of(made: PlanResult) -> Workspace:
    """Where it lies."""
    return open_workspace(made.folder.parents[1])


def test_a_visit_makes_the_plan_stale(planned: PlanResult) -> None:
    """The structure, the report behind it and the plan that rests on it are named."""
    as_of = planned.plan.as_of
    result = changed(workspace_of(planned), since=as_of, as_of=as_of + 2 * HOUR)
    ids = result.town.structures.id[result.changes.structures]
    assert ids[0] == first_site(planned)
    behind = [result.now.reports[at] for at in result.changes.new_reports]
    assert [report.about for report in behind if isinstance(report.said, VisitSaid)] == [ids[0]]
    assert first_site(planned) in result.became_unfit[Tier.TSP]
    (stale,) = result.plans
    assert stale.folder == planned.folder
    assert stale.refused == (first_site(planned),)
    assert result.n_plans == 1


def test_nothing_new_is_nothing_changed(planned: PlanResult) -> None:
    """A second in which nobody reported anything leaves beliefs and plans as they are."""
    as_of = planned.plan.as_of
    second = timedelta(seconds=1)
    result = changed(workspace_of(planned), since=as_of, as_of=as_of + second)
    assert not len(result.changes.structures)
    assert not len(result.changes.streets)
    assert result.changes.new_reports == result.changes.gone_reports == ()
    assert result.plans == ()


def test_a_plan_made_later_is_not_held_against_it(planned: PlanResult) -> None:
    """Only plans made by the earlier moment can have become stale since."""
    as_of = planned.plan.as_of
    result = changed(workspace_of(planned), since=as_of - HOUR, as_of=as_of + 2 * HOUR)
    assert (result.n_plans, result.plans) == (0, ())


def test_the_terminal_says_it_in_words_and_in_json(
    planned: PlanResult, capsys: pytest.CaptureFixture[str]
) -> None:
    """Counts, what was and is believed, and stale plans; the same as JSON."""
    workspace, as_of = workspace_of(planned), planned.plan.as_of
    moments = [f"--changed-since={as_of:%Y-%m-%dT%H:%M}", f"--at={as_of + 2 * HOUR:%Y-%m-%dT%H:%M}"]
    assert main(["picture", "--in", str(workspace.folder), *moments]) == 0
    said = capsys.readouterr().out
    assert f"a rule refuses now: {first_site(planned)}" in said
    assert "1 of 1 plans made by then have a site that changed" in said
    assert main(["picture", "--in", str(workspace.folder), *moments, "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["structures"][0]["id"] == first_site(planned)
    assert content["structures"][0]["now"].startswith("G3")
    assert content["plans"][0]["id"] == planned.folder.name


def test_a_plan_that_cannot_be_read_is_named(planned: PlanResult) -> None:
    """A cut plan.json is a finding: whether that plan is stale is not known."""
    workspace, as_of = workspace_of(planned), planned.plan.as_of
    broken = workspace.folder / "plans" / "broken"
    broken.mkdir()
    try:
        (broken / "plan.json").write_text('{"as_of": "2017', encoding="utf-8")
        result = changed(workspace, since=as_of, as_of=as_of + 2 * HOUR)
        assert "plan-not-read" in {finding.code for finding in result.findings}
        assert len(result.plans) == 1
    finally:
        (broken / "plan.json").unlink()
        broken.rmdir()


def test_a_word_that_is_no_date_is_named_with_its_option(
    planned: PlanResult, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who mistypes the earlier moment is told which option to mend."""
    folder = str(workspace_of(planned).folder)
    assert main(["picture", "--in", folder, "--changed-since", "yesterday"]) == 2
    said = capsys.readouterr().err
    assert "GH113" in said
    assert "where: --changed-since" in said


def test_the_earlier_moment_comes_first(planned: PlanResult) -> None:
    """Moments the wrong way round are refused by name."""
    as_of = planned.plan.as_of
    with pytest.raises(InputError):
        changed(workspace_of(planned), since=as_of, as_of=as_of)
