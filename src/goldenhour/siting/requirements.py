# SPDX-License-Identifier: Apache-2.0
"""What each tier asks of a structure. Every number is in ``facts/siting.toml``, with its source."""

from dataclasses import dataclass

from goldenhour.base import facts
from goldenhour.base.grades import Tier

RULES = (
    "visit",
    "damage",
    "explosive-hazard",
    "armed-group",
    "direct-fire",
    "shelling",
    "contamination",
    "flood-bed",
    "floor-area",
    "street-access",
    "use",
    "neighbours",
    "consent",
    "water",
    "egress",
)
"""Codes of all rules, in the order in which a planner reads them."""

SETTLED_BY_VISIT = frozenset(
    {
        "visit",
        "damage",
        "flood-bed",
        "floor-area",
        "street-access",
        "use",
        "neighbours",
        "consent",
        "water",
        "egress",
    }
)
"""Rules that a FIT visit settles. A visit is no clearance certificate and does not stop a front."""

SITED_TIERS = (Tier.TSP, Tier.FIELD_HOSPITAL)
"""Tiers that are sited; referral hospitals exist already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """
    How near a reported hazard may be.

    Parameters
    ----------
    rule
        The rule that it breaks.
    hazard
        As in ``HazardSaid.hazard``.
    distance_m
        Structures this close in metres are unfit; 0 means touching.
    """

    rule: str
    hazard: str
    distance_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirements:
    """
    What one tier asks for.

    Parameters
    ----------
    tier
        The tier.
    floor_area_m2
        Floor area needed in square metres.
    reaches
        Hazards and how near they may be.
    """

    tier: Tier
    floor_area_m2: float
    reaches: tuple[Reach, ...]


def requirements(tier: Tier) -> Requirements:
    """
    Look up what one tier asks for.

    Parameters
    ----------
    tier
        A tier that is sited.

    Returns
    -------
    requirements
        From the facts.
    """
    # Stabilisation points go far forward by doctrine; nothing above them may lie within range.
    direct_fire_m = 0.0 if tier is Tier.TSP else facts.number("siting.direct_fire_radius_m")
    return Requirements(
        tier=tier,
        floor_area_m2=facts.number(f"siting.{tier.value}_floor_area_m2"),
        reaches=(
            Reach(
                rule="explosive-hazard",
                hazard="explosive",
                distance_m=facts.number("siting.explosive_apron_m"),
            ),
            Reach(
                rule="armed-group",
                hazard="armed_group",
                distance_m=facts.number("siting.armed_group_radius_m"),
            ),
            Reach(rule="direct-fire", hazard="direct_fire", distance_m=direct_fire_m),
            Reach(rule="shelling", hazard="shelling", distance_m=0.0),
            Reach(rule="contamination", hazard="contamination", distance_m=0.0),
            Reach(rule="flood-bed", hazard="flood", distance_m=0.0),
        ),
    )


def uses(group: str) -> frozenset[str]:
    """
    List the uses of one group.

    Parameters
    ----------
    group
        ``"military"``, ``"avoided"``, ``"hollow"`` or ``"health"``.

    Returns
    -------
    uses
        Lower-case words, as maps write them.
    """
    return frozenset(facts.fact(f"siting.{group}_uses").value)
