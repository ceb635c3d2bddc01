# SPDX-License-Identifier: Apache-2.0
"""The rows of all layers of one kind, side by side, before they become typed arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from goldenhour.base.findings import Finding, Severity, first_rows
from goldenhour.town.layers import Layer, LayerKind
from goldenhour.town.town import Objects


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """
    Rows of one kind from all layers, in order.

    Parameters
    ----------
    label
        The files' names, for findings.
    id
        Text ids, unique over layers. Shape ``(n,)``, objects.
    shape
        shapely geometries, EPSG:4326. Shape ``(n,)``, objects.
    layer
        Which layer each row is from. Shape ``(n,)``, int32.
    columns
        The other columns.
    """

    label: str
    id: Objects
    shape: Objects
    layer: NDArray[np.int32]
    columns: pd.DataFrame

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.id)

    def text(self, column: str) -> Objects:
        """
        Give a column as words.

        Parameters
        ----------
        column
            Its name; a column that is not there is unknown on every row.

        Returns
        -------
        words
            ``""`` where unknown. Shape ``(n,)``, objects.
        """
        if column not in self.columns:
            return empty_words(self.n)
        values = self.columns[column].astype(object)
        return np.asarray(values.where(values.notna(), ""), dtype=np.object_)

    def numbers(self, column: str) -> NDArray[np.float64]:
        """
        Give a column as numbers.

        Parameters
        ----------
        column
            Its name; a column that is not there is unknown on every row.

        Returns
        -------
        values
            NaN where unknown. Shape ``(n,)``.
        """
        if column not in self.columns:
            return np.full(self.n, np.nan)
        return np.asarray(pd.to_numeric(self.columns[column], errors="coerce"), dtype=np.float64)

    def flags(self, column: str) -> NDArray[np.bool_]:
        """
        Give a yes-or-no column; unknown is no.

        Parameters
        ----------
        column
            Its name.

        Returns
        -------
        flags
            Shape ``(n,)``.
        """
        return np.asarray(self.numbers(column) > 0, dtype=np.bool_)

    def whole(self, column: str, *, unknown: int) -> NDArray[np.int64]:
        """
        Give a column of whole numbers.

        Parameters
        ----------
        column
            Its name.
        unknown
            What stands where there is none.

        Returns
        -------
        values
            Exact even for 64-bit ids. Shape ``(n,)``.
        """
        if column not in self.columns:
            return np.full(self.n, unknown, dtype=np.int64)
        values = self.columns[column]
        return np.asarray(values.fillna(unknown).astype(np.int64))

    def take(self, which: NDArray[np.intp] | NDArray[np.bool_]) -> "Rows":
        """
        Keep some rows.

        Parameters
        ----------
        which
            Row numbers, or a mask. Shape ``(n_kept,)`` or ``(n,)``.

        Returns
        -------
        rows
            The kept rows.
        """
        return Rows(
            label=self.label,
            id=self.id[which],
            shape=self.shape[which],
            layer=self.layer[which],
            columns=self.columns.iloc[which if which.dtype != np.bool_ else np.flatnonzero(which)],
        )

    def refuse(self, bad: NDArray[np.bool_], *, code: str, what: str) -> tuple[Finding, ...]:
        """
        Say which rows are left out, if any.

        Parameters
        ----------
        bad
            True where a row is left out. Shape ``(n,)``.
        code
            The finding's code.
        what
            The sentence after the count, such as ``"streets without a shape."``.

        Returns
        -------
        findings
            One or none.
        """
        return self.notice(bad, code=code, what=what, done="Left out.", severity=Severity.REFUSED)

    def notice(
        self,
        which: NDArray[np.bool_],
        *,
        code: str,
        what: str,
        done: str = "",
        severity: Severity = Severity.NOTE,
    ) -> tuple[Finding, ...]:
        """
        Say something about some rows, if there are any.

        Parameters
        ----------
        which
            True on the rows it is about. Shape ``(n,)``.
        code
            The finding's code.
        what
            The sentence after the count.
        done
            What was done about it.
        severity
            How much it matters.

        Returns
        -------
        findings
            One or none.
        """
        if not which.any():
            return ()
        return (
            Finding(
                code=code,
                layer=self.label,
                what=f"{int(which.sum()):,} {what}",
                done=done,
                severity=severity,
                n_rows=int(which.sum()),
                rows=first_rows(self.id[which]),
            ),
        )


def gather(layers: Sequence[Layer], kind: LayerKind) -> Rows:
    """
    Put the layers of one kind side by side.

    Ids of the first layer stay as they are; those of the second begin with ``2:``, of the third
    with ``3:`` and so on, so that adding a layer renames nothing.

    Parameters
    ----------
    layers
        All layers; those of other kinds are passed over.
    kind
        The kind wanted.

    Returns
    -------
    rows
        Possibly none.
    """
    chosen = [layer for layer in layers if layer.kind is kind]
    if not chosen:
        none = empty_words(0)
        return Rows(
            label=kind.value,
            id=none,
            shape=none,
            layer=np.zeros(0, dtype=np.int32),
            columns=pd.DataFrame(index=range(0)),
        )
    ids = [
        layer.table["id"].astype(str).radd(f"{number}:" if number > 1 else "")
        for number, layer in enumerate(chosen, start=1)
    ]
    frames = [
        pd.DataFrame(layer.table.drop(columns=[layer.table.geometry.name])) for layer in chosen
    ]
    counts = [len(layer.table) for layer in chosen]
    return Rows(
        label=", ".join(dict.fromkeys(layer.source.file for layer in chosen)),
        id=np.concatenate([np.asarray(part, dtype=np.object_) for part in ids]),
        shape=np.concatenate([_two_dimensional(layer) for layer in chosen]),
        layer=np.repeat(np.arange(len(chosen), dtype=np.int32), counts),
        columns=frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True),
    )


def empty_words(n: int) -> Objects:
    """
    Give ``n`` unknown words.

    Parameters
    ----------
    n
        How many.

    Returns
    -------
    words
        All ``""``. Shape ``(n,)``, objects.
    """
    return np.full(n, "", dtype=np.object_)


def _two_dimensional(layer: Layer) -> Objects:
    """Take the shapes without heights, which nothing here uses."""
    shapes = np.asarray(layer.table.geometry.array, dtype=np.object_)
    if shapely.has_z(shapes).any():  # rarely; flattening copies every shape
        shapes = np.asarray(shapely.force_2d(shapes), dtype=np.object_)
    return shapes
