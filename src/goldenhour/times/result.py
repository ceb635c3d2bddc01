# SPDX-License-Identifier: Apache-2.0
"""What measuring travel times gives: who is within reach of what, and who joins no street."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

UNREACHABLE_S = np.float32(np.inf)
"""Travel time in seconds of a pair that no open way joins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithinReach:
    """
    All pairs within a limit, as compressed rows: one row per site.

    Site ``j`` is within the limit of homes ``home[start[j]:start[j + 1]]``, in ``seconds`` of the
    same slice. Pairs that are not listed are beyond the limit or unreachable.

    Parameters
    ----------
    start
        Shape ``(n_sites + 1,)``, int64.
    home
        Home numbers, ascending within a row. Shape ``(n_pairs,)``, int32.
    seconds
        Travel times in seconds, whole 1/64 s. Shape ``(n_pairs,)``, float32.
    n_homes
        Number of homes asked about.
    limit_s
        The limit in seconds.
    """

    start: NDArray[np.int64]
    home: NDArray[np.int32]
    seconds: NDArray[np.float32]
    n_homes: int
    limit_s: float

    @property
    def n_sites(self) -> int:
        """Number of sites asked about."""
        return len(self.start) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """
    How points join the streets: the nearest open node of the mode, over open ground on foot.

    Parameters
    ----------
    node
        Street node of each point, -1 where none lies within the allowed distance. Shape ``(n,)``,
        int32.
    seconds
        Walking time between the point and the node in seconds, ``inf`` where there is none. Shape
        ``(n,)``, float32.
    """

    node: NDArray[np.int32]
    seconds: NDArray[np.float32]

    @property
    def n_unattached(self) -> int:
        """How many points join no street."""
        return int(np.count_nonzero(self.node < 0))


class Nearest(NamedTuple):
    """
    The nearest destination of each origin.

    Parameters
    ----------
    index
        Position in the destinations, the lowest of equals; -1 if none. Shape ``(n_origins,)``.
    seconds
        Seconds to it, ``inf`` if none. Shape ``(n_origins,)``, float32.
    """

    index: NDArray[np.int64]  # type: ignore[assignment] # hides tuple.index, nobody needs it
    seconds: NDArray[np.float32]


class Reached(NamedTuple):
    """
    What lies within a limit.

    Parameters
    ----------
    node
        Nodes, ascending. Shape ``(n_reached,)``, int32.
    seconds
        Seconds to each. Shape ``(n_reached,)``, float32.
    """

    node: NDArray[np.int32]
    seconds: NDArray[np.float32]
