# SPDX-License-Identifier: Apache-2.0
"""What each tier asks of a structure. Every number is in ``facts/requirements.toml``."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from goldenhour.base import facts
from goldenhour.base.grades import Tier

RULES = (
    "visit",
    "damage",
    "engineer",
    "explosive-hazard",
    "armed-group",
    "direct-fire",
    "front-depth",
    "shelling",
    "indirect-fire",
    "contamination",
    "flood-bed",
    "mass-grave",
    "prior-use",
    "floor-area",
    "rooms",
    "street-access",
    "single-bridge",
    "gate",
    "ambulance-turn",
    "use",
    "neighbours",
    "consent",
    "water",
    "power",
    "egress",
)
"""Codes of all rules, in the order in which a planner reads them."""

SETTLED_BY_VISIT = frozenset(
    {
        "visit",
        "damage",
        "engineer",
        "flood-bed",
        "mass-grave",
        "prior-use",
        "floor-area",
        "rooms",
        "street-access",
        "gate",
        "ambulance-turn",
        "use",
        "neighbours",
        "consent",
        "water",
        "power",
        "egress",
    }
)
"""Rules that a FIT visit settles. A visit is no clearance certificate and does not stop a front."""

SITED_TIERS = (Tier.TSP, Tier.FIELD_HOSPITAL)
"""Tiers that are sited; referral hospitals exist already."""

_RULE_OF = {
    "floor_area_m2": "floor-area",
    "beds": "rooms",
    "rooms": "rooms",
    "gate_width_m": "gate",
    "turning_vehicle_m": "ambulance-turn",
    "street_access_m": "street-access",
    "water_m3_per_day": "water",
    "water_store_m3": "water",
    "power_kva": "power",
    "ways_out": "egress",
    "front_not_nearer_m": "front-depth",
    "front_not_farther_m": "front-depth",
    "explosive_apron_m": "explosive-hazard",
    "armed_group_m": "armed-group",
    "direct_fire_m": "direct-fire",
    "contamination_m": "contamination",
    "water_bed_m": "flood-bed",
    "mass_grave_m": "mass-grave",
    "military_m": "neighbours",
    "checkpoint_m": "neighbours",
    "fuel_m": "neighbours",
    "market_m": "neighbours",
    "mast_m": "neighbours",
    "bridge_m": "neighbours",
    "school_m": "neighbours",
    "mosque_m": "neighbours",
    "damage_unfit_share": "damage",
}
"""What is asked, and by which rule."""

_REACHES = (  # rule, hazard, key of how near it may be
    ("explosive-hazard", "explosive", "explosive_apron_m"),
    ("armed-group", "armed_group", "armed_group_m"),
    ("direct-fire", "direct_fire", "direct_fire_m"),
    ("front-depth", "direct_fire", "front_not_nearer_m"),
    ("shelling", "shelling", ""),
    ("contamination", "contamination", "contamination_m"),
    ("flood-bed", "flood", ""),
    ("mass-grave", "mass_grave", "mass_grave_m"),
)

DANGERS = frozenset(rule for rule, _, _ in _REACHES)
"""Rules that reports of hazards break."""

NEIGHBOURS = ("military", "checkpoint", "fuel", "market", "mast", "bridge", "school", "mosque")
"""Kinds of neighbour to keep away from, those that refuse most first."""


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
class Need:
    """
    One thing that a tier asks of a structure.

    Parameters
    ----------
    tier
        The tier.
    key
        Its name in ``town.toml``, such as ``"floor_area_m2"``.
    rule
        The rule that asks for it.
    value
        How much.
    unit
        Of the value, in words.
    tag
        S, C, R or A, as in the facts.
    source
        Where the number comes from.
    default
        What the facts say, whatever the planner wrote.
    """

    tier: Tier
    key: str
    rule: str
    value: float
    unit: str
    tag: str
    source: str
    default: float

    @property
    def is_changed(self) -> bool:
        """True if the planner wrote another number."""
        return self.value != self.default

    @property
    def is_count(self) -> bool:
        """True if only whole numbers make sense."""
        return self.key in {"beds", "rooms", "ways_out"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirements:
    """
    What one tier asks for.

    Parameters
    ----------
    tier
        The tier.
    needs
        Each thing asked, in a fixed order.
    """

    tier: Tier
    needs: tuple[Need, ...]

    def value(self, key: str) -> float:
        """
        Look one number up.

        Parameters
        ----------
        key
            Such as ``"floor_area_m2"``.

        Returns
        -------
        value
            In the unit that the key ends in.
        """
        return next(need.value for need in self.needs if need.key == key)

    @property
    def floor_area_m2(self) -> float:
        """Floor area needed in square metres."""
        return self.value("floor_area_m2")

    @property
    def reaches(self) -> tuple[Reach, ...]:
        """Hazards and how near they may be."""
        return tuple(
            Reach(rule=rule, hazard=hazard, distance_m=self.value(key) if key else 0.0)
            for rule, hazard, key in _REACHES
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiles:
    """
    What every tier asks for.

    Parameters
    ----------
    tiers
        One entry a sited tier.
    """

    tiers: tuple[Requirements, ...]

    def of(self, tier: Tier) -> Requirements:
        """
        Find what one tier asks for.

        Parameters
        ----------
        tier
            A tier that is sited.

        Returns
        -------
        requirements
            Its needs.
        """
        return next(entry for entry in self.tiers if entry.tier is tier)

    @property
    def changed(self) -> tuple[Need, ...]:
        """What the planner changed."""
        return tuple(need for entry in self.tiers for need in entry.needs if need.is_changed)

    def as_words(self) -> dict[str, dict[str, float]]:
        """
        Write down what the planner changed, for a plan's fingerprint.

        Returns
        -------
        words
            Key and value by tier; empty if nothing was changed. The same words mean the same
            requirements in one version of the program.
        """
        words: dict[str, dict[str, float]] = {}
        for need in self.changed:
            words.setdefault(need.tier.value, {})[need.key] = need.value
        return words


def requirements(tier: Tier) -> Requirements:
    """
    Look up what one tier asks for if the planner changes nothing.

    Parameters
    ----------
    tier
        A tier; referral has fewer needs, for comparison only.

    Returns
    -------
    requirements
        From the facts.
    """
    needs = (_need(tier, key) for key in _RULE_OF)
    return Requirements(tier=tier, needs=tuple(need for need in needs if need is not None))


def profiles(changes: Mapping[Tier, Mapping[str, float]] | None = None) -> Profiles:
    """
    Put the profiles of all sited tiers together.

    Parameters
    ----------
    changes
        By tier and key, what the planner asks instead; checked before.

    Returns
    -------
    profiles
        From the facts, with the changes.
    """
    changes = changes or {}
    return Profiles(
        tiers=tuple(_changed(requirements(tier), changes.get(tier, {})) for tier in SITED_TIERS)
    )


def listed() -> tuple[Need, ...]:
    """
    List every number of every tier, for the reference page.

    Returns
    -------
    needs
        Stabilisation point, field hospital, and what is known of referral hospitals.
    """
    return tuple(need for tier in Tier for need in requirements(tier).needs)


def uses(group: str) -> frozenset[str]:
    """
    List the uses of one group.

    Parameters
    ----------
    group
        ``"avoided"``, ``"hollow"`` or ``"health"``.

    Returns
    -------
    uses
        Lower-case words, as maps write them.
    """
    return frozenset(facts.fact(f"siting.{group}_uses").value)


def _need(tier: Tier, key: str) -> Need | None:
    """Look one need up: the tier's own number, else the one for both sited tiers."""
    known = facts.room("requirements")
    fact = known.get(f"{tier.value}_{key}", known.get(key) if tier in SITED_TIERS else None)
    if fact is None:
        return None
    return Need(
        tier=tier,
        key=key,
        rule=_RULE_OF[key],
        value=float(fact.value),
        unit=fact.unit,
        tag=fact.tag,
        source=fact.source,
        default=float(fact.value),
    )


def _changed(asked: Requirements, changes: Mapping[str, float]) -> Requirements:
    """Put the planner's numbers in."""
    needs = (replace(need, value=float(changes.get(need.key, need.value))) for need in asked.needs)
    return replace(asked, needs=tuple(needs))
