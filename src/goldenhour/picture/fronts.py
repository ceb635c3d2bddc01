# SPDX-License-Identifier: Apache-2.0
"""
How far the front and armed pockets may have come: what worlds draw them from.

In a world an area is as it was reported or larger, never smaller: nobody is sent where danger was
reported because it might have gone.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.picture.belief import HazardArea
from goldenhour.picture.chance import triangular

Floats = NDArray[np.float64]
_QUARTER_SEGMENTS = 8


def advance_laws(hazards: Sequence[HazardArea]) -> Floats:
    """
    Say how far the edge of each area may have come since it was reported.

    Parameters
    ----------
    hazards
        All that are believed.

    Returns
    -------
    advance_m
        Least, likely and most metres; all 0 for what is no front. Shape ``(n_hazards, 3)``.
    """
    laws = facts.fact("picture.world_front_advance_m").value
    still = (0.0, 0.0, 0.0)
    return np.array([laws.get(area.hazard, still) for area in hazards], dtype=np.float64).reshape(
        -1, 3
    )


def advanced_m(laws: Floats, drawn: Floats) -> Floats:
    """
    Say how far the edge of each area has come in one world.

    Parameters
    ----------
    laws
        From ``advance_laws``. Shape ``(n_hazards, 3)``.
    drawn
        0 to 1. Shape ``(n_hazards,)``.

    Returns
    -------
    advance_m
        Metres. Shape ``(n_hazards,)``.
    """
    return triangular(drawn, laws[:, 0], laws[:, 1], laws[:, 2])


def grown(area: HazardArea, advance_m: float) -> HazardArea:
    """
    Let an area's edge come nearer on all sides.

    Parameters
    ----------
    area
        As it was reported.
    advance_m
        Metres, 0 or more.

    Returns
    -------
    area
        The very same for 0 metres.
    """
    if advance_m <= 0:
        return area
    shape = shapely.buffer(area.shape, advance_m, quad_segs=_QUARTER_SEGMENTS)
    return replace(area, shape=shape)
