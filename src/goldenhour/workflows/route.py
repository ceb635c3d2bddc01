# SPDX-License-Identifier: Apache-2.0
"""The fastest open way between two places, as GPX and as a map layer."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from goldenhour.base.grades import Mode, UnknownStreets
from goldenhour.base.progress import Progress, quiet
from goldenhour.movement.fastest import fastest_route
from goldenhour.movement.find_place import find_place
from goldenhour.movement.route import Route
from goldenhour.publish import gpx, route_layer
from goldenhour.town.town import Town
from goldenhour.workflows.state import load_state
from goldenhour.workflows.whole import whole_folder
from goldenhour.workflows.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteResult:
    """
    A route and where it was written.

    Parameters
    ----------
    route
        The route.
    town
        The town it runs through.
    folder
        Folder of its files.
    """

    route: Route
    town: Town
    folder: Path

    @property
    def files(self) -> tuple[Path, ...]:
        """The route's files."""
        return (self.folder / "route.gpx", self.folder / "route.geojson")


def route(
    workspace: Workspace,
    *,
    start: str,
    end: str,
    mode: Mode,
    as_of: datetime,
    progress: Progress = quiet,
) -> RouteResult:
    """
    Find the fastest open way and write it.

    Parameters
    ----------
    workspace
        The town's folder.
    start
        Place name (English or Arabic), structure id, ``lon,lat`` or MGRS.
    end
        Likewise.
    mode
        How one moves.
    as_of
        Moment of the picture, aware UTC.
    progress
        Told how far the work is.

    Returns
    -------
    result
        Route and files.
    """
    state = load_state(workspace, as_of=as_of, progress=progress)
    found = fastest_route(
        state.town,
        state.picture,
        start=find_place(state.town, state.picture, start),
        end=find_place(state.town, state.picture, end),
        mode=mode,
        unknown_streets=UnknownStreets.PASSABLE,
    )
    folder = workspace.folder / "routes" / _folder_name(found)
    with whole_folder(folder) as hidden:
        gpx.write_route(hidden / "route.gpx", town=state.town, route=found)
        route_layer.write(hidden / "route.geojson", town=state.town, route=found)
    return RouteResult(route=found, town=state.town, folder=folder)


def _folder_name(found: Route) -> str:
    """Name a route's folder by its ends, mode and moment, in letters that every disk takes."""
    words = f"{found.start}-{found.end}-{found.mode.value}-{found.as_of:%Y%m%dT%H%M}"
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in words)[:120]
