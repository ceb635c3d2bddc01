# SPDX-License-Identifier: Apache-2.0
"""The words and tables of the brief in one language, ready to be laid out."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from goldenhour.base.errors import InputError
from goldenhour.base.facts import Fact
from goldenhour.base.grades import Grade
from goldenhour.base.messages import say
from goldenhour.picture.belief import Picture
from goldenhour.publish.headline import headline
from goldenhour.publish.map_columns import plain
from goldenhour.publish.map_words import first_known
from goldenhour.publish.position import Position, structure_positions
from goldenhour.publish.provenance import assumptions, attributions, report_sources
from goldenhour.publish.what_changes import (
    alternative_said,
    fact_said,
    how_said,
    next_best_said,
)
from goldenhour.publish.words import (
    because,
    by_its_letters,
    clash,
    grade_name,
    left_to_right,
    moment_text,
    people_rule,
    people_text,
    sentence,
    site_labels,
    structure_name,
    tier_name,
)
from goldenhour.siting.plan import Coverage, Plan, Site, SiteStanding
from goldenhour.siting.said import Said
from goldenhour.town.town import Town

Json = dict[str, Any]  # values are plain JSON: text, numbers, lists, tables

_CODES = (
    "brief", "title", "sensitivity", "limits", "produced", "exercise", "site", "where", "order",
    "settles", "before-entry", "grounds", "assumptions", "assumptions-elsewhere", "hazards",
    "unknown-of-all", "nothing-more", "page",
)  # fmt: skip
_SHARED = (
    "sites", "no-sites", "visits", "no-visits", "notes", "contradictions", "sources", "layers",
    "reports-by", "why", "not-known", "who-is-reached", "key", "findings",
    "people-rule", "how-sure", "changes", "alternatives", "no-alternatives",
)  # fmt: skip
_N_SHOWN, _N_WORDS = 12, 6
_SHA_DIGITS = 12
_PERCENT = 100


def content(town: Town, picture: Picture, plan: Plan, language: str) -> Json:
    """
    Put a plan into the words and tables of a brief.

    Parameters
    ----------
    town
        The town.
    picture
        The picture.
    plan
        The plan.
    language
        ``"en"`` or ``"ar"``.

    Returns
    -------
    content
        Plain JSON; the layout only places it.
    """
    words = {code: _word(f"brief.{code}", language, plan) for code in _CODES}
    words |= {code: say(f"map.{code}", language) for code in _SHARED}
    common = _common_unknowns(plan)
    return {
        "language": language,
        "words": words,
        "town": by_its_letters(plain(town.name), language),
        "exercise": town.is_exercise,
        "as_of": say("brief.as-of", language, moment=moment_text(plan.as_of, language)),
        "plan": say("brief.plan", language, id=left_to_right(plan.id[:_SHA_DIGITS], language)),
        "headline": list(headline(town, picture, plan, language=language)),
        "coverage": [_coverage(entry, language) for entry in plan.coverage],
        "people": _people(picture, language),
        "common_unknowns": [_sentence(said, language) for said in common],
        "sites": _sites(town, picture, plan, language),
        "visits": _visits(town, plan, language),
        "changes": _changes(town, plan, language),
        "changes_how": how_said(plan, language),
        "alternatives": _alternatives(town, plan, language),
        "grounds": [_sentence(said, language) for said in plan.unknowns],
        "notes": [_sentence(said, language) for said in plan.notes],
        "hazards": _hazards(picture, language),
        "contradictions": _counted(clash(entry, language) for entry in picture.contradictions)[
            :_N_SHOWN
        ],
        "more_contradictions": _more(
            len({entry.what for entry in picture.contradictions}), language
        ),
        "stale": say("map.n-stale", language, n=len(picture.stale)) if picture.stale else "",
        "findings": [str(entry.what) for entry in (*picture.findings, *plan.findings)][:_N_SHOWN],
        "more_findings": _more(len(picture.findings) + len(plan.findings), language),
        "assumptions": [_assumption(fact) for fact in assumptions()],
        "layers": _layers(town, language),
        "reports": _reports(picture, language),
        "attribution": "; ".join(attributions(town)),
    }


def _word(code: str, language: str, plan: Plan) -> str:
    """Say a fixed word; the one that counts sites is given their number."""
    return say(code, language, n=len(plan.sites))


def _sentence(said: Said, language: str) -> str:
    """Put a coded message into words, names in it in their own order."""
    values = {key: by_its_letters(plain(value), language) for key, value in said.values}
    try:
        return say(said.code, language, **values)
    except InputError:
        return sentence(said, language)


def _more(n: int, language: str) -> str:
    """Say how many entries a list leaves out."""
    return say("map.n-more", language, n=n - _N_SHOWN) if n > _N_SHOWN else ""


def _counted(sentences: Iterable[str]) -> list[str]:
    """Write a sentence that comes several times once, with its number."""
    counted = Counter(plain(sentence) for sentence in sentences)
    return [f"{words} (×{n})" if n > 1 else words for words, n in counted.items()]  # noqa: RUF001 - a times sign, not a letter


def _coverage(entry: Coverage, language: str) -> Json:
    """Say who is within one clock and why the others are not."""
    share = entry.served / entry.people if entry.people else 0.0
    return {
        "clock": say(
            "brief.clock",
            language,
            tier=tier_name(entry.tier, language),
            minutes=f"{entry.clock_s / 60:.0f}",
        ),
        "share": round(share, 4),
        "reached": say(
            "brief.reached",
            language,
            served=people_text(entry.served),
            people=people_text(entry.people),
            share=f"{_PERCENT * share:.1f}",
        ),
        "not_reached": say("brief.not-reached", language, n=people_text(entry.not_served)),
        "why": [
            f"{people_text(people)}: {because(code, language)}"
            for code, people in entry.not_served_because
            if round(people)
        ],
    }


def _people(picture: Picture, language: str) -> Json:
    """Say how many people there are and how anybody knows."""
    people = picture.people
    high = people.total_high
    return {
        "total": say(
            "brief.people-basis",
            language,
            best=people_text(people.total_best),
            low=people_text(people.total_low),
            high=people_text(high) if np.isfinite(high) else say("brief.no-upper", language),
        ),
        "rule": people_rule(people, language),
    }


def _common_unknowns(plan: Plan) -> tuple[Said, ...]:
    """Find what is not known of any site, to say it once."""
    counted = Counter(said for site in plan.sites for said in dict.fromkeys(site.unknowns))
    return tuple(said for said, n in counted.items() if n == len(plan.sites) and n > 1)


def _sites(town: Town, picture: Picture, plan: Plan, language: str) -> list[Json]:
    """Describe each site."""
    common = set(_common_unknowns(plan))
    rows = np.array([site.structure for site in plan.sites], dtype=np.int64)
    places = structure_positions(town, rows)
    return [
        {
            "label": label,
            "tier": tier_name(site.tier, language),
            "is_tsp": site.tier.value == "tsp",
            "hollow": site.standing is SiteStanding.PROVISIONAL,
            "standing": say(f"map.standing-{site.standing.value}", language),
            **_called(town, site.structure, language),
            **_place(place),
            "people": say("brief.serves-short", language, n=people_text(site.people_served)),
            "facts": _facts(town, picture, site, language),
            "why": [
                _sentence(said, language)
                for said in (*site.reasons, *next_best_said(town, plan, at))
            ],
            "unknown": [_sentence(said, language) for said in site.unknowns if said not in common],
        }
        for at, (site, label, place) in enumerate(
            zip(plan.sites, site_labels(plan), places, strict=True)
        )
    ]


def _changes(town: Town, plan: Plan, language: str) -> list[str]:
    """Say which single facts would matter, the weightiest first."""
    why = plan.explanation
    return [_sentence(fact_said(town, flip), language) for flip in why.flips] if why else []


def _alternatives(town: Town, plan: Plan, language: str) -> list[Json]:
    """Say where other plans stand that are nearly as good."""
    found = []
    for number, other in enumerate(plan.explanation.alternatives if plan.explanation else (), 1):
        elsewhere = [site for site in other.sites if site.is_elsewhere]
        rows = np.array([site.structure for site in elsewhere], dtype=np.int64)
        found.append(
            {
                "said": alternative_said(other, number, language),
                "sites": [
                    {
                        "tier": tier_name(site.tier, language),
                        **_called(town, site.structure, language),
                        **_place(place),
                    }
                    for site, place in zip(elsewhere, structure_positions(town, rows), strict=True)
                ],
            }
        )
    return found


def _facts(town: Town, picture: Picture, site: Site, language: str) -> list[str]:
    """Say what is believed of a structure's damage and size."""
    p_grade = picture.damage.p_grade[site.structure]
    grade = Grade(int(p_grade.argmax()))
    area_m2 = town.structures.area_m2[site.structure]
    known = np.isfinite(area_m2)
    likely = say(
        "brief.damage-likely",
        language,
        grade=grade_name(grade, language),
        share=f"{_PERCENT * p_grade[grade]:.0f}",
    )
    return [
        say("brief.damage-unknown", language) if grade is Grade.U else likely,
        say("brief.area", language, area=f"{area_m2:,.0f}")
        if known
        else say("brief.area-unknown", language),
    ]


