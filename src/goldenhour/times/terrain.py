# SPDX-License-Identifier: Apache-2.0
"""
Open ground from grids of heights and speeds: what is not known is closed, never flat or fast.

A cell with no height, no speed or a speed of 0 cannot be entered, and nothing slips diagonally
between two such cells. Times come from the kernel in 2 ** -20 s.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from goldenhour.base.errors import InputError
from goldenhour.base.findings import Finding, Severity
from goldenhour.times import pace
from goldenhour.times.kernels import terrain as kernel
from goldenhour.times.kernels.terrain import Rules
from goldenhour.times.pace import Bicycle, Cyclist, Mode
from goldenhour.times.surface import Surface, fitting, padded

_MOST_SPEEDS = 250


class Cells(NamedTuple):
    """
    What is on the ground.

    Parameters
    ----------
    speed_kmh
        Speed on the flat in km/h, 0 where nobody passes. Shape ``(rows, columns)``.
    elevation_m
        Heights in metres; of no meaning where closed. Shape ``(rows, columns)``.
    mode
        ``Mode`` of every cell. Shape ``(rows, columns)``.
    is_open
        Cells that can be entered. Shape ``(rows, columns)``.
    """

    speed_kmh: NDArray[np.float64]
    elevation_m: NDArray[np.float64]
    mode: NDArray[np.int8]
    is_open: NDArray[np.bool_]


def surface(
    *,
    speed_kmh: ArrayLike,
    elevation_m: ArrayLike | None,
    mode: ArrayLike = Mode.WALKING,
    cell_m: float | tuple[float, float],
    bicycle: Bicycle = Bicycle.CORRECTED,
) -> Surface:
    """
    Make ground that can be travelled over.

    Parameters
    ----------
    speed_kmh
        Speed on the flat in km/h; 0 for a barrier, NaN or masked where the ground is not known:
        both are closed. Shape ``(rows, columns)``, top row first.
    elevation_m
        Heights in metres; NaN or masked where not known, which closes the cell. None leaves slopes
        out altogether. Shape ``(rows, columns)``.
    mode
        ``Mode`` of every cell, or one for all. Shape ``(rows, columns)``.
    cell_m
        Size of a cell in metres, or its height and width.
    bicycle
        What slope does to cyclists.

    Returns
    -------
    surface
        Ready to be asked.

    Raises
    ------
    InputError
        If grids differ in shape, a speed is negative or infinite, or a mode is unknown.
    """
    speed = fitting(speed_kmh, None, "speed_kmh")
    shape = (speed.shape[0], speed.shape[1])
    _check(speed)
    heights = np.zeros(shape) if elevation_m is None else fitting(elevation_m, shape, "elevation_m")
    is_known, has_height = np.isfinite(speed), np.isfinite(heights)
    is_open = is_known & has_height & (speed > 0)
    unknown = _unknown(~is_known, "speed_kmh", "unknown-ground", "The ground is not known")
    unknown += _unknown(is_known & ~has_height, "elevation_m", "no-elevation", "No height is known")
    return lay(
        Cells(np.where(is_open, speed, 0), heights, _modes(mode, shape), is_open),
        cell_m=cell_m,
        slopes=None if elevation_m is None else bicycle,
        findings=tuple(unknown),
    )


def lay(
    cells: Cells,
    *,
    cell_m: float | tuple[float, float],
    slopes: Bicycle | Cyclist | None,
    rules: Rules | None = None,
    findings: tuple[Finding, ...] = (),
) -> Surface:
    """
    Lay out checked cells as the kernel takes them.

    Parameters
    ----------
    cells
        What is there.
    cell_m
        Size of a cell in metres, or its height and width.
    slopes
        What slope does to cyclists; None if slopes count for nobody.
    rules
        What a move may do and costs; None for ours.
    findings
        What was noticed before.

    Returns
    -------
    surface
        Ready to be asked.

    Raises
    ------
    InputError
        If cyclists have too many different speeds, or a cell has no size.
    """
    with np.errstate(divide="ignore", over="ignore"):
        ticks_per_m = 3.6 * kernel.TICKS_PER_S / cells.speed_kmh
    ticks_per_m[ticks_per_m > kernel.LONGEST] = np.inf  # half a year a metre
    curve, curves = _curves(cells, slopes)
    size = cell_size(cell_m)
    is_open = padded(cells.is_open, 0)
    laid = kernel.lay(
        height=padded(np.where(cells.is_open, cells.elevation_m, 0), 0),
        pace=padded(ticks_per_m, np.inf),
        curve=padded(curve, 0),
        is_open=is_open,
    )
    return Surface(
        ground=kernel.Ground(
            cells=laid,
            is_open=is_open,
            curves=curves,
            least=curves.min(axis=1) * np.float32(1 - 1e-6),  # rounding aside
            shift=_shift(ticks_per_m[np.isfinite(ticks_per_m)], min(size)),
        ),
        rules=rules or Rules(),
        shape=(curve.shape[0], curve.shape[1]),
        cell_m=size,
        findings=findings,
    )


def _curves(
    cells: Cells, slopes: Bicycle | Cyclist | None
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Give every cell a curve: vehicles, walkers, then one for each speed of bicycles."""
    curves = [pace.motorized(), pace.walking()]
    curve = np.where(cells.mode == Mode.MOTORIZED, 0, 1)
    if slopes is None:
        return np.zeros_like(curve), np.stack(curves)
    by_bicycle = (cells.mode == Mode.BICYCLING) & (cells.speed_kmh > 0)
    flat_kmh, which = np.unique(cells.speed_kmh[by_bicycle], return_inverse=True)
    if len(flat_kmh) > _MOST_SPEEDS:
        raise InputError(
            f"Cyclists have {len(flat_kmh)} different speeds, at most {_MOST_SPEEDS} can be.",
            where="speed_kmh",
            do="Round the speeds of cycling cells.",
            code="GH138",
        )
    curve[by_bicycle] = len(curves) + which
    return curve, np.stack(curves + [pace.bicycling(float(kmh), slopes) for kmh in flat_kmh])


