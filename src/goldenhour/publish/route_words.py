# SPDX-License-Identifier: Apache-2.0
"""A route in words, the same in every file that holds it."""

from goldenhour.base.messages import say
from goldenhour.movement.route import Route
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
    touched = say("brief.route-hazards", language, hazards=", ".join(route.hazards))
    return f"{about} {touched}"
