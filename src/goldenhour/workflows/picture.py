# SPDX-License-Identifier: Apache-2.0
"""What is known at a moment, worked out and mapped."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from goldenhour.base.progress import Progress, quiet
from goldenhour.publish import web_map
from goldenhour.siting.screening.screen import screen
from goldenhour.workflows.requirements_file import requirements_from
from goldenhour.workflows.state import State, load_state
from goldenhour.workflows.whole import whole_folder
from goldenhour.workflows.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureResult:
    """
    A picture and where its map was written.

    Parameters
    ----------
    state
        Town and picture.
    map_file
        Its map.
    """

    state: State
    map_file: Path


def picture(workspace: Workspace, *, as_of: datetime, progress: Progress = quiet) -> PictureResult:
    """
    Work out what is known at a moment, and map it.

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
    result
        Town, picture and map.
    """
    asked = requirements_from(workspace.requirements)
    state = load_state(workspace, as_of=as_of, progress=progress)
    screening = screen(state.town, state.picture, asked=asked)
    folder = workspace.folder / "pictures" / f"{as_of:%Y%m%dT%H%M%S}"
    with whole_folder(folder) as hidden:
        web_map.write(
            hidden / "map.html",
            town=state.town,
            picture=state.picture,
            screening=screening,
            plan=None,
            reach=(),
        )
    return PictureResult(state=state, map_file=folder / "map.html")
