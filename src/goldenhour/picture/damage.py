# SPDX-License-Identifier: Apache-2.0
"""
Damage of every structure: ln P(g) = ln prior(g) + sum over sources of w ln P(code | g).

The prior is that of its neighbourhood (``nearby``). A point may mean a neighbour; it counts as
(1 - e) P(code | g) + e P(code) P(left out | g), with e from ``matching.mistaken_share``.

Per source the worst word so far counts, because damage grows and only a visit, or a report that
supersedes, takes it back. Sources that look from above share what a roof shows, so each of m counts
w = 1 / (1 + (m - 1) rho). A visit sets aside all that was seen from afar until then; what is seen
from afar afterwards counts if it is worse, and severe damage seen afterwards sets the visit aside.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from goldenhour.base import facts
from goldenhour.base.findings import Finding
from goldenhour.base.grades import Grade, Verdict
from goldenhour.picture import grading, visits
from goldenhour.picture.belief import Contradiction, DamageBelief, Evidence
from goldenhour.picture.known import Known, moment, seconds
from goldenhour.picture.links import evidence
from goldenhour.picture.matching import (
    ABOUT_STRUCTURES,
    NONE,
    mistaken_share,
    structures_of,
)
from goldenhour.picture.nearby import Told, p_among_neighbours
from goldenhour.picture.notes import Notes, contradiction, finding
from goldenhour.picture.visits import Visit
from goldenhour.reports.report import Report
from goldenhour.reports.said import DamageSaid
from goldenhour.town.town import Town

_SEVERE = Grade.G2
_PRIOR = np.array(facts.fact("picture.prior_share").value, dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Codes:
    """Informative codes, one row each: of what, by whom, saying what, on a list, seen when."""

    row: NDArray[np.int64]
    structure: NDArray[np.int64]
    source: NDArray[np.int64]
    likelihood: NDArray[np.float64]
    grade: NDArray[np.int64]
    is_optical: NDArray[np.bool_]
    is_listed: NDArray[np.bool_]
    seen_from: NDArray[np.int64]
    seen_to: NDArray[np.int64]

    def only(self, kept: NDArray[np.bool_] | NDArray[np.int64]) -> "_Codes":
        """Keep some rows."""
        return replace(self, **{name: getattr(self, name)[kept] for name in self.__slots__})


def damage_belief(town: Town, known: Known) -> tuple[DamageBelief, Notes]:
    """
    Work out the damage of every structure.

    Parameters
    ----------
    town
        The town, with the structures that only reports have placed.
    known
        What is known.

    Returns
    -------
    damage, notes
        A structure that no informative report speaks of is all U, one that any does has no U.
    """
    rows = known.of_kind(*ABOUT_STRUCTURES)
    place = structures_of(town, [known.reports[row] for row in rows], known.shape[rows])
    structure = {row: int(s) for row, s in zip(rows, place, strict=True) if s != NONE}
    mistaken = mistaken_share(town, [known.reports[row] for row in rows], known.shape[rows], place)
    codes = _codes(known, structure, dict(zip(rows, mistaken.tolist(), strict=True)))
    valid, lasting, notes = _standing_visits(town, known, structure, codes)
    belief = _believe(town, codes, valid, lasting)
    lost = [row for row, s in zip(rows, place, strict=True) if s == NONE]
    notes += Notes(
        contradictions=_contradictions(town, known, codes),
        findings=_findings(known, rows, lost),
    )
    links = evidence(
        town.structures.n,
        rows=np.fromiter(structure.values(), dtype=np.int64, count=len(structure)),
        reports=np.fromiter(structure.keys(), dtype=np.int64, count=len(structure)),
    )
    return replace(belief, evidence=links), notes


def _codes(known: Known, structure: Mapping[int, int], mistaken: Mapping[int, float]) -> _Codes:
    """Look every damage code up; those that say nothing are left out."""
    names: dict[str, int] = {}
    found = []
    for row, place in structure.items():
        report = known.reports[row]
        if isinstance(report.said, DamageSaid):
            column = grading.column(report.said.scale, report.said.code)
            if column is not None:
                source = names.setdefault(report.source.name, len(names))
                likelihood = _blurred(column, report.said, mistaken[row])
                is_listed = report.said.scale in grading.LISTS
                found.append((row, place, source, column, report, likelihood, is_listed))
    times = {time: seconds(time) for entry in found for time in _span(entry[4])}
    return _Codes(
        row=np.array([entry[0] for entry in found], dtype=np.int64),
        structure=np.array([entry[1] for entry in found], dtype=np.int64),
        source=np.array([entry[2] for entry in found], dtype=np.int64),
        likelihood=np.array([entry[5] for entry in found]).reshape(-1, 4),
        grade=np.array([entry[3].grade for entry in found], dtype=np.int64),
        is_optical=np.array([entry[3].is_optical for entry in found], dtype=np.bool_),
        is_listed=np.array([entry[6] for entry in found], dtype=np.bool_),
        seen_from=np.array([times[entry[4].seen_from] for entry in found], dtype=np.int64),
        seen_to=np.array([times[entry[4].seen_to] for entry in found], dtype=np.int64),
    )


def _span(report: Report) -> tuple[datetime, datetime]:
    """Say from when to when it was seen."""
    return report.seen_from, report.seen_to


def _blurred(column: grading.Column, said: DamageSaid, mistaken: float) -> NDArray[np.float64]:
    """
    Let a code that may mean a neighbour say less.

    If it does, the neighbour has the code, and a list of damaged structures left this one out.
    """
    anywhere = float(column.likelihood @ _PRIOR)
    left_out = grading.silence(said.scale) if said.scale in grading.LISTS else np.ones(len(_PRIOR))
    blurred: NDArray[np.float64] = (
        1 - mistaken
    ) * column.likelihood + mistaken * anywhere * left_out
    return blurred


def _standing_visits(
    town: Town, known: Known, structure: Mapping[int, int], codes: _Codes
) -> tuple[dict[int, list[Visit]], dict[int, Visit], Notes]:
    """Part the visits that still count from those that have expired or were overtaken."""
    valid: dict[int, list[Visit]] = {}
    lasting: dict[int, Visit] = {}
    stale = []
    by_place = visits.visits_by_structure(known, structure)
    worse = _severe_by_structure(codes, set(by_place))
    for place, listed in sorted(by_place.items()):
        for visit in listed:
            overtaken = _overtaken(visit, worse.get(place, []))
            if overtaken is None and known.as_of <= visit.expires:
                valid.setdefault(place, []).append(visit)
                continue
            since = visit.expires if overtaken is None else moment(overtaken)
            stale.append(visits.gone_stale(visit, since=since))
            if visits.is_lasting(visit):
                lasting.setdefault(place, visit)
    subjects = {place: str(town.structures.id[place]) for place in valid}
    notes = Notes(stale=tuple(stale), contradictions=visits.disagreements(subjects, valid))
    return valid, lasting, notes


def _severe_by_structure(codes: _Codes, places: set[int]) -> dict[int, list[int]]:
    """List when severe damage was first seen from afar, for some structures."""
    found: dict[int, list[int]] = {}
    severe = codes.only(codes.grade >= _SEVERE)
    for place, seen in zip(severe.structure.tolist(), severe.seen_from.tolist(), strict=True):
        if place in places:
            found.setdefault(place, []).append(seen)
    return found


def _overtaken(visit: Visit, severe_seen: list[int]) -> int | None:
    """Say when severe damage was seen after a visit that had not found any; None if never."""
    if visit.said.grade >= _SEVERE and visit.said.grade is not Grade.U:
        return None
    if visit.said.verdict is Verdict.UNFIT:
        return None
    after = [seen for seen in severe_seen if seen > seconds(visit.seen)]
    return min(after, default=None)


def _believe(
    town: Town,
    codes: _Codes,
    valid: Mapping[int, list[Visit]],
    lasting: Mapping[int, Visit],
) -> DamageBelief:
    """Put visits and codes together."""
    n = town.structures.n
    visited = np.zeros(n, dtype=np.bool_)
    verdict = np.full(n, Verdict.UNKNOWN, dtype=np.int8)
    area_m2 = np.full(n, np.nan)
    seen_grade: dict[int, Visit] = dict(lasting)
    for place, listed in valid.items():
        visited[place], verdict[place] = True, listed[0].said.verdict
        measured = [v.said.area_m2 for v in listed if v.said.area_m2 is not None]
        area_m2[place] = measured[0] if measured else np.nan
        graded = [visit for visit in listed if visit.said.grade is not Grade.U]
        if graded:
            seen_grade[place] = graded[0]
    return DamageBelief(
        p_grade=_p_grade(town, codes, seen_grade),
        visited=visited,
        verdict=verdict,
        visit_area_m2=area_m2,
        evidence=Evidence(start=np.zeros(n + 1, dtype=np.int64), report=np.zeros(0, np.int32)),
    )


def _p_grade(town: Town, codes: _Codes, visit: Mapping[int, Visit]) -> NDArray[np.float32]:
    """Add the evidence up in logarithms, and weigh it by what the neighbourhood makes likely."""
    n = town.structures.n
    silence = _silence(town, codes)
    codes = _worst_per_source(codes.only(_counts_beside(codes, n, visit)))
    n_optical = np.bincount(codes.structure[codes.is_optical], minlength=n)
    rho = facts.number("picture.optical_dependence_share")
    weight = np.where(codes.is_optical, 1 / (1 + (n_optical[codes.structure] - 1) * rho), 1.0)
    said = np.zeros((n, len(grading.GRADES)))
    np.add.at(said, codes.structure, weight[:, None] * np.log(codes.likelihood))
    informed = np.zeros(n, dtype=np.bool_)
    informed[codes.structure] = True
    for place, seen in visit.items():
        said[place] += np.log(grading.visit_likelihood(seen.said.grade))
        informed[place], silence[place] = True, 0.0
    told = Told(
        xy_m=np.column_stack([town.structures.x_m, town.structures.y_m]),
        log_likelihood=said,
        silence=silence,
        counts=informed | silence.any(axis=1),
    )
    p_grade = np.zeros((n, len(Grade)))
    p_grade[:, :4] = np.where(informed[:, None], p_among_neighbours(told), 0.0)
    p_grade[:, Grade.U] = ~informed
    return p_grade.astype(np.float32)


def _silence(town: Town, codes: _Codes) -> NDArray[np.float64]:
    """Weigh what it says of structures that lists of damaged ones around them leave them out."""
    n = town.structures.n
    said = np.zeros((n, len(grading.GRADES)))
    spots = np.column_stack([town.structures.x_m, town.structures.y_m])
    weight = facts.number("picture.silent_list_share")
    for source in np.unique(codes.source[codes.is_listed]):
        listed = np.unique(codes.structure[codes.is_listed & (codes.source == source)])
        if len(listed) < facts.number("picture.silent_list_least"):
            continue
        away_m, _ = cKDTree(spots[listed]).query(spots)
        left_out = away_m <= facts.number("picture.silent_list_m")
        left_out[listed] = False
        for scale in sorted(grading.LISTS):
            said[left_out] += weight * np.log(grading.silence(scale))
    return said


def _counts_beside(codes: _Codes, n: int, visit: Mapping[int, Visit]) -> NDArray[np.bool_]:
    """Set aside what was seen from afar until a visit, and what says less than it afterwards."""
    visited_at = np.full(n, np.iinfo(np.int64).min)
    grade = np.full(n, -1, dtype=np.int64)
    for place, seen in visit.items():
        visited_at[place], grade[place] = seconds(seen.seen), seen.said.grade
    counts: NDArray[np.bool_] = (codes.seen_from > visited_at[codes.structure]) & (
        codes.grade > grade[codes.structure]
    )
    return counts


def _worst_per_source(codes: _Codes) -> _Codes:
    """Keep one code for each structure and source: the worst, of equals the newest."""
    order = np.lexsort((codes.row, codes.seen_to, codes.grade, codes.source, codes.structure))
    codes = codes.only(order)
    is_last = np.ones(len(order), dtype=np.bool_)
    is_last[:-1] = (codes.structure[1:] != codes.structure[:-1]) | (
        codes.source[1:] != codes.source[:-1]
    )
    return codes.only(is_last)


def _contradictions(town: Town, known: Known, codes: _Codes) -> tuple[Contradiction, ...]:
    """Find structures that one source saw destroyed and another, then or later, saw intact."""
    both = np.intersect1d(
        codes.structure[codes.grade == Grade.G0], codes.structure[codes.grade == Grade.G3]
    )
    some = codes.only(np.isin(codes.structure, both))
    found = []
    for place in both.tolist():
        here = some.only(some.structure == place)
        gone, intact = here.only(here.grade == Grade.G3), here.only(here.grade == Grade.G0)
        clash = (gone.source[:, None] != intact.source) & (
            gone.seen_from[:, None] <= intact.seen_to
        )
        if clash.any():
            rows = {*gone.row[clash.any(axis=1)].tolist(), *intact.row[clash.any(axis=0)].tolist()}
            found.append(_contradiction(town, known, place, sorted(rows, reverse=True)))
    return tuple(found)


def _contradiction(town: Town, known: Known, place: int, rows: list[int]) -> Contradiction:
    """Put one contradiction into words."""
    said = []
    for row in rows:
        report = known.reports[row]
        code = report.said.code if isinstance(report.said, DamageSaid) else ""
        said.append(f"{report.seen_to:%Y-%m-%d} {report.source.name}: {code}")
    return contradiction(
        "damage-disagrees",
        subject=f"structure {town.structures.id[place]}",
        rows=rows,
        grades="; ".join(said),
    )


def _findings(known: Known, rows: list[int], lost: list[int]) -> tuple[Finding, ...]:
    """Note codes that nobody understands and reports without a structure."""
    strange = []
    for row in rows:
        said = known.reports[row].said
        if isinstance(said, DamageSaid) and not (
            grading.column(said.scale, said.code) or grading.is_silent(said.scale, said.code)
        ):
            strange.append(row)
    return (
        *finding(
            "unknown-damage-code",
            "A damage code is not in the crosswalk.",
            done="It is shown as it is; the damage stays unknown.",
            ids=known.ids(strange),
        ),
        *finding(
            "report-without-structure",
            "A report of damage or of a visit matches no structure of the town.",
            done="It is kept and listed, and moves nothing.",
            ids=known.ids(lost),
        ),
    )
