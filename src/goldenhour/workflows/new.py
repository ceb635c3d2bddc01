# SPDX-License-Identifier: Apache-2.0
"""Making a workspace from files."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from goldenhour.base.errors import EmptyLayerError
from goldenhour.base.findings import Finding, Severity
from goldenhour.base.progress import Progress, quiet
from goldenhour.reports.ledger import Ledger
from goldenhour.sources import layer_store, recognise
from goldenhour.sources.reading import Reading
from goldenhour.town.build import build
from goldenhour.town.layers import COMPANIONS, Layer, LayerKind
from goldenhour.town.terrain import Terrain
from goldenhour.town.town import Town
from goldenhour.workflows.terrain import TerrainFiles, make_terrain, save_terrain
from goldenhour.workflows.workspace import Workspace, create_workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerFile:
    """
    One file a person named for one layer.

    Parameters
    ----------
    kind
        The layer it was named for.
    path
        The file.
    """

    kind: LayerKind
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTown:
    """
    What making a workspace gave.

    Parameters
    ----------
    workspace
        The finished workspace.
    town
        The town in it.
    findings
        What was noticed in the files and while putting them together.
    terrain
        Its ground; None if no heights were given.
    """

    workspace: Workspace
    town: Town
    findings: tuple[Finding, ...]
    terrain: Terrain | None = None


def new(
    folder: Path,
    *,
    files: Sequence[LayerFile],
    recorded_at: datetime,
    attribution: str = "",
    terrain_files: TerrainFiles | None = None,
    progress: Progress = quiet,
) -> NewTown:
    """
    Make a workspace from files.

    The town is put together once before anything is written, so that a workspace that exists can
    be planned on.

    Parameters
    ----------
    folder
        Where the workspace is to be; its last part names the town.
    files
        The files, each with the layer it was named for.
    recorded_at
        The moment of reading, aware UTC.
    attribution
        Words a map must show, for layers whose file does not say.
    terrain_files
        Rasters of its ground.
    progress
        Told how far the work is.

    Returns
    -------
    new_town
        Workspace, town and findings.

    Raises
    ------
    EmptyLayerError
        If a file holds no row of a layer it was named for.
    """
    named = _by_path(files)
    layers: list[Layer] = []
    findings: list[Finding] = []
    for done, (path, kinds) in enumerate(named.items()):
        progress(f"Reading {path.name}", done, len(named))
        reading = recognise.read(
            path, recorded_at=recorded_at, want=kinds[0] if len(kinds) == 1 else None
        )
        layers += _wanted(reading, path, kinds, attribution)
        findings += reading.findings
        if reading.reports:
            findings.append(_reports_wait(path, len(reading.reports)))
    progress("Putting the town together", 0, 1)
    town, noticed = build(layers, name=folder.resolve().name)
    findings += noticed
    progress("Putting the town together", 1, 1)
    terrain, noticed = make_terrain(
        town, terrain_files or TerrainFiles(), attribution=attribution, progress=progress
    )
    findings += noticed

    def fill(made: Workspace) -> None:
        store(made, layers)
        if terrain is not None:
            save_terrain(made, terrain)

    workspace = create_workspace(folder, name=town.name, as_of=None, fill=fill)
    return NewTown(workspace=workspace, town=town, findings=tuple(findings), terrain=terrain)


def store(workspace: Workspace, layers: Sequence[Layer]) -> None:
    """
    Write a town's layers and an empty ledger into a workspace.

    Parameters
    ----------
    workspace
        Where to.
    layers
        The layers, EPSG:4326, in the order in which they are put together.
    """
    for number, layer in enumerate(layers, start=1):
        name = f"{number:02d}-{layer.kind.value}.parquet"
        layer_store.save(layer, workspace.layers / name)
    Ledger.create(workspace.ledger).close()


def _by_path(files: Sequence[LayerFile]) -> dict[Path, list[LayerKind]]:
    """Group the layers by file, so that a file which holds several is read once."""
    named: dict[Path, list[LayerKind]] = {}
    for file in files:
        kinds = named.setdefault(file.path, [])
        if file.kind not in kinds:
            kinds.append(file.kind)
    return named


def _wanted(
    reading: Reading, path: Path, kinds: Sequence[LayerKind], attribution: str
) -> list[Layer]:
    """Take the layers a file was named for; refuse if it lacks one."""
    along = {companion for kind in kinds for companion in COMPANIONS.get(kind, ())}
    taken = [layer for layer in reading.layers if layer.kind in {*kinds, *along}]
    if lacking := [kind.value for kind in kinds if kind not in {layer.kind for layer in taken}]:
        raise EmptyLayerError(
            f"The file holds no {lacking[0]}.",
            where=str(path),
            do=f"Name another file with --{lacking[0]}.",
        )
    return [_with_attribution(layer, attribution) for layer in taken]


def _with_attribution(layer: Layer, attribution: str) -> Layer:
    """Add a person's words where the file has none."""
    if not attribution or layer.source.attribution:
        return layer
    return replace(layer, source=replace(layer.source, attribution=attribution))


def _reports_wait(path: Path, n_reports: int) -> Finding:
    """Say that a layer file holds reports too, which are not read by making a workspace."""
    return Finding(
        code="reports-not-read-yet",
        layer=path.name,
        what=f"It also holds {n_reports:,} reports, which are not in the ledger yet.",
        done=f"Read them with `goldenhour read {path.name}`.",
        severity=Severity.NOTE,
        n_rows=n_reports,
    )
