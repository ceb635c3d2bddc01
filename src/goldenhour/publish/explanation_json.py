# SPDX-License-Identifier: Apache-2.0
"""What would change a plan, as plain JSON: facts, next best sites, alternatives, neighbourhoods."""

from dataclasses import asdict

import numpy as np

from goldenhour.base.messages import LANGUAGES
from goldenhour.publish.by_place import people_by_place
from goldenhour.publish.plain import Json
from goldenhour.publish.position import structure_positions
from goldenhour.publish.what_changes import fact_said
from goldenhour.publish.words import sentence
from goldenhour.siting.explanation import Alternative, Flip
from goldenhour.siting.plan import Plan
from goldenhour.town.town import Town


def explanation_json(town: Town, plan: Plan) -> Json:
    """
    Put what would change a plan into plain values.

    Parameters
    ----------
    town
        The town.
    plan
        The plan.

    Returns
    -------
    content
        ``facts``, ``n_facts_examined``, ``n_facts_left_out``, ``alternatives`` and
        ``neighbourhoods``; facts and alternatives are null if nobody asked for them.
    """
    why = plan.explanation
    return {
        "facts": None if why is None else [_fact(town, flip) for flip in why.flips],
        "n_facts_examined": 0 if why is None else why.n_examined,
        "n_facts_left_out": 0 if why is None else why.n_left_out,
        "alternatives": None if why is None else [_other(town, one) for one in why.alternatives],
        "neighbourhoods": [asdict(place) for place in people_by_place(town, plan)],
    }


def next_best_json(plan: Plan, at: int) -> Json | None:
    """
    Say what could stand in for one site.

    Parameters
    ----------
    plan
        The plan.
    at
        Position of the site.

    Returns
    -------
    content
        Id, and people fewer; null if nothing could, or nobody asked.
    """
    if plan.explanation is None or plan.explanation.next_best[at].structure < 0:
        return None
    other = plan.explanation.next_best[at]
    return {"structure_id": other.structure_id, "people_fewer": other.people_fewer}


def _fact(town: Town, flip: Flip) -> Json:
    """Say one fact in words and numbers."""
    said = fact_said(town, flip)
    words = {language: sentence(said, language) for language in LANGUAGES}
    known = flip.structure >= 0
    return {
        "kind": flip.kind,
        "code": said.code,
        "values": dict(said.values),
        **words,
        "people": flip.people,
        "people_if_kept": flip.people_if_kept,
        "at_most": flip.at_most,
        "changes": flip.changes,
        "is_exact": flip.is_exact,
        "structure_id": str(town.structures.id[flip.structure]) if known else "",
        "streets": [str(town.streets.id[edge]) for edge in flip.streets],
        "dropped": list(flip.dropped),
        "added": list(flip.added),
    }


def _other(town: Town, other: Alternative) -> Json:
    """Say where another plan stands, and whom it serves."""
    rows = np.array([site.structure for site in other.sites], dtype=np.int64)
    return {
        "people": other.people,
        "people_fewer": other.people_fewer,
        "gap_share": other.gap_share,
        "n_elsewhere": other.n_elsewhere,
        "sites": [
            {
                "tier": site.tier,
                "structure_id": site.structure_id,
                "is_elsewhere": site.is_elsewhere,
                **asdict(place),
            }
            for site, place in zip(other.sites, structure_positions(town, rows), strict=True)
        ],
    }
