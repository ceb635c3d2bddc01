# SPDX-License-Identifier: Apache-2.0
"""The plan itself in words: headline, who is reached, how sure, sites, visits."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.messages import LANGUAGES
from goldenhour.publish.headline import headline
from goldenhour.publish.map_columns import plain
from goldenhour.publish.map_data import Shown
from goldenhour.publish.map_words import all_said, first_known
from goldenhour.publish.what_changes import (
    alternative_said,
    fact_said,
    how_said,
    in_its_order,
    next_best_said,
)
from goldenhour.publish.words import site_labels, structure_name
from goldenhour.siting.plan import Coverage, Plan, Proof, Site, VisitToDo
from goldenhour.siting.said import Said

# Plain JSON values, read by web-map/src/payload.ts, which names every field.
Json = dict[str, Any]
# Longitude and latitude of each structure, EPSG:4326. Shape (n_structures, 2).
LonLat = NDArray[np.float64]

_LON_LAT_DIGITS = 6


def plan_in_words(shown: Shown, plan: Plan, middle: LonLat) -> Json:
    """
    Put a plan into words and plain values.

    Parameters
    ----------
    shown
        What goes on the map.
    plan
        Its plan.
    middle
        Longitude and latitude of each structure, EPSG:4326. Shape ``(n_structures, 2)``.

    Returns
    -------
    plan
        JSON values; sentences in every language.
    """
    return {
        "id": plan.id,
        "provisional": plan.is_provisional,
        "headline": _headline(shown, plan),
        "coverage": [_coverage(entry) for entry in plan.coverage],
        "proof": _proof(plan.proof),
        "sites": _sites(shown, plan, middle),
        "visits": [_visit(entry, middle) for entry in plan.visits],
        "changes": [
            {
                language: in_its_order(fact_said(shown.town, flip), language)
                for language in LANGUAGES
            }
            for flip in (plan.explanation.flips if plan.explanation else ())
        ],
        "changes_how": {language: plain(how_said(plan, language)) for language in LANGUAGES},
        "alternatives": _alternatives(plan, middle),
        "unknowns": all_said(plan.unknowns),
        "notes": all_said(plan.notes),
        "reach": _reach(shown, plan),
    }


def at(lon_lat: Iterable[float]) -> list[float]:
    """
    Round a place to a tenth of a metre.

    Parameters
    ----------
    lon_lat
        Longitude and latitude, EPSG:4326.

    Returns
    -------
    lon_lat
        The same, six digits.
    """
    return [round(float(degrees), _LON_LAT_DIGITS) for degrees in lon_lat]


def _headline(shown: Shown, plan: Plan) -> dict[str, list[str]]:
    """Take the plan's headline; the exercise warning has a banner of its own."""
    skip = 1 if shown.town.is_exercise else 0
    return {
        language: [
            plain(sentence)
            for sentence in headline(shown.town, shown.picture, plan, language=language)
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


def _proof(proof: Proof) -> Json:
    """Bound, gap and status."""
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


def _sites(shown: Shown, plan: Plan, middle: LonLat) -> list[Json]:
    """Sites under their radio names."""
    labels = site_labels(plan)
    return [
        _site(site, label, shown, middle, next_best_said(shown.town, plan, at))
        for at, (site, label) in enumerate(zip(plan.sites, labels, strict=True))
    ]


def _site(
    site: Site, label: str, shown: Shown, middle: LonLat, next_best: tuple[Said, ...]
) -> Json:
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
        "at": at(middle[site.structure]),
        "served": site.people_served,
        "lost": site.people_lost_if_removed,
        "reasons": all_said((*site.reasons, *next_best)),
        "unknowns": all_said(site.unknowns),
    }


def _alternatives(plan: Plan, middle: LonLat) -> list[Json]:
    """Other plans that are nearly as good, and where they stand."""
    return (
        [
            {
                "said": {
                    language: plain(alternative_said(other, number, language))
                    for language in LANGUAGES
                },
                "sites": [
                    {
                        "tier": site.tier.value,
                        "structure": site.structure,
                        "id": plain(site.structure_id),
                        "at": at(middle[site.structure]),
                    }
                    for site in other.sites
                    if site.is_elsewhere
                ],
            }
            for number, other in enumerate(plan.explanation.alternatives, 1)
        ]
        if plan.explanation
        else []
    )


def _visit(entry: VisitToDo, middle: LonLat) -> Json:
    """One structure to look at."""
    return {
        "structure": entry.structure,
        "id": plain(entry.structure_id),
        "tier": entry.tier.value,
        "at": at(middle[entry.structure]),
        "settles": all_said(entry.settles),
    }


def _reach(shown: Shown, plan: Plan) -> list[Json]:
    """Which site each reach area belongs to, and its clock."""
    position = {site.structure: i for i, site in enumerate(plan.sites)}
    return [
        {"site": position.get(area.structure, -1), "clock_s": area.clock_s} for area in shown.reach
    ]
