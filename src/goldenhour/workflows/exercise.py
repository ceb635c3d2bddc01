# SPDX-License-Identifier: Apache-2.0
"""A generated town as a workspace, with its hidden truth beside it."""

from dataclasses import dataclass
from pathlib import Path

from goldenhour.base.errors import InputError
from goldenhour.base.progress import Progress, quiet
from goldenhour.exercise.al_qaim import Exercise, generate, truth_tables
from goldenhour.reports.ledger import Ledger
from goldenhour.town.layers import LayerKind
from goldenhour.workflows.new import store
from goldenhour.workflows.workspace import Workspace, create_workspace

TRUTH_FOLDER = "hidden-truth"
EXERCISES = {"al-qaim": generate}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseResult:
    """
    What generating an exercise gave.

    Parameters
    ----------
    workspace
        The finished workspace.
    n_structures
        Structures in it.
    n_reports
        Reports in its ledger.
    """

    workspace: Workspace
    n_structures: int
    n_reports: int


def exercise(
    folder: Path, *, name: str, seed: int, n_structures: int, progress: Progress = quiet
) -> ExerciseResult:
    """
    Generate the Al Qaim exercise and make it a workspace.

    Parameters
    ----------
    folder
        Where the workspace is to be.
    name
        Which exercise.
    seed
        The same seed gives the same town and the same reports.
    n_structures
        About how many structures to generate.
    progress
        Told how far the work is.

    Returns
    -------
    result
        The workspace and its counts.

    Raises
    ------
    InputError
        If there is no exercise of that name.
    """
    if name not in EXERCISES:
        raise InputError(
            f"There is no exercise '{name}'.",
            where="exercise",
            do=f"Choose one of: {', '.join(sorted(EXERCISES))}.",
            code="GH114",
        )
    progress("Generating the exercise", 0, 2)
    made = EXERCISES[name](seed=seed, n_structures=n_structures)
    progress("Generating the exercise", 1, 2)
    workspace = create_workspace(
        folder,
        name=f"{name} (EXERCISE)",
        as_of=made.as_of,
        fill=lambda hidden: _fill(hidden, made),
    )
    progress("Generating the exercise", 2, 2)
    return ExerciseResult(
        workspace=workspace,
        n_structures=sum(
            len(layer.table) for layer in made.layers if layer.kind is LayerKind.STRUCTURES
        ),
        n_reports=len(made.reports),
    )


def _fill(workspace: Workspace, made: Exercise) -> None:
    """Write layers, reports and truth."""
    store(workspace, made.layers)
    with Ledger.open(workspace.ledger) as ledger:
        ledger.add(made.reports)
    truth = workspace.folder / TRUTH_FOLDER
    truth.mkdir()
    for name, table in truth_tables(made.truth).items():
        table.to_parquet(truth / f"{name}.parquet")
    (truth / "EXERCISE.txt").write_text(
        "EXERCISE. What is really true in this made-up town. Do not open it before you plan.\n",
        encoding="utf-8",
    )
