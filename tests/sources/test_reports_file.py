# SPDX-License-Identifier: Apache-2.0
"""Reports on their way from one goldenhour to another."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from shapely import Point

from goldenhour.base.errors import UnreadableFileError
from goldenhour.base.grades import StreetState
from goldenhour.reports.make import make
from goldenhour.reports.report import Report, Source
from goldenhour.reports.said import StreetSaid
from goldenhour.sources import reports_file
from goldenhour.sources.reading import Reading
from tests.sources.deliveries import NOW, codes


def street(hour: int, *, exercise: bool = False) -> Report:
    """A message on a street."""
    return make(
        StreetSaid(state=StreetState.CLOSED, cause="ركام"),
        source=Source(name="driver, team 2", exercise=exercise),
        seen_from=datetime(2017, 11, 4, hour, tzinfo=UTC),
        recorded_at=datetime(2017, 11, 5, tzinfo=UTC),
        where=Point(40.99, 34.39),
    )


def written(path: Path, *reports: Report) -> Path:
    """Write reports."""
    reports_file.write(iter(reports), path)
    return path


def read(path: Path) -> Reading:
    """Read with a fixed moment."""
    assert reports_file.recognises(path)
    return reports_file.read(path, recorded_at=NOW, want=None)


def test_reports_arrive_as_they_left(tmp_path: Path) -> None:
    """Every field, Arabic text and the moment of first recording included."""
    sent = (street(6), street(7))
    reading = read(written(tmp_path / "a.jsonl", *sent))
    assert reading.reports == sent
    assert reading.findings == ()


def test_an_exercise_stays_an_exercise(tmp_path: Path) -> None:
    """What is made up says so on the other side, and the reader is told."""
    reading = read(written(tmp_path / "a.jsonl", street(6, exercise=True), street(7)))
    assert [report.source.exercise for report in reading.reports] == [True, False]
    assert codes(reading.findings) == ["exercise-reports"]


def test_malformed_lines_are_named_by_their_number(tmp_path: Path) -> None:
    """A broken line costs itself only; a report changed on the way is refused."""
    path = written(tmp_path / "a.jsonl", street(6), street(7), street(6))
    lines = path.read_text(encoding="utf-8").splitlines()
    changed = json.loads(lines[1])
    changed["said"]["cause"] = "checkpoint"
    lines[1:2] = [json.dumps(changed), "{broken", "[1, 2]", ""]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    reading = read(path)
    assert reading.reports == (street(6),)
    assert {(f.code, f.rows) for f in reading.findings} == {
        ("bad-report", ("2",)),
        ("not-a-report", ("3",)),
        ("not-a-report", ("4",)),
        ("repeated-rows", ("6",)),
    }


@pytest.mark.parametrize("n_lost", [1, 2, 40])
def test_a_cut_last_line_is_said(tmp_path: Path, n_lost: int) -> None:
    """A file that lost its end gives what is whole, and says that it is cut."""
    path = written(tmp_path / "a.jsonl", street(6), street(7))
    path.write_bytes(path.read_bytes()[:-n_lost])
    reading = read(path)
    is_whole = n_lost == 1  # only the line break is lost
    assert len(reading.reports) == (2 if is_whole else 1)
    assert codes(reading.findings) == ([] if is_whole else ["cut-line"])


def test_bytes_that_are_no_text_cost_their_line(tmp_path: Path) -> None:
    """A line of another encoding is refused, not mended."""
    path = written(tmp_path / "a.jsonl", street(6))
    path.write_bytes(path.read_bytes() + b'{"said": "\xe9"}\n')
    assert codes(read(path).findings) == ["not-a-report"]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_an_error(tmp_path: Path, content: bytes) -> None:
    """Nothing in it: neither recognised nor read."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    assert not reports_file.recognises(path)
    with pytest.raises(UnreadableFileError):
        reports_file.read(path, recorded_at=NOW, want=None)
    with pytest.raises(UnreadableFileError):
        reports_file.read(tmp_path / "none", recorded_at=NOW, want=None)
