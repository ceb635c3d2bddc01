# SPDX-License-Identifier: Apache-2.0
"""Rules of traffic as the map has them: who may use a street, make a turn, pass a gate."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Objects = NDArray[np.object_]
Flags = NDArray[np.bool_]
Codes = NDArray[np.int8]


class Access(IntEnum):
    """Who may pass by the map: everybody, who is let in, or nobody of this kind."""

    UNKNOWN = 0
    YES = 1
    PRIVATE = 2
    NO = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Users:
    """
    What the map says to each kind of user, as ``Access`` numbers.

    Parameters
    ----------
    foot
        People on foot. Shape ``(n,)``, int8.
    ambulance
        Emergency vehicles. Shape ``(n,)``, int8.
    car
        Cars, pick-ups and the like. Shape ``(n,)``, int8.
    truck
        Goods vehicles. Shape ``(n,)``, int8.
    """

    foot: Codes
    ambulance: Codes
    car: Codes
    truck: Codes

    @classmethod
    def unknown(cls, n: int) -> "Users":
        """
        Know nothing about anybody.

        Parameters
        ----------
        n
            How many rows.

        Returns
        -------
        users
            All unknown.
        """
        nothing = np.zeros(n, dtype=np.int8)
        return cls(foot=nothing, ambulance=nothing, car=nothing, truck=nothing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """
    Turns that a sign forbids, or of which it allows one alone. They bind vehicles only.

    Parameters
    ----------
    id
        Stable text ids. Shape ``(n,)``.
    via
        Junctions. Shape ``(n,)``, int32.
    from_edge
        Streets by which one comes. Shape ``(n,)``, int32.
    to_edge
        Streets by which one would go on. Shape ``(n,)``, int32.
    is_only
        True where this turn is the only one allowed, False where it is forbidden. Shape ``(n,)``.
    ambulance
        True where the sign binds emergency vehicles. Shape ``(n,)``, bool.
    car
        True where it binds cars. Shape ``(n,)``, bool.
    truck
        True where it binds goods vehicles. Shape ``(n,)``, bool.
    """

    id: Objects
    via: NDArray[np.int32]
    from_edge: NDArray[np.int32]
    to_edge: NDArray[np.int32]
    is_only: Flags
    ambulance: Flags
    car: Flags
    truck: Flags

    @classmethod
    def none(cls) -> "Turns":
        """
        Know of no such sign.

        Returns
        -------
        turns
            Empty.
        """
        number, flag = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.bool_)
        return cls(
            id=np.zeros(0, dtype=np.object_),
            via=number,
            from_edge=number,
            to_edge=number,
            is_only=flag,
            ambulance=flag,
            car=flag,
            truck=flag,
        )

    @property
    def n(self) -> int:
        """Number of signs."""
        return len(self.via)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """
    Things that stand across a street in one spot: gates, bollards, blocks of concrete.

    Parameters
    ----------
    id
        Stable text ids. Shape ``(n,)``.
    node
        The junctions, or spots between two pieces of street, where they stand. Shape ``(n,)``,
        int32.
    kind
        OSM ``barrier`` values. Shape ``(n,)``, objects.
    access
        Who may pass.
    """

    id: Objects
    node: NDArray[np.int32]
    kind: Objects
    access: Users

    @classmethod
    def none(cls) -> "Gates":
        """
        Know of no gate.

        Returns
        -------
        gates
            Empty.
        """
        nothing = np.zeros(0, dtype=np.object_)
        return cls(
            id=nothing, node=np.zeros(0, dtype=np.int32), kind=nothing, access=Users.unknown(0)
        )

    @property
    def n(self) -> int:
        """Number of gates."""
        return len(self.node)