def _called(town: Town, row: int, language: str) -> Json:
    """Name a structure, and give its id beside the name if it has one."""
    name, code = structure_name(town, row, language), plain(town.structures.id[row])
    return {"name": by_its_letters(name, language), "id": code if code != name else ""}


def _place(place: Position) -> Json:
    """Write a position in both ways, longitude and latitude named."""
    return {"mgrs": place.mgrs, "degrees": f"lon {place.lon:.5f}  lat {place.lat:.5f}"}


def _visits(town: Town, plan: Plan, language: str) -> list[Json]:
    """List the visits."""
    rows = np.array([visit.structure for visit in plan.visits], dtype=np.int64)
    labels = dict(zip((site.structure for site in plan.sites), site_labels(plan), strict=True))
    return [
        {
            "order": str(order),
            "label": labels.get(visit.structure, ""),
            **_called(town, visit.structure, language),
            "tier": tier_name(visit.tier, language),
            **_place(place),
            "settles": [_sentence(said, language) for said in visit.settles],
        }
        for order, (visit, place) in enumerate(
            zip(plan.visits, structure_positions(town, rows), strict=True), start=1
        )
    ]


def _hazards(picture: Picture, language: str) -> list[str]:
    """Count hazard areas by kind and standing; none known is said, never left out."""
    counted = Counter((area.hazard, area.status.value) for area in picture.hazards)
    return [
        say(
            "brief.hazard-count",
            language,
            hazard=first_known([f"map.kind-{hazard.replace('_', '-')}", hazard])[language],
            status=say(f"map.hazard-{status}", language),
            n=n,
        )
        for (hazard, status), n in sorted(counted.items())
    ] or [say("brief.hazards-none", language)]


