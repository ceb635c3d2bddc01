# SPDX-License-Identifier: Apache-2.0
"""Files appear whole or not at all."""

from pathlib import Path

import pytest

from goldenhour.base.errors import StoreError
from goldenhour.publish.atomic import whole_file, write_text


def test_a_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    """A second plan takes the place of the first, and no hidden file is left beside it."""
    path = tmp_path / "plan.json"
    write_text(path, "first")
    write_text(path, "second")
    assert path.read_text() == "second"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_keeps_the_old_file(tmp_path: Path) -> None:
    """If the writer stumbles half-way, yesterday's file is still there, and nothing else."""
    path = tmp_path / "plan.gpkg"
    write_text(path, "yesterday")

    def stumble() -> None:
        with whole_file(path) as hidden:
            hidden.write_text("half")
            Path(f"{hidden}-journal").write_text("half")
            raise RuntimeError("stumbled")

    with pytest.raises(RuntimeError):
        stumble()
    assert path.read_text() == "yesterday"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_an_error_with_advice(tmp_path: Path) -> None:
    """A full disk ends in advice and leaves nothing half-written."""
    path = tmp_path / "plan.json"

    def fill() -> None:
        with whole_file(path) as hidden:
            hidden.symlink_to("/dev/full")
            hidden.write_text("no room for this")

    with pytest.raises(StoreError) as caught:
        fill()
    assert "room" in caught.value.do
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_the_way_is_an_error(tmp_path: Path) -> None:
    """Where a folder already has the name, nothing is written and nothing removed."""
    (tmp_path / "plan.json").mkdir()
    (tmp_path / "plan.json" / "precious").touch()
    with pytest.raises(StoreError):
        write_text(tmp_path / "plan.json", "words")
    assert (tmp_path / "plan.json" / "precious").exists()
    assert len(list(tmp_path.iterdir())) == 1
