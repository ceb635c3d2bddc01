# SPDX-License-Identifier: Apache-2.0
"""Another laptop's ledger into ours."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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
    with (
        _writable(other) as near,
        Ledger.open(workspace.ledger) as ours,
        Ledger.open(near) as theirs,
    ):
        added = ours.merge(theirs)
    return ReadResult(n_new=added.n_new, n_known=added.n_known, findings=())


@contextmanager
def _writable(other: Path) -> Iterator[Path]:
    """Give the ledger where SQLite can open it: a copy, if it lies on a locked stick or disc."""
    if not other.is_file() or os.access(other.parent, os.W_OK):
        yield other
        return
    with tempfile.TemporaryDirectory(prefix="goldenhour-") as folder:
        for path in (other, other.with_name(f"{other.name}-wal")):
            if path.is_file():  # the second holds what was written last
                copied = Path(shutil.copyfile(path, Path(folder) / path.name))
                copied.chmod(0o600)
        yield Path(folder) / other.name
