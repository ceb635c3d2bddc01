# SPDX-License-Identifier: Apache-2.0
"""Two plans side by side, in words and as JSON."""

from collections.abc import Iterable
from dataclasses import asdict
from math import isfinite
from typing import NamedTuple

from goldenhour.base.grades import Tier
from goldenhour.base.messages import LANGUAGES, say
from goldenhour.publish.map_columns import plain as readable
from goldenhour.publish.plain import Json, plain
from goldenhour.publish.words import by_its_letters, left_to_right, people_text, tier_name
from goldenhour.siting.explaining.compare import Comparison, PlannedSite, PlanOnFile
from goldenhour.siting.plain.result import ProofStatus

SCHEMA = "goldenhour.comparison/1"
_MOST, _HALF, _PERCENT, _MINUTE_S = 8, 0.5, 100, 60


class Row(NamedTuple):
    """One row of the table: what, in plan A, in plan B."""

    what: str
    a: str
    b: str


class Section(NamedTuple):
    """A title with its lines."""

    title: str
    lines: tuple[str, ...]


def summary(comparison: Comparison, language: str) -> tuple[str, ...]:
    """
    Say in a few sentences what the difference comes to.

    Parameters
    ----------
    comparison
        Two plans.
    language
        ``"en"`` or ``"ar"``.

    Returns
    -------
    sentences
        Warnings about what cannot be compared come after the number.
    """
    a, b = comparison.a, comparison.b
    exercise = [say("plan.exercise", language)] if a.is_exercise or b.is_exercise else []
    if a.id == b.id:
        return (*exercise, say("compare.same", language))
    more = b.objective - a.objective
    code = "compare.more" if more > _HALF else "compare.fewer"
    said = [
        say("compare.as-many", language, people=people_text(b.objective))
        if abs(more) <= _HALF
        else say(code, language, people=people_text(abs(more)))
    ]
    if any(pair.a.people != pair.b.people for pair in comparison.within):
        people = [max((entry.people for entry in one.coverage), default=0.0) for one in (a, b)]
        words = {"a": people_text(people[0]), "b": people_text(people[1])}
        said.append(say("compare.other-people", language, **words))
    if any(pair.a.clock_s != pair.b.clock_s for pair in comparison.within):
        said.append(say("compare.other-clock", language))
    return (*exercise, *said)


def table(comparison: Comparison, language: str) -> tuple[Row, ...]:
    """
    Put numbers of both plans side by side.

    Parameters
    ----------
    comparison
        Two plans.
    language
        ``"en"`` or ``"ar"``.

    Returns
    -------
    rows
        Plan and moment, number of sites by tier, people by clock, proof.
    """
    a, b = comparison.a, comparison.b
    rows = [
        Row("", *(left_to_right(one.id[:12], language) for one in (a, b))),
        Row("", *(left_to_right(one.as_of, language) for one in (a, b))),
    ]
    for tier in (Tier.TSP, Tier.FIELD_HOSPITAL):
        counts = (str(sum(site.tier is tier for site in one.sites)) for one in (a, b))
        rows.append(Row(tier_name(tier, language), *counts))
    for pair in comparison.within:
        words = (_within(entry.served, entry.people, entry.clock_s) for entry in (pair.a, pair.b))
        rows.append(Row(tier_name(Tier(pair.what), language), *words))
    rows.append(Row(say("compare.proof", language), *(_proof(one, language) for one in (a, b))))
    return tuple(rows)


def sections(comparison: Comparison, language: str) -> tuple[Section, ...]:
    """
    List what differs.

    Parameters
    ----------
    comparison
        Two plans.
    language
        ``"en"`` or ``"ar"``.

    Returns
    -------
    sections
        What was asked, sites, neighbourhoods, reports; long lists say how many more there are.
    """
    lists = (
        (
            "asked",
            (_pair("asked-line", one.what, one.a, one.b, language) for one in comparison.asked),
        ),
        ("kept", _site_lines(comparison.kept, language)),
        ("added", _site_lines(comparison.added, language)),
        ("dropped", _site_lines(comparison.dropped, language)),
    )
    found = [_section(title, lines, language) for title, lines in lists]
    if not comparison.knows_places:
        unknown = say("compare.places-unknown", language)
        found.append(Section(say("compare.gains", language), (unknown,)))
    else:
        for title, pairs in (("gains", comparison.gains), ("losses", comparison.losses)):
            lines = (
                _pair(
                    "place-line",
                    one.what or say("compare.outside", language),
                    people_text(one.a),
                    people_text(one.b),
                    language,
                )
                for one in pairs
            )
            found.append(_section(title, lines, language))
    if comparison.knows_reports:
        lines = (
            _pair("report-line", one.what, f"{one.a:,}", f"{one.b:,}", language)
            for one in comparison.reports
        )
        section = _section("reports", lines, language)
        same = Section(section.title, (say("compare.same-reports", language),))
        found.append(section if comparison.reports else same)
    return tuple(found)


