# SPDX-License-Identifier: Apache-2.0
"""A way cut into stretches that a driver would name."""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.messages import LANGUAGES, say
from goldenhour.movement.route import Leg
from goldenhour.times import modes
from goldenhour.times.evacuation import StreetUse
from goldenhour.town.town import Town

_LEAST_WALK_M = 1.0


class Piece(NamedTuple):
    """
    Part of a street, in the direction of travel.

    Parameters
    ----------
    edge
        The street.
    from_share
        Where it is entered, as a share of its length, 0 at its tail and 1 at its head.
    to_share
        Where it is left, as a share of its length.
    """

    edge: int
    from_share: float
    to_share: float

    @property
    def is_forward(self) -> bool:
        """True if it is passed from tail to head."""
        return self.to_share >= self.from_share

    @property
    def part(self) -> float:
        """Share of the street that is passed."""
        return abs(self.to_share - self.from_share)


def legs_of(
    town: Town,
    use: StreetUse,
    seconds: NDArray[np.float32],
    pieces: tuple[Piece, ...],
    off_m: tuple[float, float],
) -> tuple[Leg, ...]:
    """
    Join pieces that carry the same name, with the steps over open ground at both ends.

    Parameters
    ----------
    town
        The town.
    use
        What is known of its streets.
    seconds
        Seconds of each arc: along the edges, then against them. Shape ``(2 * n_edges,)``.
    pieces
        Parts of streets in order.
    off_m
        Metres of open ground before and after.

    Returns
    -------
    legs
        In order.
    """
    passed = [piece for piece in pieces if piece.part > 0]
    named = groupby(passed, key=lambda piece: street_name(town, piece.edge))
    legs = [_leg(name, tuple(group), use, seconds) for name, group in named]
    return (*_walk(off_m[0]), *legs, *_walk(off_m[1]))


def street_name(town: Town, edge: int) -> str:
    """
    Name a street in the languages on file, or by its class.

    Parameters
    ----------
    town
        The town.
    edge
        The street.

    Returns
    -------
    name
        Never empty.
    """
    names = (str(town.streets.name[edge]), str(town.streets.name_ar[edge]))
    on_file = " / ".join(dict.fromkeys(name for name in names if name))
    if on_file:
        return on_file
    kind = str(town.streets.highway[edge]) or "?"
    return _both("movement.unnamed", kind=kind.replace("_", " "))


def _leg(name: str, pieces: tuple[Piece, ...], use: StreetUse, seconds: NDArray[np.float32]) -> Leg:
    """Add up the pieces of one stretch."""
    n_edges = len(use.length_m)
    length_m = [piece.part * float(use.length_m[piece.edge]) for piece in pieces]
    travel_s = [
        piece.part * float(seconds[piece.edge if piece.is_forward else n_edges + piece.edge])
        for piece in pieces
    ]
    unknown_m = sum(
        metres for piece, metres in zip(pieces, length_m, strict=True) if use.is_unknown[piece.edge]
    )
    total_m = sum(length_m)
    return Leg(
        name=name,
        length_m=total_m,
        travel_s=sum(travel_s),
        unknown_share=unknown_m / total_m if total_m else 0.0,
    )


def _walk(off_m: float) -> Iterator[Leg]:
    """Walk over open ground, on which nobody reports."""
    if off_m >= _LEAST_WALK_M:
        yield Leg(
            name=_both("movement.open-ground"),
            length_m=off_m,
            travel_s=off_m * modes.carry_off_road_s_per_m(),
            unknown_share=1.0,
        )


def _both(code: str, **values: object) -> str:
    """Say a word in both languages."""
    return " / ".join(say(code, language, **values) for language in LANGUAGES)
