# SPDX-License-Identifier: Apache-2.0
"""The plain face: any file in, what it holds and what was noticed out."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from goldenhour import sources
from goldenhour.base.clock import now
from goldenhour.base.errors import UnknownFormatError, UnreadableFileError
from goldenhour.reports.said import ReportKind
from goldenhour.sources.recognise import formats

HAZARD = (
    "kind,lon,lat,status,cause,seen,source\n"
    "hazard,41.1,34.3,suspected,explosive,2017-11-13T05:00:00Z,فريق الميدان\n"
)


def test_a_file_is_recognised_and_read(tmp_path: Path) -> None:
    """One call gives reports and findings, whoever wrote the file."""
    path = tmp_path / "رسائل.csv"
    path.write_text(HAZARD, encoding="utf-8")
    contents, findings = sources.read(path, recorded_at=datetime(2017, 11, 14, tzinfo=UTC))
    assert [report.kind for report in contents.reports] == [ReportKind.HAZARD]
    assert contents.reports[0].source.name == "فريق الميدان"
    assert contents.layers == ()
    assert isinstance(findings, tuple)


def test_left_alone_it_is_read_now(tmp_path: Path) -> None:
    """Without a moment the reports are recorded at the time of reading."""
    path = tmp_path / "messages.csv"
    path.write_text(HAZARD, encoding="utf-8")
    before = now()
    (report,) = sources.read(str(path))[0].reports
    assert before <= report.recorded_at <= now()


def test_every_format_has_a_name_of_its_own() -> None:
    """``as_`` can name each format, and no two share a name."""
    names = [module.NAME for module in formats()]
    assert len(set(names)) == len(names)
    assert all(module.LABEL for module in formats())


def test_what_is_not_known_is_refused_by_name(tmp_path: Path) -> None:
    """A missing file, a format that is not there and a file of no known type are named errors."""
    path = tmp_path / "song.mp3"
    path.write_bytes(b"ID3\x03\x00")
    with pytest.raises(UnreadableFileError):
        sources.read(tmp_path / "none.csv")
    with pytest.raises(UnknownFormatError):
        sources.read(path)
    with pytest.raises(UnknownFormatError):
        sources.read(path, "no-such-format")
