# SPDX-License-Identifier: Apache-2.0
"""`goldenhour reach` on the terminal: what it answers, and how it refuses."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import LineString, Point

from goldenhour.base.errors import InputError
from goldenhour.cli.app import app
from goldenhour.cli.durations import durations
from goldenhour.cli.main import main

Run = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two streets that meet, three houses beside them and one in the desert."""
    folder = tmp_path_factory.mktemp("reach")
    lines = [LineString([(41.0, 34.4), (41.01, 34.4)]), LineString([(41.01, 34.4), (41.01, 34.41)])]
    streets = gpd.GeoDataFrame({"highway": ["residential", "primary"]}, geometry=lines, crs=4326)
    points = [(41.001, 34.4001), (41.005, 34.4001), (41.0101, 34.405), (41.0, 34.43)]
    houses = gpd.GeoDataFrame(
        {
            "id": ["h-1", "h-2", "h-3", "h-4"],
            "name": ["Clinic", "Mill", "Mill", "Well"],
            "name:ar": ["عيادة", "", "", ""],
        },
        geometry=[Point(*point) for point in points],
        crs=4326,
    )
    streets.to_file(folder / "s.gpkg", driver="GPKG")
    houses.to_file(folder / "b.gpkg", driver="GPKG")
    made = folder / "town"
    arguments = ["--streets", str(folder / "s.gpkg"), "--structures", str(folder / "b.gpkg")]
    assert main(["new", str(made), *arguments]) == 0
    return made