def to_json(comparison: Comparison) -> Json:
    """
    Put a comparison into plain JSON values.

    Parameters
    ----------
    comparison
        Two plans.

    Returns
    -------
    content
        Finite numbers only; numbers without end are null and listed in ``unbounded``.
    """
    values, not_known, unbounded = plain(
        {
            "schema": SCHEMA,
            "town": comparison.b.town,
            "exercise": comparison.a.is_exercise or comparison.b.is_exercise,
            "a": _about(comparison.a),
            "b": _about(comparison.b),
            "summary": {one: list(summary(comparison, one)) for one in LANGUAGES},
            "asked": [asdict(pair) for pair in comparison.asked],
            "sites": {
                name: [asdict(site) for site in getattr(comparison, name)]
                for name in ("kept", "added", "dropped")
            },
            "within": [asdict(pair) for pair in comparison.within],
            "gains": [asdict(pair) for pair in comparison.gains]
            if comparison.knows_places
            else None,
            "losses": [asdict(pair) for pair in comparison.losses]
            if comparison.knows_places
            else None,
            "reports": [asdict(pair) for pair in comparison.reports]
            if comparison.knows_reports
            else None,
            "same_layers": comparison.same_layers,
        }
    )
    return {**values, "not_known": not_known, "unbounded": unbounded}


def _about(plan: PlanOnFile) -> Json:
    """Name a plan, and say how far it is proven."""
    return {
        "id": plan.id,
        "as_of": plan.as_of,
        "status": plan.status,
        "objective": plan.objective,
        "bound": plan.bound,
        "gap_share": plan.gap_share,
    }


def _within(served: float, people: float, clock_s: float) -> str:
    """Write people within a clock."""
    if not isfinite(clock_s):
        return "-"
    share = f" ({_PERCENT * served / people:.1f} %)" if people else ""
    return f"{people_text(served)}{share} / {clock_s / _MINUTE_S:.0f} min"


def _proof(plan: PlanOnFile, language: str) -> str:
    """Say how far a plan is proven."""
    if plan.status is ProofStatus.OPTIMAL:
        return say("compare.optimal", language)
    if not isfinite(plan.gap_share):
        return say("compare.gap-unknown", language)
    return say("compare.gap", language, gap=f"{_PERCENT * plan.gap_share:.2f}")


def _site_lines(sites: tuple[PlannedSite, ...], language: str) -> Iterable[str]:
    """Write sites, one a line."""
    for site in sites:
        yield say(
            "compare.site-line",
            language,
            tier=tier_name(site.tier, language),
            label=left_to_right(site.label, language),
            name=by_its_letters(readable(site.name), language),
            people=people_text(site.people_served),
        )


def _pair(code: str, what: str, a: str, b: str, language: str) -> str:
    """Write one thing of both plans in a line."""
    nothing = say("compare.nothing", language)
    name = {"asked-line": "field"}.get(code, "name")
    words = {name: what, "a": a or nothing, "b": b or nothing}
    shown = {key: by_its_letters(readable(value), language) for key, value in words.items()}
    return say(f"compare.{code}", language, **shown)


def _section(title: str, lines: Iterable[str], language: str) -> Section:
    """Give lines a title, and cut long lists with their number."""
    every = tuple(lines)
    shown = every[:_MOST] if len(every) > _MOST + 1 else every
    if len(shown) < len(every):
        shown += (say("compare.more-lines", language, n=len(every) - len(shown)),)
    none = (say("compare.none", language),)
    return Section(say(f"compare.{title}", language), shown or none)
