# SPDX-License-Identifier: Apache-2.0
"""The plan in words beside the map: headline, who is reached, sites, visits, unknowns, sources."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import crs
from goldenhour.base.messages import LANGUAGES
from goldenhour.publish.headline import headline
from goldenhour.publish.map_columns import plain
from goldenhour.publish.map_data import Shown
from goldenhour.publish.map_words import Both, all_said, both, first_known, words
from goldenhour.publish.words import site_labels, structure_name
from goldenhour.siting.plan import Coverage, Site, VisitToDo
from goldenhour.siting.screening import TierScreening

# Plain JSON values, read by web-map/src/payload.ts, which names every field.
Json = dict[str, Any]
# Longitude and latitude of each structure, EPSG:4326. Shape (n_structures, 2).
LonLat = NDArray[np.float64]

_FOCUS_PERCENT = (3, 97)
_LON_LAT_DIGITS = 6


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
    town, plan = shown.town, shown.plan
    lon, lat = crs.to_lon_lat(town.structures.x_m, town.structures.y_m, town.crs)
    middle = np.stack([lon, lat], axis=1)
    return {
        "version": 1,
        "words": words(),
        "town": plain(town.name),
        "exercise": both("plan.exercise") if town.is_exercise else None,
        "as_of": plan.as_of.isoformat(),
        "plan_id": plan.id,
        "provisional": plan.is_provisional,
        "headline": _headline(shown),
        "coverage": [_coverage(entry) for entry in plan.coverage],
        "proof": _proof(shown),
        "sites": _sites(shown, middle),
        "visits": [_visit(entry, middle) for entry in plan.visits],
        "unknowns": all_said(plan.unknowns),
        "notes": all_said(plan.notes),
        "people": _people(shown),
        "rules": {entry.tier.value: _rules(entry) for entry in shown.screening.tiers},
        "reach": _reach(shown),
        "hazards": _hazards(shown),
        "care": _care(shown),
        "focus": _focus(shown, middle),
        **_evidence(shown),
    }


def _headline(shown: Shown) -> dict[str, list[str]]:
    """Take the plan's headline; the exercise warning has a banner of its own."""
    skip = 1 if shown.town.is_exercise else 0
    return {
        language: [
            plain(sentence)
            for sentence in headline(shown.town, shown.picture, shown.plan, language=language)
        ][skip:]
        for language in LANGUAGES
    }


def _coverage(entry: Coverage) -> Json:
    """Who is within one clock, and why the others are not."""
    return {
        "tier": entry.tier.value,
        "clock_s": entry.clock_s,
        "people": entry.people,
        "served": entry.served,
        "not_served": entry.not_served,
        "because": [
            {"why": first_known((f"siting.{code}", code)), "people": people}
            for code, people in entry.not_served_because
        ],
    }


def _proof(shown: Shown) -> Json:
    """Bound, gap and status."""
    proof = shown.plan.proof
    return {
        "status": proof.status.value,
        "objective": proof.objective,
        "bound": proof.bound,
        "gap_share": proof.gap_share,
        "n_structures": proof.n_structures,
        "n_candidates": proof.n_candidates,
        "n_considered": proof.n_considered,
        "greedy": proof.greedy_objective,
    }


def _sites(shown: Shown, middle: LonLat) -> list[Json]:
    """Sites under their radio names."""
    labels = site_labels(shown.plan)
    return [
        _site(site, label, shown, middle)
        for site, label in zip(shown.plan.sites, labels, strict=True)
    ]


def _site(site: Site, label: str, shown: Shown, middle: LonLat) -> Json:
    """One site, why it was chosen and what is not known."""
    return {
        "label": label,
        "tier": site.tier.value,
        "standing": site.standing.value,
        "structure": site.structure,
        "id": plain(site.structure_id),
        "name": {
            language: plain(structure_name(shown.town, site.structure, language))
            for language in LANGUAGES
        },
        "at": _at(middle[site.structure]),
        "served": site.people_served,
        "lost": site.people_lost_if_removed,
        "reasons": all_said(site.reasons),
        "unknowns": all_said(site.unknowns),
    }


def _visit(entry: VisitToDo, middle: LonLat) -> Json:
    """One structure to look at."""
    return {
        "structure": entry.structure,
        "id": plain(entry.structure_id),
        "tier": entry.tier.value,
        "at": _at(middle[entry.structure]),
        "settles": all_said(entry.settles),
    }


def _people(shown: Shown) -> Json:
    """How many people, and how they were spread."""
    people = shown.picture.people
    return {
        "low": _finite(people.total_low),
        "best": people.total_best,
        "high": _finite(people.total_high),
        "assumed": people.basis == "assumed",
        "rule": plain(people.rule),
    }


def _rules(entry: TierScreening) -> list[Json]:
    """Say every verdict of every rule of one tier."""
    return [
        {verdict: both(f"siting.{rule}-{verdict}") for verdict in ("unknown", "fit", "unfit")}
        for rule in entry.rules
    ]


def _reach(shown: Shown) -> list[Json]:
    """Which site each reach area belongs to, and its clock."""
    position = {site.structure: i for i, site in enumerate(shown.plan.sites)}
    return [
        {"site": position.get(area.structure, -1), "clock_s": area.clock_s} for area in shown.reach
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
            "at": _at((x, y)),
            "report": int(point.report),
        }
        for point, x, y in zip(care, lon, lat, strict=True)
    ]


def _focus(shown: Shown, middle: LonLat) -> list[float]:
    """West, south, east, north of what the plan is about: its sites and nearly all people."""
    homes = middle[shown.plan.home_people > 0]
    about = homes if len(homes) else middle
    if not len(about):
        streets = shown.town.streets
        lon, lat = crs.to_lon_lat(streets.node_x_m, streets.node_y_m, shown.town.crs)
        about = np.stack([lon, lat], axis=1)
    if not len(about):
        return [-180.0, -60.0, 180.0, 75.0]
    low, high = np.percentile(about, _FOCUS_PERCENT, axis=0)
    sites = middle[[site.structure for site in shown.plan.sites]]
    corners = np.concatenate([[low, high], sites])
    return [*_at(corners.min(axis=0)), *_at(corners.max(axis=0))]


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
            {"subject": plain(c.subject), "what": plain(c.what)} for c in picture.contradictions
        ],
        "n_stale": len(picture.stale),
        "findings": [
            plain(f"{found.what} {found.done}")
            for found in (*picture.findings, *shown.plan.findings)
        ],
    }


def _at(lon_lat: Iterable[float]) -> list[float]:
    """Longitude and latitude, EPSG:4326, rounded to a tenth of a metre."""
    return [round(float(degrees), _LON_LAT_DIGITS) for degrees in lon_lat]


def _finite(value: float) -> float | None:
    """JSON has no infinity: None says "more than the lower bound"."""
    return value if np.isfinite(value) else None
