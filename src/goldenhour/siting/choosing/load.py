# SPDX-License-Identifier: Apache-2.0
"""What every chosen site has to carry, on a mean day and on a busy one, against what it can."""

import numpy as np

from goldenhour.base.grades import Tier
from goldenhour.siting.asking.demand import arrivals_per_day, beds_needed, busy_day, round_trip_s
from goldenhour.siting.asking.question import Question, SurgeryAt
from goldenhour.siting.choosing.options import Homes, Options
from goldenhour.siting.choosing.served import Served
from goldenhour.siting.plan import Load, Resource
from goldenhour.siting.said import Said

_DAY_HOUR_S = 3600.0
_NAMED = 3


def loads(
    question: Question,
    options: Options,
    homes: Homes,
    served: Served,
    *,
    existing: frozenset[int],
) -> tuple[Load, ...]:
    """
    Reckon the load of every site; each casualty goes along the chain that counts for its home.

    Parameters
    ----------
    question
        Casualties and capacities.
    options
        Candidates and times.
    homes
        People.
    served
        What the choice does.
    existing
        Positions in the plan's sites of care that is there already: what it can do is not known.

    Returns
    -------
    loads
        Stabilisation points, then field hospitals, in the order of the plan's sites.
    """
    found = []
    for at in range(len(served.tsp)):
        people = float(homes.people[served.nearest == at].sum())
        found += _of_tsp(question, options, served, at, people)
    ends_at = served.home_hospital
    for at in range(len(served.hospital)):
        people = float(homes.people[ends_at == at].sum())
        found += _of_hospital(question, len(served.tsp) + at, people)
    unknown = float("nan")
    return tuple(
        Load(
            site=site,
            tier=tier,
            resource=resource,
            mean=mean,
            busy=busy,
            capacity=unknown if site in existing else capacity,
        )
        for site, tier, resource, mean, busy, capacity in found
    )


_Row = tuple[int, Tier, Resource, float, float, float]


def _of_tsp(
    question: Question, options: Options, served: Served, at: int, people: float
) -> list[_Row]:
    """Patients of a stabilisation point, and the ambulances that carry red and yellow onwards."""
    casualties, capacities = question.casualties, question.capacities
    mean = arrivals_per_day(people, casualties)
    busy = busy_day(mean, casualties)
    rows = [(at, Tier.TSP, Resource.PATIENTS, mean, busy, capacities.tsp_patients_per_day)]
    hospital = served.hospital_of[at]
    if hospital >= 0:
        drive_s = float(options.link_s[served.tsp[at], served.hospital[hospital]])
        hours = capacities.ambulance_hours_per_day
        trip_s = round_trip_s(drive_s, capacities)
        needed = np.inf if not hours else trip_s / (hours * _DAY_HOUR_S)
        onward = casualties.red_share + casualties.yellow_share
        has = capacities.ambulances_per_tsp
        needs = [0.0 if not day else day * onward * needed for day in (mean, busy)]
        rows.append((at, Tier.TSP, Resource.AMBULANCES, needs[0], needs[1], has))
    return rows


def _of_hospital(question: Question, site: int, people: float) -> list[_Row]:
    """Patients, operations and beds of a field hospital."""
    casualties, capacities = question.casualties, question.capacities
    arrivals = arrivals_per_day(people, casualties)
    days = np.array([arrivals, busy_day(arrivals, casualties)])
    mean, busy = days * (casualties.red_share + casualties.yellow_share)
    most = capacities.field_hospital_patients_per_day
    tier = Tier.FIELD_HOSPITAL
    rows = [(site, tier, Resource.PATIENTS, float(mean), float(busy), most)]
    if question.surgery_at is SurgeryAt.FIELD_HOSPITAL:
        operations, busiest = (float(day) for day in days * casualties.surgery_share)
        has = capacities.operations_per_day
        rows.append((site, tier, Resource.OPERATIONS, operations, busiest, has))
        beds = beds_needed(operations, capacities)
        # A bed is taken for days: one busy day in a mean week fills some more, not three times all.
        more = busiest - operations
        rows.append((site, tier, Resource.BEDS, beds, beds + more, capacities.beds))
    return rows


def load_notes(
    question: Question,
    people: float,
    found: tuple[Load, ...],
    names: tuple[str, ...],
) -> tuple[Said, ...]:
    """
    Say how many casualties are expected, and where care runs over.

    Parameters
    ----------
    question
        Casualties.
    people
        All people.
    found
        Loads.
    names
        Id of each of the plan's sites.

    Returns
    -------
    notes
        Coded messages; the total first.
    """
    mean = arrivals_per_day(people, question.casualties)
    if not mean:
        return ()
    casualties = question.casualties
    values = (
        ("mean", f"{mean:.1f}"),
        ("busy", f"{busy_day(mean, casualties):.0f}"),
        ("percent", f"{100 * casualties.busy_day_share:.0f}"),
        ("factor", f"{casualties.peak_factor:g}"),
    )
    said = [Said(code="demand.casualties-expected", values=values)]
    for tier in (Tier.TSP, Tier.FIELD_HOSPITAL):
        for resource in Resource:
            some = [load for load in found if load.tier is tier and load.resource is resource]
            said += _overflow(some, names)
    if len(said) == 1:
        said.append(Said(code="demand.care-is-enough"))
    if any(np.isnan(load.capacity) for load in found):
        said.append(Said(code="demand.existing-capacity-unknown"))
    return tuple(said)


def _overflow(some: list[Load], names: tuple[str, ...]) -> list[Said]:
    """Say where one resource does not do, on mean days or only on busy ones."""
    said = []
    always = [load for load in some if load.over_mean > 0]
    sometimes = [load for load in some if load.over_busy > 0 and load not in always]
    for day, over in (("mean", always), ("busy", sometimes)):
        if over:
            beyond = sum(load.over_mean if day == "mean" else load.over_busy for load in over)
            listed = ", ".join(names[load.site] for load in over[:_NAMED])
            more = "" if len(over) <= _NAMED else " …"
            tier = over[0].tier.value.replace("_", "-")
            code = f"demand.{tier}-{over[0].resource.value}-short-{day}"
            values = (
                ("n", str(len(over))),
                ("sites", listed + more),
                ("beyond", f"{beyond:.1f}"),
                ("capacity", f"{over[0].capacity:g}"),
            )
            said.append(Said(code=code, values=values))
    return said
