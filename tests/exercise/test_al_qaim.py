# SPDX-License-Identifier: Apache-2.0
"""The exercise as a whole: counts, the same seed twice, and nothing that looks real."""

import pytest

from goldenhour.base.errors import InputError
from goldenhour.exercise.al_qaim import generate
from goldenhour.exercise.exercise import Exercise, truth_tables
from goldenhour.reports.said import CareSaid, ClaimSaid
from goldenhour.town.layers import COMPANIONS, LayerKind

NAMED = ("name", "name_ar")


def names_of(exercise: Exercise) -> list[str]:
    """All names in all layers, in either language."""
    return [
        name
        for layer in exercise.layers
        for column in NAMED
        if column in layer.table
        for name in layer.table[column]
        if name
    ]


def test_the_same_seed_gives_the_same_exercise(small: Exercise) -> None:
    """Layers, checksums and report ids come out again, to the byte."""
    again = generate(n_structures=300)
    assert [layer.source for layer in again.layers] == [layer.source for layer in small.layers]
    for one, other in zip(small.layers, again.layers, strict=True):
        assert one.table.geometry.to_wkb().tolist() == other.table.geometry.to_wkb().tolist()
    assert [report.id for report in again.reports] == [report.id for report in small.reports]
    assert [r.recorded_at for r in again.reports] == [r.recorded_at for r in small.reports]
    assert again.truth.grade.tolist() == small.truth.grade.tolist()


def test_another_seed_gives_another_town(small: Exercise) -> None:
    """Chance comes from the seed alone."""
    other = generate(seed=7, n_structures=300)
    assert other.layers[1].source.sha256 != small.layers[1].source.sha256


@pytest.mark.parametrize("seed", [0, 1, 99])
@pytest.mark.parametrize("n_structures", [200, 700])
def test_any_seed_gives_about_as_many_structures(seed: int, n_structures: int) -> None:
    """A trainer can ask for a small town, with whichever seed."""
    made = generate(seed=seed, n_structures=n_structures)
    assert abs(len(made.truth.structure_id) - n_structures) <= 0.05 * n_structures


def test_towns_that_cannot_be_are_refused() -> None:
    """A hamlet, a metropolis or a negative seed ends in a clear message."""
    for seed, n_structures in ((2017, 10), (2017, 10**7), (-1, 300)):
        with pytest.raises(InputError, match="cannot be generated"):
            generate(seed=seed, n_structures=n_structures)


def test_everything_named_says_exercise(small: Exercise) -> None:
    """Nobody takes a place, a street, a source or a facility of the exercise for real."""
    for name in names_of(small):
        assert "EXERCISE" in name or "تمرين" in name
    for report in small.reports:
        assert report.source.exercise
        assert "EXERCISE" in report.source.name
        assert "EXERCISE" in report.source.reference
        if isinstance(report.said, CareSaid):
            assert "EXERCISE" in report.said.facility
        if isinstance(report.said, ClaimSaid):
            assert "EXERCISE" in report.said.text
    for layer in small.layers:
        assert layer.source.exercise
        assert "EXERCISE" in layer.source.attribution
        assert "EXERCISE" in layer.source.file
    for table in truth_tables(small.truth).values():
        assert set(table["exercise"]) == {"EXERCISE"}
    assert all("EXERCISE" in area.name for area in small.truth.areas)


def test_all_four_layers_are_there_with_their_columns(small: Exercise) -> None:
    """Layers have the canonical shape, so that no other room treats an exercise apart."""
    tables = {layer.kind: layer.table for layer in small.layers}
    assert set(tables) == set(LayerKind) - set(COMPANIONS[LayerKind.STREETS])
    wanted = {
        LayerKind.STREETS: "id highway name name_ar oneway bridge surface level maxspeed_kmh u v",
        LayerKind.STRUCTURES: "id use name name_ar storeys",
        LayerKind.PLACES: "id name name_ar kind people",
        LayerKind.BARRIERS: "name kind",
    }
    for kind, columns in wanted.items():
        assert set(columns.split()) <= set(tables[kind].columns), kind
        assert tables[kind].crs == "EPSG:4326"
        if "id" in tables[kind]:
            assert tables[kind]["id"].is_unique


def test_truth_fits_the_layers(town: Exercise) -> None:
    """Every structure and street of the layers has its truth, and none is unknown."""
    tables = {layer.kind: layer.table for layer in town.layers}
    truth = town.truth
    assert tables[LayerKind.STRUCTURES]["id"].tolist() == truth.structure_id.tolist()
    assert tables[LayerKind.STREETS]["id"].tolist() == truth.street_id.tolist()
    assert set(truth.grade) == {0, 1, 2, 3}
    assert set(truth.state_vehicle) <= {1, 2, 3}
    assert set(truth.state_stretcher) <= {1, 2, 3}
    assert {area.hazard for area in truth.areas} == {"armed_group", "explosive"}
    assert not (truth.fit_field_hospital & ~truth.fit_tsp).any()
    assert ((truth.unfit_because == "") == truth.fit_tsp).all()
    assert truth.fit_field_hospital.any()
