# SPDX-License-Identifier: Apache-2.0
"""Turns and gates of files → rules on a town's streets; what fits nowhere is said."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from goldenhour.base.findings import Finding, Severity
from goldenhour.town.layers import Layer, LayerKind
from goldenhour.town.rows import Rows, gather
from goldenhour.town.rules import Access, Gates, Turns, Users
from goldenhour.town.structures_build import to_town
from goldenhour.town.town import Objects, Streets

Ints = NDArray[np.int64]

_CODES = {"yes": Access.YES, "private": Access.PRIVATE, "no": Access.NO}
_MANY_ARMS = 3


def users(rows: Rows) -> Users:
    """
    Read who may pass.

    Parameters
    ----------
    rows
        Streets or gates.

    Returns
    -------
    users
        Unknown where the file does not say.
    """
    return Users(
        foot=_codes(rows, "foot"),
        ambulance=_codes(rows, "ambulance"),
        car=_codes(rows, "car"),
        truck=_codes(rows, "truck"),
    )


def build_turns(
    layers: Sequence[Layer], streets: Streets, crs: str
) -> tuple[Turns, tuple[Finding, ...]]:
    """
    Find the streets and junctions of all turns.

    Parameters
    ----------
    layers
        All layers of the town.
    streets
        The town's streets.
    crs
        The town's metric system.

    Returns
    -------
    turns, findings
        What could be placed, and how many could not.
    """
    rows = gather(layers, LayerKind.TURNS)
    if not rows.n:
        return Turns.none(), ()
    come, go = (
        _edges(rows, column, layers, LayerKind.TURNS, streets)
        for column in ("from_street", "to_street")
    )
    via = _shared_node(streets, come, go, to_town(rows.shape, crs))
    lost = via < 0
    findings = rows.refuse(
        lost, code="turn-nowhere", what="turn restrictions whose streets do not meet in the town."
    )
    kept = ~lost
    rows = rows.take(kept)
    turns = Turns(
        id=rows.id,
        via=via[kept].astype(np.int32),
        from_edge=come[kept].astype(np.int32),
        to_edge=go[kept].astype(np.int32),
        is_only=rows.flags("only"),
        ambulance=rows.flags("binds_ambulance"),
        car=rows.flags("binds_car"),
        truck=rows.flags("binds_truck"),
    )
    return turns, findings


def build_gates(
    layers: Sequence[Layer], streets: Streets, crs: str
) -> tuple[Gates, tuple[Finding, ...]]:
    """
    Find the spots of all gates between streets.

    Parameters
    ----------
    layers
        All layers of the town.
    streets
        The town's streets.
    crs
        The town's metric system.

    Returns
    -------
    gates, findings
        What could be placed, and how many could not.
    """
    rows = gather(layers, LayerKind.GATES)
    if not rows.n:
        return Gates.none(), ()
    edge = _edges(rows, "street", layers, LayerKind.GATES, streets)
    node = _shared_node(streets, edge, edge, to_town(rows.shape, crs))
    lost = node < 0
    arms = np.bincount(np.concatenate([streets.tail, streets.head]), minlength=streets.n_nodes)
    findings = [
        *rows.refuse(lost, code="gate-nowhere", what="gates on streets that are not in the town."),
        *rows.notice(
            ~lost & (arms[node] >= _MANY_ARMS),
            code="gate-at-junction",
            what="gates, bollards or the like stand right on a junction: which arm do they close?",
            done="They count for all arms.",
            severity=Severity.WARNING,
        ),
    ]
    rows = rows.take(~lost)
    access = users(rows)
    findings += rows.notice(
        access.car == Access.UNKNOWN,
        code="gate-unknown",
        what="gates, bollards or the like of which the map does not say whom they let pass.",
        done="Open or closed by their kind.",
    )
    gates = Gates(
        id=rows.id, node=node[~lost].astype(np.int32), kind=rows.text("kind"), access=access
    )
    return gates, tuple(findings)


def _codes(rows: Rows, column: str) -> NDArray[np.int8]:
    """Turn words into ``Access`` numbers."""
    if column not in rows.columns:
        return np.zeros(rows.n, dtype=np.int8)
    number, words = pd.factorize(rows.text(column))
    codes = [_CODES.get(str(word), Access.UNKNOWN) for word in words]
    return np.array(codes, dtype=np.int8)[number]


def _edges(
    rows: Rows, column: str, layers: Sequence[Layer], kind: LayerKind, streets: Streets
) -> Ints:
    """Look streets up by their id in the file that the rows are from; -1 where there is none."""
    prefix = np.array(_prefixes(layers, kind), dtype=np.object_)
    names = prefix[rows.layer] + rows.text(column)
    known = pd.Index(streets.id)
    return np.asarray(known.get_indexer(pd.Index(names)), dtype=np.int64)


def _prefixes(layers: Sequence[Layer], kind: LayerKind) -> list[str]:
    """Give what ``gather`` put before the street ids of each layer's own file."""
    files = [layer.source.sha256 for layer in layers if layer.kind is LayerKind.STREETS]
    prefixes = []
    for layer in layers:
        if layer.kind is kind:
            found = files.index(layer.source.sha256) if layer.source.sha256 in files else None
            number = None if found is None else found + 1
            prefixes.append("?:" if number is None else "" if number == 1 else f"{number}:")
    return prefixes


def _shared_node(streets: Streets, one: Ints, other: Ints, spot: Objects) -> Ints:
    """Find the end that two streets share, of several the one nearest to a spot; -1 if none."""
    x_m, y_m = shapely.get_x(spot), shapely.get_y(spot)
    best, best_m = np.full(len(one), -1, dtype=np.int64), np.full(len(one), np.inf)
    known = (one >= 0) & (other >= 0)
    for mine in (streets.tail, streets.head):
        for yours in (streets.tail, streets.head):
            node = mine[one].astype(np.int64)
            away_m = np.hypot(streets.node_x_m[node] - x_m, streets.node_y_m[node] - y_m)
            nearer = known & (node == yours[other]) & (away_m < best_m)
            best[nearer], best_m[nearer] = node[nearer], away_m[nearer]
    return best
