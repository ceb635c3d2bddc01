# SPDX-License-Identifier: Apache-2.0
"""The town and the picture as flat tables: structures, outlines, streets, hazards."""

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goldenhour.base.grades import Grade, StreetState, Verdict
from goldenhour.picture.belief import Picture
from goldenhour.publish.map_columns import plain, safe_texts
from goldenhour.publish.shape_table import (
    GRADE_WORDS,
    point_table,
    shape_array,
    shape_table,
)
from goldenhour.publish.words import moment_text
from goldenhour.siting.plan import Plan
from goldenhour.siting.screening.table import Screening, TierScreening
from goldenhour.town.town import Town

_STATES = np.array([state.name.lower() for state in StreetState])
_VERDICTS = np.array([verdict.name.lower() for verdict in Verdict])


def structures(town: Town, picture: Picture, plan: Plan, screening: Screening) -> gpd.GeoDataFrame:
    """
    List every structure with its damage, people, and how it stands against each tier's rules.

    Parameters
    ----------
    town
        The town.
    picture
        The picture.
    plan
        The plan.
    screening
        The screening.

    Returns
    -------
    table
        One row a structure, a point inside it, EPSG:4326.
    """
    listed, damage = town.structures, picture.damage
    columns = {
        "id": safe_texts(listed.id),
        "name": safe_texts(listed.name),
        "name_ar": safe_texts(listed.name_ar),
        "use": safe_texts(listed.use),
        "area_m2": listed.area_m2,
        "storeys": listed.storeys,
        "from_report": listed.from_report,
        "grade": GRADE_WORDS[damage.p_grade.argmax(axis=1)],
        **{f"p_{grade.name.lower()}": damage.p_grade[:, grade] for grade in Grade},
        "visited": damage.visited,
        "visit_verdict": _VERDICTS[damage.verdict],
        "visit_area_m2": damage.visit_area_m2,
        "n_reports": np.diff(damage.evidence.start),
        "people": plan.home_people,
        "served": plan.home_served,
        "tsp_s": np.where(np.isfinite(plan.home_tsp_s), plan.home_tsp_s, np.nan),
    }
    for tier in screening.tiers:
        columns |= _standing(tier)
    return point_table(town, np.arange(listed.n), columns)


def outlines(town: Town, picture: Picture) -> gpd.GeoDataFrame:
    """
    List the structures whose outline is known.

    Parameters
    ----------
    town
        The town.
    picture
        The picture.

    Returns
    -------
    table
        Id, grade and polygon, EPSG:4326.
    """
    rows = np.flatnonzero([shape is not None for shape in town.structures.outline])
    columns = {
        "id": safe_texts(town.structures.id[rows]),
        "grade": GRADE_WORDS[picture.damage.p_grade[rows].argmax(axis=1)],
    }
    return shape_table(town, columns, town.structures.outline[rows])


def streets(town: Town, picture: Picture) -> gpd.GeoDataFrame:
    """
    List every street segment with its state and when that goes stale.

    Parameters
    ----------
    town
        The town.
    picture
        The picture.

    Returns
    -------
    table
        One row a segment, EPSG:4326.
    """
    laid, belief = town.streets, picture.streets
    columns = {
        "id": safe_texts(laid.id),
        "name": safe_texts(laid.name),
        "name_ar": safe_texts(laid.name_ar),
        "highway": safe_texts(laid.highway),
        "bridge": laid.bridge,
        "oneway": laid.oneway.astype(np.int32),
        "length_m": laid.length_m,
        "state_vehicle": _STATES[belief.state_vehicle],
        "state_stretcher": _STATES[belief.state_stretcher],
        "closed": belief.state_vehicle == StreetState.CLOSED,
        "delay_s": belief.delay_s,
        "rubble_share": belief.rubble_share,
        "expires_at": pd.to_datetime(pd.Series(belief.expires_at), utc=True),
        "expired": belief.expired,
        "n_reports": np.diff(belief.evidence.start),
    }
    return shape_table(town, columns, laid.line)


def hazards(town: Town, picture: Picture) -> gpd.GeoDataFrame:
    """
    List the areas to stay out of, with who said so.

    Parameters
    ----------
    town
        The town.
    picture
        The picture.

    Returns
    -------
    table
        One row an area, EPSG:4326.
    """
    said = [picture.reports[area.report] for area in picture.hazards]
    columns = {
        "hazard": [plain(area.hazard) for area in picture.hazards],
        "status": [area.status.value for area in picture.hazards],
        "level": [area.level for area in picture.hazards],
        "source": [plain(report.source.name) for report in said],
        "seen_from": [moment_text(report.seen_from) for report in said],
    }
    return shape_table(town, columns, shape_array([area.shape for area in picture.hazards]))


def _standing(tier: TierScreening) -> dict[str, NDArray[np.object_]]:
    """Say if a structure is refused for a tier, by which rules, and what nobody knows."""
    rows = np.ascontiguousarray(tier.verdict)
    words = rows.view(f"S{rows.shape[1]}")  # a row as one word: it sorts ten times faster
    _, first, which = np.unique(words, return_index=True, return_inverse=True)
    kinds = tier.verdict[first]
    broken = [_codes(tier.rules, kind == Verdict.UNFIT) for kind in kinds]
    unknown = [_codes(tier.rules, kind == Verdict.UNKNOWN) for kind in kinds]
    standing = ["refused" if codes else "candidate" for codes in broken]
    return {
        f"{name}_{tier.tier.value}": np.array(words, dtype=object)[which.ravel()]
        for name, words in (("standing", standing), ("refused", broken), ("unknown", unknown))
    }


def _codes(codes: tuple[str, ...], chosen: NDArray[np.bool_]) -> str:
    """Join some of the codes."""
    return " ".join(code for code, is_chosen in zip(codes, chosen, strict=True) if is_chosen)
