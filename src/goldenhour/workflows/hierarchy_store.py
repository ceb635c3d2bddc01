# SPDX-License-Identifier: Apache-2.0
"""Hierarchies on disk, by the checksum of their streets: ordered once, opened ever after."""

import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np

from goldenhour.base.errors import InputError, StoreError
from goldenhour.base.findings import Finding, Severity
from goldenhour.publish.atomic import whole_file
from goldenhour.times.graph import Network
from goldenhour.times.hierarchy import Hierarchy, topology_checksum

_KEPT = 4
_DAMAGED = (InputError, OSError, ValueError, EOFError, zipfile.BadZipFile)


def prepare(network: Network, folder: Path) -> tuple[Finding, ...]:
    """
    Give a network its hierarchy: the one that was kept, else a new one, which is kept.

    A folder that cannot be written is no error: the hierarchy is made, and made again next time.

    Parameters
    ----------
    network
        Any network; what it takes to pass its arcs does not matter.
    folder
        Where hierarchies are kept; made if it is not there.

    Returns
    -------
    findings
        What was wrong with a kept one.
    """
    checksum = topology_checksum(n_nodes=network.n_nodes, tail=network.tail, head=network.head)
    path = folder / f"{checksum}.npz"
    kept, findings = load(path)
    if kept is not None:
        network.prepare(kept)
        return findings
    with suppress(StoreError):
        save(network.prepare(), path)
    return findings


def load(path: Path) -> tuple[Hierarchy | None, tuple[Finding, ...]]:
    """
    Open a kept hierarchy.

    Parameters
    ----------
    path
        Its file.

    Returns
    -------
    hierarchy, findings
        None if there is none, or if it is damaged; the latter is a finding.
    """
    if not path.is_file():
        return None, ()
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            hierarchy = Hierarchy.from_arrays(dict(arrays))
        if hierarchy.checksum != path.stem:
            raise InputError("The kept hierarchy is of other streets.", where=path.name)
    except _DAMAGED:
        return None, (
            Finding(
                code="hierarchy-damaged",
                severity=Severity.NOTE,
                layer=path.name,
                what="A kept hierarchy of the streets was damaged.",
                done="It was made anew from the streets.",
            ),
        )
    return hierarchy, ()


def save(hierarchy: Hierarchy, path: Path) -> None:
    """
    Keep a hierarchy; the file appears whole or not at all, and the oldest beside it make room.

    Parameters
    ----------
    hierarchy
        What to keep.
    path
        Its file, named by its checksum.

    Raises
    ------
    StoreError
        If the disk is full or the place cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"Keeping the hierarchy failed: {error.strerror or error}.",
            where=str(path.parent),
            do="Nothing; it is made again when it is needed.",
        ) from error
    with whole_file(path) as hidden, hidden.open("wb") as file:
        np.savez(file, allow_pickle=False, **hierarchy.to_arrays())
    _make_room(path)


def _make_room(path: Path) -> None:
    """Let go of the oldest files beyond a few."""
    with suppress(OSError):
        kept = sorted(path.parent.glob("[!.]*.npz"), key=lambda each: each.stat().st_mtime)
        for old in kept[:-_KEPT]:
            if old != path:
                old.unlink()
