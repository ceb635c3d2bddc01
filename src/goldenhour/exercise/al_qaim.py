# SPDX-License-Identifier: Apache-2.0
"""The Al Qaim exercise: a made-up town pinned to public facts, its truth, and reports of it."""

import numpy as np

from goldenhour.base.errors import InputError
from goldenhour.exercise.by_word_of_mouth import (
    camp_people,
    care_reports,
    claim_reports,
    people_reports,
)
from goldenhour.exercise.city import build_city
from goldenhour.exercise.damage import do_damage
from goldenhour.exercise.dangers import set_dangers
from goldenhour.exercise.drivers import street_reports
from goldenhour.exercise.exercise import Exercise, TrueArea, Truth, truth_tables
from goldenhour.exercise.fitness import judge_fitness, settle_people
from goldenhour.exercise.from_the_sky import satellite_reports
from goldenhour.exercise.on_the_ground import (
    access_reports,
    hazard_reports,
    incident_reports,
    visit_reports,
)
from goldenhour.exercise.passable import block_streets
from goldenhour.exercise.scene import AS_OF, Scene, area
from goldenhour.exercise.town_layers import draw_layers
from goldenhour.reports.report import Report

__all__ = ["Exercise", "Truth", "generate", "truth_tables"]

_FEWEST, _MOST = 200, 100_000


def generate(*, seed: int = 2017, n_structures: int = 20_000) -> Exercise:
    """
    Generate the exercise.

    Parameters
    ----------
    seed
        The same seed gives the same town, the same truth and the same reports.
    n_structures
        About how many structures, 200 to 100,000.

    Returns
    -------
    exercise
        Layers and reports to plan from, and the truth to measure by. Everything says EXERCISE.

    Raises
    ------
    InputError
        If the seed is negative, or the town would be too small or too large.
    """
    if not _FEWEST <= n_structures <= _MOST or seed < 0:
        raise InputError(
            f"{n_structures:,} structures with seed {seed} cannot be generated.",
            where="exercise",
            do=f"Ask for {_FEWEST} to {_MOST:,} structures and a seed of 0 or more.",
            code="GH120",
        )
    rng = np.random.Generator(np.random.PCG64(seed))
    scene = _scene(n_structures, rng)
    layers = draw_layers(scene.city, seed=seed, rng=rng)
    return Exercise(
        layers=layers, reports=_reports(scene, rng), truth=_truth(scene, seed), as_of=AS_OF
    )


def _scene(n_structures: int, rng: np.random.Generator) -> Scene:
    """Build the town, fight over it, and see what is left."""
    city = build_city(n_structures=n_structures, rng=rng)
    damage = do_damage(city, rng)
    dangers = set_dangers(city, damage, rng)
    streets = block_streets(city, damage, dangers, rng)
    people = settle_people(city, damage, rng)
    fitness = judge_fitness(city, damage, dangers, people, rng)
    return Scene(
        city=city, damage=damage, dangers=dangers, streets=streets, people=people, fitness=fitness
    )


def _reports(scene: Scene, rng: np.random.Generator) -> tuple[Report, ...]:
    """Let everybody speak, in the order in which they are heard."""
    told = [
        *satellite_reports(scene, rng),
        *street_reports(scene, rng),
        *hazard_reports(scene, rng),
        *incident_reports(scene, rng),
        *access_reports(scene.streets, rng),
        *visit_reports(scene, rng),
        *people_reports(scene, rng),
        *care_reports(scene),
        *claim_reports(),
    ]
    return tuple(sorted(told, key=lambda report: (report.recorded_at, report.id)))


def _truth(scene: Scene, seed: int) -> Truth:
    """Write down what is really so."""
    streets, fitness = scene.streets, scene.fitness
    return Truth(
        seed=seed,
        as_of=AS_OF,
        structure_id=scene.structure_id,
        grade=scene.damage.grade,
        damaged_at=scene.damage.damaged_at,
        people=scene.people,
        use=scene.city.buildings.use.astype(object),
        storeys=scene.city.storeys,
        fit_tsp=fitness.tsp,
        fit_field_hospital=fitness.field_hospital,
        unfit_because=fitness.because,
        street_id=scene.street_id,
        state_vehicle=streets.state_vehicle,
        state_stretcher=streets.state_stretcher,
        delay_s=streets.delay_s,
        cause=streets.cause,
        opened_at=streets.opened_at,
        areas=tuple(
            TrueArea(name=f"EXERCISE {one.key}", hazard=one.hazard, shape=area(one.shape))
            for one in scene.dangers
        ),
        camp_people=camp_people(scene),
    )
