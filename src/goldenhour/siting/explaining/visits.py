# SPDX-License-Identifier: Apache-2.0
"""What to look at first: sites that most people depend on, then what could stand in for them."""

from goldenhour.base import facts
from goldenhour.base.grades import Tier, Verdict
from goldenhour.siting.choosing.options import Homes, Options
from goldenhour.siting.choosing.served import Served
from goldenhour.siting.choosing.worth import StandIn, hospital_stand_ins, tsp_stand_ins
from goldenhour.siting.explaining.explain import standing
from goldenhour.siting.plan import Site, SiteStanding, VisitToDo
from goldenhour.siting.said import Said, number
from goldenhour.siting.screening.table import Screening, TierScreening
from goldenhour.town.town import Town


def visits_to_do(
    town: Town,
    screening: Screening,
    sites: tuple[Site, ...],
    *,
    options: Options,
    homes: Homes,
    served: Served,
) -> tuple[VisitToDo, ...]:
    """
    List the visits that would confirm or change the plan, most decisive first.

    Parameters
    ----------
    town
        The town.
    screening
        Verdicts.
    sites
        Chosen sites, stabilisation points first.
    options
        Candidates and times.
    homes
        People.
    served
        What the choice does.

    Returns
    -------
    visits
        At most ``siting.visits_listed``.
    """
    stand_ins = [
        *tsp_stand_ins(options, homes, served),
        *hospital_stand_ins(options, homes, served),
    ]
    ranked = sorted(
        zip(sites, stand_ins, strict=True),
        key=lambda pair: (-pair[0].people_lost_if_removed, pair[0].structure),
    )
    provisional = [
        (site, other) for site, other in ranked if site.standing is SiteStanding.PROVISIONAL
    ]
    visits = [_of_site(site, screening) for site, _ in provisional]
    seen = {(site.structure, site.tier) for site in sites}
    for site, other in provisional:
        key = (other.structure, site.tier)
        unseen = other.structure >= 0 and key not in seen
        if (
            unseen
            and standing(screening.of(site.tier), other.structure) is SiteStanding.PROVISIONAL
        ):
            seen.add(key)
            visits.append(_of_stand_in(town, site, other, screening))
    return tuple(visits[: int(facts.number("siting.visits_listed"))])


def _of_site(site: Site, screening: Screening) -> VisitToDo:
    """Visit a chosen site."""
    people = number(site.people_lost_if_removed)
    confirms = Said(code="siting.visit-confirms", values=(("people", people),))
    return VisitToDo(
        structure=site.structure,
        structure_id=site.structure_id,
        tier=site.tier,
        settles=(confirms, _questions(screening.of(site.tier), site.structure)),
    )


def _of_stand_in(town: Town, site: Site, other: StandIn, screening: Screening) -> VisitToDo:
    """Visit what could stand in for a site."""
    values: tuple[tuple[str, str], ...] = (("site", site.structure_id),)
    code = "siting.visit-stand-in-equal"
    if other.people_fewer > 0:
        code = "siting.visit-stand-in"
        values = (*values, ("people", number(other.people_fewer)))
    tier: Tier = site.tier
    return VisitToDo(
        structure=other.structure,
        structure_id=str(town.structures.id[other.structure]),
        tier=tier,
        settles=(
            Said(code=code, values=values),
            _questions(screening.of(tier), other.structure),
        ),
    )


def _questions(screening: TierScreening, row: int) -> Said:
    """Count the rules that a visit would settle."""
    unknown = int((screening.verdict[row] == Verdict.UNKNOWN).sum())
    return Said(code="siting.visit-questions", values=(("n", str(unknown)),))
