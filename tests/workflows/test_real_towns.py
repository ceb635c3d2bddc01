# SPDX-License-Identifier: Apache-2.0
"""The same commands on real towns: streets and points, an OSM extract, Copernicus EMS zips."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from goldenhour.base.grades import Tier
from goldenhour.siting.plan import Plan
from goldenhour.town.layers import LayerKind
from goldenhour.workflows.new import LayerFile, new
from goldenhour.workflows.plan import PlanResult, plan
from goldenhour.workflows.read import read
from goldenhour.workflows.workspace import Workspace

NOW = datetime(2026, 1, 1, tzinfo=UTC)
pytestmark = [pytest.mark.real_data, pytest.mark.xdist_group("real_towns")]


def town_of(folder: Path, **files: Path) -> Workspace:
    """Make a workspace from files by layer."""
    named = [LayerFile(kind=LayerKind(kind), path=path) for kind, path in files.items()]
    return new(folder, files=named, recorded_at=NOW).workspace


def require_sound(answer: Plan) -> None:
    """Whatever the town: nobody disappears, the proof is there, unvisited means provisional."""
    assert answer.is_provisional
    assert answer.visits
    for entry in answer.coverage:
        assert entry.served + entry.not_served == entry.people
        assert sum(n for _, n in entry.not_served_because) == pytest.approx(entry.not_served)
    assert answer.proof.bound >= answer.proof.objective > 0
    assert answer.proof.gap_share <= 0.05
    assert np.isfinite(answer.home_people).all()


def files_are_whole(result: PlanResult) -> None:
    """Every product was written, and nothing else lies about."""
    assert all(path.stat().st_size > 500 for path in result.files)
    assert not [path for path in result.folder.parent.iterdir() if path.name.startswith(".")]


def test_aleppo(real_data: Path, tmp_path: Path) -> None:
    """Six stabilisation points and two field hospitals in Aleppo, from points without outlines."""
    data = real_data / "aleppo"
    workspace = town_of(
        tmp_path / "aleppo",
        streets=data / "streets.parquet",
        structures=data / "osm_building_points_2018.csv",
        places=data / "neighbourhoods.geojson",
    )
    told = read(
        workspace,
        files=[data / "unosat_damage_2015.geojson", data / "strikes_hrw_2013_2015.geojson"],
        recorded_at=NOW,
    )
    assert told.n_new > 17_000
    result = plan(workspace, as_of=NOW)
    require_sound(result.plan)
    files_are_whole(result)
    tiers = [site.tier for site in result.plan.sites]
    assert (tiers.count(Tier.TSP), tiers.count(Tier.FIELD_HOSPITAL)) == (6, 2)
    assert result.state.picture.people.basis == "assumed"
    assert result.state.town.structures.from_report.sum() > 10_000


def test_vavuniya(real_data: Path, tmp_path: Path) -> None:
    """Streets and outlines from one OSM extract."""
    extract = real_data / "osm_pbf" / "vavuniya.osm.pbf"
    workspace = town_of(tmp_path / "vavuniya", streets=extract, structures=extract)
    result = plan(workspace, as_of=NOW, wishes={"n_tsp": 3, "n_field_hospitals": 1})
    require_sound(result.plan)
    files_are_whole(result)
    page = (result.folder / "map.html").read_text(encoding="utf-8")
    assert "OpenStreetMap contributors" in page or len(page) > 10_000


def test_visso(real_data: Path, tmp_path: Path) -> None:
    """Streets, outlines and grades from Copernicus EMS zips as delivered, junk bytes and all."""
    data = real_data / "copernicus_ems"
    first = data / "EMSR190_05VISSO_GRADING_OVERVIEW_v1_vector.zip"
    workspace = town_of(tmp_path / "visso", streets=first, structures=first)
    told = read(workspace, files=sorted(data.glob("*VISSO*.zip")), recorded_at=NOW)
    assert told.n_new > 2_000
    result = plan(workspace, as_of=NOW, wishes={"n_tsp": 2, "n_field_hospitals": 1})
    require_sound(result.plan)
    files_are_whole(result)
