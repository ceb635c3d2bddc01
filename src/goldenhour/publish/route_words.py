# SPDX-License-Identifier: Apache-2.0
"""A route in words, the same in every file that holds it."""

from goldenhour.base.messages import say
from goldenhour.movement.route import Route
from goldenhour.publish.map_words import first_known
from goldenhour.publish.words import moment_text


def route_name(route: Route, language: str) -> str:
    """
    Name a route by its ends.

    Parameters
    ----------
    route
        The route.
    language
        ``"en"`` or ``"ar"``.

    Returns
    -------
    name
        Such as ``"s-3 to North bank"``.
    """
    return say("brief.route", language, start=route.start, end=route.end)


def route_summary(route: Route, language: str) -> str:
    """
    Say how long a route is, how much of it nobody has reported on, and what it touches.

    Parameters
    ----------
    route
        The route.
    language
        ``"en"`` or ``"ar"``.

    Returns
    -------
    sentences
        Two of them; no known hazard is said in words, never left out.
    """
    about = say(
        "brief.route-summary",
        language,
        mode=say(f"brief.mode-{route.mode.value}", language),
        km=f"{route.length_m / 1000:.1f}",
        minutes=f"{route.travel_s / 60:.0f}",
        unknown=f"{100 * route.unknown_share:.0f}",
        moment=moment_text(route.as_of, language),
    )
    if not route.hazards:
        return f"{about} {say('brief.route-no-hazard', language)}"
    touched = say(
        "brief.route-hazards",
        language,
        hazards=", ".join(_hazard_words(code, language) for code in route.hazards),
    )
    return f"{about} {touched}"


def _hazard_words(code: str, language: str) -> str:
    """Put ``kind:status`` into words."""
    kind, _, status = code.partition(":")
    named = first_known([f"map.kind-{kind.replace('_', '-')}"])[language]
    return f"{named} ({first_known([f'map.hazard-{status}'])[language]})"
