# SPDX-License-Identifier: Apache-2.0
"""Our own exchange: reports as JSON Lines (UTF-8), one a line, exact, whoever wrote them."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from goldenhour.base.errors import BadReportError, UnreadableFileError
from goldenhour.reports import wire
from goldenhour.reports.report import Report, ReportId
from goldenhour.sources.noticing import Noticed
from goldenhour.sources.reading import Reading
from goldenhour.town.layers import LayerKind

NAME = "reports"
LABEL = "Reports of another goldenhour (JSON Lines, UTF-8)"

_HEAD_BYTES = 4096
_MARKS = (b'"said"', b'"seen_from"')


def recognises(path: Path) -> bool:
    """
    Say if the first line looks like a report.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    is_ours
        False for what cannot be opened; never raises.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return False
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip().split(b"\n", 1)[0]
    return first.startswith(b"{") and all(mark in first for mark in _MARKS)


def read(path: Path, *, recorded_at: datetime, want: LayerKind | None) -> Reading:  # noqa: ARG001 - reports keep their own moment
    """
    Read reports.

    Parameters
    ----------
    path
        The file.
    recorded_at
        Not used: a report keeps the moment at which it first reached a ledger.
    want
        Not used: reports are no layer of the town.

    Returns
    -------
    reading
        Every sound report, exercise or not, as its writer had it.

    Raises
    ------
    UnreadableFileError
        If the file is empty or cannot be opened.
    """
    noticed = Noticed(path.name)
    reports: dict[ReportId, Report] = {}
    for line, report in _reports(path, noticed):
        if report.id in reports:
            noticed.note("repeated-rows", line, "A report is listed twice.", "Kept once.")
        reports[report.id] = report
    if n_made_up := sum(report.source.exercise for report in reports.values()):
        noticed.note(
            "exercise-reports",
            f"{n_made_up:,} of {len(reports):,}",
            "Reports are made up for an exercise.",
            "Everything that shows them says EXERCISE.",
        )
    return Reading(reports=tuple(reports.values()), findings=noticed.findings())


def write(reports: Iterator[Report], path: Path) -> None:
    """
    Write reports for another goldenhour.

    Parameters
    ----------
    reports
        Any reports.
    path
        The file; replaced if it exists.
    """
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for report in reports:
            file.write(json.dumps(wire.to_json(report), ensure_ascii=False) + "\n")


def _reports(path: Path, noticed: Noticed) -> Iterator[tuple[int, Report]]:
    """Read line by line; malformed ones are noticed."""
    try:
        content = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise _unreadable(path, str(error)) from error
    if not content.strip():
        raise _unreadable(path, "it is empty")
    lines = content.split(b"\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            plain = json.loads(line)
            if not isinstance(plain, dict):
                noticed.refuse("not-a-report", number, "A line is no JSON object.")
                continue
            yield number, wire.from_json(plain)
        except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
            if number == len(lines):  # the last line ends without a line break
                noticed.refuse("cut-line", number, "The last line is cut: the file is incomplete.")
            else:
                noticed.refuse("not-a-report", number, "A line is no JSON.")
        except BadReportError as error:
            noticed.refuse("bad-report", number, f"{error.what} ({error.where})")


def _unreadable(path: Path, why: str) -> UnreadableFileError:
    """Say that the file cannot be read."""
    return UnreadableFileError(
        f"It cannot be read: {why}.", where=path.name, do="Ask its sender to write it again."
    )
