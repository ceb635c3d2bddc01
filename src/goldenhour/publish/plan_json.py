# SPDX-License-Identifier: Apache-2.0
"""The plan as JSON: all that was decided, in stable words, the same bytes every time."""

from dataclasses import asdict
from pathlib import Path

import numpy as np

from goldenhour.base.grades import Grade, Verdict
from goldenhour.base.messages import LANGUAGES, say
from goldenhour.picture.belief import Picture
from goldenhour.publish.atomic import write_json
from goldenhour.publish.explanation_json import explanation_json, next_best_json
from goldenhour.publish.headline import headline
from goldenhour.publish.plain import Json, plain
from goldenhour.publish.position import structure_positions
from goldenhour.publish.promise_json import promise_json
from goldenhour.publish.provenance import assumptions, report_sources
from goldenhour.publish.screening_json import requirements_json
from goldenhour.publish.words import because, sentence, site_labels
from goldenhour.siting.plan import Coverage, Plan, VisitToDo
from goldenhour.siting.said import Said
from goldenhour.siting.screening.table import Screening, TierScreening
from goldenhour.town.town import Town

SCHEMA = "goldenhour.plan/1"
"""Name and version of the shape; the number rises when a reader would have to change."""


def write(path: Path, *, town: Town, picture: Picture, plan: Plan, screening: Screening) -> None:
    """
    Write a plan as JSON, whole or not at all.

    Parameters
    ----------
    path
        Where it shall be.
    town
        The town.
    picture
        The picture the plan rests on.
    plan
        The plan.
    screening
        The screening it chose from.

    Raises
    ------
    StoreError
        If the disk is full or the place cannot be written.
    """
    content = to_json(town=town, picture=picture, plan=plan, screening=screening)
    write_json(path, content)


def to_json(*, town: Town, picture: Picture, plan: Plan, screening: Screening) -> Json:
    """
    Put a plan into plain JSON values.

    Numbers that nobody knows are null and listed in ``not_known``; bounds without end are null and
    listed in ``unbounded``, both as paths such as ``sites/0/area_m2``.

    Parameters
    ----------
    town
        The town.
    picture
        The picture the plan rests on.
    plan
        The plan.
    screening
        The screening it chose from.

    Returns
    -------
    content
        Tables, lists, text and finite numbers only; ``docs/reference/plan.schema.json`` describes
        it.
    """
    values, not_known, unbounded = plain(
        {
            "schema": SCHEMA,
            "id": plan.id,
            "town": town.name,
            "exercise": town.is_exercise,
            "as_of": plan.as_of,
            "crs": "EPSG:4326",
            "provisional": plan.is_provisional,
            "headline": {
                language: " ".join(headline(town, picture, plan, language=language))
                for language in LANGUAGES
            },
            "sensitivity": _both("brief.sensitivity"),
            "limits": _both("brief.limits"),
            **_answer(town, picture, plan, screening),
            **_grounds(town, picture, plan),
            **explanation_json(town, plan),
            "requirements": requirements_json(screening.profiles),
            "promise": promise_json(plan.promise),
        }
    )
    return {**values, "not_known": not_known, "unbounded": unbounded}


def _answer(town: Town, picture: Picture, plan: Plan, screening: Screening) -> Json:
    """Say what was asked and what the answer is."""
    return {
        "question": asdict(plan.question),
        "coverage": [_coverage(entry) for entry in plan.coverage],
        "proof": asdict(plan.proof),
        "sites": _sites(town, picture, plan, screening),
        "load": _load(plan),
        "visits": _visits(town, plan.visits),
        "unknowns": [_said(said) for said in plan.unknowns],
        "notes": [_said(said) for said in plan.notes],
        "screening": [_screened(tier) for tier in screening.tiers],
    }


def _grounds(town: Town, picture: Picture, plan: Plan) -> Json:
    """Say what the answer rests on."""
    people = picture.people
    return {
        "people": {
            "basis": people.basis,
            "rule": people.rule,
            "total_low": people.total_low,
            "total_best": people.total_best,
            "total_high": people.total_high,
        },
        "figures": [
            {"counted": f.counted, "low": f.low, "high": f.high, "unit": f.unit}
            for f in picture.figures
        ],
        "hazards": [
            {"hazard": area.hazard, "status": area.status, "level": area.level}
            for area in picture.hazards
        ],
        "contradictions": [
            {"subject": entry.subject, "what": entry.what} for entry in picture.contradictions
        ],
        "n_stale_reports": len(picture.stale),
        "assumptions": [asdict(fact) for fact in assumptions()],
        "layers": [asdict(source) for source in town.sources],
        "report_sources": report_sources(picture),
        "findings": [asdict(entry) for entry in (*picture.findings, *plan.findings)],
    }


