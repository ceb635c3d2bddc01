# SPDX-License-Identifier: Apache-2.0
"""Why each site, what is not known about it, and what the whole plan rests on."""

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.grades import Grade, StreetState, Tier, UnknownStreets, Verdict
from goldenhour.picture.belief import Picture
from goldenhour.siting.asking.question import Question
from goldenhour.siting.choosing.options import Homes, Options, link_limit_s
from goldenhour.siting.choosing.served import Served
from goldenhour.siting.choosing.worth import lost_without
from goldenhour.siting.plain.result import Solution
from goldenhour.siting.plan import Site, SiteStanding
from goldenhour.siting.said import Said, number
from goldenhour.siting.screening.joined import joined_said
from goldenhour.siting.screening.requirements import uses
from goldenhour.siting.screening.stability import site_stability
from goldenhour.siting.screening.table import Screening, TierScreening
from goldenhour.siting.screening.verdicts import floor_area_m2
from goldenhour.town.town import Town

_MINUTE_S = 60.0


def sites(  # noqa: PLR0913 - all that a site is explained from, by name
    town: Town,
    picture: Picture,
    *,
    screening: Screening,
    question: Question,
    options: Options,
    homes: Homes,
    served: Served,
    forced: frozenset[int],
) -> tuple[Site, ...]:
    """
    Describe every chosen site.

    Parameters
    ----------
    town
        The town.
    picture
        What is believed.
    screening
        Verdicts.
    question
        Clocks.
    options
        Candidates and times.
    homes
        People.
    served
        What the choice does.
    forced
        Structure rows that the question demands.

    Returns
    -------
    sites
        Stabilisation points, then field hospitals, each in the order of the options.
    """
    lost_tsp, lost_hospital = lost_without(options, homes, served)
    area_m2, _ = floor_area_m2(town, picture)
    described = []
    for at, position in enumerate(served.tsp):
        people = float(homes.people[served.nearest == at].sum())
        reasons = _tsp_reasons(question, options, homes, served, at)
        row = int(options.tsp[position])
        described.append((Tier.TSP, row, people, float(lost_tsp[at]), reasons))
    ends_at = served.home_hospital
    for at, position in enumerate(served.hospital):
        people = float(homes.people[ends_at == at].sum())
        row = int(options.hospital[position])
        reasons = _hospital_reasons(options, served, at)
        described.append((Tier.FIELD_HOSPITAL, row, people, float(lost_hospital[at]), reasons))
    return tuple(
        Site(
            structure=row,
            structure_id=str(town.structures.id[row]),
            tier=tier,
            standing=standing(screening.of(tier), row),
            people_served=people,
            people_lost_if_removed=lost,
            reasons=(
                *((Said(code="siting.forced-site"),) if row in forced else ()),
                *reasons,
                Said(code="siting.people-lost", values=(("people", number(lost)),)),
                *_structure_reasons(town, screening.of(tier), row, float(area_m2[row])),
                *joined_said(town, screening.of(tier), row, area_m2),
                site_stability(town, picture, screening.of(tier), row, seed=question.seed),
            ),
            unknowns=_unknown_rules(screening.of(tier), row),
        )
        for tier, row, people, lost, reasons in described
    )


def standing(screening: TierScreening, row: int) -> SiteStanding:
    """
    Say how sure a site is: only a FIT visit that still holds confirms.

    Parameters
    ----------
    screening
        Verdicts of its tier.
    row
        Structure row.

    Returns
    -------
    standing
        Provisional or confirmed.
    """
    visit = screening.verdict[row, screening.rules.index("visit")]
    return SiteStanding.CONFIRMED if visit == Verdict.FIT else SiteStanding.PROVISIONAL


def _tsp_reasons(
    question: Question, options: Options, homes: Homes, served: Served, at: int
) -> list[Said]:
    """Say who is in reach of a stabilisation point, and how far its hospital is."""
    position = served.tsp[at]
    cover = options.cover
    inside = homes.people[cover.home[cover.start[position] : cover.start[position + 1]]]
    minutes = question.tsp_clock_s / _MINUTE_S
    reasons = [
        Said(
            code="siting.people-in-reach",
            values=(("people", number(float(inside.sum()))), ("minutes", f"{minutes:.0f}")),
        )
    ]
    if not inside.sum():
        reasons = [Said(code="siting.no-people-in-reach")]
    hospital = served.hospital_of[at]
    if hospital >= 0:
        drive_s = float(options.link_s[position, served.hospital[hospital]])
        minutes_said = (("minutes", f"{drive_s / _MINUTE_S:.0f}"),)
        reasons.append(Said(code="siting.link-minutes", values=minutes_said))
    return reasons


def _hospital_reasons(options: Options, served: Served, at: int) -> list[Said]:
    """Say how many stabilisation points a field hospital serves, and how far they are."""
    drive_s = options.link_s[served.tsp, served.hospital[at]]
    drive_s = drive_s[np.isfinite(drive_s)]
    farthest_s = float(drive_s.max(initial=0.0))
    values = (("sites", str(len(drive_s))), ("minutes", f"{farthest_s / _MINUTE_S:.0f}"))
    return [Said(code="siting.hospital-links", values=values)]


