# SPDX-License-Identifier: Apache-2.0
"""Whether this installation, or a workspace, is sound."""

from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files

from goldenhour.base import facts
from goldenhour.base.errors import GoldenHourError
from goldenhour.reports.ledger import Ledger
from goldenhour.workflows.requirements_file import requirements_from
from goldenhour.workflows.state import load_town
from goldenhour.workflows.terrain import load_terrain
from goldenhour.workflows.workspace import Workspace

_PARTS = ("geopandas", "pyogrio", "osmium", "numba", "highspy", "sqlalchemy", "typst", "mgrs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """
    One thing looked at.

    Parameters
    ----------
    what
        What was looked at.
    sound
        True if it is as it should be.
    found
        What was found, in words.
    """

    what: str
    sound: bool
    found: str


def check_installation() -> tuple[Check, ...]:
    """
    Look at the program's own parts.

    Returns
    -------
    checks
        One entry a part.
    """
    return (*(_import(name) for name in _PARTS), _map_built(), _facts_sourced())


def check_workspace(workspace: Workspace) -> tuple[Check, ...]:
    """
    Look at a workspace: its requirements, its layers, its ground and its ledger.

    Parameters
    ----------
    workspace
        The town's folder.

    Returns
    -------
    checks
        One entry a part.
    """
    return (
        _requirements(workspace),
        _town(workspace),
        _terrain(workspace),
        _ledger(workspace),
    )


def _import(name: str) -> Check:
    """Try one library."""
    try:
        version = getattr(import_module(name), "__version__", "present")
    except ImportError as error:
        return Check(what=name, sound=False, found=f"cannot be imported: {error}")
    return Check(what=name, sound=True, found=str(version))


def _map_built() -> Check:
    """See whether the front end was built."""
    page = files("goldenhour.publish").joinpath("assets", "map.html")
    built = page.is_file()
    return Check(what="map", sound=built, found="built" if built else "not built: run `make env`")


def _facts_sourced() -> Check:
    """Count the facts."""
    n_facts = sum(len(facts.room(name)) for name in facts.rooms())
    return Check(what="facts", sound=n_facts > 0, found=f"{n_facts} numbers, each with its source")


def _requirements(workspace: Workspace) -> Check:
    """Check what the planner asks of structures."""
    try:
        asked = requirements_from(workspace.requirements)
    except GoldenHourError as error:
        return Check(what="requirements", sound=False, found=str(error))
    found = f"{len(asked.changed)} numbers changed by the planner"
    return Check(what="requirements", sound=True, found=found)


def _town(workspace: Workspace) -> Check:
    """Put the town together."""
    try:
        town, findings = load_town(workspace)
    except GoldenHourError as error:
        return Check(what="layers", sound=False, found=str(error))
    found = (
        f"{town.streets.n_edges:,} streets, {town.structures.n:,} structures, "
        f"{len(findings)} findings"
    )
    return Check(what="layers", sound=True, found=found)


def _terrain(workspace: Workspace) -> Check:
    """Read the ground."""
    try:
        terrain = load_terrain(workspace)
    except GoldenHourError as error:
        return Check(what="terrain", sound=False, found=str(error))
    if terrain is None:
        return Check(what="terrain", sound=True, found="none: places far from streets are listed")
    rows, columns = terrain.frame.shape
    found = f"{rows:,} x {columns:,} cells of {terrain.frame.cell_m:g} m"
    return Check(what="terrain", sound=True, found=found)


def _ledger(workspace: Workspace) -> Check:
    """Open the ledger, read all of it, and count."""
    try:
        with Ledger.open(workspace.ledger) as ledger:
            ledger.check()
            n_reports = ledger.count()
    except GoldenHourError as error:
        return Check(what="ledger", sound=False, found=str(error))
    return Check(what="ledger", sound=True, found=f"{n_reports:,} reports")
