# SPDX-License-Identifier: Apache-2.0
"""Who may pass, by OpenStreetMap's access tags: the most specific tag decides."""

import re

from goldenhour.sources.osm_tags import Tags

USERS = {
    "foot": ("foot", "access"),
    "ambulance": ("emergency", "motorcar", "motor_vehicle", "vehicle", "access"),
    "car": ("motorcar", "motor_vehicle", "vehicle", "access"),
    "truck": ("hgv", "goods", "motor_vehicle", "vehicle", "access"),
}
"""Tags that speak of each user, the most specific first."""

_WORDS = {
    **dict.fromkeys(("yes", "permissive", "designated", "official", "destination", "hov"), "yes"),
    **dict.fromkeys(("customers", "delivery", "permit", "residents", "visitors"), "private"),
    **dict.fromkeys(("private", "agricultural", "forestry", "psv", "bus", "taxi"), "private"),
    **dict.fromkeys(("no", "military", "emergency", "restricted", "impassable"), "no"),
}
_OF_TRUCKS = ("hgv", "goods")
_SERVED_BY_BUS = ("bus", "psv")
_METRES = re.compile(r"\s*(\d+(?:\.\d+)?)\s*m?\s*")
_TONNES = re.compile(r"\s*(\d+(?:\.\d+)?)\s*t?\s*")


def access(tags: Tags) -> dict[str, str | None]:
    """
    Read who may pass.

    Where buses go an ambulance can go, too. ``foot=no`` forbids walking beside the traffic, it does
    not say that nobody can: a team with a stretcher counts as let in.

    Parameters
    ----------
    tags
        Of a way or a node.

    Returns
    -------
    access
        ``"yes"``, ``"private"`` (who is let in), ``"no"`` or None for every one of ``USERS``.
    """
    found = {user: _of_user(tags, keys) for user, keys in USERS.items()}
    if found["car"] == "no" and not any(key in tags for key in _OF_TRUCKS):
        found["truck"] = "no"
    if tags.get("foot") == "no":
        found["foot"] = "private"
    if any(tags.get(key) in {"yes", "designated"} for key in _SERVED_BY_BUS):
        found |= {user: "private" for user in ("ambulance", "car", "truck") if found[user] == "no"}
    if any(tags.get(key) == "emergency" for key in USERS["car"]):
        found["ambulance"] = "yes"
    return found


def _of_user(tags: Tags, keys: tuple[str, ...]) -> str | None:
    """Take the first tag that says anything."""
    said = (_WORDS.get(tags.get(key, "")) for key in keys)
    return next((word for word in said if word), None)


def width_m(text: str | None) -> float:
    """
    Read a width.

    Parameters
    ----------
    text
        Such as ``"3.5"`` or ``"3.5 m"``.

    Returns
    -------
    width_m
        In metres; NaN if there is none, or it is in other units or no number.
    """
    match = _METRES.fullmatch(text or "")
    return float(match[1]) if match else float("nan")


def maxweight_t(text: str | None) -> float:
    """
    Read a weight limit.

    Parameters
    ----------
    text
        Such as ``"7.5"`` or ``"7.5 t"``.

    Returns
    -------
    maxweight_t
        In tonnes; NaN if there is none, or it is in other units or no number.
    """
    match = _TONNES.fullmatch(text or "")
    return float(match[1]) if match else float("nan")