@pytest.fixture
def run(town: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run `goldenhour reach` on that town."""
    capsys.readouterr()

    def reach(*arguments: str, at: str = "2020-01-01") -> tuple[int, str]:
        code = main(["reach", "--in", str(town), "--at", at, *arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return code, said.out + said.err

    yield reach
    assert not list(town.glob("reach/.*"))


def answer(town: Path) -> dict[str, object]:
    """The newest answer on disk."""
    newest = max(town.glob("reach/*/reach.json"), key=lambda path: path.stat().st_mtime_ns)
    content: dict[str, object] = json.loads(newest.read_text(encoding="utf-8"))
    return content


def test_it_counts_who_is_within_reach_and_what_nobody_knows(run: Run) -> None:
    """Bands, unknown streets, the house that joins no street, and the files are all told."""
    code, said = run("--from", "h-1", "--within", "10min,1h")
    assert code == 0
    assert "within" in said
    assert "10 min" in said
    assert "1 h" in said
    assert "No report is known at this moment" in said
    assert "join no open street, and so count as not reached: 1" in said
    for name in ("map.html", "reach.json", "reach.gpkg", "reach.geojson"):
        assert name in said


def test_a_site_is_found_by_its_arabic_name_and_given_once(run: Run, town: Path) -> None:
    """The id and the Arabic name of one house are one site; the second is noted."""
    code, said = run("--from", "h-1", "--from", "عيادة")
    assert code == 0
    assert "site-named-twice" in said
    assert len(answer(town)["sites"]) == 1  # type: ignore[arg-type] # a list


def test_several_sites_get_a_table_of_their_own(run: Run) -> None:
    """Two sites are lettered, and each has its share."""
    code, said = run("--from", "h-1", "--from", "41.0101,34.405", "--within", "10min")
    assert code == 0
    assert "nearest to it" in said
    assert "[B]" in said


def test_every_way_to_ask_has_an_answer_of_its_own(run: Run, town: Path) -> None:
    """Direction, means and worlds give another answer in another folder."""
    ids = set()
    for options in ((), ("--outward",), ("--mode", "vehicle"), ("--worlds", "3")):
        assert run("--from", "h-1", *options)[0] == 0
        ids.add(answer(town)["id"])
    assert len(ids) == 4


def test_it_speaks_json(run: Run) -> None:
    """For other programs the numbers come as JSON alone on standard output."""
    _, said = run("--from", "h-1", "--json")
    content, _ = json.JSONDecoder().raw_decode(said[said.index("{\n") :])
    assert content["schema"] == "goldenhour.reach/1"
    assert content["bands"][0]["limit_s"] == 600


def test_it_speaks_arabic(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The terminal's language is the reader's."""
    monkeypatch.setenv("GOLDENHOUR_LANGUAGE", "ar")
    _, said = run("--from", "h-1")
    assert "الوصول" in said
    assert "عدد المباني التي لا تتصل" in said


@pytest.mark.parametrize(
    ("arguments", "code", "hint"),
    [
        (("--from", "Nowhere"), "GH108", "lon,lat"),
        (("--from", "Clinc"), "GH108", "Did you mean Clinic"),
        (("--from", "Mill"), "GH108", "names 2 things"),
        (("--from", "12.5,41.9"), "GH108", "lies outside"),
        (("--from", "34.4,41.005"), "GH108", "Write longitude first"),
        (("--from", "h-4"), "GH146", "joins no street"),
        (("--from", "h-1", "--within", "0min"), "GH149", "10min"),
        (("--from", "h-1", "--within", "-5min"), "GH149", "10min"),
        (("--from", "h-1", "--within", "soon"), "GH149", "10min"),
        (("--from", "h-1", "--within", "10"), "GH149", "not a duration"),
        (("--from", "h-1", "--within", "2000h"), "GH149", "24 hours"),
        (("--from", "h-1", "--within", ","), "GH149", "limits"),
        (("--from", "h-1", "--at", "yesterday"), "GH113", "not a date"),
    ],
)
def test_bad_input_is_refused_by_name(
    run: Run, arguments: tuple[str, ...], code: str, hint: str
) -> None:
    """What cannot be answered ends with exit 2, a code and what to do."""
    exit_code, said = run(*arguments)
    assert exit_code == 2
    assert f"[{code}]" in said
    assert hint in said


@pytest.mark.parametrize("arguments", [(), ("--from", "h-1", "--mode", "plane")])
def test_missing_and_foreign_options_are_refused(run: Run, arguments: tuple[str, ...]) -> None:
    """Without a place, or with means that nobody has, there is no answer."""
    assert run(*arguments)[0] == 2


def test_a_dead_scheduler_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """If nobody answers at the address, exit 3 says so and nothing is written."""
    monkeypatch.setattr("goldenhour.workflows.scheduler._CONNECT_S", 0.5)
    code, said = run("--from", "h-1", "--worlds", "2", "--scheduler", "tcp://127.0.0.1:1")
    assert code == 3
    assert "GH152" in said


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_told(run: Run, town: Path) -> None:
    """Exit 5 names the folder."""
    mode = town.stat().st_mode
    town.chmod(0o555)
    try:
        code, said = run("--from", "h-2", "--within", "3min")
    finally:
        town.chmod(mode)
    assert code == 5
    assert "reach" in said


def test_a_file_where_the_folder_belongs_is_told(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where something else is called `reach`, exit 5 says that writing failed."""
    other = tmp_path / "town"
    (other / "layers").mkdir(parents=True)
    for path in town.rglob("*"):
        if path.is_file() and "reach" not in path.parts:
            (other / path.relative_to(town)).parent.mkdir(parents=True, exist_ok=True)
            (other / path.relative_to(town)).write_bytes(path.read_bytes())
    (other / "reach").touch()
    assert main(["reach", "--in", str(other), "--from", "h-1", "--at", "2020-01-01"]) == 5
    assert "[GH500]" in capsys.readouterr().err


def test_an_interrupt_leaves_nothing_half_written(
    run: Run, town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while files are written: exit 130, and no folder appears."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    before = set(town.glob("reach/*"))
    monkeypatch.setattr("goldenhour.publish.reach_json.write", interrupted)
    code, _ = run("--from", "h-2", "--within", "7min")
    assert code == 130
    assert set(town.glob("reach/*")) == before


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("10min", (600.0,)),
        ("1h,10 min", (600.0, 3600.0)),
        ("1h30min", (5400.0,)),
        ("90s;90s", (90.0,)),
        ("1.5h", (5400.0,)),
        ("١٠دقيقة", (600.0,)),
        ("2 hours", (7200.0,)),
    ],
)
def test_durations_are_read_as_people_write_them(text: str, seconds: tuple[float, ...]) -> None:
    """Units in short or long, any digits, several at once; each once, ascending."""
    assert durations([text], where="--within") == seconds


@pytest.mark.parametrize("text", ["min", "10 minutes ago", "1h-2h", "٪", "nan s", "1e9s", "--5min"])
def test_nonsense_is_no_duration(text: str) -> None:
    """Whatever is not wholly a duration is refused."""
    with pytest.raises(InputError):
        durations([text], where="--within")


def test_the_command_is_listed() -> None:
    """The program offers the verb."""
    assert "reach" in {
        command.callback.__name__ for command in app.registered_commands if command.callback
    }
