# SPDX-License-Identifier: Apache-2.0
"""Two plans side by side: what differs, what does not, and files that cannot be compared."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenhour.base.errors import GoldenHourError
from goldenhour.base.grades import Tier
from goldenhour.base.messages import LANGUAGES
from goldenhour.cli.main import main
from goldenhour.publish import plan_json
from goldenhour.publish.compare_words import sections, summary, table, to_json
from goldenhour.siting.explaining.compare import (
    PlaceServed,
    PlannedSite,
    PlanOnFile,
    Within,
    compare,
)
from goldenhour.siting.plain.result import ProofStatus
from goldenhour.siting.plan import SiteStanding
from goldenhour.workflows.compare import compare_plans, read_plan
from tests.plans import answer

SITES = st.lists(
    st.tuples(st.sampled_from([Tier.TSP, Tier.FIELD_HOSPITAL]), st.sampled_from("abcdef")),
    unique=True,
    max_size=6,
)
COUNTS = st.dictionaries(st.sampled_from("pqrs"), st.integers(0, 900), max_size=4)


def plan_of(
    sites: list[tuple[Tier, str]], places: dict[str, int], reports: dict[str, int]
) -> PlanOnFile:
    """Make a plan on file."""
    return PlanOnFile(
        id=str(sites),
        town="town",
        as_of="2017-11-10T06:00:00Z",
        question={"n_tsp": str(len(sites))},
        sites=tuple(
            PlannedSite(
                label=f"TSP {at}",
                tier=tier,
                structure_id=key,
                name=key,
                standing=SiteStanding.PROVISIONAL,
                people_served=5.0,
            )
            for at, (tier, key) in enumerate(sites)
        ),
        coverage=(
            Within(tier=Tier.TSP, clock_s=600.0, people=4000.0, served=float(sum(places.values()))),
        ),
        status=ProofStatus.GAP,
        objective=float(sum(places.values())),
        bound=4000.0,
        places=tuple(PlaceServed(id=key, name=key, served=n) for key, n in places.items()),
        reports=reports,
    )


PLANS = st.builds(plan_of, SITES, COUNTS, COUNTS)


@pytest.mark.laws
@given(PLANS, PLANS)
def test_turned_round_gains_are_losses(a: PlanOnFile, b: PlanOnFile) -> None:
    """What one way is added, gained or more is dropped, lost or fewer the other way."""
    one, other = compare(a, b), compare(b, a)
    assert {site.structure_id for site in one.added} == {
        site.structure_id for site in other.dropped
    }
    assert [(gain.what, gain.a, gain.b) for gain in one.gains] == [
        (loss.what, loss.b, loss.a) for loss in other.losses
    ]
    assert {(pair.what, pair.a, pair.b) for pair in one.reports} == {
        (pair.what, pair.b, pair.a) for pair in other.reports
    }
    assert len(one.kept) + len(one.added) == len(b.sites)
    assert len(one.kept) + len(one.dropped) == len(a.sites)
    changed = sum(pair.b - pair.a for pair in (*one.gains, *one.losses))
    assert changed == b.objective - a.objective


@pytest.mark.laws
@given(PLANS)
def test_a_plan_against_itself_changes_nothing(plan: PlanOnFile) -> None:
    """Every site is kept, nobody gains or loses, nothing was asked differently."""
    same = compare(plan, plan)
    assert same.kept == plan.sites
    assert not any((same.added, same.dropped, same.gains, same.losses, same.asked))
    assert len(summary(same, "en")) == 1


def write(folder: Path, **changes: Any) -> Path:  # noqa: ANN401 - any JSON value
    """Write a plan, and change some of its parts."""
    case = answer()
    folder.mkdir(exist_ok=True)
    plan_json.write(
        folder / "plan.json",
        town=case.town,
        picture=case.picture,
        plan=case.plan,
        screening=case.screening,
    )
    words = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    for name, value in changes.items():
        if value is None:
            del words[name]
        else:
            words[name] = value
    (folder / "plan.json").write_text(json.dumps(words), encoding="utf-8")
    return folder


def test_folders_and_files_are_read_alike(tmp_path: Path) -> None:
    """A plan's folder or its plan.json may be named."""
    folder = write(tmp_path / "a")
    assert read_plan(folder) == read_plan(folder / "plan.json")
    assert read_plan(folder).question["unknown_streets"] == "passable"
    assert read_plan(folder).question["casualties.red_share"]


def test_what_changed_is_said_in_both_languages(tmp_path: Path) -> None:
    """Another question, another site, another report: each has its line, in English and Arabic."""
    first = write(tmp_path / "a")
    words = json.loads((first / "plan.json").read_text(encoding="utf-8"))
    sites = [{**words["sites"][0], "structure_id": "another"}, *words["sites"][1:]]
    second = write(
        tmp_path / "b",
        id="other",
        sites=sites,
        question={**words["question"], "n_tsp": 5},
        proof={**words["proof"], "objective": words["proof"]["objective"] + 40, "bound": None},
        report_sources=[{"name": "new source", "n_reports": 3}],
    )
    result = compare_plans(first, second)
    assert result.findings == ()
    assert [site.structure_id for site in result.comparison.added] == ["another"]
    for language in LANGUAGES:
        text = "\n".join(
            (
                *summary(result.comparison, language),
                *(" ".join(row) for row in table(result.comparison, language)),
                *(line for one in sections(result.comparison, language) for line in one.lines),
            )
        )
        assert "another" in text
        assert "new source" in text
        assert "40" in text
        assert "{" not in text
    content = to_json(result.comparison)
    json.dumps(content, allow_nan=False)
    assert content["exercise"] is True
    assert content["unbounded"] == ["b/bound", "b/gap_share"]


