# SPDX-License-Identifier: Apache-2.0
"""Anything outside into the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from goldenhour.base.findings import Finding, Severity, first_rows
from goldenhour.base.progress import Progress, quiet
from goldenhour.reports.ledger import Ledger
from goldenhour.reports.report import Report
from goldenhour.sources import recognise
from goldenhour.workflows.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadResult:
    """
    What reading gave.

    Parameters
    ----------
    n_new
        Reports that the ledger did not have.
    n_known
        Reports it had already.
    findings
        What was noticed in the files.
    """

    n_new: int
    n_known: int
    findings: tuple[Finding, ...]


def read(
    workspace: Workspace,
    *,
    files: Sequence[Path],
    as_: str | None = None,
    recorded_at: datetime,
    progress: Progress = quiet,
) -> ReadResult:
    """
    Read files into the ledger: every file is read before anything is written.

    Parameters
    ----------
    workspace
        The town's folder.
    files
        What to read.
    as_
        Format of all of them, if a person names it; recognised otherwise.
    recorded_at
        The moment of reading, aware UTC.
    progress
        Told how far the work is.

    Returns
    -------
    result
        Counts and findings.
    """
    reports: list[Report] = []
    findings: list[Finding] = []
    for done, path in enumerate(files):
        progress(f"Reading {path.name}", done, len(files))
        reading = recognise.read(path, recorded_at=recorded_at, as_=as_)
        reports += reading.reports
        findings += reading.findings
        findings += _from_the_future(path, reading.reports, recorded_at)
        if not reading.reports:
            findings.append(_no_reports(path, has_layers=bool(reading.layers)))
    progress("Writing the ledger", 0, 1)
    with Ledger.open(workspace.ledger) as ledger:
        added = ledger.add(reports)
    progress("Writing the ledger", 1, 1)
    return ReadResult(n_new=added.n_new, n_known=added.n_known, findings=tuple(findings))


def _from_the_future(
    path: Path, reports: Sequence[Report], recorded_at: datetime
) -> tuple[Finding, ...]:
    """Tell reports dated after they were read: nobody has seen that yet, so they wait unseen."""
    later = [report.id for report in reports if report.seen_from > recorded_at]
    if not later:
        return ()
    found = Finding(
        code="seen-in-the-future",
        layer=path.name,
        what=f"{len(later):,} reports say that they were seen after now.",
        done="Kept, and left out of every picture before that moment. Check the dates, the order "
        "of day and month, and this computer's clock.",
        n_rows=len(later),
        rows=first_rows(later),
    )
    return (found,)


def _no_reports(path: Path, *, has_layers: bool) -> Finding:
    """Say that a file told nothing about the state of the town."""
    return Finding(
        code="no-reports",
        layer=path.name,
        what="It holds no reports.",
        done="Its streets or structures belong to `goldenhour new`." if has_layers else "",
        severity=Severity.WARNING,
    )
