# SPDX-License-Identifier: Apache-2.0
"""From a workspace to what is within reach on disk."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import shapely

from goldenhour.base.errors import InputError
from goldenhour.base.grades import UnknownStreets
from goldenhour.town.layers import LayerKind
from goldenhour.workflows.exercise import exercise
from goldenhour.workflows.new import LayerFile, new
from goldenhour.workflows.reach import ReachResult, reach
from goldenhour.workflows.workspace import Workspace, open_workspace

AS_OF = datetime(2017, 11, 10, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A small exercise."""
    folder = tmp_path_factory.mktemp("reach") / "exercise"
    exercise(folder, name="al-qaim", seed=3, n_structures=1000)
    return open_workspace(folder)


def asked(workspace: Workspace, **options: object) -> ReachResult:
    """Ask for two quarters and two limits."""
    return reach(
        workspace,
        places=("Karabilah", "القائم"),
        limits_s=(600, 1800),
        as_of=AS_OF,
        **options,  # type: ignore[arg-type] # by name
    )


def test_the_same_question_gives_the_same_bytes(workspace: Workspace) -> None:
    """Asked twice, the folder has one name, and every file in it is the same to the byte."""
    first = asked(workspace, n_worlds=2, seed=1)
    before = {path.name: path.read_bytes() for path in first.files}
    again = asked(workspace, n_worlds=2, seed=1)
    assert again.folder == first.folder
    assert {path.name: path.read_bytes() for path in again.files} == before
    assert not list(first.folder.parent.glob(".*"))


def test_unknown_streets_default_to_the_workspace_s_question(workspace: Workspace) -> None:
    """As `plan` does, `reach` counts unknown streets as the workspace says, unless told."""
    passable = asked(workspace)
    closed = asked(workspace, unknown_streets=UnknownStreets.CLOSED)
    assert passable.reached.asked.unknown_streets is UnknownStreets.PASSABLE
    for wide, narrow in zip(passable.reached.bands, closed.reached.bands, strict=True):
        assert narrow.n_structures == wide.n_on_known <= wide.n_structures


def test_no_area_lies_across_the_euphrates(workspace: Workspace) -> None:
    """Nobody is drawn as reached in the water, but on strips along bridges."""
    answer = asked(workspace)
    town = answer.state.town
    bridges = shapely.union_all(shapely.buffer(town.streets.line[town.streets.bridge], 5))
    for area in answer.reached.drawing.within:
        for barrier in town.barriers.shape:
            wet = area.intersection(barrier).difference(bridges)
            assert wet.area == pytest.approx(0, abs=1)
    assert all(band.n_outside == 0 for band in answer.reached.bands)


def test_no_place_is_refused(workspace: Workspace) -> None:
    """Without a place there is nothing to measure from."""
    with pytest.raises(InputError) as told:
        reach(workspace, places=(), limits_s=(600,), as_of=AS_OF)
    assert told.value.code == "GH148"


@pytest.mark.real_data
def test_aleppo_is_drawn_for_eight_sites(real_data: Path, tmp_path: Path) -> None:
    """A whole city: every counted structure inside the line, and shares that add up."""
    data = real_data / "aleppo"
    files = [
        LayerFile(kind=LayerKind.STREETS, path=data / "streets.parquet"),
        LayerFile(kind=LayerKind.STRUCTURES, path=data / "osm_building_points_2018.csv"),
        LayerFile(kind=LayerKind.PLACES, path=data / "neighbourhoods.geojson"),
    ]
    made = new(tmp_path / "aleppo", files=files, recorded_at=AS_OF, attribution="OSM")
    ids = made.town.structures.id[np.linspace(0, made.town.structures.n - 1, 8).astype(int)]
    answer = reach(
        made.workspace, places=[str(one) for one in ids], limits_s=(600, 900), as_of=AS_OF
    ).reached
    for number, band in enumerate(answer.bands):
        shares = [one for one in answer.site_bands if one.limit_s == band.limit_s]
        assert band.n_outside == 0
        assert sum(one.n_nearest for one in shares) == band.n_structures > 0
        assert sum(one.nearest_km2 for one in shares) == pytest.approx(band.area_km2, rel=1e-3)
        assert answer.drawing.within[number].is_valid
