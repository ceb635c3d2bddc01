# SPDX-License-Identifier: Apache-2.0
"""What people on the spot said of single structures: visits and their reasons, grades, families."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from goldenhour.base import crs, facts
from goldenhour.base.grades import Grade, Tier, Verdict
from goldenhour.picture.belief import Evidence, Picture
from goldenhour.reports.said import AccessSaid, DamageSaid, PeopleSaid, VisitSaid
from goldenhour.town.town import Town


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """
    A checkpoint that somebody reported and that has not gone stale.

    Parameters
    ----------
    shape
        shapely shape in the town's metric system.
    report
        Position in ``Picture.reports``.
    """

    shape: BaseGeometry
    report: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Testimony:
    """
    What people on the spot said, by structure row.

    Parameters
    ----------
    visit
        Position of the newest visit's report, where a visit holds.
    said
        What that visit found.
    engineer
        Position of the report by which an engineer has to sign and has not.
    displaced
        Position of the report by which displaced families live there.
    checkpoints
        Checkpoints reported in the town.
    """

    visit: dict[int, int]
    said: dict[int, VisitSaid]
    engineer: dict[int, int]
    displaced: dict[int, int]
    checkpoints: tuple[Checkpoint, ...]

    def refusals(self, tier: Tier) -> dict[str, list[int]]:
        """
        Sort visits that found a structure unfit by the rule their reasons name.

        Parameters
        ----------
        tier
            The tier asked about.

        Returns
        -------
        rows
            Structure rows by rule.
        """
        meaning = facts.fact("requirements.visit_reasons").value
        found: dict[str, list[int]] = {}
        for row, said in self.said.items():
            if said.verdict is Verdict.UNFIT and is_about(said, tier):
                for reason in said.reasons:
                    if reason in meaning:
                        found.setdefault(meaning[reason], []).append(row)
        return found

    def searched(self) -> list[int]:
        """
        List the structures that a visit says were searched.

        Returns
        -------
        rows
            Structure rows.
        """
        words = set(facts.fact("requirements.searched").value)
        return [row for row, said in self.said.items() if words & set(said.reasons)]


def is_about(said: VisitSaid, tier: Tier) -> bool:
    """
    Tell whether a visit speaks of a tier.

    Parameters
    ----------
    said
        What the visit found.
    tier
        The tier.

    Returns
    -------
    is_about
        True if it names the tier, or none.
    """
    return not said.tiers or tier in said.tiers


def testimony(town: Town, picture: Picture) -> Testimony:
    """
    Gather what people on the spot said.

    Parameters
    ----------
    town
        The town.
    picture
        What is believed.

    Returns
    -------
    testimony
        By structure row.
    """
    stale = {int(entry.report) for entry in picture.stale}
    visit = _newest_visits(picture)
    return Testimony(
        visit=visit,
        said={row: _visit_said(picture, index) for row, index in visit.items()},
        engineer=_unsigned(picture, _graded(picture)),
        displaced=_displaced(town, picture, stale),
        checkpoints=_checkpoints(town, picture, stale),
    )


def _graded(picture: Picture) -> list[int]:
    """Find grades given on the spot for which an engineer has to sign."""
    codes: dict[str, list[str]] = facts.fact("requirements.engineer_wanted_codes").value
    return [
        index
        for index, report in enumerate(picture.reports)
        if isinstance(report.said, DamageSaid)
        and report.said.scale in codes
        and _plain(report.said.code) in codes[report.said.scale]
    ]


def _displaced(town: Town, picture: Picture, stale: set[int]) -> dict[int, int]:
    """Find structures of which somebody said that displaced people live there."""
    words = frozenset(facts.fact("requirements.displaced_counted").value)
    about = {
        report.about: index
        for index, report in enumerate(picture.reports)
        if isinstance(report.said, PeopleSaid)
        and report.about
        and index not in stale
        and report.said.counted.casefold() in words
        and report.said.high > 0
    }
    if not about:
        return {}
    ids = enumerate(town.structures.id)
    return {row: about[str(key)] for row, key in ids if str(key) in about}


def _checkpoints(town: Town, picture: Picture, stale: set[int]) -> tuple[Checkpoint, ...]:
    """Find checkpoints that were reported with their place."""
    return tuple(
        Checkpoint(shape=_placed(report.where, town), report=index)
        for index, report in enumerate(picture.reports)
        if isinstance(report.said, AccessSaid)
        and report.said.access == "checkpoint"
        and report.where is not None
        and index not in stale
    )


def _newest_visits(picture: Picture) -> dict[int, int]:
    """Find the newest visit's report of every structure on which a visit still holds."""
    found = {}
    for row in np.flatnonzero(picture.damage.visited):
        visits = [
            (picture.reports[i].seen_to, picture.reports[i].said.verdict, i)
            for i in picture.damage.evidence.of(int(row)).tolist()
            if isinstance(picture.reports[i].said, VisitSaid)
        ]
        if visits:
            found[int(row)] = max(visits)[2]
    return found


def _visit_said(picture: Picture, index: int) -> VisitSaid:
    """Look up what a visit found."""
    said = picture.reports[index].said
    if not isinstance(said, VisitSaid):
        raise TypeError("only visits are asked")
    return said


def _unsigned(picture: Picture, graded: list[int]) -> dict[int, int]:
    """Keep the structures whose newest such grade no later visit signed or found undamaged."""
    found: dict[int, int] = {}
    for row, index in _links(picture.damage.evidence, graded):
        seen = picture.reports[index].seen_to
        if row not in found or seen >= picture.reports[found[row]].seen_to:
            found[row] = index
    return {
        row: index
        for row, index in found.items()
        if not _is_lifted(picture, row, picture.reports[index].seen_to)
    }


def _is_lifted(picture: Picture, row: int, since: datetime) -> bool:
    """Whether an engineer signed, or a team found no damage, at that time or later."""
    signed = set(facts.fact("requirements.engineer_signed").value)
    later = (
        picture.reports[i].said
        for i in picture.damage.evidence.of(row).tolist()
        if picture.reports[i].seen_to >= since
    )
    return any(
        isinstance(said, VisitSaid) and (said.grade is Grade.G0 or bool(signed & set(said.reasons)))
        for said in later
    )


def _links(evidence: Evidence, reports: list[int]) -> Iterable[tuple[int, int]]:
    """Pair some reports with the structures that they stand behind."""
    if not reports:
        return ()
    at = np.flatnonzero(np.isin(evidence.report, reports))
    rows: NDArray[np.int64] = np.searchsorted(evidence.start, at, side="right") - 1
    return zip(rows.tolist(), evidence.report[at].tolist(), strict=True)


def _placed(where: BaseGeometry, town: Town) -> BaseGeometry:
    """Bring a shape from degrees into the town's metric system."""

    def to_metric(lon_lat: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.stack(crs.to_metric(lon_lat[:, 0], lon_lat[:, 1], town.crs), axis=1)

    return shapely.transform(where, to_metric)


def _plain(code: str) -> str:
    """Fold the ways in which files write one code."""
    return " ".join(code.casefold().split()).removesuffix(".0")
