# SPDX-License-Identifier: Apache-2.0
"""Folders that appear whole or not at all."""

import errno
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from goldenhour.base.errors import StoreError, WorkspaceError

_DO = "Make room on the disk, or choose a folder that you may write to."


@contextmanager
def whole_folder(folder: Path, *, replace: bool = True) -> Iterator[Path]:
    """
    Give a hidden folder to fill, and put it in place when all went well.

    Parameters
    ----------
    folder
        Where the contents shall be.
    replace
        What is there already is replaced in one step; False refuses to touch it.

    Yields
    ------
    hidden
        An empty folder beside it. It is removed if anything fails.

    Raises
    ------
    StoreError
        If the disk is full or the place cannot be written.
    WorkspaceError
        If something is there that may not be replaced.
    """
    hidden: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        hidden = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        hidden.chmod(0o755)
        yield hidden
        _put_in_place(hidden, folder, replace=replace)
    except OSError as error:
        too_long = error.errno == errno.ENAMETOOLONG
        raise StoreError(
            f"Writing failed: {error.strerror or error}.",
            where=str(folder),
            do="Choose a shorter name." if too_long else _DO,
        ) from error
    finally:
        if hidden is not None:
            shutil.rmtree(hidden, ignore_errors=True)


def occupied(folder: Path) -> WorkspaceError:
    """
    Say that a place is taken.

    Parameters
    ----------
    folder
        The place.

    Returns
    -------
    error
        To be raised.
    """
    return WorkspaceError(
        "There is already something at this place.",
        where=str(folder),
        do="Choose another name, or remove it yourself.",
    )


def _put_in_place(hidden: Path, folder: Path, *, replace: bool) -> None:
    """Swap the finished folder in; an older one is moved aside first, then removed."""
    try:
        hidden.rename(folder)  # in one step, where nothing or an empty folder stands
    except OSError as error:
        if not folder.is_dir():
            raise
        if not replace:
            raise occupied(folder) from error
    else:
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
    try:
        folder.replace(aside / "old")
        hidden.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
