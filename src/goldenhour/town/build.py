# SPDX-License-Identifier: Apache-2.0
"""Layers from files → one town in one metric system, with all that was wrong in them said."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.base.crs import metric_crs
from goldenhour.base.errors import EmptyLayerError, InputError
from goldenhour.base.findings import Finding, Severity
from goldenhour.town.axes import check_axes
from goldenhour.town.layers import Layer, LayerKind
from goldenhour.town.rows import Rows, empty_words, gather
from goldenhour.town.rules_build import build_gates, build_turns
from goldenhour.town.streets_build import build_streets, clean_lines
from goldenhour.town.structures_build import build_structures, mend, to_town
from goldenhour.town.town import Barriers, Objects, Places, Structures, Town


def build(layers: Sequence[Layer], *, name: str) -> tuple[Town, tuple[Finding, ...]]:
    """
    Put a town together.

    Several layers of one kind become one. Nothing is dropped without a finding.

    Parameters
    ----------
    layers
        Tables in the shape of ``town.layers``, EPSG:4326. Streets and structures must be among
        them; all others may be missing.
    name
        What planners call the town.

    Returns
    -------
    town, findings
        The town in the UTM zone of its middle, and what was noticed and done.

    Raises
    ------
    EmptyLayerError
        If there is no usable street, or no usable structure.
    WrongCrsError
        If a layer is not in degrees, or has its axes swapped.
    """
    findings = list(check_axes(layers))
    lines, noticed = clean_lines(gather(layers, LayerKind.STREETS))
    findings += noticed
    _need(lines.n, lines.label, LayerKind.STREETS, findings)
    crs = _metric_crs(lines.shape)
    streets, noticed = build_streets(lines, crs)
    findings += noticed
    _need(streets.n_edges, lines.label, LayerKind.STREETS, findings)
    turns, noticed = build_turns(layers, streets, crs)
    findings += noticed
    gates, noticed = build_gates(layers, streets, crs)
    findings += noticed
    rows = gather(layers, LayerKind.STRUCTURES)
    structures, noticed = build_structures(rows, crs)
    findings += noticed
    _need(structures.n, rows.label, LayerKind.STRUCTURES, findings)
    places, noticed = _places(gather(layers, LayerKind.PLACES), crs)
    findings += noticed
    barriers, noticed = _barriers(gather(layers, LayerKind.BARRIERS), crs)
    findings += noticed
    town = Town(
        name=name,
        crs=crs,
        streets=streets,
        structures=structures,
        places=places,
        barriers=barriers,
        sources=tuple(layer.source for layer in layers),
        turns=turns,
        gates=gates,
    )
    return town, tuple(findings)


def with_reported(
    town: Town, *, ids: Objects, x_m: NDArray[np.float64], y_m: NDArray[np.float64]
) -> Town:
    """
    Add structures that no layer lists and only a report has placed.

    Parameters
    ----------
    town
        The town; it stays as it is.
    ids
        Their ids, none of them in the town. Shape ``(n,)``, objects.
    x_m
        Eastings in metres, in the town's metric system. Shape ``(n,)``.
    y_m
        Northings in metres. Shape ``(n,)``.

    Returns
    -------
    town
        A town with ``n`` more structures at the end: points, area, storeys and use unknown.

    Raises
    ------
    InputError
        If an id is in the town already.
    """
    n, was = len(ids), town.structures
    if not n:
        return town
    if taken := sorted(set(ids) & set(was.id)):
        raise InputError(
            f"Structure '{taken[0]}' is in the town already.",
            where="reported structures",
            do="Give reported structures ids of their own.",
        )
    words, unknown = empty_words(n), np.full(n, np.nan)
    structures = Structures(
        id=np.concatenate([was.id, np.asarray(ids, dtype=np.object_)]),
        x_m=np.concatenate([was.x_m, np.asarray(x_m, dtype=np.float64)]),
        y_m=np.concatenate([was.y_m, np.asarray(y_m, dtype=np.float64)]),
        area_m2=np.concatenate([was.area_m2, unknown]),
        storeys=np.concatenate([was.storeys, unknown.astype(np.float32)]),
        use=np.concatenate([was.use, words]),
        name=np.concatenate([was.name, words]),
        name_ar=np.concatenate([was.name_ar, words]),
        outline=np.concatenate([was.outline, np.full(n, None, dtype=np.object_)]),
        from_report=np.concatenate([was.from_report, np.ones(n, dtype=np.bool_)]),
    )
    return replace(town, structures=structures)


def _need(n: int, label: str, kind: LayerKind, findings: Sequence[Finding]) -> None:
    """Refuse to build a town without streets or without structures, and say where they went."""
    if n:
        return
    lost = [f.what for f in findings if f.layer == label and f.severity is Severity.REFUSED]
    why = f" Left out: {' '.join(lost)}" if lost else ""
    raise EmptyLayerError(
        f"There are no usable {kind.value}.{why}",
        where=label,
        do=f"Give a file with {kind.value}: --{kind.value} FILE.",
    )


def _metric_crs(lines: Objects) -> str:
    """Choose the UTM zone of the streets' middle; a median, so that one stray row moves nothing."""
    middle = np.median(np.asarray(shapely.bounds(lines)), axis=0)
    return metric_crs((middle[0] + middle[2]) / 2, (middle[1] + middle[3]) / 2)


def _with_place(rows: Rows, crs: str) -> tuple[Rows, Objects, list[Finding]]:
    """Keep rows that have a shape with finite coordinates; give the shapes in metres."""
    bounds = np.asarray(shapely.bounds(rows.shape)).reshape(-1, 4)
    gone = np.asarray(~np.isfinite(bounds).all(axis=1), dtype=np.bool_)
    findings = list(rows.refuse(gone, code="no-geometry", what="rows without a position."))
    rows = rows.take(~gone)
    shape, mended, lost = mend(to_town(rows.shape, crs))
    findings += rows.notice(
        mended, code="mended-outline", what="outlines that cross themselves.", done="Mended."
    )
    findings += rows.refuse(lost, code="no-area", what="outlines that enclose nothing.")
    return rows.take(~lost), shape[~lost], findings


def _places(rows: Rows, crs: str) -> tuple[Places, tuple[Finding, ...]]:
    """Build the named places."""
    rows, shape, findings = _with_place(rows, crs)
    name = np.where(rows.text("name") == "", rows.text("name_ar"), rows.text("name"))
    named = np.array([word != "" for word in name], dtype=np.bool_)
    findings += rows.refuse(~named, code="no-name", what="places without a name.")
    rows = rows.take(named)
    places = Places(
        id=rows.id,
        name=name[named],
        name_ar=rows.text("name_ar"),
        kind=rows.text("kind"),
        people=rows.numbers("people"),
        shape=shape[named],
    )
    return places, tuple(findings)


def _barriers(rows: Rows, crs: str) -> tuple[Barriers, tuple[Finding, ...]]:
    """Build water and walls."""
    rows, shape, findings = _with_place(rows, crs)
    kind = rows.text("kind")
    return Barriers(name=rows.text("name"), kind=kind, shape=shape), tuple(findings)
