# SPDX-License-Identifier: Apache-2.0
"""A folder per town: what it holds, how it is made in one step, how it is opened."""

import json
import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from goldenhour.base.errors import WorkspaceError
from goldenhour.workflows.question_file import question_table
from goldenhour.workflows.whole import occupied, whole_folder

TOWN_FILE = "town.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """
    A town's folder.

    Parameters
    ----------
    folder
        Where it is.
    name
        What planners call the town.
    as_of
        Moment that plans are made for unless another is given; None means now. Exercises set it.
    question
        The ``[question]`` table of ``town.toml``, unchecked.
    requirements
        The ``[requirements]`` tables of ``town.toml``, unchecked.
    """

    folder: Path
    name: str
    as_of: datetime | None
    question: Mapping[str, Any]  # as TOML gives it
    requirements: object = field(default_factory=dict)  # as TOML gives it

    @property
    def ledger(self) -> Path:
        """The reports."""
        return self.folder / "ledger.db"

    @property
    def layers(self) -> Path:
        """Folder of town layers."""
        return self.folder / "layers"

    @property
    def plans(self) -> Path:
        """Folder of plans, one folder each."""
        return self.folder / "plans"

    @property
    def cache(self) -> Path:
        """Folder of what can be worked out again; it may be deleted at any time."""
        return self.folder / "cache"


def open_workspace(folder: Path) -> Workspace:
    """
    Open a town's folder.

    Parameters
    ----------
    folder
        The folder, or one below it.

    Returns
    -------
    workspace
        Ready to use; nothing was loaded yet.

    Raises
    ------
    WorkspaceError
        If the folder is no workspace or its ``town.toml`` cannot be read.
    BadQuestionError
        If ``question`` in it is no table.
    """
    path = folder / TOWN_FILE
    if not path.is_file():
        raise WorkspaceError(
            "This folder is not a goldenhour workspace: it has no town.toml.",
            where=str(folder),
            do="Make one with `goldenhour new`, or name one with `--in FOLDER`.",
        )
    try:
        words = tomllib.loads(path.read_text(encoding="utf-8-sig"))  # Notepad writes a mark
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WorkspaceError(
            f"town.toml cannot be read: {error}.",
            where=str(path),
            do="Mend the line it names, or copy the file from another workspace.",
        ) from error
    return Workspace(
        folder=folder,
        name=_name(words.get("name"), path),
        as_of=_as_of(words.get("as_of"), path),
        question=question_table(words.get("question", {}), where=str(path)),
        requirements=words.get("requirements", {}),
    )


def _name(entry: object, path: Path) -> str:
    """Check the town's name."""
    if isinstance(entry, str) and entry.strip() and not _has_control(entry):
        return entry
    raise WorkspaceError(
        "town.toml gives the town no name in one line.",
        where=str(path),
        do='Write it like name = "Al Qaim", with quotes.',
    )


def _as_of(entry: object, path: Path) -> datetime | None:
    """Check the moment of the plans; give it in UTC."""
    if entry is None:
        return None
    try:
        if isinstance(entry, datetime) and entry.tzinfo is not None:
            return entry.astimezone(UTC)
    except OverflowError:  # the year 1 or 9999, moved by its zone
        pass
    raise WorkspaceError(
        "`as_of` is not a time with a zone.",
        where=str(path),
        do="Write it like 2017-11-10T06:00:00Z, without quotes.",
    )


def _has_control(text: str) -> bool:
    """Say if a text has line breaks or other characters that no file or terminal can show."""
    return any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in text)


def create_workspace(
    folder: Path, *, name: str, as_of: datetime | None, fill: Callable[[Workspace], None]
) -> Workspace:
    """
    Make a town's folder in one step: whole, or not at all.

    Parameters
    ----------
    folder
        Where it is to be; must not exist, or be empty.
    name
        What planners call the town.
    as_of
        Default moment of its plans; None means now.
    fill
        Puts the contents into the workspace it is given, which is a hidden folder until all is
        there.

    Returns
    -------
    workspace
        The finished workspace.

    Raises
    ------
    WorkspaceError
        If something is already there, or the name has line breaks.
    StoreError
        If the folder cannot be written.
    """
    if _has_control(str(folder)):
        raise WorkspaceError(
            "The name has a line break or another control character.",
            where=repr(str(folder)),
            do="Choose a name in one line; spaces and letters of any script are welcome.",
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise occupied(folder)
    with whole_folder(folder, replace=False) as hidden:
        (hidden / "layers").mkdir()
        (hidden / "plans").mkdir()
        (hidden / TOWN_FILE).write_text(_town_toml(name, as_of), encoding="utf-8")
        fill(open_workspace(hidden))
    return open_workspace(folder)


def _town_toml(name: str, as_of: datetime | None) -> str:
    """Write the commented settings of a new workspace."""
    moment = f"as_of = {as_of.isoformat()}" if as_of else "# as_of = 2017-11-10T06:00:00Z"
    return _TEMPLATE.format(name=json.dumps(name, ensure_ascii=False), as_of=moment)


_TEMPLATE = """\
# A goldenhour workspace. Every plan keeps a copy of the question that it answered.
name = {name}

# The moment that plans are made for; now, if this line is a comment.
{as_of}

[question]
# Whatever is left out takes its default; see docs/reference/question.md.
# n_tsp = 6
# n_field_hospitals = 2
# tsp_clock_s = 600
# field_hospital_clock_s = 3600
# surgery_clock_s = 7200
# unknown_streets = "passable"   # or "closed": count on nothing that nobody reported open
# forced = []                    # ids of structures that must be sites, or "tsp=ID"
# forbidden = []                 # ids of structures that must not be, or "field_hospital=ID"
# spacing_m = 0                  # metres that stabilisation points must lie apart
# backup_share = 0               # what a second stabilisation point in time is worth, 0 to 1
# aim = "people"                 # or "worst-zone": leave no part of the town behind
# use_existing = true            # care that is known to work counts beside what is asked for
# budget = inf                   # with [question.costs]: tsp, field_hospital
# capacity_limits = false        # true: nobody beyond a site's room counts as served
# [question.casualties]          # injured_share, over_days, surgery_share, peak_factor ...
# [question.capacities]          # tsp_patients_per_day, operations_per_day, beds ...

# What a structure must supply; see docs/reference/requirements.md for every number and its source.
# [requirements.tsp]
# floor_area_m2 = 100
# [requirements.field_hospital]
# floor_area_m2 = 800
# armed_group_m = 250
"""
