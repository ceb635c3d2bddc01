# SPDX-License-Identifier: Apache-2.0
"""What changed since a moment, and which plans it makes stale."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from goldenhour.base.errors import InputError
from goldenhour.base.findings import Finding, Severity
from goldenhour.base.grades import Tier, Verdict
from goldenhour.base.progress import Progress, quiet
from goldenhour.picture.belief import Picture
from goldenhour.picture.changes import Changes, changes
from goldenhour.picture.work_out import work_out
from goldenhour.reports.ledger import Ledger
from goldenhour.siting.screening.screen import screen
from goldenhour.siting.screening.table import Screening
from goldenhour.town.town import Town
from goldenhour.workflows.requirements_file import requirements_from
from goldenhour.workflows.state import load_ground, with_unplaced
from goldenhour.workflows.workspace import Workspace

_STEP = "Working out both pictures"


@dataclass(frozen=True, slots=True, kw_only=True)
class StalePlan:
    """
    A plan that was made before something changed.

    Parameters
    ----------
    folder
        Where it is.
    as_of
        Its moment, aware UTC.
    refused
        Ids of its sites that a rule refuses now and did not then.
    touched
        Ids of its other sites of which something else is believed now.
    """

    folder: Path
    as_of: datetime
    refused: tuple[str, ...]
    touched: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedResult:
    """
    What changed.

    Parameters
    ----------
    town
        The town that both pictures are of.
    before
        The earlier picture.
    now
        The later one.
    changes
        What differs.
    became_unfit
        By tier, ids of structures that a rule refuses now and did not then.
    plans
        Plans made by the earlier moment of whose sites something changed, newest first.
    n_plans
        Plans made by then in all.
    findings
        What was noticed.
    """

    town: Town
    before: Picture
    now: Picture
    changes: Changes
    became_unfit: Mapping[Tier, tuple[str, ...]]
    plans: tuple[StalePlan, ...]
    n_plans: int
    findings: tuple[Finding, ...]


def changed(
    workspace: Workspace, *, since: datetime, as_of: datetime, progress: Progress = quiet
) -> ChangedResult:
    """
    Compare what is known now with what was known then.

    Parameters
    ----------
    workspace
        The town's folder.
    since
        The earlier moment, aware UTC.
    as_of
        The later one, aware UTC.
    progress
        Told how far the work is.

    Returns
    -------
    result
        What changed, and which plans it makes stale.

    Raises
    ------
    InputError
        If the earlier moment is not before the later one.
    """
    if since >= as_of:
        raise InputError(
            f"{since:%Y-%m-%d %H:%M} is not before {as_of:%Y-%m-%d %H:%M}.",
            where="--changed-since",
            do="Give an earlier moment, or a later one with --at.",
        )
    progress(_STEP, 0, 3)
    with Ledger.open(workspace.ledger) as ledger:
        told = [ledger.reports(as_of=moment) for moment in (since, as_of)]
    town, _, noticed = load_ground(workspace)
    town = with_unplaced(town, [report for reports in told for report in reports])
    profiles = requirements_from(workspace.requirements)
    pictures, screenings = [], []
    for number, (reports, moment) in enumerate(zip(told, (since, as_of), strict=True), 1):
        pictures.append(work_out(town, reports, as_of=moment))
        screenings.append(screen(town, pictures[-1], asked=profiles))
        progress(_STEP, number, 3)
    differs = changes(*pictures)
    unfit = {
        entry.tier: _became_unfit(town, screenings[0], screenings[1], entry.tier)
        for entry in screenings[0].tiers
    }
    findings = list(noticed)
    plans = list(_plans(workspace, town, differs, unfit, since, findings))
    progress(_STEP, 3, 3)
    return ChangedResult(
        town=town,
        before=pictures[0],
        now=pictures[1],
        changes=differs,
        became_unfit=unfit,
        plans=tuple(
            sorted(
                (plan for plan in plans if plan.refused or plan.touched),
                key=lambda plan: (plan.as_of, plan.folder.name),
                reverse=True,
            )
        ),
        n_plans=len(plans),
        findings=tuple(findings),
    )


def _became_unfit(town: Town, before: Screening, now: Screening, tier: Tier) -> tuple[str, ...]:
    """List structures that a rule refuses now and none did then."""
    then, today = (
        np.any(screening.of(tier).verdict == Verdict.UNFIT, axis=1) for screening in (before, now)
    )
    return tuple(str(key) for key in town.structures.id[today & ~then])


def _plans(
    workspace: Workspace,
    town: Town,
    differs: Changes,
    unfit: Mapping[Tier, tuple[str, ...]],
    since: datetime,
    findings: list[Finding],
) -> Iterator[StalePlan]:
    """Hold every plan made by then against what changed."""
    touched = {str(key) for key in town.structures.id[differs.structures]}
    for path in sorted((workspace.folder / "plans").glob("[!.]*/plan.json")):
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            made = datetime.fromisoformat(content["as_of"])
            sites = [(Tier(site["tier"]), _ids(site)) for site in content["sites"]]
        except (OSError, ValueError, KeyError, TypeError) as error:
            findings.append(_unreadable(path, error))
            continue
        if made > since:
            continue
        refused = [key for tier, keys in sites for key in keys if key in unfit.get(tier, ())]
        others = [key for _, keys in sites for key in keys if key in touched]
        yield StalePlan(
            folder=path.parent,
            as_of=made,
            refused=tuple(dict.fromkeys(refused)),
            touched=tuple(key for key in dict.fromkeys(others) if key not in refused),
        )


def _ids(site: Mapping[str, Any]) -> tuple[str, ...]:
    """Ids of a site's structure and of those joined to it."""
    return (str(site["structure_id"]), *(str(key) for key in site.get("joined_with") or ()))


def _unreadable(path: Path, error: Exception) -> Finding:
    """Say that a plan could not be held against the changes."""
    return Finding(
        code="plan-not-read",
        layer=path.parent.name,
        what=f"This plan cannot be read: {type(error).__name__}.",
        done="Whether it is stale is not known.",
        severity=Severity.WARNING,
    )
