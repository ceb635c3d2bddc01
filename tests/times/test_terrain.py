# SPDX-License-Identifier: Apache-2.0
"""Travel over open ground: against plain Dijkstra on small random grids, and law by law."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from goldenhour.base.errors import InputError
from goldenhour.times import pace, terrain
from goldenhour.times.pace import Bicycle, Mode
from goldenhour.times.surface import Surface
from tests.times.grid_oracle import Scene, rider_kmh, slow_dijkstra

_SPEEDS_KMH = [0.0, 0.0, 2.0, 5.0, 5.0, 5.0, 12.0, 80.0]
_MODES = [Mode.WALKING, Mode.WALKING, Mode.BICYCLING, Mode.MOTORIZED]


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Draw a small hilly country with barriers, gaps in the heights, and three modes."""
    shape = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    rng = np.random.Generator(np.random.PCG64(draw(st.integers(0, 2**32))))
    cells = st.tuples(st.integers(0, shape[0] - 1), st.integers(0, shape[1] - 1))
    height = rng.uniform(-20, 20, shape)
    height[rng.random(shape) < draw(st.sampled_from([0, 0.2]))] = math.nan
    return Scene(
        speed=rng.choice(_SPEEDS_KMH, shape),
        height=height,
        mode=rng.choice(_MODES, shape).astype(np.int8),
        seeds=draw(st.dictionaries(cells, st.integers(0, 500), min_size=1, max_size=3)),
        towards=draw(st.booleans()),
        neighbours=draw(st.sampled_from([8, 16])),
    )


def laid(scene: Scene) -> Surface:
    """Make the ground of a scene."""
    return terrain.surface(
        speed_kmh=scene.speed, elevation_m=scene.height, mode=scene.mode, cell_m=scene.cell_m
    )


def measured(scene: Scene, limit_s: float | None = None) -> NDArray[np.float32]:
    """Measure the times of a scene."""
    rows, columns = zip(*scene.seeds, strict=True)
    return laid(scene).travel_times(
        rows,
        columns,
        start_s=list(scene.seeds.values()),
        limit_s=limit_s,
        towards=scene.towards,
        neighbours=scene.neighbours,
    )


def flat(drawn: str, speed_kmh: float = 3.6) -> Surface:
    """Read flat ground of 1 m cells from a drawing: ``#`` is a barrier, ``?`` is not known."""
    speeds = {"#": 0.0, "?": math.nan}
    rows = [[speeds.get(cell, speed_kmh) for cell in line] for line in drawn.split()]
    return terrain.surface(speed_kmh=rows, elevation_m=np.zeros(np.shape(rows)), cell_m=1)


@pytest.mark.laws
@settings(deadline=None, max_examples=200)
@given(scenes())
def test_times_are_those_of_plain_dijkstra(scene: Scene) -> None:
    """Whatever the hills, barriers and modes, the grid search finds what the textbook finds."""
    expected = slow_dijkstra(scene)
    expected[expected > 2**24] = math.inf
    found = measured(scene)
    assert (np.isfinite(found) == np.isfinite(expected)).all()
    # a cyclist's curve has a corner at twice the flat speed, which a table cuts by half a per cent
    rides = (scene.mode == Mode.BICYCLING).any()
    assert np.allclose(found, expected, rtol=5e-3 if rides else 2e-5, atol=1e-4)


@pytest.mark.laws
@settings(deadline=None, max_examples=50)
@given(scenes(), st.floats(0, 2000))
def test_a_limit_only_cuts(scene: Scene, limit_s: float) -> None:
    """Within the limit nothing changes, at the limit one is still inside, beyond is not reached."""
    free = measured(scene)
    times = free[np.isfinite(free)]
    for limit in (limit_s, *(float(time) + 1e-3 for time in times[:1])):
        assert np.array_equal(measured(scene, limit), np.where(free <= limit, free, np.inf))


@pytest.mark.laws
@settings(deadline=None, max_examples=50)
@given(scenes(), st.data())
def test_closing_a_cell_never_shortens_a_way(scene: Scene, data: st.DataObject) -> None:
    """A new barrier makes no cell nearer."""
    before = measured(scene)
    row = data.draw(st.integers(0, scene.speed.shape[0] - 1))
    column = data.draw(st.integers(0, scene.speed.shape[1] - 1))
    speed = scene.speed.copy()
    speed[row, column] = 0
    assert (measured(scene._replace(speed=speed)) >= before).all()


