# SPDX-License-Identifier: Apache-2.0
"""The words of Copernicus EMS products, old and new, in the words of the town and the reports."""

import re

from goldenhour.base.grades import Mode, StreetState

# Tables by what they hold. 2016 names have words (``settlements_poly_grading``), current ones do
# not (``builtUpA``); both carry versions and, in 2016, sometimes ``_grading`` at the end.
ROLES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (role, re.compile(pattern, re.IGNORECASE))
    for role, pattern in (
        ("structures", r"settlements_poly|builtupa"),
        ("structure_points", r"settlements_point|builtupp"),
        ("streets", r"transportation_line|transportationl"),
        ("street_points", r"transportation_point|transportationp"),
        ("barriers", r"hydrography_(?:line|poly)|hydrography[al](?![a-z])"),
        ("extent", r"area_?of_?interest"),
        ("events", r"crisis_information_point"),
        ("notes", r"general_information_poly"),
        ("sources", r"(?:^|_)source(?:_|$)"),
    )
)

_HIGHWAYS = {
    "highway": "motorway",
    "motorway": "motorway",
    "primary route": "primary",
    "primary road": "primary",
    "secondary route": "secondary",
    "secondary road": "secondary",
    "local road": "unclassified",
    "cart track": "track",
    "track": "track",
    "foot path": "path",
}
# Where a product copied OpenStreetMap's own class, that says more than the road type beside it.
_OSM_HIGHWAYS = frozenset(
    {
        "motorway",
        "motorway_link",
        "trunk",
        "trunk_link",
        "primary",
        "primary_link",
        "secondary",
        "secondary_link",
        "tertiary",
        "tertiary_link",
        "unclassified",
        "residential",
        "living_street",
        "service",
        "pedestrian",
        "track",
        "footway",
        "path",
        "steps",
    }
)
_USES = {
    "residential": "residential",
    "industrial": "industrial",
    "agriculture": "farm",
    "religious": "religious",
    "educational": "school",
    "school": "school",
    "medical": "hospital",
    "hospital": "hospital",
    "commercial": "commercial",
    "office": "office",
    "recreational": "recreation",
    "sports ground": "sports",
    "power generator": "power",
    "multi-functional": "mixed",
}
# Eurostat's Classification of types of Constructions, as current products write it in front.
_USES_BY_CONSTRUCTION = (
    ("1264", "hospital"),
    ("1263", "school"),
    ("1272", "religious"),
    ("125", "industrial"),
    ("127", "farm"),
    ("122", "office"),
    ("123", "commercial"),
    ("126", "public"),
    ("11", "residential"),
)
_WATER = (
    ("river", "river"),
    ("canal", "canal"),
    ("stream", "stream"),
    ("lake", "lake"),
    ("reservoir", "reservoir"),
    ("ditch", "ditch"),
)
_VEHICLES: tuple[Mode, ...] = (Mode.VEHICLE,)
_STREET_STATES: dict[str, tuple[StreetState, tuple[Mode, ...]]] = {
    "completely destroyed": (StreetState.CLOSED, ()),
    "destroyed": (StreetState.CLOSED, ()),
    "highly damaged": (StreetState.CLOSED, _VEHICLES),
    "moderately damaged": (StreetState.RESTRICTED, _VEHICLES),
    "damaged": (StreetState.RESTRICTED, _VEHICLES),
    "possibly damaged": (StreetState.UNKNOWN, ()),
    "unknown": (StreetState.UNKNOWN, ()),
    "unk": (StreetState.UNKNOWN, ()),
    "not analysed": (StreetState.UNKNOWN, ()),
}
_DAMAGE_WORDS = frozenset(_STREET_STATES) | {
    "not affected",
    "negligible to slight damage",
    "no visible damage",
    "not applicable",
    "null",
}


def role(table: str) -> str | None:
    """
    Say what a table holds, from its name; None if nothing that we use.

    Parameters
    ----------
    table
        Name of a layer or member.

    Returns
    -------
    role
        One of the names in ``ROLES``.
    """
    return next((role for role, pattern in ROLES if pattern.search(table)), None)


def highway(road_type: str, text: str) -> str | None:
    """
    Name the OpenStreetMap class of a road; None if the product does not say.

    Parameters
    ----------
    road_type
        The product's own class.
    text
        Its free text, in which some products keep OpenStreetMap's class.

    Returns
    -------
    highway
        Such as ``"primary"``.
    """
    if text.lower() in _OSM_HIGHWAYS:
        return text.lower()
    return _HIGHWAYS.get(road_type.lower())


def is_road(kind: str) -> bool:
    """
    Say if a line is a road, a bridge or a tunnel: not a railway, a runway or a pipeline.

    Parameters
    ----------
    kind
        The product's kind of line.

    Returns
    -------
    is_road
        True unless it names something else.
    """
    return not re.search(r"rail|runway|airfield|pipeline|harbour|^21[235]|^22", kind.lower())


def structure_use(kind: str, info: str) -> str | None:
    """
    Name the use of a structure; None if the product does not say.

    Parameters
    ----------
    kind
        The product's kind of settlement or object.
    info
        Its finer class, if it has one.

    Returns
    -------
    use
        Such as ``"residential"``.
    """
    for text in (info, kind):
        if use := _USES.get(text.lower()):
            return use
        for code, use in _USES_BY_CONSTRUCTION:
            if text.startswith(code):
                return use
    return None


def water_kind(text: str) -> str:
    """
    Name a kind of water: ``river``, ``canal`` ...; ``water`` if the product does not say.

    Parameters
    ----------
    text
        The product's kind of water.

    Returns
    -------
    kind
        Kind of barrier.
    """
    return next((kind for word, kind in _WATER if word in text.lower()), "water")


def is_damage_word(grade: str) -> bool:
    """
    Say if a grade is one of the words that the two scales have.

    Parameters
    ----------
    grade
        Native word.

    Returns
    -------
    is_known
        True if the crosswalk knows it.
    """
    return grade.lower() in _DAMAGE_WORDS


def street_state(grade: str) -> tuple[StreetState, tuple[Mode, ...]] | None:
    """
    Say what a grade of a road means for those who want to pass.

    Destroyed is closed to all; highly damaged is closed to vehicles, damaged restricts them; not
    analysed is looked at and unknown. "Not affected" and slight damage say nothing: they are about
    the surface as seen from above, and a street without a report is not open. In Copernicus
    EMSR190 Arquata a road block of the same image stands on a road graded "Not Affected".

    Parameters
    ----------
    grade
        Native word.

    Returns
    -------
    state, modes
        The state and whom it concerns (empty: all); None if the grade says nothing.
    """
    return _STREET_STATES.get(grade.lower())