def _assumption(fact: Fact) -> Json:
    """Write one assumption as a row; its source is in plan.json."""
    return {
        "name": fact.name.replace(".", ": ", 1).replace("_", " "),
        "value": f"{_value(fact)} {fact.unit}",
        "tag": fact.tag,
    }


def _value(fact: Fact) -> str:
    """Write a fact's value in a line."""
    if isinstance(fact.value, list):
        more = " …" if len(fact.value) > _N_WORDS else ""
        return ", ".join(str(one) for one in fact.value[:_N_WORDS]) + more
    if isinstance(fact.value, dict):
        return ", ".join(f"{key} {one}" for key, one in fact.value.items())
    return str(fact.value)


def _layers(town: Town, language: str) -> list[str]:
    """Name the files behind the town's layers."""
    return [
        ", ".join(
            word
            for word in (
                *(
                    by_its_letters(plain(word), language)
                    for word in (source.file, source.attribution)
                    if word
                ),
                say("map.data-date", language, date=left_to_right(source.data_date, language))
                if source.data_date
                else say("map.no-date", language),
                say(
                    "brief.checksum",
                    language,
                    sha=left_to_right(source.sha256[:_SHA_DIGITS], language),
                ),
            )
            if word
        )
        for source in town.sources
    ]


def _reports(picture: Picture, language: str) -> list[str]:
    """Name who was heard, how reliable, how often."""
    return [
        left_to_right(f"{plain(source['name'])} ({'/'.join(source['reliability'])})", language)
        + " - "
        + say("map.n-reports", language, n=source["n_reports"])
        for source in report_sources(picture)
    ]