def _coverage(entry: Coverage) -> Json:
    """Say who is within one clock and why the others are not."""
    return {
        "tier": entry.tier,
        "clock_s": entry.clock_s,
        "people": entry.people,
        "served": entry.served,
        "not_served": entry.not_served,
        "not_served_because": [
            {
                "code": code,
                "people": people,
                **{language: because(code, language) for language in LANGUAGES},
            }
            for code, people in entry.not_served_because
        ],
    }


def _sites(town: Town, picture: Picture, plan: Plan, screening: Screening) -> list[Json]:
    """Describe every chosen structure."""
    rows = np.array([site.structure for site in plan.sites], dtype=np.int64)
    places = structure_positions(town, rows)
    return [
        {
            "label": label,
            "structure_id": site.structure_id,
            "joined_with": _joined_with(town, screening.of(site.tier), site.structure),
            "name": str(town.structures.name[site.structure]),
            "name_ar": str(town.structures.name_ar[site.structure]),
            "tier": site.tier,
            "standing": site.standing,
            **asdict(place),
            "area_m2": town.structures.area_m2[site.structure],
            "storeys": town.structures.storeys[site.structure],
            "visit_area_m2": picture.damage.visit_area_m2[site.structure],
            "damage": _damage(picture, site.structure),
            "rules": _rules(screening.of(site.tier), site.structure),
            "people_served": site.people_served,
            "people_lost_if_removed": site.people_lost_if_removed,
            "next_best": next_best_json(plan, at),
            "reasons": [_said(said) for said in site.reasons],
            "unknowns": [_said(said) for said in site.unknowns],
        }
        for at, (label, site, place) in enumerate(
            zip(site_labels(plan), plan.sites, places, strict=True)
        )
    ]


def _load(plan: Plan) -> list[Json]:
    """Say what each site has to carry, and what it can."""
    labels = site_labels(plan)
    return [
        {
            **asdict(load),
            "site": labels[load.site],
            "over_mean": load.over_mean,
            "over_busy": load.over_busy,
        }
        for load in plan.load
    ]


def _joined_with(town: Town, tier: TierScreening, row: int) -> list[str]:
    """List the neighbours that a structure is run with."""
    return [str(town.structures.id[part]) for part in tier.parts(row)[1:]]


def _damage(picture: Picture, row: int) -> Json:
    """Say how likely each grade is; U is the share of not knowing."""
    return {grade.name: float(picture.damage.p_grade[row, grade]) for grade in Grade}


def _rules(tier: TierScreening, row: int) -> Json:
    """Say how a structure stands against every rule of its tier."""
    return {
        rule: Verdict(int(verdict))
        for rule, verdict in zip(tier.rules, tier.verdict[row], strict=True)
    }


def _visits(town: Town, visits: tuple[VisitToDo, ...]) -> list[Json]:
    """List what to look at, most decisive first."""
    rows = np.array([visit.structure for visit in visits], dtype=np.int64)
    return [
        {
            "order": order,
            "structure_id": visit.structure_id,
            "tier": visit.tier,
            **asdict(place),
            "settles": [_said(said) for said in visit.settles],
        }
        for order, (visit, place) in enumerate(
            zip(visits, structure_positions(town, rows), strict=True), start=1
        )
    ]


def _screened(tier: TierScreening) -> Json:
    """Count, per rule, how many structures it refuses and how many nobody knows about."""
    refused = (tier.verdict == Verdict.UNFIT).any(axis=1)
    return {
        "tier": tier.tier,
        "n_structures": len(refused),
        "n_refused": int(refused.sum()),
        "rules": {
            rule: {
                "refused": int((tier.verdict[:, column] == Verdict.UNFIT).sum()),
                "unknown": int((tier.verdict[:, column] == Verdict.UNKNOWN).sum()),
            }
            for column, rule in enumerate(tier.rules)
        },
    }


def _said(said: Said) -> Json:
    """Keep the code for programs and the sentence for people."""
    words = {language: sentence(said, language) for language in LANGUAGES}
    return {"code": said.code, "values": dict(said.values), **words}


def _both(code: str) -> Json:
    """Say a fixed sentence in both languages."""
    return {language: say(code, language) for language in LANGUAGES}
