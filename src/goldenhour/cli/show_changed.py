# SPDX-License-Identifier: Apache-2.0
"""What changed since a moment, on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from goldenhour.base.grades import Grade, StreetState
from goldenhour.cli.show import findings, out
from goldenhour.picture.changes import reports_behind
from goldenhour.publish.atomic import json_text

if TYPE_CHECKING:
    from goldenhour.workflows.changed import ChangedResult

_MOST_LISTED = 10


def changed(result: ChangedResult, *, as_json: bool) -> None:
    """
    Show what changed.

    Parameters
    ----------
    result
        Two pictures, and what differs.
    as_json
        Print JSON instead of words.
    """
    findings(result.findings)
    content = to_json(result)
    if as_json:
        out(json_text(content))
        return
    out(
        f"{result.town.name}: {result.before.as_of:%Y-%m-%d %H:%M} to "
        f"{result.now.as_of:%Y-%m-%d %H:%M} UTC"
    )
    for name, value in content["counts"].items():
        out(f"  {name.replace('_', ' '):<32} {value:,}")
    for row in content["structures"][:_MOST_LISTED]:
        out(f"  {row['id']}: {row['then']} → {row['now']}, by {_behind(row['reports'])}")
    for row in content["streets"][:_MOST_LISTED]:
        out(f"  {row['id']}: {row['then']} → {row['now']}, by {_behind(row['reports'])}")
    out(f"{len(result.plans)} of {result.n_plans} plans made by then have a site that changed")
    for plan in result.plans[:_MOST_LISTED]:
        out(f"  {plan.folder.name} of {plan.as_of:%Y-%m-%d %H:%M} UTC")
        if plan.refused:
            out(f"    a rule refuses now: {', '.join(plan.refused)}")
        if plan.touched:
            out(f"    believed otherwise: {', '.join(plan.touched)}")


def to_json(result: ChangedResult) -> dict[str, Any]:
    """
    Put what changed into plain values.

    Parameters
    ----------
    result
        Two pictures, and what differs.

    Returns
    -------
    content
        Counts, every structure and street with the reports behind it, and stale plans.
    """
    differs, now = result.changes, result.now
    return {
        "since": f"{result.before.as_of:%Y-%m-%dT%H:%M:%SZ}",
        "as_of": f"{now.as_of:%Y-%m-%dT%H:%M:%SZ}",
        "counts": {
            "new_reports": len(differs.new_reports),
            "superseded_reports": len(differs.gone_reports),
            "reports_gone_stale": len(differs.new_stale),
            "structures_changed": len(differs.structures),
            **{f"became_unfit_{tier.value}": len(ids) for tier, ids in result.became_unfit.items()},
            "streets_changed": len(differs.streets),
            "new_hazard_areas": len(differs.new_hazards),
            "hazard_areas_gone": len(differs.gone_hazards),
            "people_more_or_fewer": round(differs.people[1] - differs.people[0]),
        },
        "structures": [_structure(result, int(row)) for row in differs.structures],
        "streets": [_street(result, int(row)) for row in differs.streets],
        "plans": [
            {
                "id": plan.folder.name,
                "as_of": f"{plan.as_of:%Y-%m-%dT%H:%M:%SZ}",
                "refused": list(plan.refused),
                "touched": list(plan.touched),
            }
            for plan in result.plans
        ],
    }


def _structure(result: ChangedResult, row: int) -> dict[str, Any]:
    """Say of one structure what was and is believed."""
    return {
        "id": str(result.town.structures.id[row]),
        "then": _grade(result.before.damage.p_grade[row]),
        "now": _grade(result.now.damage.p_grade[row]),
        "visited": bool(result.now.damage.visited[row]),
        "reports": [one.id for one in reports_behind(result.now.damage.evidence, result.now, row)],
    }


def _street(result: ChangedResult, row: int) -> dict[str, Any]:
    """Say of one street what was and is believed."""
    then, now = (
        StreetState(int(picture.streets.state_vehicle[row])).name.lower()
        for picture in (result.before, result.now)
    )
    return {
        "id": str(result.town.streets.id[row]),
        "then": then,
        "now": now,
        "reports": [one.id for one in reports_behind(result.now.streets.evidence, result.now, row)],
    }


def _grade(p_grade: np.ndarray[Any, Any]) -> str:
    """Name the likeliest grade and its chance."""
    grade = Grade(int(p_grade.argmax()))
    return "unknown" if grade is Grade.U else f"{grade.name} {100 * float(p_grade[grade]):.0f} %"


def _behind(ids: list[str]) -> str:
    """Name the reports behind a value, shortly."""
    if not ids:
        return "no report any more"
    more = f" and {len(ids) - 1} more" if len(ids) > 1 else ""
    return f"{ids[-1][:12]}{more}"
