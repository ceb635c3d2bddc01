# SPDX-License-Identifier: Apache-2.0
"""Files that appear whole or not at all."""

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from goldenhour.base.errors import StoreError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """
    Give a hidden file to write, and put it in place when all went well.

    Parameters
    ----------
    path
        Where the file shall be. What is there already is replaced in one step.

    Yields
    ------
    hidden
        A name beside it, with the same suffix, where nothing is yet. It is removed if anything
        fails.

    Raises
    ------
    StoreError
        If the disk is full or the place cannot be written.
    """
    hidden = path.with_name(f".{secrets.token_hex(4)}-{path.name}")
    try:
        yield hidden
        _flush(hidden)
        hidden.replace(path)
        _flush(path.parent)
    except OSError as error:
        raise StoreError(
            f"Writing failed: {error.strerror or error}.",
            where=str(path),
            do="Make room on the disk, or choose a folder that you may write to.",
        ) from error
    finally:
        _remove(hidden)


def write_bytes(path: Path, content: bytes) -> None:
    """
    Write a file whole or not at all.

    Parameters
    ----------
    path
        Where it shall be.
    content
        What it holds.

    Raises
    ------
    StoreError
        If the disk is full or the place cannot be written.
    """
    with whole_file(path) as hidden:
        hidden.write_bytes(content)


def write_text(path: Path, text: str) -> None:
    """
    Write a UTF-8 text file whole or not at all, with line feeds on every machine.

    Parameters
    ----------
    path
        Where it shall be.
    text
        What it holds.

    Raises
    ------
    StoreError
        If the disk is full or the place cannot be written.
    """
    write_bytes(path, text.encode())


def json_text(content: Mapping[str, object]) -> str:
    """
    Put values into JSON text that reads and compares well: sorted, indented, nothing but JSON.

    Parameters
    ----------
    content
        Plain values.

    Returns
    -------
    text
        Without a line feed at its end.

    Raises
    ------
    ValueError
        If a number is not finite: JSON has no word for it.
    """
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)


def write_json(path: Path, content: Mapping[str, object]) -> None:
    """
    Write a JSON file whole or not at all.

    Parameters
    ----------
    path
        Where it shall be.
    content
        Plain values.

    Raises
    ------
    StoreError
        If the disk is full or the place cannot be written.
    """
    write_text(path, json_text(content) + "\n")


def _remove(hidden: Path) -> None:
    """Remove what is left, with the files that SQLite lays beside its own; never fail over it."""
    for left in (hidden, *(Path(f"{hidden}-{tail}") for tail in ("journal", "wal", "shm"))):
        with suppress(OSError):
            left.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    """Make sure the disk has it; folders cannot be flushed everywhere (Windows), so try."""
    try:
        handle = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    except PermissionError:
        if path.is_dir():
            return
        raise
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
