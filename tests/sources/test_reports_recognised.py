# SPDX-License-Identifier: Apache-2.0
"""Each real file is claimed by one module that gives reports, and by no other."""

from pathlib import Path
from types import ModuleType

import pytest

from goldenhour.sources import (
    acled,
    camps_csv,
    copernicus_ems,
    dtm,
    hazard_areas,
    incidents_csv,
    messages_csv,
    microsoft,
    people_csv,
    reports_file,
    strikes,
    ucdp,
    unosat,
    xbd,
)

MODULES: tuple[ModuleType, ...] = (
    acled,
    camps_csv,
    copernicus_ems,
    dtm,
    hazard_areas,
    incidents_csv,
    messages_csv,
    microsoft,
    people_csv,
    reports_file,
    strikes,
    ucdp,
    unosat,
    xbd,
)


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("aleppo/unosat_damage_2015.geojson", [unosat]),
        ("aleppo/strikes_hrw_2013_2015.geojson", [strikes]),
        ("aleppo/ucdp_ged_2016_2019.csv", [ucdp]),
        ("aleppo/neighbourhoods.geojson", []),
        ("aleppo/heritage_sites.geojson", []),
        ("aleppo/streets.parquet", []),
        ("aleppo/osm_building_points_2018.csv", []),
        ("iraq/DTM_Dataset_28092014.csv", [dtm]),
        ("iraq/idpcamp.csv", [camps_csv]),
        ("iraq/all-flat.csv", []),
        ("iraq/displacement_locations_unhcr.csv", []),
        ("iraq/IraqEstimatedPopulation2014.csv", []),
        ("iraq/highway_nodes.csv", []),
        ("iraq/cod_ab_2014/irq_admbnda_adm1_ocha_20140717.shp", []),
        ("osm_pbf/vavuniya.osm.pbf", []),
        ("accessmod_demo/demo.zip", []),
        ("copernicus_ems/EMSR190_05VISSO_GRADING_OVERVIEW_v1_vector.zip", [copernicus_ems]),
        ("copernicus_ems/EMSR190_05VISSO_GRADING_OVERVIEW-MONIT01_v1_vector.zip", [copernicus_ems]),
        ("text/al_qaim_2017_11.txt", []),
    ],
)
def test_a_real_file_is_claimed_by_its_own_module(
    real_data: Path, name: str, expected: list[ModuleType]
) -> None:
    """No module claims what is another's."""
    path = real_data / name
    assert path.exists()
    assert [module for module in MODULES if module.recognises(path)] == expected


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.NAME)
@pytest.mark.parametrize("content", [b"", b"\x00" * 99, b"PK\x05\x06", b"\xff\xfe\x00", b'{"a":'])
def test_no_module_claims_or_chokes_on_nonsense(
    tmp_path: Path, module: ModuleType, content: bytes
) -> None:
    """A folder, a missing file and broken bytes are simply not recognised."""
    for suffix in (".zip", ".csv", ".geojson", ".gpkg", ".shp", ".jsonl", ""):
        path = tmp_path / f"a{suffix}"
        path.write_bytes(content)
        assert not module.recognises(path)
    assert not module.recognises(tmp_path)
    assert not module.recognises(tmp_path / "none.zip")
