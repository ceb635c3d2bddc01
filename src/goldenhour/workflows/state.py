# SPDX-License-Identifier: Apache-2.0
"""A workspace at a moment: its town, its reports, and the picture worked out from both."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from goldenhour.base.errors import WorkspaceError
from goldenhour.base.findings import Finding
from goldenhour.base.progress import Progress, quiet
from goldenhour.picture.belief import Picture
from goldenhour.picture.matching import unplaced_structures
from goldenhour.picture.work_out import work_out
from goldenhour.reports.ledger import Ledger
from goldenhour.reports.report import Report
from goldenhour.sources import layer_store
from goldenhour.town.build import build, with_reported
from goldenhour.town.terrain import Terrain
from goldenhour.town.town import Town
from goldenhour.workflows.terrain import load_terrain, on_terrain
from goldenhour.workflows.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """
    What a workspace holds at a moment.

    Parameters
    ----------
    town
        The town, with structures that only reports know.
    picture
        What we believe of it.
    findings
        What was noticed while putting the town together.
    terrain
        The town's ground; None if no heights were given.
    """

    town: Town
    picture: Picture
    findings: tuple[Finding, ...]
    terrain: Terrain | None = None


def load_town(workspace: Workspace) -> tuple[Town, tuple[Finding, ...]]:
    """
    Put a workspace's layers together.

    Parameters
    ----------
    workspace
        The town's folder.

    Returns
    -------
    town, findings
        The town as its layers have it.

    Raises
    ------
    WorkspaceError
        If the workspace has no layers.
    """
    with ThreadPoolExecutor() as pool:
        layers = list(pool.map(layer_store.load, sorted(workspace.layers.glob("[!.]*.parquet"))))
    if not layers:
        raise WorkspaceError(
            "The workspace has no layers.",
            where=str(workspace.layers),
            do="Make a new one with `goldenhour new`.",
        )
    return build(layers, name=workspace.name)


def load_state(workspace: Workspace, *, as_of: datetime, progress: Progress = quiet) -> State:
    """
    Work out the picture of a workspace.

    Parameters
    ----------
    workspace
        The town's folder.
    as_of
        The moment, aware UTC.
    progress
        Told how far the work is.

    Returns
    -------
    state
        Town, picture and findings.
    """
    progress("Putting the town together", 0, 3)
    town, terrain, findings = load_ground(workspace)
    progress("Reading the ledger", 1, 3)
    with Ledger.open(workspace.ledger) as ledger:
        reports = ledger.reports(as_of=as_of)
    progress("Working out the picture", 2, 3)
    town = with_unplaced(town, reports)
    picture = work_out(town, reports, as_of=as_of)
    progress("Working out the picture", 3, 3)
    return State(town=town, picture=picture, findings=findings, terrain=terrain)


def load_ground(
    workspace: Workspace,
) -> tuple[Town, Terrain | None, tuple[Finding, ...]]:
    """
    Put a workspace's town onto its ground.

    Parameters
    ----------
    workspace
        The town's folder.

    Returns
    -------
    town, terrain, findings
        The town as its layers have it, and its ground; None if no heights were given.
    """
    town, findings = load_town(workspace)
    terrain = load_terrain(workspace)
    return on_terrain(town, terrain), terrain, findings


def with_unplaced(town: Town, reports: Sequence[Report]) -> Town:
    """
    Let structures that only reports know be part of the town.

    Parameters
    ----------
    town
        As its layers have it.
    reports
        All that were made.

    Returns
    -------
    town
        The same rows, and those structures after them.
    """
    ids, x_m, y_m = unplaced_structures(town, reports)
    return with_reported(town, ids=ids, x_m=x_m, y_m=y_m)
