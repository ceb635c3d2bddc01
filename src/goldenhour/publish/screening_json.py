# SPDX-License-Identifier: Apache-2.0
"""Screening as JSON: counts by rule and verdict, and one structure's reasons with their reports."""

from collections.abc import Sequence

import numpy as np

from goldenhour.base.grades import Tier, Verdict
from goldenhour.base.messages import LANGUAGES
from goldenhour.picture.belief import Picture
from goldenhour.publish.map_columns import plain
from goldenhour.publish.plain import Json
from goldenhour.publish.words import sentence
from goldenhour.siting.screening.joined import joined_id
from goldenhour.siting.screening.no_go import NoGo, no_go
from goldenhour.siting.screening.reasons import Reason
from goldenhour.siting.screening.requirements import Profiles
from goldenhour.siting.screening.screen import candidates
from goldenhour.siting.screening.table import Screening, TierScreening
from goldenhour.town.town import Town

SCHEMA = "goldenhour.screening/1"
"""Name and version of the shape; the number rises when a reader would have to change."""


def to_json(town: Town, picture: Picture, screening: Screening, tiers: Sequence[Tier]) -> Json:
    """
    Count verdicts by rule.

    Parameters
    ----------
    town
        The town.
    picture
        The picture.
    screening
        Verdicts on every structure.
    tiers
        The tiers asked about.

    Returns
    -------
    content
        Plain JSON values.
    """
    return {
        "schema": SCHEMA,
        "town": plain(town.name),
        "exercise": town.is_exercise,
        "as_of": picture.as_of.isoformat(),
        "requirements": requirements_json(screening.profiles),
        "tiers": [counts(screening.of(tier)) for tier in tiers],
    }


def counts(tier: TierScreening) -> Json:
    """
    Count one tier's verdicts.

    Parameters
    ----------
    tier
        Verdicts.

    Returns
    -------
    counts
        Structures, candidates, joined ones, and every rule's fit, unfit and unknown.
    """
    passed = candidates(tier)
    joined = np.unique(tier.group[tier.group != np.arange(len(tier.group))])
    return {
        "tier": tier.tier.value,
        "n_structures": len(passed),
        "n_candidates": int(passed.sum()),
        "n_joined": len(joined),
        "rules": {
            rule: {
                verdict.name.lower(): int((tier.verdict[:, column] == verdict).sum())
                for verdict in Verdict
            }
            for column, rule in enumerate(tier.rules)
        },
    }


def requirements_json(asked: Profiles) -> list[Json]:
    """
    List what was asked of structures, and what the planner changed.

    Parameters
    ----------
    asked
        What every tier asks for.

    Returns
    -------
    needs
        One entry a tier and key.
    """
    return [
        {
            "tier": need.tier.value,
            "key": need.key,
            "rule": need.rule,
            "value": need.value,
            "default": need.default,
            "unit": need.unit,
            "tag": need.tag,
            "source": need.source,
            "changed_by_planner": need.is_changed,
        }
        for entry in asked.tiers
        for need in entry.needs
    ]


def structure_json(
    town: Town, picture: Picture, tier: TierScreening, row: int, reasons: Sequence[Reason]
) -> Json:
    """
    Say why one structure could or could not hold a tier.

    Parameters
    ----------
    town
        The town.
    picture
        The picture.
    tier
        Verdicts.
    row
        Structure row.
    reasons
        One a rule.

    Returns
    -------
    content
        Reasons with their reports, and the NO-GO list.
    """
    known = town.structures
    return {
        "tier": tier.tier.value,
        "structure_id": str(known.id[row]),
        "joined_id": joined_id(town, tier, row),
        "name": plain(known.name[row]),
        "name_ar": plain(known.name_ar[row]),
        "refused": any(reason.verdict is Verdict.UNFIT for reason in reasons),
        "reasons": [_reason(picture, reason) for reason in reasons],
        "no_go": [_no_go(line) for line in no_go(reasons)],
    }


def _reason(picture: Picture, reason: Reason) -> Json:
    """Keep codes for programs, sentences for people, and who said so."""
    return {
        "rule": reason.rule,
        "verdict": reason.verdict.name.lower(),
        "no_go": reason.no_go or None,
        "code": reason.said.code,
        "values": dict(reason.said.values),
        **{language: sentence(reason.said, language) for language in LANGUAGES},
        "reports": [
            {
                "id": str(picture.reports[at].id),
                "source": plain(picture.reports[at].source.name),
                "seen": picture.reports[at].seen_to.isoformat(),
            }
            for at in reason.reports
            if at < len(picture.reports)
        ],
    }


def _no_go(line: NoGo) -> Json:
    """Say how one line of the list stands."""
    return {
        "number": line.number,
        "standing": line.standing.value,
        "rules": sorted({reason.rule for reason in line.reasons}),
    }