def test_an_older_plan_is_compared_as_far_as_it_goes(tmp_path: Path) -> None:
    """A file without neighbourhoods or report counts leaves these parts out, and says so."""
    first = write(tmp_path / "a", neighbourhoods=None, report_sources=None, facts=None)
    result = compare_plans(first, write(tmp_path / "b", layers=[{"sha256": "other"}]))
    assert [finding.code for finding in result.findings] == [
        "plan-no-neighbourhoods",
        "plan-no-report-counts",
        "plans-of-different-layers",
    ]
    assert not result.comparison.gains
    assert to_json(result.comparison)["gains"] is None


def test_plans_of_two_towns_are_refused(tmp_path: Path) -> None:
    """Numbers of two towns are never put side by side."""
    first, second = write(tmp_path / "a"), write(tmp_path / "b", town="elsewhere")
    with pytest.raises(GoldenHourError) as caught:
        compare_plans(first, second)
    assert caught.value.code == "GH429"


def test_other_people_or_clocks_are_warned_of(tmp_path: Path) -> None:
    """Where people or clocks differ, the reader is told that the numbers do not compare."""
    first = write(tmp_path / "a")
    words = json.loads((first / "plan.json").read_text(encoding="utf-8"))
    coverage = [{**words["coverage"][0], "people": 9.0, "clock_s": 900.0}]
    result = compare_plans(first, write(tmp_path / "b", id="other", coverage=coverage))
    assert len(summary(result.comparison, "en")) == 4
    assert any(row.b == "-" for row in table(result.comparison, "en"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "GH428"),
        ('{"schema": "goldenhour.plan/1", "id":', "GH428"),
        ("[1, 2]", "GH428"),
        ('"text"', "GH428"),
        ("{}", "GH428"),
        ('{"schema": 7}', "GH428"),
        ('{"schema": "goldenhour.reach/1"}', "GH428"),
        ('{"schema": "goldenhour.plan/x"}', "GH428"),
        ('{"schema": "goldenhour.plan/99"}', "GH430"),
        ('{"schema": "goldenhour.plan/1"}', "GH428"),
        ("[" * 100_000, "GH428"),
    ],
)
def test_what_is_no_plan_is_told(tmp_path: Path, text: str, code: str) -> None:
    """A cut file, another kind of file, or a plan of a newer program is one clear error."""
    (tmp_path / "plan.json").write_text(text, encoding="utf-8")
    with pytest.raises(GoldenHourError) as caught:
        read_plan(tmp_path)
    assert caught.value.code == code
    assert caught.value.do


@pytest.mark.parametrize(
    "changes",
    [
        {"sites": "none"},
        {"sites": [{}]},
        {"sites": [7]},
        {"question": ["n_tsp"]},
        {"coverage": [{"tier": "moon"}]},
        {"coverage": None},
        {"proof": {"status": "optimal", "objective": "many", "bound": 1}},
        {"proof": {"status": "optimal", "objective": float("nan"), "bound": 1}},
        {"proof": {"status": "best", "objective": 1, "bound": 1}},
        {"proof": {"status": "gap", "objective": True, "bound": 1}},
        {"proof": {"status": "gap", "objective": 10**400, "bound": 1}},
        {"neighbourhoods": [{"id": 3}]},
        {"report_sources": [{"name": "x", "n_reports": "three"}]},
        {"layers": ["x"]},
        {"town": 5},
    ],
)
def test_a_damaged_part_is_told(tmp_path: Path, changes: dict[str, Any]) -> None:
    """A part that is not what it should be is named, never counted as nothing."""
    folder = write(tmp_path / "a", **changes)
    with pytest.raises(GoldenHourError) as caught:
        read_plan(folder)
    assert caught.value.code == "GH428"


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    """A picture under the name of a plan is refused, and so is a folder without one."""
    (tmp_path / "plan.json").write_bytes(b"\x89PNG\xff\xfe")
    for path in (tmp_path / "plan.json", tmp_path / "gone"):
        with pytest.raises(GoldenHourError) as caught:
            read_plan(path)
        assert caught.value.code == "GH428"


def test_the_command_prints_a_table_or_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the terminal two plans are a table, for programs JSON; two towns end with exit code 2."""
    first, second = str(write(tmp_path / "a")), str(write(tmp_path / "b", id="other"))
    assert main(["compare", first, second]) == 0
    assert "Sites in both" in capsys.readouterr().out
    assert main(["compare", first, second, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["schema"] == "goldenhour.comparison/1"
    strange = str(write(tmp_path / "c", town="elsewhere"))
    assert main(["compare", first, strange]) == 2
    assert "GH429" in capsys.readouterr().err


def test_the_gap_of_a_plan_that_serves_nobody() -> None:
    """Nobody served and a bound above it is an endless gap; a met bound is none."""
    plan = plan_of([], {}, {})
    assert plan.gap_share == float("inf")
    assert replace(plan, bound=0.0).gap_share == 0.0
