# SPDX-License-Identifier: Apache-2.0
"""Whom to keep away from: the kinds of neighbour, where they stand, and how the map tells them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.siting.screening.requirements import NEIGHBOURS
from goldenhour.siting.screening.surroundings import Flags, Surroundings
from goldenhour.siting.screening.testimony import Testimony
from goldenhour.town.town import Objects

NO_ROW, NO_REPORT = -1, -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """
    All neighbours of one kind.

    Parameters
    ----------
    kind
        Such as ``"military"``.
    shape
        shapely shapes in the town's metric system. Shape ``(n,)``, objects.
    row
        Their structure rows, -1 for what is no structure. Shape ``(n,)``, int64.
    report
        Positions of the reports that tell them, -1 if the map does. Shape ``(n,)``, int64.
    """

    kind: str
    shape: Objects
    row: NDArray[np.int64]
    report: NDArray[np.int64]


def neighbours(around: Surroundings, told: Testimony) -> dict[str, Neighbours]:
    """
    Find everything that a site should not stand beside.

    Parameters
    ----------
    around
        The town's structures.
    told
        What was reported of checkpoints.

    Returns
    -------
    neighbours
        By kind.
    """
    found = {}
    for kind in NEIGHBOURS:
        rows = np.flatnonzero(of_kind(around, kind))
        found[kind] = _mapped(kind, around.body[rows], rows)
    streets = around.town.streets
    found["bridge"] = _mapped("bridge", streets.line[streets.bridge], None)
    if told.checkpoints:
        found["checkpoint"] = _with_reported(found["checkpoint"], told)
    return found


def of_kind(around: Surroundings, kind: str) -> Flags:
    """
    Tell which structures are of one kind, by use or by name.

    Parameters
    ----------
    around
        The town's structures.
    kind
        Such as ``"military"``.

    Returns
    -------
    of_kind
        Shape ``(n_structures,)``, bool.
    """
    return around.used_as(_words("uses", kind)) | around.named_as(_words("names", kind))


def _words(by: str, kind: str) -> list[str]:
    """Look up the words that tell a kind."""
    table: Mapping[str, list[str]] = facts.fact(f"requirements.neighbour_{by}").value
    return table.get(kind, [])


def _mapped(kind: str, shape: Objects, rows: NDArray[np.int64] | None) -> Neighbours:
    """List what the map tells."""
    n = len(shape)
    return Neighbours(
        kind=kind,
        shape=shape,
        row=np.full(n, NO_ROW, dtype=np.int64) if rows is None else rows,
        report=np.full(n, NO_REPORT, dtype=np.int64),
    )


def _with_reported(mapped: Neighbours, told: Testimony) -> Neighbours:
    """Add checkpoints that were reported."""
    shapes = np.empty(len(told.checkpoints), dtype=np.object_)
    shapes[:] = [entry.shape for entry in told.checkpoints]
    reports = np.array([entry.report for entry in told.checkpoints], dtype=np.int64)
    return Neighbours(
        kind=mapped.kind,
        shape=np.concatenate([mapped.shape, shapes]),
        row=np.concatenate([mapped.row, np.full(len(shapes), NO_ROW, dtype=np.int64)]),
        report=np.concatenate([mapped.report, reports]),
    )
