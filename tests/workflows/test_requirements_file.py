# SPDX-License-Identifier: Apache-2.0
"""`[requirements]` in town.toml: what may stand there, and what a wrong line is told."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from goldenhour.base.errors import InputError
from goldenhour.base.grades import Tier
from goldenhour.workflows.requirements_file import requirements_from
from goldenhour.workflows.workspace import create_workspace, open_workspace


def asked(text: str) -> object:
    """Read the tables of a town.toml."""
    return tomllib.loads(text).get("requirements", {})


def test_numbers_are_taken_and_the_rest_stays_as_usual() -> None:
    """Whole and broken numbers count; what is not written keeps its default."""
    found = requirements_from(
        asked(
            "[requirements.tsp]\nfloor_area_m2 = 150\n"
            "[requirements.field_hospital]\narmed_group_m = 400.5\nbeds = 30\n"
        )
    )
    assert found.as_words() == {
        "tsp": {"floor_area_m2": 150.0},
        "field_hospital": {"armed_group_m": 400.5, "beds": 30.0},
    }
    assert found.of(Tier.TSP).value("armed_group_m") == 250


def test_nothing_written_is_the_usual() -> None:
    """No table, and empty tables, ask for what the facts say."""
    for text in ("", "[requirements]", "[requirements.tsp]"):
        assert requirements_from(asked(text)).changed == ()


@pytest.mark.parametrize(
    ("text", "where", "told"),
    [
        ("[requirements.clinic]\nbeds = 3", "[requirements.clinic]", "field_hospital"),
        ("[requirements.referral]\nbeds = 3", "[requirements.referral]", "tsp"),
        ("[requirements.tsp]\nfloor = 3", "[requirements.tsp] floor", "floor_area_m2"),
        ("[requirements.tsp]\nfloor_area_m2 = 'big'", "floor_area_m2", "square metre"),
        ("[requirements.tsp]\nfloor_area_m2 = true", "floor_area_m2", "0 or more"),
        ("[requirements.tsp]\nfloor_area_m2 = [100]", "floor_area_m2", "0 or more"),
        ("[requirements.tsp]\nfloor_area_m2 = -1", "floor_area_m2", "0 or more"),
        ("[requirements.tsp]\nfloor_area_m2 = nan", "floor_area_m2", "0 or more"),
        ("[requirements.tsp]\nfloor_area_m2 = inf", "floor_area_m2", "0 or more"),
        (f"[requirements.tsp]\nfloor_area_m2 = 1{'0' * 400}", "floor_area_m2", "0 or more"),
        ("[requirements.tsp]\nbeds = 2.5", "beds", "whole number"),
        ("[requirements.tsp]\ndamage_unfit_share = 1.5", "damage_unfit_share", "from 0 to 1"),
        ("[requirements.tsp]\nfront_not_nearer_m = 9000", "front_not_nearer_m", "not farther"),
        ("requirements = 5", "[requirements]", "not a table"),
        ("requirements = {tsp = [1]}", "[requirements.tsp]", "not a table"),
    ],
)
def test_a_wrong_line_is_named_with_what_is_allowed(text: str, where: str, told: str) -> None:
    """Unknown tiers and keys, wrong types and ranges end in one error that names the line."""
    with pytest.raises(InputError) as caught:
        requirements_from(asked(text))
    assert caught.value.code == "GH425"
    assert caught.value.where.startswith("town.toml [requirements")
    assert where in caught.value.where
    assert told in f"{caught.value.what} {caught.value.do}"
    assert caught.value.do


def test_a_new_workspace_shows_how_to_write_them(tmp_path: Path) -> None:
    """The template's own lines are valid without their comment signs, and change nothing."""
    made = create_workspace(
        tmp_path / "town", name="Town", as_of=datetime(2017, 11, 4, tzinfo=UTC), fill=lambda _: None
    )
    assert requirements_from(made.requirements).changed == ()
    path = made.folder / "town.toml"
    head, mark, lines = path.read_text(encoding="utf-8").partition("# [requirements.tsp]")
    assert mark
    live = (mark + lines).replace("# ", "")
    path.write_text(head + live, encoding="utf-8")
    opened = open_workspace(made.folder)
    assert set(dict(opened.requirements)) == {"tsp", "field_hospital"}  # type: ignore[call-overload] # a table
    assert requirements_from(opened.requirements).changed == ()
