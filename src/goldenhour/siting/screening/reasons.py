# SPDX-License-Identifier: Apache-2.0
"""
Why a structure is fit, unfit or unknown by each rule, and the reports behind it.

Worked out for one structure when somebody asks. Where a rule has more to say than its verdict,
such as how far the nearest hazard is and how far it should be, the reason says it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from goldenhour.base.grades import Tier, Verdict
from goldenhour.picture.belief import Picture
from goldenhour.siting.said import Said
from goldenhour.siting.screening import reasons_near, reasons_own
from goldenhour.siting.screening.spot import Spot, Told
from goldenhour.siting.screening.table import Screening, TierScreening
from goldenhour.siting.screening.verdicts import Case
from goldenhour.town.town import Town

NO_GO_OF = {
    "explosive-hazard": 1,
    "damage": 2,
    "engineer": 3,
    "armed-group": 4,
    "consent": 5,
    "direct-fire": 6,
    "egress": 7,
    "water": 8,
    "mass-grave": 9,
    "contamination": 10,
    "flood-bed": 11,
    "single-bridge": 12,
    "prior-use": 13,
}
"""Number on the NO-GO list of each rule that is on it."""

_MILITARY = 4

_DETAIL: dict[str, Callable[[Spot], Told]] = {
    "visit": reasons_own.visit,
    "damage": reasons_own.damage,
    "engineer": reasons_own.engineer,
    "explosive-hazard": reasons_near.explosive_hazard,
    "armed-group": reasons_near.armed_group,
    "direct-fire": reasons_near.direct_fire,
    "front-depth": reasons_near.front_depth,
    "shelling": reasons_near.shelling,
    "indirect-fire": reasons_near.indirect_fire,
    "contamination": reasons_near.contamination,
    "flood-bed": reasons_near.flood_bed,
    "mass-grave": reasons_near.mass_grave,
    "prior-use": reasons_own.prior_use,
    "floor-area": reasons_own.floor_area,
    "rooms": reasons_own.rooms,
    "street-access": reasons_near.street_access,
    "single-bridge": reasons_near.single_bridge,
    "gate": reasons_own.gate,
    "ambulance-turn": reasons_own.ambulance_turn,
    "use": reasons_own.use,
    "neighbours": reasons_near.neighbours,
    "consent": reasons_own.consent,
    "water": reasons_own.water,
    "power": reasons_own.power,
    "egress": reasons_own.egress,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """
    What one rule says of one structure.

    Parameters
    ----------
    rule
        The rule.
    verdict
        FIT, UNFIT or UNKNOWN; never FIT for want of reports.
    said
        Why.
    reports
        Positions in ``Picture.reports`` of the reports behind it, oldest first.
    no_go
        Number on the NO-GO list, 0 if the rule is not on it.
    """

    rule: str
    verdict: Verdict
    said: Said
    reports: tuple[int, ...]
    no_go: int


def reasons(
    town: Town, picture: Picture, screening: Screening, row: int, tier: Tier
) -> tuple[Reason, ...]:
    """
    Say why one structure is fit, unfit or unknown for a tier, rule by rule.

    Parameters
    ----------
    town
        The town.
    picture
        What is believed.
    screening
        Verdicts on every structure.
    row
        Structure row.
    tier
        The tier asked about.

    Returns
    -------
    reasons
        One a rule, in their order.
    """
    return reasons_of(Case.of(town, picture, screening.profiles), screening.of(tier), row)


def reasons_of(case: Case, screening: TierScreening, row: int) -> tuple[Reason, ...]:
    """
    Say why, for many structures of one town.

    Parameters
    ----------
    case
        What is known, looked up once.
    screening
        One tier's verdicts.
    row
        Structure row.

    Returns
    -------
    reasons
        One a rule, in their order.
    """
    return tuple(
        _reason(
            Spot(
                case=case,
                screening=screening,
                row=row,
                rule=rule,
                verdict=Verdict(int(screening.verdict[row, column])),
            )
        )
        for column, rule in enumerate(screening.rules)
    )


def _reason(spot: Spot) -> Reason:
    """Say why by one rule; what nothing more is known of keeps the rule's own sentence."""
    told = reasons_own.named_by_visit(spot) or _DETAIL[spot.rule](spot)
    said, reports = told or (Said(code=f"siting.{spot.rule}-{spot.verdict.name.lower()}"), ())
    return Reason(
        rule=spot.rule,
        verdict=spot.verdict,
        said=said,
        reports=tuple(sorted(set(reports))),
        no_go=_MILITARY if "military" in said.code else NO_GO_OF.get(spot.rule, 0),
    )
