# SPDX-License-Identifier: Apache-2.0
"""
Damage: what the picture believes against the truth, beside simpler rules.

On the exercise the truth is the hidden one. On Visso (October 2016) the satellite product of 31
October is held against the aerial survey of the 29th: another grader, not the truth. That of 27
October leaves nearly all that both products look at as "Unknown", so that nothing can be scored.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
from benchmarks.bars import markdown
from benchmarks.picture.scores import interval, score
from numpy.typing import NDArray

from goldenhour import sources
from goldenhour.base.grades import Grade
from goldenhour.exercise.al_qaim import generate
from goldenhour.picture import grading
from goldenhour.picture.belief import Picture
from goldenhour.picture.known import metric_shapes
from goldenhour.picture.matching import NONE, structures_of, unplaced_structures
from goldenhour.picture.work_out import work_out
from goldenhour.reports.report import Report
from goldenhour.reports.said import DamageSaid
from goldenhour.town.build import build, with_reported
from goldenhour.town.layers import Layer, LayerKind
from goldenhour.town.town import Town

Floats = NDArray[np.float64]
_EXERCISES = ((1, 3000), (3, 6000), (2017, 20_000))
_VISSO = "EMSR190_05VISSO_GRADING_OVERVIEW-MONIT01_v1_vector.zip"
_AERIAL = "EMSR190_25VISSOAERIAL_GRADING_OVERVIEW_v3_vector.zip"
_READ = datetime(2016, 12, 1, tzinfo=UTC)


class Case(NamedTuple):
    """Structures of which some report speaks: what each rule says, and what is true."""

    name: str
    xy_m: Floats
    truth: NDArray[np.int64]  # grades
    chances: dict[str, Floats]  # of severe damage or destruction, by rule


def tables(data: Path) -> list[str]:
    """
    Measure everything.

    Parameters
    ----------
    data
        Folder of real files.

    Returns
    -------
    lines
        A Markdown table.
    """
    cases = [exercise(*one) for one in _EXERCISES]
    if (data / "copernicus_ems" / _VISSO).exists():
        cases.append(visso(data / "copernicus_ems"))
    rows = [row for case in cases for row in _rows(case)]
    return markdown(("town", "rule", "AUC", "calibration error", "Brier", "expected / true"), rows)


def exercise(seed: int, n_structures: int) -> Case:
    """Believe the reports of an exercise, and look the truth up."""
    made = generate(seed=seed, n_structures=n_structures)
    town, picture = _believed(made.layers, made.reports, made.as_of)
    row = {key: i for i, key in enumerate(made.truth.structure_id.tolist())}
    place = np.array([row.get(key, -1) for key in town.structures.id.tolist()])
    grade = np.where(place >= 0, made.truth.grade[place], -1)
    return _case(f"exercise {seed}, {n_structures:,}", town, picture, grade.astype(np.int64))


def visso(folder: Path) -> Case:
    """Believe the satellite, and match the aerial grades as the picture matches any report."""
    seen, _ = sources.read(folder / _VISSO, recorded_at=_READ)
    flown, _ = sources.read(folder / _AERIAL, recorded_at=_READ)
    town, picture = _believed(seen.layers, seen.reports, _READ)
    graded = [replace(report, about="") for report in flown.reports]
    place = structures_of(town, graded, metric_shapes(town, graded))
    truth = np.full(town.structures.n, -1, dtype=np.int64)
    for report, row in zip(graded, place.tolist(), strict=True):
        code = grading.column(report.said.scale, report.said.code) if _is_damage(report) else None
        if row != NONE and code is not None:
            truth[row] = max(truth[row], int(code.grade))
    return _case("Visso 31 Oct, against aerial", town, picture, truth)


def _is_damage(report: Report) -> bool:
    """Whether it grades a structure."""
    return isinstance(report.said, DamageSaid)


def _believed(
    layers: Iterable[Layer], reports: Iterable[Report], as_of: datetime
) -> tuple[Town, Picture]:
    """Town and picture, from layers and reports alone."""
    reports = list(reports)
    wanted = {LayerKind.STRUCTURES, LayerKind.STREETS}
    town, _ = build([layer for layer in layers if layer.kind in wanted], name="Town")
    ids, x_m, y_m = unplaced_structures(town, reports)
    town = with_reported(town, ids=ids, x_m=x_m, y_m=y_m)
    return town, work_out(town, reports, as_of=as_of)


def _case(name: str, town: Town, picture: Picture, grade: NDArray[np.int64]) -> Case:
    """Keep structures of which something was said and the truth is known."""
    p = picture.damage.p_grade.astype(np.float64)
    rows = np.flatnonzero((p[:, Grade.U] < 1) & (grade >= 0))
    worst, last = _flags(picture, rows)
    return Case(
        name=name,
        xy_m=_spots(town)[rows],
        truth=grade[rows],
        chances={
            "**goldenhour**": p[rows, Grade.G2] + p[rows, Grade.G3],
            "the worst flag": worst,
            "the last source": last,
        },
    )


def _flags(picture: Picture, rows: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Take the worst and the newest code as chances; destroyed ranks above severe."""
    rank = np.array([0.0, 0.3, 1.0, 1.0 + 1e-9])
    worst, last = np.zeros(len(rows)), np.zeros(len(rows))
    for at, row in enumerate(rows):
        codes = []
        for index in picture.damage.evidence.of(int(row)):
            report = picture.reports[index]
            if isinstance(report.said, DamageSaid):
                column = grading.column(report.said.scale, report.said.code)
                if column is not None:
                    codes.append((report.seen_to, rank[column.grade]))
        worst[at] = max((value for _, value in codes), default=0.0)
        last[at] = max(codes, default=(_READ, 0.0))[1]
    return worst, last


def _spots(town: Town) -> Floats:
    """Where structures stand."""
    return np.column_stack([town.structures.x_m, town.structures.y_m])


def _rows(case: Case) -> list[tuple[str, ...]]:
    """One line for each rule."""
    truth = case.truth >= Grade.G2
    rows = []
    for rule, chance in case.chances.items():
        seen, (low, high) = score(chance, truth), interval(chance, truth, case.xy_m)
        figures = (
            f"{value:.3f} ({a:.3f}-{b:.3f})" for value, a, b in zip(seen, low, high, strict=True)
        )
        auc, brier, ece, count = figures
        name = f"{case.name}: {int(truth.sum()):,} of {len(truth):,} damaged"
        rows.append((name, rule, auc, ece, brier, count))
    return rows