def _shift(ticks_per_m: NDArray[np.float64], cell_m: float) -> int:
    """Make buckets about half as wide as a usual step: measured, and not critical."""
    if not ticks_per_m.size:
        return 0
    step = float(np.median(ticks_per_m[::97])) * cell_m
    return min(max(int(step / 2), 1).bit_length() - 1, 40)


def cell_size(cell_m: float | tuple[float, float]) -> tuple[float, float]:
    """
    Give height and width of a cell.

    Parameters
    ----------
    cell_m
        Size in metres, or height and width.

    Returns
    -------
    size
        Height and width in metres.

    Raises
    ------
    InputError
        If one is not above 0 metres.
    """
    height, width = cell_m if isinstance(cell_m, tuple) else (cell_m, cell_m)
    if not (0 < height < np.inf and 0 < width < np.inf):
        raise InputError(
            f"A cell must have a size in metres above 0, not {height} by {width}.",
            where="cell_m",
            do="Warp the rasters to a metric grid.",
            code="GH137",
        )
    return float(height), float(width)


def _modes(mode: ArrayLike, shape: tuple[int, int]) -> NDArray[np.int8]:
    """Give every cell a mode."""
    given = np.asarray(mode)
    if given.ndim and given.shape != shape:
        raise InputError(
            f"Modes have shape {given.shape}, speeds {shape}.", where="mode", code="GH137"
        )
    if not np.isin(given, [int(one) for one in Mode]).all():
        raise InputError(
            "A mode must be walking (1), bicycling (2) or motorized (3).",
            where="mode",
            code="GH139",
        )
    return np.broadcast_to(given, shape).astype(np.int8)


def _check(speed_kmh: NDArray[np.float64]) -> None:
    """Refuse speeds that mean nothing."""
    if (speed_kmh < 0).any() or np.isinf(speed_kmh).any():
        raise InputError(
            "A speed must be 0 km/h or more.",
            where="speed_kmh",
            do="Use 0 for a barrier and NaN for ground that is not known.",
            code="GH138",
        )


def _unknown(cells: NDArray[np.bool_], layer: str, code: str, what: str) -> list[Finding]:
    """Count what is closed because it is not known."""
    n = int(np.count_nonzero(cells))
    if n == 0:
        return []
    return [
        Finding(
            code=code,
            layer=layer,
            what=f"{what} in {n} of {cells.size} cells.",
            done="They are closed.",
            severity=Severity.WARNING,
            n_rows=n,
        )
    ]
