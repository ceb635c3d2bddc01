# SPDX-License-Identifier: Apache-2.0
"""What covers the ground, from rasters of class numbers, and how fast one walks over each class."""

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.io import DatasetReader
from rasterio.windows import Window

from goldenhour.base import facts
from goldenhour.base.errors import EmptyLayerError, InputError, MissingColumnError
from goldenhour.base.findings import Finding, first_rows
from goldenhour.base.progress import Progress, quiet
from goldenhour.sources.csv_rows import Row, read_rows
from goldenhour.sources.noticing import Noticed
from goldenhour.sources.rasters import Heights, about_grid, onto, opened
from goldenhour.town.terrain import UNKNOWN_GROUND, Frame, GroundClass

_CLASS, _LABEL = ("class", "code", "value", "id"), ("label", "name", "land_cover", "description")
_SPEED, _MODE = ("speed", "speed_kmh", "kmh", "walking_kmh"), ("mode",)
_MOST_CODE, _FASTEST_KMH = np.iinfo(np.int16).max, 10.0


def worldcover() -> tuple[GroundClass, ...]:
    """
    List the classes of ESA WorldCover with our walking speeds.

    Returns
    -------
    classes
        Each speed has its source in the facts.
    """
    return tuple(
        GroundClass(code=code, label=name, walking_kmh=facts.number(f"terrain.{name}_kmh"))
        for name, code in facts.fact("terrain.worldcover_classes").value.items()
    )


def read_classes(path: Path) -> tuple[tuple[GroundClass, ...], tuple[Finding, ...]]:
    """
    Read a table of walking speeds, as AccessMod's travel scenarios have it.

    Parameters
    ----------
    path
        CSV with columns class, label, speed in km/h and perhaps mode.

    Returns
    -------
    classes, findings
        Classes on which one walks; speed 0 is no passage.

    Raises
    ------
    MissingColumnError
        If there is no column of classes or speeds.
    InputError
        If a class comes twice with two speeds, or no row can be used.
    """
    noticed = Noticed(path.name)
    rows = read_rows(path, noticed)
    for names in (_CLASS, _SPEED):
        if rows and not any(name in rows[0].cells for name in names):
            raise MissingColumnError(
                f"It has no column '{names[0]}'.",
                where=path.name,
                do="Write the columns class, label and speed (km/h on foot) in the first line.",
            )
    classes: dict[int, GroundClass] = {}
    for row in rows:
        kind = _class(row, noticed)
        if kind is None:
            continue
        known = classes.setdefault(kind.code, kind)
        if known.walking_kmh != kind.walking_kmh:
            raise InputError(
                f"Class {kind.code} has two speeds.",
                where=f"{path.name}, line {row.line}",
                do="Keep one row for each class.",
                code="GH156",
            )
    if not classes:
        raise EmptyLayerError(
            "It gives no class a walking speed.",
            where=path.name,
            do="Write a row such as: 30,grassland,4",
        )
    return tuple(classes[code] for code in sorted(classes)), noticed.findings()


def read_land_cover(
    paths: Sequence[Path],
    frame: Frame,
    classes: Sequence[GroundClass],
    *,
    progress: Progress = quiet,
) -> tuple[NDArray[np.int16], tuple[Finding, ...]]:
    """
    Read class numbers onto the town's grid; where files overlap the first that knows counts.

    Parameters
    ----------
    paths
        Rasters of class numbers.
    frame
        The town's grid.
    classes
        The classes that are known.
    progress
        Told how far the work is.

    Returns
    -------
    ground, findings
        Class numbers, -1 where not known. Shape ``(rows, columns)``, int16.

    Raises
    ------
    InputError
        If the numbers are no classes, or none of them is known.
    EmptyLayerError
        If a file does not cover the town.
    """
    ground = np.full(frame.shape, UNKNOWN_GROUND, dtype=np.int16)
    findings: list[Finding] = []
    codes = [kind.code for kind in classes]
    for path in paths:
        with opened(path) as source:
            read = onto(
                source,
                frame,
                _codes,
                finer=Resampling.nearest,
                coarser=Resampling.mode,
                progress=progress,
            )
            findings += about_grid(source, path)
        held = np.where(np.isfinite(read), read, UNKNOWN_GROUND)
        _check(held, codes, path)
        findings += _strangers(held, codes, path)
        held = np.where(np.isin(held, codes), held, UNKNOWN_GROUND)
        ground = np.where(ground == UNKNOWN_GROUND, held, ground).astype(np.int16)
    return ground, tuple(findings)


def _codes(source: DatasetReader, window: Window) -> Heights:
    """Read a window of class numbers, NaN where not known."""
    cells = source.read(1, window=window, masked=True)
    return np.asarray(np.ma.filled(cells.astype(np.float32), np.nan), dtype=np.float32)


def _check(held: NDArray[np.float32], codes: Sequence[int], path: Path) -> None:
    """Refuse numbers that are no classes, and classes of which none is known."""
    known = held[held != UNKNOWN_GROUND]
    if not known.size:
        raise EmptyLayerError(
            "It covers nothing of the town.",
            where=path.name,
            do="Give land cover of the area of the streets: --land-cover FILE.",
        )
    if (known != np.rint(known)).any():
        raise InputError(
            "Its numbers are no classes: some are not whole.",
            where=path.name,
            do="Give a land cover, such as ESA WorldCover; heights go to --elevation.",
            code="GH156",
        )
    if not np.isin(known, codes).any():
        named = ", ".join(f"{code:g}" for code in np.unique(known)[:5])
        raise InputError(
            f"None of its classes ({named} …) has a walking speed.",
            where=path.name,
            do="Give their speeds with --land-cover-table: a CSV with class, label, speed.",
            code="GH156",
        )


def _strangers(held: NDArray[np.float32], codes: Sequence[int], path: Path) -> list[Finding]:
    """Count cells of classes that have no speed."""
    strange = held[(held != UNKNOWN_GROUND) & ~np.isin(held, codes)]
    if not strange.size:
        return []
    counted = Counter(strange.tolist()).most_common()
    found = Finding(
        code="class-without-speed",
        layer=path.name,
        what=f"{strange.size:,} cells are of classes that have no walking speed.",
        done="They count as unknown: nobody is carried over them.",
        n_rows=int(strange.size),
        rows=first_rows(f"class {code:g}" for code, _ in counted),
    )
    return [found]


def _class(row: Row, noticed: Noticed) -> GroundClass | None:
    """Read one row of speeds."""
    mode = row.get(*_MODE).upper()
    if mode and mode != "WALKING":
        noticed.warn(
            "not-on-foot", row.line, "A class is not walked over.", "It is unknown ground."
        )
        return None
    code, speed = _number(row.get(*_CLASS)), _number(row.get(*_SPEED))
    if code is None or not (code.is_integer() and 0 <= code <= _MOST_CODE):
        noticed.refuse("no-class", row.line, "A class is no whole number from 0 on.")
        return None
    if speed is None or not 0 <= speed <= _FASTEST_KMH:
        what = f"A walking speed is not between 0 and {_FASTEST_KMH:g} km/h."
        noticed.refuse("no-walking-speed", row.line, what, "The class is unknown ground.")
        return None
    return GroundClass(code=int(code), label=row.get(*_LABEL), walking_kmh=speed)


def _number(text: str) -> float | None:
    """Read a number; None if it is none."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
