# SPDX-License-Identifier: Apache-2.0
"""A plan in a few sentences: the same words in the terminal, the map and the brief."""

import numpy as np

from goldenhour.base.grades import Tier
from goldenhour.base.messages import say
from goldenhour.picture.belief import Picture
from goldenhour.publish.position import structure_positions
from goldenhour.publish.words import people_text, site_labels, structure_name
from goldenhour.siting.plain.result import ProofStatus
from goldenhour.siting.plan import Plan, SiteStanding
from goldenhour.town.town import Town


def headline(town: Town, picture: Picture, plan: Plan, *, language: str) -> tuple[str, ...]:
    """
    Put a plan into a few sentences, the warnings first.

    Parameters
    ----------
    town
        The town.
    picture
        The picture that the plan rests on.
    plan
        The plan.
    language
        ``"en"`` or ``"ar"``.

    Returns
    -------
    sentences
        In the order in which they are to be read.
    """
    exercise = (say("plan.exercise", language),) if town.is_exercise else ()
    assumed = (say("plan.assumed-people", language),) if picture.people.basis == "assumed" else ()
    return (
        *exercise,
        _standing(plan, language),
        _reach(plan, language),
        *_promised(plan, language),
        *assumed,
        _proof(plan, language),
    )


def site_lines(town: Town, plan: Plan, *, language: str) -> tuple[str, ...]:
    """
    List the chosen sites, a line each, for a reader without a map.

    Parameters
    ----------
    town
        The town.
    plan
        The plan.
    language
        ``"en"`` or ``"ar"``.

    Returns
    -------
    lines
        Label, grid reference, name and people served of each site.
    """
    rows = np.array([site.structure for site in plan.sites], dtype=np.int64)
    places = structure_positions(town, rows)
    return tuple(
        say(
            "plan.site-line",
            language,
            label=label,
            mgrs=place.mgrs,
            name=structure_name(town, site.structure, language),
            people=people_text(site.people_served),
        )
        for label, site, place in zip(site_labels(plan), plan.sites, places, strict=True)
    )


def _reach(plan: Plan, language: str) -> str:
    """Say who is reached by the whole chain."""
    chain = next(entry for entry in plan.coverage if entry.tier is Tier.FIELD_HOSPITAL)
    share = 100 * chain.served / chain.people if chain.people else 0.0
    return say(
        "plan.reach",
        language,
        n_tsp=sum(site.tier is Tier.TSP for site in plan.sites),
        n_field_hospitals=sum(site.tier is Tier.FIELD_HOSPITAL for site in plan.sites),
        served=f"{chain.served:,.0f}",
        people=f"{chain.people:,.0f}",
        not_served=f"{chain.not_served:,.0f}",
        share=f"{share:.1f}",
        tsp_min=f"{plan.question.tsp_clock_s / 60:.0f}",
        hospital_min=f"{plan.question.field_hospital_clock_s / 60:.0f}",
    )


def _promised(plan: Plan, language: str) -> tuple[str, ...]:
    """Say what is left of that over many worlds, if these were asked for."""
    if plan.promise is None:
        return ()
    fresh, percent = plan.promise.fresh, 100 * plan.promise.tail_share
    sentence = say(
        "plan.promised",
        language,
        n=f"{fresh.n:,}",
        mean=people_text(fresh.mean),
        percent=f"{percent:.0f}",
        worst=people_text(fresh.worst_mean(plan.promise.tail_share)),
    )
    return (sentence,)


def _standing(plan: Plan, language: str) -> str:
    """Say how many sites rest on a visit."""
    n_unvisited = sum(site.standing is SiteStanding.PROVISIONAL for site in plan.sites)
    code = "plan.provisional" if n_unvisited else "plan.confirmed"
    return say(code, language, n_unvisited=n_unvisited, n_sites=len(plan.sites))


def _proof(plan: Plan, language: str) -> str:
    """Say how far the plan is proven; only a proven optimum is called so."""
    proof = plan.proof
    code = "plan.optimal" if proof.status is ProofStatus.OPTIMAL else "plan.gap"
    return say(
        code,
        language,
        n_considered=f"{proof.n_considered:,}",
        bound=f"{proof.bound:,.0f}",
        gap=f"{100 * proof.gap_share:.2f}",
    )
