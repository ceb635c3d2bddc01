# SPDX-License-Identifier: Apache-2.0
"""The words beside the map: the plan, what is known, who said it, and whom to name."""

from collections import Counter

import numpy as np

from goldenhour.base import crs
from goldenhour.base.grades import Grade, StreetState
from goldenhour.base.messages import LANGUAGES
from goldenhour.publish.map_bands import bands_in_words, focus
from goldenhour.publish.map_columns import plain
from goldenhour.publish.map_data import Shown, people_of
from goldenhour.publish.map_plan import Json, LonLat, at, plan_in_words
from goldenhour.publish.map_words import Both, both, first_known, words
from goldenhour.publish.words import clash, people_rule
from goldenhour.siting.screening.table import TierScreening

_FOCUS_PERCENT = (3, 97)
_KM_M = 1000.0


def panel(shown: Shown) -> Json:
    """
    Put into words and plain values all that is not drawn by the thousand.

    Parameters
    ----------
    shown
        What goes on the map.

    Returns
    -------
    panel
        JSON values; sentences in every language.
    """
    town = shown.town
    lon, lat = crs.to_lon_lat(town.structures.x_m, town.structures.y_m, town.crs)
    middle = np.stack([lon, lat], axis=1)
    return {
        "version": 1,
        "words": words(),
        "town": plain(town.name),
        "exercise": both("plan.exercise") if town.is_exercise else None,
        "as_of": shown.picture.as_of.isoformat(),
        "plan": plan_in_words(shown, shown.plan, middle) if shown.plan else None,
        "reach": bands_in_words(town, shown.picture, shown.reached) if shown.reached else None,
        "known": _known(shown),
        "people": _people(shown),
        "rules": {entry.tier.value: _rules(entry) for entry in shown.screening.tiers},
        "hazards": _hazards(shown),
        "care": _care(shown),
        "focus": focus(town, shown.reached) if shown.reached else _focus(shown, middle),
        **_evidence(shown),
    }


def _known(shown: Shown) -> Json:
    """Count what is known: structures by most likely grade, street length by state, visits."""
    damage, streets = shown.picture.damage, shown.picture.streets
    grades = np.bincount(np.argmax(damage.p_grade, axis=1), minlength=len(Grade))
    length_m = np.bincount(
        streets.state_vehicle, weights=shown.town.streets.length_m, minlength=len(StreetState)
    )
    return {
        "structures": grades.tolist(),
        "streets_km": (length_m / _KM_M).round(1).tolist(),
        "visited": int(damage.visited.sum()),
        "reports": len(shown.picture.reports),
    }


def _people(shown: Shown) -> Json:
    """How many people, and how they were spread."""
    people = shown.picture.people
    return {
        "low": _finite(people.total_low),
        "best": people.total_best,
        "high": _finite(people.total_high),
        "assumed": people.basis == "assumed",
        "rule": {language: people_rule(people, language) for language in LANGUAGES},
    }


def _rules(entry: TierScreening) -> list[Json]:
    """Say every verdict of every rule of one tier."""
    return [
        {verdict: both(f"siting.{rule}-{verdict}") for verdict in ("unknown", "fit", "unfit")}
        for rule in entry.rules
    ]


def _hazards(shown: Shown) -> list[Json]:
    """Kind, status and level of each hazard area."""
    return [
        {
            "kind": _hazard_kind(plain(area.hazard)),
            "status": area.status.value,
            "level": round(area.level, 2),
            "report": int(area.report),
        }
        for area in shown.picture.hazards
    ]


def _hazard_kind(word: str) -> Both:
    """Name a kind of hazard; a kind we have no word for keeps the reporter's."""
    return first_known((f"map.kind-{word.replace('_', '-')}", word))


def _care(shown: Shown) -> list[Json]:
    """Care that is said to exist."""
    care = shown.picture.care
    lon, lat = crs.to_lon_lat(
        np.array([point.x_m for point in care], dtype=np.float64),
        np.array([point.y_m for point in care], dtype=np.float64),
        shown.town.crs,
    )
    return [
        {
            "name": plain(point.facility),
            "tier": None if point.tier is None else point.tier.value,
            "functioning": int(point.functioning),
            "at": at((x, y)),
            "report": int(point.report),
        }
        for point, x, y in zip(care, lon, lat, strict=True)
    ]


def _focus(shown: Shown, middle: LonLat) -> list[float]:
    """West, south, east, north of what the plan is about: its sites and nearly all people."""
    homes = middle[people_of(shown) > 0]
    about = homes if len(homes) else middle
    if not len(about):
        streets = shown.town.streets
        lon, lat = crs.to_lon_lat(streets.node_x_m, streets.node_y_m, shown.town.crs)
        about = np.stack([lon, lat], axis=1)
    if not len(about):
        return [-180.0, -60.0, 180.0, 75.0]
    low, high = np.percentile(about, _FOCUS_PERCENT, axis=0)
    sites = middle[[site.structure for site in shown.plan.sites]] if shown.plan else middle[:0]
    corners = np.concatenate([[low, high], sites])
    return [*at(corners.min(axis=0)), *at(corners.max(axis=0))]


def _evidence(shown: Shown) -> Json:
    """Who said what, what they disagree about, what went stale, and whom to name."""
    picture, layers = shown.picture, shown.town.sources
    spoken = Counter(plain(report.source.name) for report in picture.reports)
    return {
        "layers": [
            {"file": plain(s.file), "date": plain(s.data_date), "credit": plain(s.attribution)}
            for s in layers
        ],
        "credits": list(dict.fromkeys(plain(s.attribution) for s in layers if s.attribution)),
        "speakers": [{"name": name, "reports": n} for name, n in spoken.most_common()],
        "contradictions": [
            {
                "subject": plain(c.subject),
                "what": {language: clash(c, language) for language in LANGUAGES},
            }
            for c in picture.contradictions
        ],
        "n_stale": len(picture.stale),
        "findings": [
            plain(f"{found.what} {found.done}")
            for found in (*picture.findings, *(shown.plan.findings if shown.plan else ()))
        ],
    }


def _finite(value: float) -> float | None:
    """JSON has no infinity: None says "more than the lower bound"."""
    return value if np.isfinite(value) else None
