# SPDX-License-Identifier: Apache-2.0
"""Bad input ends in a message with a code and exit 2: no traceback, nothing half-written."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import GeometryCollection, LineString, Point

from goldenhour.base.errors import WorkspaceError
from goldenhour.cli import app
from goldenhour.cli.main import main
from goldenhour.workflows.workspace import Workspace, create_workspace


def streets(crs: str | None = "EPSG:4326") -> gpd.GeoDataFrame:
    """Two streets that meet."""
    lines = [LineString([(41.0, 34.4), (41.01, 34.4)]), LineString([(41.01, 34.4), (41.01, 34.41)])]
    return gpd.GeoDataFrame({"highway": ["residential", "primary"]}, geometry=lines, crs=crs)


def structures(crs: str | None = "EPSG:4326") -> gpd.GeoDataFrame:
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


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00", "2017-13-40", "now"]
)
def test_a_moment_that_is_none_is_refused(
    moment: str, good: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A date that no calendar has, or that its zone moves off the calendar, is named."""
    run(capsys, "new", tmp_path / "t", "--streets", good[0], "--structures", good[1])
    code, said = run(capsys, "picture", "--in", tmp_path / "t", "--at", moment)
    assert code == 2, said
    assert "GH113" in said


def test_a_moment_may_be_written_in_arabic_digits() -> None:
    """A date in Arabic digits is the end of that day, like 2017-11-04."""
    arabic = "".join(chr(ord("\u0660") + int(n)) if n.isdigit() else n for n in "2017-11-04")
    assert app.moment(arabic, None) == app.moment("2017-11-04", None)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("", "GH109"),
        ('name = "x', "GH109"),
        ("name = 3", "GH109"),
        ('name = "two\\nlines"', "GH109"),
        ('name = "x"\nquestion = 3', "GH107"),
        ('name = "x"\nas_of = 0001-01-01T00:00:00+05:00', "GH109"),
        ('name = "x"\nas_of = 2017-11-10', "GH109"),
    ],
)
def test_a_broken_town_file_is_told(
    words: str,
    code: str,
    good: tuple[Path, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Settings that a hand has spoiled are named with their file."""
    run(capsys, "new", tmp_path / "t", "--streets", good[0], "--structures", good[1])
    (tmp_path / "t" / "town.toml").write_text(words)
    left, said = run(capsys, "plan", "--in", tmp_path / "t")
    assert left == 2, said
    assert code in said
    assert "town.toml" in said


def test_a_question_that_is_no_table_is_refused(
    good: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A question file whose ``question`` is a number ends in a code."""
    run(capsys, "new", tmp_path / "t", "--streets", good[0], "--structures", good[1])
    (tmp_path / "q.toml").write_text("question = 3")
    code, said = run(capsys, "plan", "--in", tmp_path / "t", "--question", tmp_path / "q.toml")
    assert code == 2, said
    assert "GH107" in said


def test_what_other_programs_leave_in_a_workspace_does_no_harm(
    good: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Finder's and Explorer's files, and the mark that Notepad writes, are passed over."""
    town = tmp_path / "t"
    run(capsys, "new", town, "--streets", good[0], "--structures", good[1])
    for name in (".DS_Store", "Thumbs.db", "._01-streets.parquet"):
        (town / "layers" / name).write_bytes(b"junk")
    settings = town / "town.toml"
    settings.write_text("\ufeff" + settings.read_text(encoding="utf-8"), encoding="utf-8")
    code, said = run(capsys, "check", "--in", town)
    assert code == 0, said


def test_a_name_of_two_lines_is_refused(
    good: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder that other programs cannot open is not made."""
    arguments = ("--streets", good[0], "--structures", good[1])
    code, said = run(capsys, "new", tmp_path / "two\nlines", *arguments)
    assert (code, "GH109" in said) == (2, True), said
    code, said = run(capsys, "new", tmp_path / ("x" * 250), *arguments)
    assert (code, "shorter name" in said) == (5, True), said


def test_a_wrong_setting_is_told_before_any_work(
    good: tuple[Path, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A language that is not spoken leaves nothing behind."""
    monkeypatch.setenv("GOLDENHOUR_LANGUAGE", "xx")
    arguments = ("--streets", good[0], "--structures", good[1])
    code, said = run(capsys, "new", tmp_path / "t", *arguments)
    assert (code, "GH112" in said) == (2, True), said
    assert not (tmp_path / "t").exists()


def test_streets_with_a_vertex_nowhere_are_left_out(
    good: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One vertex without a number makes no town that cannot be planned on."""
    lines = ["[[41, 34.4], [41.01, 34.4]]", "[[41, 34.4], [NaN, 34.4]]"]
    rows = ", ".join(
        '{"type": "Feature", "properties": {"highway": "primary"}, '
        f'"geometry": {{"type": "LineString", "coordinates": {line}}}}}'
        for line in lines
    )
    spoilt = tmp_path / "spoilt.geojson"
    spoilt.write_text(f'{{"type": "FeatureCollection", "features": [{rows}]}}')
    arguments = ("--streets", spoilt, "--structures", good[1])
    code, said = run(capsys, "new", tmp_path / "t", *arguments)
    assert code == 0, said
    assert "impossible-position" in said
    assert ": 1 streets" in said


def test_lines_that_are_none_are_told_with_the_reason(
    good: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A layer of which nothing is usable says what was left out, and why."""
    mixed = GeometryCollection([LineString([(41.0, 34.4), (41.01, 34.4)]), Point(41.0, 34.4)])
    table = gpd.GeoDataFrame({"highway": ["primary"]}, geometry=[mixed], crs="EPSG:4326")
    table.to_file(tmp_path / "mixed.geojson", driver="GeoJSON")
    arguments = ("--streets", tmp_path / "mixed.geojson", "--structures", good[1])
    code, said = run(capsys, "new", tmp_path / "t", *arguments)
    assert (code, "GH105" in said, "Left out: 1 streets" in said) == (2, True, True), said


def test_a_quotation_mark_that_never_closes_is_told(
    good: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A stray mark does not swallow the rows below it."""
    (tmp_path / "b.csv").write_text('lon,lat,name\n41.001,34.4,"open\n41.005,34.4,x\n')
    arguments = ("--streets", good[0], "--structures", tmp_path / "b.csv")
    code, said = run(capsys, "new", tmp_path / "t", *arguments)
    assert (code, "quotation mark" in said) == (2, True), said


def test_a_format_unknown_to_new_is_told_without_an_option_it_lacks(
    good: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``new`` has no ``--as``, so its message does not send anybody there."""
    arguments = ("--streets", nonsense(tmp_path), "--structures", good[1])
    code, said = run(capsys, "new", tmp_path / "t", *arguments)
    assert (code, "--as" in said, "GeoPackage" in said) == (2, False, True), said


def test_ids_that_repeat_are_told(
    good: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who names a site by the file's id learns that the file's ids do not serve."""
    structures().assign(id="same").to_file(tmp_path / "same.gpkg", driver="GPKG")
    arguments = ("--streets", good[0], "--structures", tmp_path / "same.gpkg")
    code, said = run(capsys, "new", tmp_path / "t", *arguments)
    assert (code, "ids-not-used" in said) == (0, True), said


def test_a_damaged_ledger_is_found_by_the_check(
    good: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A page that the disk has lost is found though the reports can still be counted."""
    run(capsys, "new", tmp_path / "t", "--streets", good[0], "--structures", good[1])
    ledger = tmp_path / "t" / "ledger.db"
    content = bytearray(ledger.read_bytes())
    content[-4096:] = b"\x07" * 4096
    ledger.write_bytes(content)
    code, said = run(capsys, "check", "--in", tmp_path / "t")
    assert (code, "GH503" in said) == (5, True), said


def test_a_ledger_on_a_locked_stick_can_be_merged(
    good: tuple[Path, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What cannot be written to can still be read from."""
    for name in ("ours", "theirs"):
        run(capsys, "new", tmp_path / name, "--streets", good[0], "--structures", good[1])
    stick = tmp_path / "theirs"
    may = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != stick and may(path, mode))
    before = sorted(stick.iterdir())
    code, said = run(capsys, "merge", "--in", tmp_path / "ours", stick / "ledger.db")
    assert code == 0, said
    assert sorted(stick.iterdir()) == before


def test_of_two_that_make_one_workspace_the_second_is_refused(
    good: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A town that appeared while ours was being made is not replaced."""
    town = tmp_path / "t"

    def meanwhile(made: Workspace) -> None:
        """Let somebody else finish first."""
        assert made.folder != town
        run(capsys, "new", town, "--streets", good[0], "--structures", good[1])

    with pytest.raises(WorkspaceError, match="already something"):
        create_workspace(town, name="t", as_of=None, fill=meanwhile)
    assert run(capsys, "check", "--in", town)[0] == 0
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_report_from_the_future_is_told(
    good: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A slip in a date does not hide a closed street in silence."""
    run(capsys, "new", tmp_path / "t", "--streets", good[0], "--structures", good[1])
    message = "kind,lon,lat,state,seen,source\nstreet,41.005,34.4,closed,2999-01-01,driver\n"
    (tmp_path / "m.csv").write_text(message)
    code, said = run(capsys, "read", "--in", tmp_path / "t", tmp_path / "m.csv")
    assert (code, "seen-in-the-future" in said, "1 new" in said) == (0, True, True), said


def test_a_town_where_nothing_stands_has_no_plan(
    good: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All destroyed: exit 4 with the rules' counts, and no folder of a plan."""
    town = tmp_path / "t"
    run(capsys, "new", town, "--streets", good[0], "--structures", good[1])
    graded = structures()[["geometry"]].assign(
        Main_Damage_Site_Class="Destroyed", SensorDate="2020-01-01"
    )
    graded.to_file(tmp_path / "unosat.geojson", driver="GeoJSON")
    assert "3 new" in run(capsys, "read", "--in", town, tmp_path / "unosat.geojson")[1]
    code, said = run(capsys, "plan", "--in", town, "--tsp", 1, "--field-hospitals", 1)
    assert (code, "GH403" in said, "damage 3" in said) == (4, True, True), said
    assert not list((town / "plans").iterdir())


@pytest.mark.parametrize("options", [("--structures", 3), ("--seed", -1), ("--seed", 10**30)])
def test_an_exercise_that_cannot_be_made_is_refused(
    options: tuple[str, int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Too few structures and impossible seeds end before any work."""
    folder = tmp_path / "e"
    assert run(capsys, "exercise", "al-qaim", "--to", folder, *options)[0] == 2
    assert not folder.exists()
