# SPDX-License-Identifier: Apache-2.0
"""Bad input ends in a message with a code and exit 2: no traceback, nothing half-written."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import LineString, Point

from goldenhour.cli.main import main

Streets = gpd.GeoDataFrame


def streets(crs: str | None = "EPSG:4326") -> Streets:
    """Two streets that meet."""
    lines = [LineString([(41.0, 34.4), (41.01, 34.4)]), LineString([(41.01, 34.4), (41.01, 34.41)])]
    return gpd.GeoDataFrame({"highway": ["residential", "primary"]}, geometry=lines, crs=crs)


def structures(crs: str | None = "EPSG:4326") -> Streets:
    """Three houses beside them."""
    points = [Point(41.001, 34.4001), Point(41.005, 34.4001), Point(41.0101, 34.405)]
    return gpd.GeoDataFrame({"use": ["house", None, "school"]}, geometry=points, crs=crs)


@pytest.fixture
def good(tmp_path: Path) -> tuple[Path, Path]:
    """Files that are as they should be."""
    street_file, structure_file = tmp_path / "s.gpkg", tmp_path / "b.gpkg"
    streets().to_file(street_file, driver="GPKG")
    structures().to_file(structure_file, driver="GPKG")
    return street_file, structure_file


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    """Run one command; give its exit code and what it said."""
    code = main([str(entry) for entry in arguments])
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    return code, said.out + said.err


def swapped(folder: Path) -> Path:
    """Streets whose latitudes stand where longitudes belong, far from the structures."""
    table = streets()
    table.geometry = table.geometry.map(lambda line: LineString([(y, x) for x, y in line.coords]))
    table.to_file(folder / "swapped.gpkg", driver="GPKG")
    return folder / "swapped.gpkg"


def no_crs(folder: Path) -> Path:
    """Streets that do not say what their coordinates are."""
    streets(crs=None).to_parquet(folder / "nocrs.parquet")
    return folder / "nocrs.parquet"


def empty(folder: Path) -> Path:
    """A file without a byte."""
    (folder / "empty.osm.pbf").touch()
    return folder / "empty.osm.pbf"


def wrong_type(folder: Path) -> Path:
    """A picture that calls itself a map."""
    (folder / "photo.gpkg").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(300))
    return folder / "photo.gpkg"


def nonsense(folder: Path) -> Path:
    """A file of a kind that nobody reads."""
    (folder / "notes.xyz").write_text("hello")
    return folder / "notes.xyz"


def folder_itself(folder: Path) -> Path:
    """A folder where a file is wanted."""
    (folder / "things").mkdir()
    return folder / "things"


def missing(folder: Path) -> Path:
    """A file that is not there."""
    return folder / "nowhere.gpkg"


def no_rows(folder: Path) -> Path:
    """A layer of streets without a street."""
    path = folder / "norows.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": []}))
    return path


BAD = (swapped, no_crs, empty, wrong_type, nonsense, folder_itself, missing, no_rows)


@pytest.mark.parametrize("make", BAD, ids=lambda make: make.__name__)
def test_bad_streets_are_refused_and_nothing_is_left(
    make: Callable[[Path], Path],
    good: tuple[Path, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A file that cannot be used ends in a code and exit 2, and no workspace appears."""
    town = tmp_path / "out" / "town"
    town.parent.mkdir()
    code, said = run(capsys, "new", town, "--streets", make(tmp_path), "--structures", good[1])
    assert code == 2, said
    assert "[GH1" in said
    assert not list(town.parent.iterdir())


@pytest.mark.parametrize("make", [empty, wrong_type, nonsense, folder_itself, missing])
def test_bad_reports_are_refused_and_the_ledger_is_as_before(
    make: Callable[[Path], Path],
    good: tuple[Path, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A file that cannot be read adds nothing."""
    town = tmp_path / "town"
    assert run(capsys, "new", town, "--streets", good[0], "--structures", good[1])[0] == 0
    code, said = run(capsys, "read", "--in", town, make(tmp_path))
    assert code == 2, said
    assert "0 reports" in run(capsys, "check", "--in", town)[1]


@pytest.mark.real_data
def test_a_cut_extract_is_refused(
    real_data: Path, good: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An OpenStreetMap extract whose end is missing is not half a town."""
    whole = (real_data / "osm_pbf" / "vavuniya.osm.pbf").read_bytes()
    cut = tmp_path / "cut.osm.pbf"
    cut.write_bytes(whole[: len(whole) // 2])
    code, said = run(capsys, "new", tmp_path / "t", "--streets", cut, "--structures", good[1])
    assert code == 2, said
    assert "cut.osm.pbf" in said


def test_a_workspace_is_not_overwritten(
    good: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Making a town where something is already there is refused."""
    arguments = ("new", tmp_path / "town", "--streets", good[0], "--structures", good[1])
    assert run(capsys, *arguments)[0] == 0
    code, said = run(capsys, *arguments)
    assert code == 2
    assert "GH109" in said


@pytest.mark.parametrize(
    "words",
    ["n_tsp = 0", "n_tsp = 'many'", "colour = 1", "tsp_clock_s = 9000", "not toml at all ["],
)
def test_a_question_without_sense_is_refused(
    words: str, good: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A question that no plan can answer is refused before any work."""
    town, question = tmp_path / "town", tmp_path / "q.toml"
    run(capsys, "new", town, "--streets", good[0], "--structures", good[1])
    question.write_text(words)
    code, said = run(capsys, "plan", "--in", town, "--question", question)
    assert code == 2, said
    assert "GH107" in said
    assert not list((town / "plans").iterdir())


def test_a_cut_ledger_is_told(
    good: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A ledger that is not whole is named, with exit 5."""
    town = tmp_path / "town"
    run(capsys, "new", town, "--streets", good[0], "--structures", good[1])
    ledger = town / "ledger.db"
    ledger.write_bytes(ledger.read_bytes()[:1000])
    code, said = run(capsys, "plan", "--in", town)
    assert code == 5, said
    assert "ledger.db" in said


def test_a_workspace_can_be_carried_elsewhere(
    good: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A copied folder is the same town."""
    run(capsys, "new", tmp_path / "a", "--streets", good[0], "--structures", good[1])
    shutil.copytree(tmp_path / "a", tmp_path / "القائم")
    assert run(capsys, "check", "--in", tmp_path / "القائم")[0] == 0


def test_wrong_use_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown verb or a missing folder ends in exit 2."""
    assert run(capsys, "dance")[0] == 2
    assert run(capsys, "plan", "--in", "/nowhere")[0] == 2
    assert run(capsys, "picture", "--in", "/nowhere", "--at", "yesterday")[0] == 2
