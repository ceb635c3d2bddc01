# SPDX-License-Identifier: Apache-2.0
"""Another laptop's ledger into ours."""

from pathlib import Path

from goldenhour.reports.ledger import Ledger
from goldenhour.workflows.read import ReadResult
from goldenhour.workflows.workspace import Workspace


def merge(workspace: Workspace, *, other: Path) -> ReadResult:
    """
    Take over another ledger's reports.

    Parameters
    ----------
    workspace
        The town's folder.
    other
        The other ledger's file; it is not changed.

    Returns
    -------
    result
        Counts; merging has no findings.
    """
    with Ledger.open(workspace.ledger) as ours, Ledger.open(other) as theirs:
        added = ours.merge(theirs)
    return ReadResult(n_new=added.n_new, n_known=added.n_known, findings=())