@pytest.mark.laws
@settings(deadline=None, max_examples=50)
@given(scenes(), st.data())
def test_there_and_back_are_one_way(scene: Scene, data: st.DataObject) -> None:
    """From A away to B takes what it takes towards B from A, to the last tick."""
    open_cells = np.argwhere(laid(scene).is_open)
    if not len(open_cells):
        return
    a, b = (tuple(open_cells[data.draw(st.integers(0, len(open_cells) - 1))]) for _ in "ab")
    from_a = measured(scene._replace(seeds={a: 0}, towards=False))[b]
    to_b = measured(scene._replace(seeds={b: 0}, towards=True))[a]
    assert from_a == to_b


@pytest.mark.laws
@settings(deadline=None, max_examples=50)
@given(scenes())
def test_a_catchment_is_the_nearest_seed(scene: Scene) -> None:
    """Every cell belongs to the seed that is nearest alone; of equals to the first."""
    rows, columns = zip(*scene.seeds, strict=True)
    ground, starts = laid(scene), list(scene.seeds.values())
    asked: dict[str, Any] = {"towards": scene.towards, "neighbours": scene.neighbours}
    alone = np.stack(
        [
            ground.travel_times([row], [column], start_s=[start], **asked)
            for row, column, start in zip(rows, columns, starts, strict=True)
        ]
    )
    found = ground.catchments(rows, columns, start_s=starts, **asked)
    nearest = np.where(np.isfinite(alone.min(axis=0)), alone.argmin(axis=0), -1)
    assert np.array_equal(found.seconds, alone.min(axis=0))
    nearly = (alone <= alone.min(axis=0) + 1e-3).sum(axis=0) > 1
    assert (np.asarray(found.seed == nearest) | nearly).all()  # float32 hides microseconds


def test_of_seeds_equally_near_the_first_has_the_cell() -> None:
    """The cell in the middle belongs to the seed that was named first, on either side."""
    ground = flat(".....")
    assert ground.catchments([0, 0], [0, 4]).seed.tolist() == [[0, 0, 0, 1, 1]]
    assert ground.catchments([0, 0], [4, 0]).seed.tolist() == [[1, 1, 0, 0, 0]]
    assert ground.catchments([0, 0], [2, 2]).seed.tolist() == [[0, 0, 0, 0, 0]]


def test_a_seed_that_starts_late_has_less() -> None:
    """A seed that starts 3 s late is nearest only to itself; one that never starts to nothing."""
    ground = flat(".....")
    late = ground.catchments([0, 0], [0, 4], start_s=[0, 3])
    assert late.seconds.tolist() == [[0, 1, 2, 3, 3]]
    assert late.seed.tolist() == [[0, 0, 0, 0, 1]]
    never = ground.catchments([0], [0], start_s=[np.inf])
    assert (never.seed == -1).all()
    assert np.isinf(never.seconds).all()


def test_flat_ground_is_crossed_at_the_speed_given() -> None:
    """Ten metres at 3.6 km/h take 10 s straight ahead, and the diagonal its length."""
    times = flat("...........\n" * 11).travel_times([0], [0])
    assert times[0, 10] == pytest.approx(10)
    assert times[10, 10] == pytest.approx(10 * math.sqrt(2))


@pytest.mark.parametrize("neighbours", [8, 16])
def test_a_diagonal_wall_does_not_leak(neighbours: int) -> None:
    """Cells that touch only at their corners hold off walkers, and knights too."""
    wall = flat(".....#\n....#.\n...#..\n..#...\n.#....\n#.....\n")
    times = wall.travel_times([0], [0], neighbours=neighbours)
    assert np.isinf(times[5, 5])
    assert np.isfinite(times[0, 4])


def test_one_may_pass_beside_a_single_corner() -> None:
    """A diagonal past one closed cell is a step, between two it is none."""
    assert flat(".#\n..").travel_times([0], [0])[1, 1] == pytest.approx(math.sqrt(2))
    assert np.isinf(flat(".#\n#.").travel_times([0], [0])[1, 1])


@pytest.mark.parametrize("drawn", [".#.\n...\n...", "...\n.#.\n..."])
def test_a_knight_needs_all_cells_it_crosses(drawn: str) -> None:
    """The knight's move over a barrier is longer than the one over open ground."""
    asked: dict[str, Any] = {"rows": [0], "columns": [0], "neighbours": 16}
    assert flat("...\n...\n...").travel_times(**asked)[1, 2] == pytest.approx(math.sqrt(5))
    assert flat(drawn).travel_times(**asked)[1, 2] > math.sqrt(5) + 0.1


