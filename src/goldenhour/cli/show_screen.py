# SPDX-License-Identifier: Apache-2.0
"""Screening on the terminal: counts by rule, or one structure with every reason and its reports."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from goldenhour.base.messages import say
from goldenhour.base.settings import Settings
from goldenhour.cli.show import findings, out
from goldenhour.publish.screening_json import counts, structure_json, to_json
from goldenhour.publish.words import left_to_right, structure_name, tier_name

if TYPE_CHECKING:
    from goldenhour.publish.plain import Json
    from goldenhour.workflows.screen import ScreenResult

_VERDICTS = ("fit", "unfit", "unknown")


def screen(result: ScreenResult, *, as_json: bool) -> None:
    """
    Show what screening found.

    Parameters
    ----------
    result
        Verdicts and reasons.
    as_json
        Print JSON instead of words.
    """
    state = result.state
    findings(state.findings)
    structures = [
        structure_json(
            state.town, state.picture, result.screening.of(one.tier), one.row, one.reasons
        )
        for one in result.explained
    ]
    if as_json:
        content = to_json(state.town, state.picture, result.screening, result.tiers)
        content["structure"] = structures
        out(json.dumps(content, ensure_ascii=False, indent=1))
        return
    language = Settings.from_environment().language
    if not structures:
        _counts(result, language)
    for one, content in zip(result.explained, structures, strict=True):
        name = structure_name(state.town, one.row, language)
        out(f"{name} ({left_to_right(content['joined_id'], language)})")
        _structure(content, tier_name(one.tier, language), language)


def _counts(result: ScreenResult, language: str) -> None:
    """Count verdicts by rule, tier by tier."""
    for tier in result.tiers:
        found = counts(result.screening.of(tier))
        out(
            say(
                "screening.candidates",
                language,
                tier=tier_name(tier, language),
                candidates=f"{found['n_candidates']:,}",
                structures=f"{found['n_structures']:,}",
                joined=f"{found['n_joined']:,}",
            )
        )
        heads = [say(f"screening.{verdict}", language) for verdict in _VERDICTS]
        out(f"  {say('screening.rule', language):<18}" + "".join(f"{head:>12}" for head in heads))
        for rule, by_verdict in found["rules"].items():
            numbers = "".join(f"{by_verdict[verdict]:>12,}" for verdict in _VERDICTS)
            out(f"  {rule:<18}{numbers}")
        out()


def _structure(content: Json, tier: str, language: str) -> None:
    """Say every rule's reason for one structure and tier, then the NO-GO list."""
    verdicts = [reason["verdict"] for reason in content["reasons"]]
    code = "screening.refused-by" if content["refused"] else "screening.refused-by-none"
    n = verdicts.count("unfit" if content["refused"] else "unknown")
    out(say(code, language, tier=tier, n=n))
    for reason in content["reasons"]:
        verdict = say(f"screening.{reason['verdict']}", language)
        out(f"  {verdict:<10} {reason['rule']:<18} {reason[language]}")
        for report in reason["reports"]:
            who = say(
                "screening.reported-by",
                language,
                source=report["source"],
                date=left_to_right(report["seen"][:10], language),
                id=left_to_right(report["id"], language),
            )
            out(f"{'':<31}- {who}")
    out(f"  {say('screening.no-go-list', language)}")
    for line in content["no_go"]:
        standing = say(f"screening.{line['standing']}", language)
        out(f"  {line['number']:>4}  {standing:<10} {say(_no_go(line), language)}")
    out()


def _no_go(line: Json) -> str:
    """Code of the sentence of one line of the list."""
    return f"screening.no-go-{line['number']}"
