# SPDX-License-Identifier: Apache-2.0
"""What a product rests on: whose reports, which layers, which assumptions of ours."""

from collections.abc import Iterable
from typing import Any

from goldenhour.base import facts
from goldenhour.base.facts import Fact
from goldenhour.picture.belief import Picture
from goldenhour.reports.report import Report
from goldenhour.town.town import Town

_ROOMS_OF_A_PLAN = ("clocks", "picture", "times", "siting", "requirements")


def report_sources(picture: Picture) -> list[dict[str, Any]]:
    """
    Say who was heard, once each.

    Parameters
    ----------
    picture
        The picture.

    Returns
    -------
    sources
        By name: Admiralty letters, number and kinds of reports, first and last sight.
    """
    grouped: dict[str, list[Report]] = {}
    for report in picture.reports:
        grouped.setdefault(report.source.name, []).append(report)
    return [_source(name, said) for name, said in sorted(grouped.items())]


def _source(name: str, said: list[Report]) -> dict[str, Any]:
    """Sum up one source."""
    return {
        "name": name,
        "reliability": sorted({report.source.reliability.value for report in said}),
        "references": _few(report.source.reference for report in said),
        "exercise": any(report.source.exercise for report in said),
        "n_reports": len(said),
        "kinds": sorted({report.kind.value for report in said}),
        "seen_from": min(report.seen_from for report in said),
        "seen_to": max(report.seen_to for report in said),
    }


def _few(words: Iterable[str], n: int = 5) -> list[str]:
    """Keep the first few different words."""
    return sorted({word for word in words if word})[:n]


def attributions(town: Town) -> tuple[str, ...]:
    """
    List the words that a map must show.

    Parameters
    ----------
    town
        The town.

    Returns
    -------
    attributions
        Once each, such as ``"© OpenStreetMap contributors"``.
    """
    return tuple(dict.fromkeys(source.attribution for source in town.sources if source.attribution))


def assumptions() -> tuple[Fact, ...]:
    """
    List what a plan assumes without doctrine behind it.

    Returns
    -------
    facts
        Those tagged A (our assumption) or R (verify first) in the rooms that make a plan.
    """
    known = set(facts.rooms())
    return tuple(
        fact
        for name in _ROOMS_OF_A_PLAN
        if name in known
        for fact in facts.room(name).values()
        if fact.tag in {"A", "R"}
    )
