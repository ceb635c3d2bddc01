# SPDX-License-Identifier: Apache-2.0
"""Rows of a linear program, as the engine hands them to the solver."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearRows:
    """
    Rows ``least <= factor @ v <= limit``, compressed.

    Parameters
    ----------
    start
        Shape ``(n_rows + 1,)``, int64.
    column
        Columns of the entries, each at most once in a row. Shape ``(n_entries,)``, int32.
    factor
        Values of the entries. Shape ``(n_entries,)``.
    limit
        Shape ``(n_rows,)``; ``inf`` where there is none.
    least
        Shape ``(n_rows,)``; ``-inf`` where there is none.
    """

    start: NDArray[np.int64]
    column: NDArray[np.int32]
    factor: Floats
    limit: Floats
    least: Floats

    @classmethod
    def from_dense(
        cls, rows: Floats, limit: Floats, *, least: Floats | None = None
    ) -> "LinearRows":
        """
        Take rows as a table.

        Parameters
        ----------
        rows
            Shape ``(n_rows, n_columns)``.
        limit
            Shape ``(n_rows,)``.
        least
            Shape ``(n_rows,)``; none if left out.

        Returns
        -------
        rows
            The same, compressed.
        """
        at, column = np.nonzero(rows)
        return cls(
            start=np.searchsorted(at, np.arange(len(rows) + 1)).astype(np.int64),
            column=column.astype(np.int32),
            factor=np.ascontiguousarray(rows[at, column], dtype=np.float64),
            limit=np.asarray(limit, dtype=np.float64),
            least=np.full(len(rows), -np.inf) if least is None else np.asarray(least, np.float64),
        )

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.limit)
