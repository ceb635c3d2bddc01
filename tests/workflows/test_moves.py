# SPDX-License-Identifier: Apache-2.0
"""From a workspace and a file of steps to a schedule on disk; files of steps that cannot be."""

import json
from pathlib import Path

import numpy as np
import pytest

from goldenhour.base.crs import to_lon_lat
from goldenhour.base.errors import BadQuestionError
from goldenhour.cli.main import main
from goldenhour.reports.ledger import Ledger
from goldenhour.workflows.exercise import exercise
from goldenhour.workflows.moves import MovesResult, moves
from goldenhour.workflows.steps_file import read_steps
from goldenhour.workflows.workspace import Workspace, open_workspace

pytestmark = pytest.mark.xdist_group("moves")

STEPS = """
price_people = 40
[[steps]]
at = 2017-11-10T06:00:00Z
[[steps]]
at = 2017-11-13T06:00:00Z
assume = ["front.csv"]
"""
WISHES = {"n_tsp": 3, "n_field_hospitals": 1}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A small exercise."""
    folder = tmp_path_factory.mktemp("moves") / "al-qaim"
    return exercise(folder, name="al-qaim", seed=7, n_structures=1500).workspace


def expected(folder: Path, lon: float, lat: float) -> Path:
    """Write steps in which fire is expected at a place on the second."""
    (folder / "front.csv").write_text(
        "kind,lon,lat,status,cause,seen,source\n"
        f"hazard,{lon},{lat},suspected,direct_fire,2017-11-13T05:00:00Z,planner\n",
        encoding="utf-8",
    )
    (folder / "steps.toml").write_text(STEPS, encoding="utf-8")
    return folder / "steps.toml"


@pytest.fixture(scope="module")
def scheduled(town: Workspace, tmp_path_factory: pytest.TempPathFactory) -> MovesResult:
    """Fire is expected at one of the sites of the first step."""
    folder = tmp_path_factory.mktemp("steps")
    first = moves(town, steps_file=expected(folder, 50.0, 20.0), wishes=WISHES)
    rows = np.array(first.schedule.stages[0].sites[:1], dtype=np.int64)
    spots = first.town.structures
    lon, lat = to_lon_lat(spots.x_m[rows], spots.y_m[rows], first.town.crs)
    steps = expected(folder, float(lon[0]), float(lat[0]))
    return moves(town, steps_file=steps, wishes=WISHES)


def test_what_is_expected_moves_sites_and_is_called_expected(scheduled: MovesResult) -> None:
    """The site under expected fire is not used at that step, and the reason says who says so."""
    first, second = scheduled.schedule.stages
    told = json.loads((scheduled.folder / "moves.json").read_text(encoding="utf-8"))
    assert told["schema"] == "goldenhour.moves/1"
    assert [one["served"] for one in told["steps"]] == [first.served, second.served]
    assert [one["n_assumed"] for one in told["steps"]] == [0, 1]
    assert set(first.sites) - set(second.sites)
    behind = [
        why
        for entry in (*told["moves"], *told["steps"][1]["idle"])
        for why in entry["why"]
        if why["is_assumed"]
    ]
    assert behind
    assert all(set(why["said"]) == {"ar", "en"} and why["reports"] for why in behind)


def test_the_ledger_never_holds_what_is_only_expected(
    town: Workspace, scheduled: MovesResult
) -> None:
    """After a schedule the ledger has the reports that it had before."""
    assumed = {key for step in scheduled.steps for key in step.assumed}
    with Ledger.open(town.ledger) as ledger:
        known = {report.id for report in ledger.everything()}
    assert assumed
    assert not assumed & known


def test_on_the_terminal(
    town: Workspace,
    scheduled: MovesResult,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The command shows a row a step in either language, and the same JSON as the file."""
    steps = expected(tmp_path, 50.0, 20.0)
    command = ["moves", "--in", str(town.folder), "--steps", str(steps), "--tsp", "3"]
    for language, word in (("en", "if nobody moves"), ("ar", "إن لم يتحرك أحد")):
        monkeypatch.setenv("GOLDENHOUR_LANGUAGE", language)
        assert main(command) == 0
        said = capsys.readouterr().out
        assert word in said
        assert said.count("2017-11-1") >= 2
    assert main([*command, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["question"]["n_tsp"] == 3
    assert scheduled.folder != town.folder


BAD = {
    "nothing": "",
    "one step": "[[steps]]\nat = 2017-11-10T06:00:00Z\n",
    "no moment": "[[steps]]\n[[steps]]\nat = 2017-11-10T06:00:00Z\n",
    "a moment twice": "[[steps]]\nat = 2017-11-10T06:00:00Z\n" * 2,
    "out of order": "[[steps]]\nat = 2017-11-10T06:00:00Z\n[[steps]]\nat = 2017-11-09T06:00:00Z\n",
    "no date": '[[steps]]\nat = "soon"\n' * 2,
    "an unknown field": "[[steps]]\nwhen = 1\n" * 2,
    "a number": "steps = 3\n",
    "a price below 0": "price_people = -1\n" + STEPS.replace("price_people = 40", ""),
    "a price that is no number": "price_people = nan\n" + STEPS.replace("price_people = 40", ""),
    "files that are none": "[[steps]]\nat = 2017-11-10T06:00:00Z\nassume = 3\n" * 2,
    "cut": STEPS[:40],
}


@pytest.mark.parametrize("words", BAD.values(), ids=BAD)
def test_steps_that_cannot_be_are_refused(words: str, tmp_path: Path) -> None:
    """Each wrong file of steps is an error with a code, a place and what to do."""
    path = tmp_path / "steps.toml"
    path.write_text(words, encoding="utf-8")
    with pytest.raises(BadQuestionError) as refused:
        read_steps(path)
    assert refused.value.code == "GH435"
    assert refused.value.where
    assert refused.value.do


def test_a_file_of_expectations_that_is_missing_is_an_error(
    town: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be read is not taken for nothing expected."""
    path = tmp_path / "steps.toml"
    path.write_text(STEPS, encoding="utf-8")
    assert main(["moves", "--in", str(town.folder), "--steps", str(path)]) == 2
    assert "front.csv" in capsys.readouterr().err
    assert not list(open_workspace(town.folder).folder.glob("moves/.*"))
