# SPDX-License-Identifier: Apache-2.0
"""The whole story on a made-up town, in a folder of its own."""

from pathlib import Path

from goldenhour.base.clock import now
from goldenhour.base.progress import Progress, quiet
from goldenhour.workflows.exercise import exercise
from goldenhour.workflows.plan import PlanResult, plan
from goldenhour.workflows.workspace import TOWN_FILE, Workspace, open_workspace

DEMO_FOLDER = "al-qaim-exercise"
_SEED, _N_STRUCTURES = 2017, 20_000


def demo(folder: Path, *, progress: Progress = quiet) -> PlanResult:
    """
    Generate the Al Qaim exercise, unless it is there already, and plan it.

    Parameters
    ----------
    folder
        The folder below which everything is written.
    progress
        Told how far the work is.

    Returns
    -------
    result
        The plan and where it was written.
    """
    workspace = _workspace(folder / DEMO_FOLDER, progress)
    return plan(workspace, as_of=workspace.as_of or now(), progress=progress)


def _workspace(place: Path, progress: Progress) -> Workspace:
    """Open the exercise, or make it."""
    if (place / TOWN_FILE).is_file():
        return open_workspace(place)
    made = exercise(
        place, name="al-qaim", seed=_SEED, n_structures=_N_STRUCTURES, progress=progress
    )
    return made.workspace