@pytest.mark.parametrize("cell", ["#", "?"])
def test_what_is_closed_or_not_known_is_never_crossed(cell: str) -> None:
    """Neither a barrier nor ground that nobody knows is a way through."""
    times = flat(f"..{cell}..").travel_times([0], [0])
    assert np.isinf(times[0, 2:]).all()


def test_what_is_not_known_is_counted() -> None:
    """Cells without speed or height are closed, and said to be."""
    ground = terrain.surface(
        speed_kmh=[[5, np.nan, 5, 0]], elevation_m=[[1, 1, np.nan, np.nan]], cell_m=1
    )
    assert ground.is_open.tolist() == [[True, False, False, False]]
    assert {f.code: f.n_rows for f in ground.findings} == {"unknown-ground": 1, "no-elevation": 2}


def test_masked_cells_are_not_known() -> None:
    """A masked raster needs no filling first."""
    speed = np.ma.masked_equal([[5, -9999, 5]], -9999)
    ground = terrain.surface(speed_kmh=speed, elevation_m=np.zeros((1, 3)), cell_m=1)
    assert ground.is_open.tolist() == [[True, False, True]]


def test_a_seed_on_a_barrier_reaches_nothing() -> None:
    """A site inside a barrier has no catchment, and others keep theirs."""
    ground = flat("#..")
    assert np.isinf(ground.travel_times([0], [0])).all()
    assert ground.catchments([0, 0], [0, 2]).seed.tolist() == [[-1, 1, 1]]


def test_uphill_is_slower_than_downhill() -> None:
    """Walking 5 km/h: 10 % up 3.52 km/h, 10 % down 5.00 km/h, 5 % down 5.96 km/h."""
    slope = np.array([[0.0, 100.0]])

    def seconds(height: NDArray[np.float64]) -> float:
        ground = terrain.surface(speed_kmh=[[5, 5]], elevation_m=height, cell_m=1000)
        return float(ground.travel_times([0], [0], towards=False)[0, 1])

    assert 3600 / seconds(slope) == pytest.approx(3.52, abs=0.005)
    assert 3600 / seconds(-slope) == pytest.approx(5.00, abs=0.005)
    assert 3600 / seconds(-slope / 2) == pytest.approx(5.96, abs=0.005)


def test_without_heights_slopes_count_for_nobody() -> None:
    """Left out on purpose, the ground is isotropic."""
    ground = terrain.surface(speed_kmh=[[5, 5]], elevation_m=None, cell_m=1000)
    assert ground.travel_times([0], [0])[0, 1] == pytest.approx(720)


def test_a_cliff_is_no_way() -> None:
    """Nobody walks up what is steeper than 400 %; a vehicle's table speed knows no slope."""
    heights = [[0.0, 500.0]]
    for mode, is_way in ((Mode.WALKING, False), (Mode.BICYCLING, False), (Mode.MOTORIZED, True)):
        ground = terrain.surface(speed_kmh=[[5, 5]], elevation_m=heights, mode=mode, cell_m=30)
        assert np.isfinite(ground.travel_times([0], [0])[0, 1]) == is_way


@pytest.mark.parametrize("speed_kmh", [1e-9, 1e-30, 1e-300])
def test_ground_too_slow_to_cross_is_no_way(speed_kmh: float) -> None:
    """Half a year for a cell counts as unreachable, however small the speed."""
    ground = flat("...", speed_kmh)
    assert np.isinf(ground.travel_times([0], [1], start_s=[7])[0, [0, 2]]).all()


def test_cyclists_keep_their_power() -> None:
    """The table of a cyclist's pace is the cubic's root, at most twice the flat speed."""
    slopes = np.linspace(-0.5, 0.5, 41)
    found = pace.bicycle_kmh(15, slopes, Bicycle.CORRECTED)
    assert found == pytest.approx([rider_kmh(15, float(slope)) for slope in slopes], abs=1e-3)


