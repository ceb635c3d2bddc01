# SPDX-License-Identifier: Apache-2.0
"""Heights from rasters: whatever is no height is unknown, never zero and never a pit."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rasterio.enums import MaskFlags, Resampling
from rasterio.io import DatasetReader
from rasterio.windows import Window

from goldenhour.base import facts
from goldenhour.base.errors import EmptyLayerError
from goldenhour.base.findings import Finding, Severity
from goldenhour.base.progress import Progress, quiet
from goldenhour.sources.rasters import Heights, about_grid, onto, opened, pixel_m
from goldenhour.town.terrain import Frame

_FEET = {"ft": 0.3048, "foot": 0.3048, "feet": 0.3048, "us survey foot": 1200 / 3937}
_FEET["us-ft"] = _FEET["us survey foot"]
_MOST_NAMED = 3
_UNKNOWN = "They count as unknown."


class _Sheet:
    """Reads one file's heights and remembers what it took for none."""

    def __init__(self, source: DatasetReader) -> None:
        self.unit = str(source.units[0] or "").lower()
        self.scale = float(source.scales[0] or 1) * _FEET.get(self.unit, 1.0)
        self.offset = float(source.offsets[0] or 0) * _FEET.get(self.unit, 1.0)
        self.says_unknown = source.nodata is not None or source.mask_flag_enums[0] != [
            MaskFlags.all_valid
        ]
        self.strange: Counter[float] = Counter()
        self.n_holes = 0

    def __call__(self, source: DatasetReader, window: Window) -> Heights:
        """Read a window in metres, NaN where not known."""
        cells = source.read(1, window=window, masked=True)
        raw = np.ma.filled(cells.astype(np.float32), np.nan)
        heights = (raw * np.float32(self.scale) + np.float32(self.offset)).astype(np.float32)
        low, high = facts.number("terrain.lowest_m"), facts.number("terrain.highest_m")
        with np.errstate(invalid="ignore"):
            is_strange = (heights < low) | (heights > high)
        if is_strange.any():
            value, count = np.unique(raw[is_strange], return_counts=True)
            self.strange.update(dict(zip(value.tolist(), count.tolist(), strict=True)))
        heights[is_strange] = np.nan
        return heights if self.says_unknown else self._without_holes(heights)

    def _without_holes(self, heights: Heights) -> Heights:
        """Doubt a height of exactly 0 where all others lie high above, if no gaps are marked."""
        is_zero = heights == 0
        others = heights[~is_zero & np.isfinite(heights)]
        if is_zero.any() and others.size and others.min() > facts.number("terrain.hole_depth_m"):
            self.n_holes += int(np.count_nonzero(is_zero))
            heights[is_zero] = np.nan
        return heights


def resolution_m(paths: Sequence[Path], crs: str, x_m: float, y_m: float) -> float:
    """
    Measure the finest pixels of some files.

    Parameters
    ----------
    paths
        Rasters of heights.
    crs
        The town's metric system.
    x_m
        Easting of the town's middle in metres.
    y_m
        Northing of the town's middle in metres.

    Returns
    -------
    size_m
        Side of a pixel in metres.
    """
    sizes = []
    for path in paths:
        with opened(path) as source:
            sizes.append(pixel_m(source, crs, x_m, y_m))
    return min(sizes)


def read_elevation(
    paths: Sequence[Path], frame: Frame, *, progress: Progress = quiet
) -> tuple[Heights, tuple[Finding, ...]]:
    """
    Read heights onto the town's grid; where files overlap the first that knows counts.

    Parameters
    ----------
    paths
        Rasters of heights.
    frame
        The town's grid.
    progress
        Told how far the work is.

    Returns
    -------
    elevation_m, findings
        Metres, NaN where not known. Shape ``(rows, columns)``, float32.

    Raises
    ------
    EmptyLayerError
        If a file knows no height in the town.
    """
    elevation_m = np.full(frame.shape, np.nan, dtype=np.float32)
    findings: list[Finding] = []
    for path in paths:
        with opened(path) as source:
            sheet = _Sheet(source)
            read = onto(
                source,
                frame,
                sheet,
                finer=Resampling.bilinear,
                coarser=Resampling.average,
                progress=progress,
            )
            findings += (*about_grid(source, path), *_about(source, sheet, path))
        if not np.isfinite(read).any():
            raise EmptyLayerError(
                "It knows no height in the town or around it.",
                where=path.name,
                do="Give heights of the area of the streets: --elevation FILE.",
            )
        elevation_m = np.where(np.isfinite(elevation_m), elevation_m, read)
    return elevation_m, tuple(findings)


def _about(source: DatasetReader, sheet: _Sheet, path: Path) -> list[Finding]:
    """Say what is odd about a file of heights."""
    found = []
    if sheet.strange:
        named = ", ".join(f"{value:g}" for value, _ in sheet.strange.most_common(_MOST_NAMED))
        found.append(_heights(path, "no-height", f"Values that are no heights: {named}.", _UNKNOWN))
    if sheet.n_holes:
        what = "Heights of exactly 0 amid high ground, and no value is marked as unknown."
        found.append(_heights(path, "zero-heights", what, _UNKNOWN))
    if not sheet.says_unknown and np.dtype(source.dtypes[0]).kind in "iu":
        what = "It does not say which value stands for unknown."
        found.append(_note(path, "no-unknown-value", what, "All other values count as heights."))
    if source.dtypes[0] == "uint8":
        what = "Its heights are whole numbers from 0 to 255."
        done = "Check that it is no shaded picture of the heights."
        found.append(_heights(path, "heights-in-bytes", what, done))
    if sheet.unit in _FEET:
        found.append(_note(path, "heights-in-feet", "Its heights are in feet.", "Made metres."))
    return found


def _heights(path: Path, code: str, what: str, done: str) -> Finding:
    """Warn about heights."""
    return Finding(code=code, layer=path.name, what=what, done=done)


def _note(path: Path, code: str, what: str, done: str) -> Finding:
    """Remark on heights."""
    return Finding(code=code, layer=path.name, what=what, done=done, severity=Severity.NOTE)
