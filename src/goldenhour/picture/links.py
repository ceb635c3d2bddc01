# SPDX-License-Identifier: Apache-2.0
"""Which reports stand behind which row, packed as compressed rows."""

import numpy as np
from numpy.typing import NDArray

from goldenhour.picture.belief import Evidence


def evidence(n: int, *, rows: NDArray[np.int64], reports: NDArray[np.int64]) -> Evidence:
    """
    Pack links from rows to reports.

    Parameters
    ----------
    n
        Number of rows.
    rows
        The row of each link. Shape ``(n_links,)``.
    reports
        The report of each link, a position in ``Picture.reports``. Shape ``(n_links,)``.

    Returns
    -------
    evidence
        Newest report first in every row; each link once.
    """
    pairs = np.unique(np.column_stack([rows, -reports]), axis=0) if len(rows) else np.zeros((0, 2))
    start = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(pairs[:, 0].astype(np.int64), minlength=n), out=start[1:])
    return Evidence(start=start, report=(-pairs[:, 1]).astype(np.int32))
