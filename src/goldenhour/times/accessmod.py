# SPDX-License-Identifier: Apache-2.0
"""
AccessMod's way over a grid, to compare with its results: one merged raster of modes and speeds.

As ``r.walk.accessmod`` does it: a cell holds (mode + speed) x 1000, diagonals pass between two
barriers, and slopes act 100 times too weakly on cyclists, which a finding says; ask for
``Bicycle.CORRECTED`` to mend that. One thing is not copied: AccessMod gives a time to a motorised
cell without a height, and ends there; here no height is no passage.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from goldenhour.base.errors import InputError
from goldenhour.base.findings import Finding, Severity, first_rows
from goldenhour.times.kernels.terrain import Rules
from goldenhour.times.pace import Bicycle, Cyclist, Mode
from goldenhour.times.surface import Surface, fitting
from goldenhour.times.terrain import Cells, lay

NOTHING = -1
"""Class of a cell with no land cover: nobody passes."""

NO_TIME = -1
"""Minutes of a cell that is not reached."""

_BY_MODE, _BY_SPEED = 1_000_000, 1_000
_MOST_MINUTES = 2**15 - 1


class Scenario(NamedTuple):
    """
    How a class of ground is crossed.

    Parameters
    ----------
    mode
        Walking, bicycling or motorized.
    speed_kmh
        Speed on the flat in km/h; 0 for impassable.
    """

    mode: Mode
    speed_kmh: float


def merge(layers: Sequence[ArrayLike]) -> NDArray[np.int32]:
    """
    Merge rasters of one grid into land cover: a road replaces what lies under it.

    Parameters
    ----------
    layers
        From the top down: integers are classes, ``NOTHING`` where there is none; booleans are
        barriers, which remove what lies below. The lowest is the land cover, layers of classes
        above it are roads. Shape ``(rows, columns)`` each.

    Returns
    -------
    classes
        ``NOTHING`` where nobody passes. Road cells that bridge a barrier only diagonally, because
        lines become cells, are removed too. Shape ``(rows, columns)``.

    Raises
    ------
    InputError
        If there is no layer, or they differ in shape.
    """
    given = [np.asarray(layer) for layer in layers]
    if not given or any(layer.shape != given[0].shape or layer.ndim != 2 for layer in given):  # noqa: PLR2004 - a grid
        raise InputError(
            "Layers to merge must be rasters of one grid.", where="layers", code="GH137"
        )
    merged = np.full(given[0].shape, NOTHING, dtype=np.int32)
    is_decided, is_road = np.zeros(merged.shape, dtype=bool), np.zeros(merged.shape, dtype=bool)
    for depth, layer in enumerate(given):
        is_barrier = layer.dtype == np.bool_
        here = layer if is_barrier else layer != NOTHING
        if not is_barrier:
            merged = np.where(here & ~is_decided, layer, merged).astype(np.int32)
            is_road |= here & (depth < len(given) - 1)
        is_decided |= here
    merged[is_road & _is_bridge(merged == NOTHING)] = NOTHING
    return merged


def _is_bridge(is_empty: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Find cells joined to a diagonal neighbour between two empty cells: all four diagonals."""
    around = np.pad(is_empty, 1, constant_values=True)
    rows, columns = is_empty.shape
    found = np.zeros(is_empty.shape, dtype=bool)
    for down in (0, 2):
        for right in (0, 2):
            beside = around[1 : rows + 1, right : right + columns]
            above = around[down : down + rows, 1 : columns + 1]
            corner = around[down : down + rows, right : right + columns]
            found |= beside & above & ~corner
    return found


def cell_values(
    classes: ArrayLike, scenario: Mapping[int, Scenario]
) -> tuple[NDArray[np.float64], list[Finding]]:
    """
    Give every cell its (mode + speed) x 1000.

    Parameters
    ----------
    classes
        Land cover, ``NOTHING`` where nobody passes. Shape ``(rows, columns)``.
    scenario
        How each class is crossed.

    Returns
    -------
    values, findings
        NaN where nobody passes, shape ``(rows, columns)``; classes that the scenario lacks, which
        are closed.

    Raises
    ------
    InputError
        If a speed is negative, not a number, or 1000 km/h or more.
    """
    for name, row in scenario.items():
        if not 0 <= row.speed_kmh < _BY_SPEED:
            raise InputError(
                f"A speed of {row.speed_kmh} km/h cannot be.",
                where=f"scenario, class {name}",
                do="Give 0 km/h or more; 0 closes the class.",
                code="GH138",
            )
    found, place = np.unique(np.asarray(classes), return_inverse=True)
    of_class = np.full(len(found), np.nan)
    for i, name in enumerate(found.tolist()):
        how = scenario.get(name)
        if how is not None and how.speed_kmh > 0:
            of_class[i] = how.mode * _BY_MODE + how.speed_kmh * _BY_SPEED
    lacking = [name for name in found.tolist() if name != NOTHING and name not in scenario]
    values = of_class[place].reshape(np.shape(classes))
    return values, _lacking(lacking, int(np.isin(classes, lacking).sum()))


