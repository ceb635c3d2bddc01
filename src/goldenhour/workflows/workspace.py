# SPDX-License-Identifier: Apache-2.0
"""A folder per town: what it holds, how it is made in one step, how it is opened."""

import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from goldenhour.base.errors import WorkspaceError
from goldenhour.workflows.whole import whole_folder

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
    """

    folder: Path
    name: str
    as_of: datetime | None
    question: Mapping[str, Any]  # as TOML gives it

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
    """
    path = folder / TOWN_FILE
    if not path.is_file():
        raise WorkspaceError(
            "This folder is not a goldenhour workspace: it has no town.toml.",
            where=str(folder),
            do="Make one with `goldenhour new`, or name one with `--in FOLDER`.",
        )
    try:
        words = tomllib.loads(path.read_text(encoding="utf-8"))
        as_of = words.get("as_of")
        if as_of is not None and (not isinstance(as_of, datetime) or as_of.tzinfo is None):
            raise WorkspaceError(
                "`as_of` is not a time with a zone.",
                where=str(path),
                do="Write it like 2017-11-10T06:00:00Z, without quotes.",
            )
        return Workspace(
            folder=folder,
            name=str(words["name"]),
            as_of=as_of,
            question=words.get("question", {}),
        )
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError) as error:
        raise WorkspaceError(
            f"town.toml cannot be read: {error}.",
            where=str(path),
            do="Mend the line it names, or copy the file from another workspace.",
        ) from error


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
        If something is already there.
    StoreError
        If the folder cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WorkspaceError(
            "There is already something at this place.",
            where=str(folder),
            do="Choose another name, or remove it yourself.",
        )
    with whole_folder(folder) as hidden:
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
# forced = []                    # ids of structures that must be sites
# forbidden = []                 # ids of structures that must not be
"""