def _structure_reasons(
    town: Town, screening: TierScreening, row: int, area_m2: float
) -> tuple[Said, ...]:
    """Say what speaks for the structure itself."""
    reasons = []
    if np.isfinite(area_m2):
        reasons.append(Said(code="siting.area-known", values=(("area", number(area_m2)),)))
    use = str(town.structures.use[row]).lower()
    if use in uses("health"):
        reasons.append(Said(code="siting.health-use", values=(("use", use),)))
    verdict = screening.verdict[row]
    values = (
        ("rules", str(len(verdict))),
        ("fit", str(int((verdict == Verdict.FIT).sum()))),
        ("unknown", str(int((verdict == Verdict.UNKNOWN).sum()))),
    )
    return (*reasons, Said(code="siting.rules-not-broken", values=values))


def _unknown_rules(screening: TierScreening, row: int) -> tuple[Said, ...]:
    """Name every rule that is unknown for a structure."""
    return tuple(
        Said(code=f"siting.{rule}-unknown")
        for rule, verdict in zip(screening.rules, screening.verdict[row], strict=True)
        if verdict == Verdict.UNKNOWN
    )


def unknowns(
    town: Town,
    picture: Picture,
    screening: Screening,
    question: Question,
    passed: NDArray[np.int64],
) -> tuple[Said, ...]:
    """
    Say what the whole plan rests on without knowing.

    Parameters
    ----------
    town
        The town.
    picture
        What is believed.
    screening
        Verdicts.
    question
        What was assumed.
    passed
        Structure rows of all stabilisation candidates. Shape ``(n_candidates,)``.

    Returns
    -------
    unknowns
        Most weighty first.
    """
    said = [_people_unknown(picture), *_streets_unknown(town, picture, question)]
    p_unknown = picture.damage.p_grade[:, Grade.U]
    if share := float(np.mean(p_unknown > 0.5)) if len(p_unknown) else 0.0:  # noqa: PLR2004 - half
        said.append(_percent("siting.damage-unknown-share", share))
    tsp = screening.of(Tier.TSP)
    area = tsp.verdict[passed, tsp.rules.index("floor-area")]
    if share := float(np.mean(area == Verdict.UNKNOWN)) if len(area) else 0.0:
        said.append(_percent("siting.floor-area-unknown-share", share))
    if not picture.hazards:
        said.append(Said(code="siting.hazards-none-reported"))
    if not picture.damage.visited.any():
        said.append(Said(code="siting.visits-none"))
    return tuple(said)


def _people_unknown(picture: Picture) -> Said:
    """Say how well the number of people is known."""
    people = picture.people
    if people.basis == "assumed":
        return Said(code="siting.people-assumed")
    values = (("low", number(people.total_low)), ("best", number(people.total_best)))
    if not np.isfinite(people.total_high):
        return Said(code="siting.people-at-least", values=values)
    return Said(code="siting.people-range", values=(*values, ("high", number(people.total_high))))


def _streets_unknown(town: Town, picture: Picture, question: Question) -> list[Said]:
    """Say what share of the streets nobody has reported on, and what was assumed of them."""
    streets = picture.streets
    dark = (streets.state_stretcher == StreetState.UNKNOWN) & (
        streets.state_vehicle == StreetState.UNKNOWN
    )
    total_m = float(town.streets.length_m.sum())
    share = float(town.streets.length_m[dark].sum()) / total_m if total_m else 0.0
    if not share:
        return []
    if question.unknown_streets is UnknownStreets.PASSABLE:
        return [_percent("siting.streets-unknown-passable", share)]
    return [_percent("siting.streets-unknown-closed", share)]


def _percent(code: str, share: float) -> Said:
    """Say a share in per cent, never rounding some to none or all."""
    percent = f"{100 * share:.1f}"
    percent = {"0.0": "< 0.1", "100.0": "100.0" if share == 1 else "> 99.9"}.get(percent, percent)
    return Said(code=code, values=(("percent", percent),))


def notes(
    question: Question,
    solution: Solution,
    options: Options,
    served: Served,
    *,
    n_candidates: int,
) -> tuple[Said, ...]:
    """
    Say what the planner must know about the choice itself.

    Parameters
    ----------
    question
        Clocks.
    solution
        Choice and proof.
    options
        Candidates that were examined.
    served
        What the choice does.
    n_candidates
        Stabilisation candidates in all.

    Returns
    -------
    notes
        Coded messages.
    """
    minutes = {
        "tsp": question.tsp_clock_s,
        "stabilising": facts.number("clocks.stabilising_s"),
        "link": link_limit_s(question),
    }
    values = tuple((name, f"{seconds / _MINUTE_S:.0f}") for name, seconds in minutes.items())
    said = [Said(code="siting.clock-adds-up", values=values)]
    unlinked = int((served.hospital_of < 0).sum())
    if unlinked:
        said.append(Said(code="siting.links-broken", values=(("sites", str(unlinked)),)))
    if not solution.objective:
        said.append(Said(code="siting.nobody-served"))
    elif (lost := solution.objective - solution.greedy_objective) > 0:
        said.append(Said(code="siting.greedy-loss", values=(("people", number(lost)),)))
    elif not lost:  # sites chosen for many worlds may serve fewer if the picture is simply right
        said.append(Said(code="siting.greedy-no-loss"))
    n_considered = len(options.tsp)
    whole = n_considered >= n_candidates
    counts = (("considered", number(n_considered)), ("hospitals", number(len(options.hospital))))
    said.append(
        Said(
            code="siting.proof-over-all" if whole else "siting.proof-over-shortlist",
            values=counts if whole else (*counts, ("candidates", number(n_candidates))),
        )
    )
    if solution.stopped:
        said.append(Said(code="siting.stopped-early"))
    return tuple(said)
