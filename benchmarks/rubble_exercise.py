# SPDX-License-Identifier: Apache-2.0
"""
Streets under rubble in the Al Qaim exercise: what the picture believes against the hidden truth.

Usage: ``python benchmarks/rubble_exercise.py [SEED:STRUCTURES ...]``. Counts only streets that
vehicles may use and that nothing else closes. ``constant`` is what the ``Brier`` score would be if
every street had the same chance.
"""

import sys

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.grades import Mode, UnknownStreets
from goldenhour.exercise.al_qaim import Exercise, generate
from goldenhour.picture.belief import Picture
from goldenhour.picture.matching import unplaced_structures
from goldenhour.picture.work_out import work_out
from goldenhour.times import modes
from goldenhour.times.evacuation import ClosedBy, street_use
from goldenhour.town.build import build, with_reported
from goldenhour.town.town import Town

CASES = ("1:3000", "2:3000", "3:3000", "2017:20000")
OTHER_CAUSES = ("armed group", "bridge down")


def believed(made: Exercise) -> tuple[Town, Picture]:
    """Plan's side: town and picture, from layers and reports alone."""
    town, _ = build(made.layers, name="Al Qaim (EXERCISE)")
    ids, x_m, y_m = unplaced_structures(town, made.reports)
    town = with_reported(town, ids=ids, x_m=x_m, y_m=y_m)
    return town, work_out(town, made.reports, as_of=made.as_of)


def true_causes(made: Exercise, town: Town) -> NDArray[np.object_]:
    """Truth's side: why each street of the town is closed."""
    row = {key: i for i, key in enumerate(made.truth.street_id.tolist())}
    return made.truth.cause[[row[key] for key in town.streets.id.tolist()]]


def line_of(case: str) -> str:
    """Measure one exercise."""
    seed, n_structures = (int(part) for part in case.split(":"))
    made = generate(seed=seed, n_structures=n_structures)
    town, picture = believed(made)
    cause = true_causes(made, town)
    fair = ~np.isin(cause, OTHER_CAUSES) & modes.is_allowed(town.streets, mode=Mode.VEHICLE)
    blocked = (cause == "rubble")[fair]
    use = street_use(town, picture, mode=Mode.VEHICLE, unknown_streets=UnknownStreets.PASSABLE)
    closed, chance = (use.closed_by == ClosedBy.RUBBLE)[fair], use.rubble_share[fair]
    hits, rate = np.count_nonzero(blocked & closed), blocked.mean()
    brier = np.square(chance - blocked).mean()
    km = town.streets.length_m[fair] / 1000
    return (
        f"{case:>11} {blocked.sum():>6} {closed.sum():>8} {chance.sum():>9.0f}"
        f" {km[blocked].sum():>8.1f} {km[closed].sum():>9.1f}"
        f" {hits / max(closed.sum(), 1):>10.2f} {hits / max(blocked.sum(), 1):>7.2f}"
        f" {brier:>7.4f} {rate * (1 - rate):>8.4f}"
    )


def main() -> None:
    """Print one line per exercise."""
    print(
        f"{'exercise':>11} {'true':>6} {'closed':>8} {'expected':>9} {'true km':>8}"
        f" {'closed km':>9} {'precision':>10} {'recall':>7} {'Brier':>7} {'constant':>8}"
    )
    for case in sys.argv[1:] or CASES:
        print(line_of(case))


if __name__ == "__main__":
    main()