def _lacking(classes: list[int], n_cells: int) -> list[Finding]:
    """Say which classes the scenario lacks."""
    if not classes:
        return []
    return [
        Finding(
            code="class-not-in-scenario",
            layer="land cover",
            what=f"The scenario does not say how {len(classes)} classes are crossed.",
            done="Their cells are closed.",
            n_rows=n_cells,
            rows=first_rows(classes),
        )
    ]


def surface(
    values: ArrayLike,
    *,
    elevation_m: ArrayLike | None,
    cell_m: float | tuple[float, float],
    bicycle: Bicycle | Cyclist = Bicycle.AS_ACCESSMOD,
    mean_speed: bool = False,
) -> Surface:
    """
    Make ground that is crossed by AccessMod's rules.

    Parameters
    ----------
    values
        (mode + speed) x 1000 of every cell, NaN where nobody passes. Shape ``(rows, columns)``.
    elevation_m
        Heights in metres, NaN where not known; None for its isotropic analysis. Shape
        ``(rows, columns)``.
    cell_m
        Size of a cell in metres, or its height and width.
    bicycle
        What slope does to cyclists.
    mean_speed
        Average the speeds of two cells instead of their times, as AccessMod did in 2015; not with
        knight's moves, which did not work then.

    Returns
    -------
    surface
        Ready to be asked.

    Raises
    ------
    InputError
        If grids differ in shape, or a value names no mode.
    """
    value = fitting(values, None, "values")
    heights = np.zeros(value.shape) if elevation_m is None else elevation_m
    height = fitting(heights, (value.shape[0], value.shape[1]), "elevation_m")
    is_known = np.isfinite(value)
    mode = np.where(is_known, np.floor(value / _BY_MODE), Mode.WALKING)
    if not np.isin(mode, [int(one) for one in Mode]).all():
        raise InputError(
            "A cell's value must be (mode + speed) x 1000 with mode 1000, 2000 or 3000.",
            where="values",
            code="GH139",
        )
    speed_kmh = np.where(is_known, (value - mode * _BY_MODE) / _BY_SPEED, 0)
    # a knight's move may cross a cell without height, but none ends there
    is_open = (speed_kmh > 0) & np.isfinite(height)
    return lay(
        Cells(speed_kmh, height, mode.astype(np.int8), is_open),
        cell_m=cell_m,
        slopes=None if elevation_m is None else bicycle,
        rules=Rules(past_corners=True, mean_speed=mean_speed),
        findings=_weak_slopes(mode[is_open], bicycle),
    )


def _weak_slopes(mode: NDArray[np.float64], bicycle: Bicycle | Cyclist) -> tuple[Finding, ...]:
    """Say that the defect of the bicycle formula is in the result."""
    n_cells = int(np.count_nonzero(mode == Mode.BICYCLING))
    if bicycle is not Bicycle.AS_ACCESSMOD or n_cells == 0:
        return ()
    return (
        Finding(
            code="bicycle-as-accessmod",
            layer="values",
            what="Slopes act on cyclists 100 times too weakly, as in AccessMod.",
            done="Kept, to compare with its results.",
            severity=Severity.NOTE,
            n_rows=n_cells,
        ),
    )


def whole_minutes(
    seconds: NDArray[np.float32], *, limit_minutes: int | None = None
) -> NDArray[np.int16]:
    """
    Round times up to whole minutes, as AccessMod stores them.

    Parameters
    ----------
    seconds
        Seconds, ``inf`` where not reached. Shape ``(rows, columns)``.
    limit_minutes
        Longer times count as not reached; None for the longest that int16 holds, 22 days.

    Returns
    -------
    minutes
        ``NO_TIME`` where not reached. Shape ``(rows, columns)``.
    """
    limit = _MOST_MINUTES if limit_minutes is None else min(limit_minutes, _MOST_MINUTES)
    is_within = seconds <= np.float64(limit) * 60
    return np.where(is_within, np.ceil(np.where(is_within, seconds, 0) / 60), NO_TIME).astype(
        np.int16
    )
