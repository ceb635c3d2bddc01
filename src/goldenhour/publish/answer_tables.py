# SPDX-License-Identifier: Apache-2.0
"""The answer as flat tables: sites, visits, reach, what the codes mean, and what the file is."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from goldenhour.base.messages import LANGUAGES, say
from goldenhour.picture.belief import Picture
from goldenhour.publish.headline import headline
from goldenhour.publish.map_columns import plain, safe_texts
from goldenhour.publish.map_words import both
from goldenhour.publish.position import structure_positions
from goldenhour.publish.provenance import attributions, report_sources
from goldenhour.publish.reach import ReachArea
from goldenhour.publish.shape_table import (
    GRADE_WORDS,
    point_table,
    shape_array,
    shape_table,
)
from goldenhour.publish.words import moment_text, people_rule, sentence, site_labels
from goldenhour.siting.plan import Plan
from goldenhour.siting.said import Said
from goldenhour.siting.screening.table import Screening
from goldenhour.town.town import Town


def sites(town: Town, picture: Picture, plan: Plan) -> gpd.GeoDataFrame:
    """
    List the chosen structures.

    Parameters
    ----------
    town
        The town.
    picture
        The picture.
    plan
        The plan.

    Returns
    -------
    table
        One row a site, EPSG:4326.
    """
    rows = np.array([site.structure for site in plan.sites], dtype=np.int64)
    grade = picture.damage.p_grade[rows].argmax(axis=1)
    columns = {
        "label": list(site_labels(plan)),
        "tier": [site.tier.value for site in plan.sites],
        "standing": [site.standing.value for site in plan.sites],
        "structure_id": [plain(site.structure_id) for site in plan.sites],
        "name": safe_texts(town.structures.name[rows]),
        "name_ar": safe_texts(town.structures.name_ar[rows]),
        "mgrs": [place.mgrs for place in structure_positions(town, rows)],
        "grade": GRADE_WORDS[grade],
        "area_m2": town.structures.area_m2[rows],
        "people_served": [site.people_served for site in plan.sites],
        "people_lost_if_removed": [site.people_lost_if_removed for site in plan.sites],
        **_both("reasons", [site.reasons for site in plan.sites]),
        **_both("unknowns", [site.unknowns for site in plan.sites]),
    }
    return point_table(town, rows, columns)


def visits(town: Town, plan: Plan) -> gpd.GeoDataFrame:
    """
    List what to look at, most decisive first.

    Parameters
    ----------
    town
        The town.
    plan
        The plan.

    Returns
    -------
    table
        One row a visit, EPSG:4326.
    """
    rows = np.array([visit.structure for visit in plan.visits], dtype=np.int64)
    columns = {
        "number": np.arange(1, len(rows) + 1),
        "structure_id": [plain(visit.structure_id) for visit in plan.visits],
        "tier": [visit.tier.value for visit in plan.visits],
        "mgrs": [place.mgrs for place in structure_positions(town, rows)],
        **_both("settles", [visit.settles for visit in plan.visits]),
    }
    return point_table(town, rows, columns)


def reach(town: Town, plan: Plan, areas: Sequence[ReachArea]) -> gpd.GeoDataFrame:
    """
    List the areas from which a site is reached within its clock.

    Parameters
    ----------
    town
        The town.
    plan
        The plan.
    areas
        The areas.

    Returns
    -------
    table
        One row an area, EPSG:4326.
    """
    labels = {
        site.structure: label for site, label in zip(plan.sites, site_labels(plan), strict=True)
    }
    columns = {
        "site": [labels.get(area.structure, "") for area in areas],
        "clock_s": [area.clock_s for area in areas],
    }
    return shape_table(town, columns, shape_array([area.shape for area in areas]))


def rules(screening: Screening) -> pd.DataFrame:
    """
    Explain the codes in ``refused_...`` and ``unknown_...`` of the structures.

    Parameters
    ----------
    screening
        The screening.

    Returns
    -------
    table
        Rule, verdict and its sentence in both languages.
    """
    codes = dict.fromkeys(rule for tier in screening.tiers for rule in tier.rules)
    entries = [
        {"rule": rule, "verdict": verdict, **both(f"siting.{rule}-{verdict}")}
        for rule in codes
        for verdict in ("unfit", "unknown")
    ]
    return pd.DataFrame(entries, columns=["rule", "verdict", *LANGUAGES], dtype=str)


def metadata(town: Town, picture: Picture, plan: Plan) -> pd.DataFrame:
    """
    Say what the file is, what it rests on, and how it may be handled.

    Parameters
    ----------
    town
        The town.
    picture
        The picture.
    plan
        The plan.

    Returns
    -------
    table
        Key and value.
    """
    entries = [
        ("exercise", say("plan.exercise", "en") if town.is_exercise else "no"),
        ("town", town.name),
        ("plan", plan.id),
        ("as_of", moment_text(plan.as_of)),
        ("provisional", "yes" if plan.is_provisional else "no"),
        *(
            (f"{key}_{language}", text)
            for language in LANGUAGES
            for key, text in (
                ("headline", " ".join(headline(town, picture, plan, language=language))),
                ("sensitivity", say("brief.sensitivity", language)),
                ("limits", say("brief.limits", language)),
                ("people_rule", people_rule(picture.people, language)),
            )
        ),
        ("people", picture.people.basis),
        *(("attribution", words) for words in attributions(town)),
        *(
            ("layer", f"{source.file}, {source.format}, sha256 {source.sha256}")
            for source in town.sources
        ),
        *(
            ("reports", f"{source['name']}: {source['n_reports']}")
            for source in report_sources(picture)
        ),
    ]
    return pd.DataFrame([(key, plain(value)) for key, value in entries], columns=["key", "value"])


def _both(name: str, messages: list[tuple[Said, ...]]) -> dict[str, list[str]]:
    """Put messages into words, one column a language."""
    return {
        f"{name}_{language}": [" ".join(sentence(s, language) for s in some) for some in messages]
        for language in LANGUAGES
    }
