# SPDX-License-Identifier: Apache-2.0
"""How products name and number things: the same site has the same label in every file."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from goldenhour.base.grades import Grade, Tier
from goldenhour.base.messages import say
from goldenhour.picture.belief import Contradiction, PeopleBelief
from goldenhour.publish.map_columns import plain
from goldenhour.publish.map_words import both
from goldenhour.siting.plan import Plan
from goldenhour.siting.said import Said
from goldenhour.town.town import Town

_SHORT = {Tier.TSP: "TSP", Tier.FIELD_HOSPITAL: "FH", Tier.REFERRAL: "REF"}
_LEFT_TO_RIGHT, _BY_ITS_LETTERS, _END = "\u2066", "\u2068", "\u2069"


def site_labels(plan: Plan) -> tuple[str, ...]:
    """
    Give each site a label: its tier and its number within the tier.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    labels
        One per site, such as ``"TSP 1"``; the same letters in every language, for the radio.
    """
    seen: Counter[Tier] = Counter()
    labels = []
    for site in plan.sites:
        seen[site.tier] += 1
        labels.append(f"{_SHORT[site.tier]} {seen[site.tier]}")
    return tuple(labels)


def sentence(said: Said, language: str) -> str:
    """
    Put a coded message into words.

    Parameters
    ----------
    said
        Code and values.
    language
        ``"en"`` or ``"ar"``.

    Returns
    -------
    sentence
        In that language; the code itself if the catalogue lacks it.
    """
    return both(said.code, dict(said.values))[language]


def tier_name(tier: Tier, language: str) -> str:
    """
    Name a tier.

    Parameters
    ----------
    tier
        The tier.
    language
        ``"en"`` or ``"ar"``.

    Returns
    -------
    name
        Such as ``"Trauma stabilisation point"``.
    """
    return say(f"map.tier-{tier.value.replace('_', '-')}", language)


def grade_name(grade: Grade, language: str) -> str:
    """
    Name a damage grade.

    Parameters
    ----------
    grade
        The grade; U means that nobody knows.
    language
        ``"en"`` or ``"ar"``.

    Returns
    -------
    name
        Such as ``"severe"`` or ``"unknown"``.
    """
    return say(f"map.grade-{grade.name.lower()}", language)


def structure_name(town: Town, row: int, language: str) -> str:
    """
    Name a structure as it is named on file, or by its id.

    Parameters
    ----------
    town
        The town.
    row
        Row of the structure.
    language
        Which name to prefer.

    Returns
    -------
    name
        Never empty; names are not transliterated.
    """
    structures = town.structures
    names = (plain(structures.name[row]), plain(structures.name_ar[row]))
    first, second = names if language == "en" else names[::-1]
    return first or second or plain(structures.id[row])


def people_text(people: float) -> str:
    """
    Write a number of people.

    Parameters
    ----------
    people
        Persons.

    Returns
    -------
    text
        Whole persons with thousands commas.
    """
    return f"{people:,.0f}"


def moment_text(moment: datetime, language: str = "en") -> str:
    """
    Write a moment so that no reader takes day for month.

    Parameters
    ----------
    moment
        Aware UTC.
    language
        Language of the sentence it stands in.

    Returns
    -------
    text
        Such as ``"2017-11-10 06:00 UTC"``.
    """
    return left_to_right(f"{moment:%Y-%m-%d %H:%M} UTC", language)


def left_to_right(text: str, language: str) -> str:
    """
    Keep a code, a date or a ratio in its order inside an Arabic sentence.

    Parameters
    ----------
    text
        The code.
    language
        Language of the sentence it stands in.

    Returns
    -------
    text
        Between Unicode's isolates in Arabic, as it is otherwise.
    """
    return f"{_LEFT_TO_RIGHT}{text}{_END}" if language == "ar" else text


def by_its_letters(name: str, language: str) -> str:
    """
    Keep a name, whatever its script, in its own order inside an Arabic sentence.

    Parameters
    ----------
    name
        A name; brackets in it would otherwise turn round.
    language
        Language of the sentence it stands in.

    Returns
    -------
    name
        Between Unicode's isolates in Arabic if it has Latin letters, as it is otherwise.
    """
    has_latin = any(letter.isascii() and letter.isalpha() for letter in name)
    return f"{_BY_ITS_LETTERS}{name}{_END}" if language == "ar" and has_latin else name


def because(code: str, language: str) -> str:
    """
    Say why people are not served.

    Parameters
    ----------
    code
        As in ``Coverage.not_served_because``.
    language
        ``"en"`` or ``"ar"``.

    Returns
    -------
    words
        A clause, without a full stop.
    """
    return both(f"siting.{code}")[language]


def people_rule(people: PeopleBelief, language: str) -> str:
    """
    Say how people were spread.

    Parameters
    ----------
    people
        What is believed of people.
    language
        ``"en"`` or ``"ar"``.

    Returns
    -------
    sentence
        In that language; in English if there is no code for it.
    """
    return _coded(people.rule_code, people.rule_values, language) or plain(people.rule)


def clash(entry: Contradiction, language: str) -> str:
    """
    Say what cannot all be right.

    Parameters
    ----------
    entry
        The contradiction.
    language
        ``"en"`` or ``"ar"``.

    Returns
    -------
    sentence
        In that language, names in it in their own order; in English if there is no code for it.
    """
    return _coded(entry.code, entry.values, language) or plain(entry.what)


def _coded(code: str, values: Iterable[tuple[str, str]], language: str) -> str:
    """Say a coded sentence; nothing if there is no code."""
    shown = {name: by_its_letters(plain(value), language) for name, value in values}
    return say(code, language, **shown) if code else ""
