# SPDX-License-Identifier: Apache-2.0
"""What lies beyond the field hospitals: referral hospitals, the surgery clock, and what to say."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import crs, facts
from goldenhour.base.grades import Tier, Verdict
from goldenhour.picture.belief import CarePoint, Picture
from goldenhour.siting.asking.question import Question
from goldenhour.siting.said import Said
from goldenhour.times.carry import Evacuation, Spots
from goldenhour.town.town import Town

Rows = NDArray[np.int64]
_HOUR_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """
    Onward referral from each chosen field hospital.

    Parameters
    ----------
    in_time
        True where a working referral hospital lies within the surgery clock along the chain.
        Shape ``(n_open_hospitals,)``, bool.
    reason
        Why casualties of the others are not counted: ``"referral-too-far"``, or
        ``"referral-unknown"`` while nobody knows of a working one.
    notes
        What the planner must be told.
    """

    in_time: NDArray[np.bool_]
    reason: str
    notes: tuple[Said, ...]


def onward(
    town: Town,
    picture: Picture,
    question: Question,
    *,
    evacuation: Evacuation,
    hospitals: Rows,
) -> Onward:
    """
    Measure the way from field hospitals to referral hospitals, along the chain's clocks.

    Parameters
    ----------
    town
        The town.
    picture
        Care that is said to exist.
    question
        Clocks.
    evacuation
        The town's evacuation graph.
    hospitals
        Structure rows of the chosen field hospitals. Shape ``(n_open_hospitals,)``.

    Returns
    -------
    onward
        Who is in time, and notes.
    """
    referral = [
        point
        for point in picture.care
        if point.tier is Tier.REFERRAL and point.functioning is not Verdict.UNFIT
    ]
    notes = [_surgery_note(question)]
    if not referral:
        notes.append(Said(code="siting.referral-none-known"))
        return Onward(
            in_time=np.zeros(len(hospitals), dtype=np.bool_),
            reason="referral-unknown",
            notes=tuple(notes),
        )
    spots = Spots(
        x_m=np.array([point.x_m for point in referral]),
        y_m=np.array([point.y_m for point in referral]),
    )
    drive_s = evacuation.transfer_times(origins=hospitals, destinations=spots)
    before_s = question.field_hospital_clock_s + facts.number("siting.resuscitating_s")
    in_time = before_s + drive_s <= question.surgery_clock_s
    works = np.array([point.functioning is Verdict.FIT for point in referral])
    for at, point in enumerate(referral):
        notes += _notes(town, question, point, hospitals, drive_s[:, at].astype(np.float64))
    return Onward(
        in_time=np.asarray((in_time & works).any(axis=1)),
        reason="referral-too-far" if works.any() else "referral-unknown",
        notes=tuple(notes),
    )


def _surgery_note(question: Question) -> Said:
    """Say that field hospitals are taken to operate."""
    minutes = question.field_hospital_clock_s / 60
    return Said(code="siting.surgery-at-field-hospital", values=(("minutes", f"{minutes:.0f}"),))


def _notes(
    town: Town,
    question: Question,
    point: CarePoint,
    hospitals: Rows,
    drive_s: NDArray[np.float64],
) -> list[Said]:
    """Tell how far one referral hospital is, and how that is known."""
    notes = []
    if point.functioning is Verdict.UNKNOWN:
        notes.append(Said(code="siting.referral-unconfirmed", values=(("name", point.facility),)))
    if not len(hospitals):
        return notes
    best_s = float(drive_s.min())
    if not np.isfinite(best_s):
        best_s, note = _reckoned_s(town, point, hospitals)
        notes.append(note)
    before_s = question.field_hospital_clock_s + facts.number("siting.resuscitating_s")
    late = before_s + best_s > question.surgery_clock_s
    notes.append(
        Said(
            code="siting.referral-beyond-clock" if late else "siting.referral-within-clock",
            values=(
                ("name", point.facility),
                ("drive_hours", f"{best_s / _HOUR_S:.1f}"),
                ("hours", f"{(before_s + best_s) / _HOUR_S:.1f}"),
                ("clock_hours", f"{question.surgery_clock_s / _HOUR_S:.1f}"),
            ),
        )
    )
    return notes


def _reckoned_s(town: Town, point: CarePoint, hospitals: Rows) -> tuple[float, Said]:
    """Reckon the drive from the straight line where no mapped street leads there."""
    lon, lat = crs.to_lon_lat(
        np.append(town.structures.x_m[hospitals], point.x_m),
        np.append(town.structures.y_m[hospitals], point.y_m),
        town.crs,
    )
    there = np.full(len(hospitals), lon[-1]), np.full(len(hospitals), lat[-1])
    away_m = float(crs.geodesic_m(lon[:-1], lat[:-1], *there).min())
    detour, speed_kmh = facts.number("siting.detour_factor"), facts.number("times.convoy_kmh")
    values = (
        ("name", point.facility),
        ("distance", f"{away_m / 1000:.0f}"),
        ("speed", f"{speed_kmh:.0f}"),
        ("detour", f"{detour:.1f}"),
    )
    seconds = away_m * detour / (speed_kmh / 3.6)
    return seconds, Said(code="siting.referral-off-the-streets", values=values)
