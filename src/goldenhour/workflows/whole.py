# SPDX-License-Identifier: Apache-2.0
"""Folders that appear whole or not at all."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from goldenhour.base.errors import StoreError


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """
    Give a hidden folder to fill, and put it in place when all went well.

    Parameters
    ----------
    folder
        Where the contents shall be. What is there already is replaced in one step.

    Yields
    ------
    hidden
        An empty folder beside it. It is removed if anything fails.

    Raises
    ------
    StoreError
        If the disk is full or the place cannot be written.
    """
    hidden: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        hidden = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        hidden.chmod(0o755)
        yield hidden
        _put_in_place(hidden, folder)
    except OSError as error:
        raise StoreError(
            f"Writing failed: {error.strerror or error}.",
            where=str(folder),
            do="Make room on the disk, or choose a folder that you may write to.",
        ) from error
    finally:
        if hidden is not None:
            shutil.rmtree(hidden, ignore_errors=True)


def _put_in_place(hidden: Path, folder: Path) -> None:
    """Swap the finished folder in; an older one is moved aside first, then removed."""
    if not folder.exists():
        hidden.rename(folder)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
    try:
        folder.replace(aside / "old")
        hidden.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