@pytest.mark.parametrize("flat_kmh", [2, 5, 12, 25])
def test_the_table_of_a_cyclist_is_near_the_formula(flat_kmh: float) -> None:
    """Between its steps the table is within half a per cent, and nearly everywhere far closer."""
    slopes = np.linspace(-0.5, 0.5, 20_011)
    table = np.interp(slopes, pace.slopes(), pace.bicycling(flat_kmh, Bicycle.CORRECTED))
    apart = np.abs(table * pace.bicycle_kmh(flat_kmh, slopes, Bicycle.CORRECTED) / flat_kmh - 1)
    assert apart.max() < 5e-3
    assert np.quantile(apart, 0.99) < 1e-4


@pytest.mark.laws
@settings(deadline=None, max_examples=20)
@given(scenes(), st.floats(0, 2000))
def test_people_within_reach_are_those_of_each_candidate(scene: Scene, limit_s: float) -> None:
    """Summed for all candidates at once or one by one, with one thread or two."""
    ground = laid(scene)
    people = np.arange(scene.speed.size, dtype=float).reshape(scene.speed.shape)
    rows, columns = (part.ravel() for part in np.indices(scene.speed.shape))
    asked: dict[str, Any] = {"limit_s": limit_s, "towards": scene.towards}
    asked["neighbours"] = scene.neighbours
    one = ground.within(rows, columns, people=people, n_threads=1, **asked)
    two = ground.within(rows, columns, people=people, n_threads=2, **asked)
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    for i, (row, column) in enumerate(zip(rows, columns, strict=True)):
        is_near = np.isfinite(ground.travel_times([row], [column], **asked))
        assert one.n_cells[i] == is_near.sum()
        assert one.people[i] == pytest.approx(people[is_near].sum())


def test_nobody_asked_about_is_nobody_within_reach() -> None:
    """No candidates give empty answers, not an error."""
    found = flat("..").within([], [], people=[[1, 1]], limit_s=10)
    assert found.people.shape == found.n_cells.shape == (0,)


def test_long_and_late_ways_are_exact() -> None:
    """Buckets start anew behind their end: a day's walk, and seeds that start weeks apart."""
    ground = terrain.surface(speed_kmh=np.full((1, 400), 0.36), elevation_m=None, cell_m=(30, 30))
    starts = [0, 3e6]
    times = ground.travel_times([0, 0], [0, 399], start_s=starts)
    assert times[0] == pytest.approx(300.0 * np.arange(400))
    late = ground.travel_times([0], [399], start_s=[3e6])
    assert late[0] == pytest.approx(3e6 + 300.0 * np.arange(400)[::-1])


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"speed_kmh": [[-1.0]]}, "GH138"),
        ({"speed_kmh": [[np.inf]]}, "GH138"),
        ({"speed_kmh": [1.0]}, "GH137"),
        ({"elevation_m": [[0.0, 0.0]]}, "GH137"),
        ({"mode": [[1, 1]]}, "GH137"),
        ({"mode": 4}, "GH139"),
        ({"cell_m": 0}, "GH137"),
        ({"cell_m": (30, math.nan)}, "GH137"),
        (
            {
                "speed_kmh": np.linspace(5, 20, 300).reshape(1, -1),
                "elevation_m": np.zeros((1, 300)),
                "mode": Mode.BICYCLING,
            },
            "GH138",
        ),
    ],
)
def test_impossible_ground_is_a_named_error(wrong: dict[str, object], code: str) -> None:
    """Speeds, shapes, modes and sizes that mean nothing are refused with a code."""
    right: dict[str, object] = {"speed_kmh": [[5.0]], "elevation_m": [[0.0]], "cell_m": 30}
    with pytest.raises(InputError) as caught:
        terrain.surface(**(right | wrong))  # type: ignore[arg-type] # wrong on purpose
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"rows": [5]}, "GH135"),
        ({"rows": [-1]}, "GH135"),
        ({"rows": [0.5]}, "GH135"),
        ({"rows": [0, 0]}, "GH135"),
        ({"neighbours": 4}, "GH135"),
        ({"start_s": [-1]}, "GH136"),
        ({"start_s": [math.nan]}, "GH136"),
        ({"start_s": [1, 2]}, "GH136"),
        ({"limit_s": -1}, "GH122"),
        ({"limit_s": math.nan}, "GH122"),
    ],
)
def test_impossible_questions_are_named_errors(wrong: dict[str, object], code: str) -> None:
    """Seeds outside, unknown neighbours and times that mean nothing are refused with a code."""
    with pytest.raises(InputError) as caught:
        flat("..").travel_times(**({"rows": [0], "columns": [0]} | wrong))  # type: ignore[arg-type] # wrong on purpose
    assert caught.value.code == code
