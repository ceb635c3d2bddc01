# SPDX-License-Identifier: Apache-2.0
"""A workspace's own layers: GeoParquet that remembers where it came from, written whole or not."""

import hashlib
import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq

from goldenhour.base.errors import StoreError, UnreadableFileError
from goldenhour.town.layers import Layer, LayerKind, LayerSource

_KEY = b"goldenhour"
_BLOCK_BYTES = 1 << 20


def save(layer: Layer, path: Path) -> None:
    """
    Write a layer; a crash leaves the old file or the new one, never a part.

    Parameters
    ----------
    layer
        What to write.
    path
        A ``.parquet`` file; replaced if it is there.

    Raises
    ------
    StoreError
        If the folder cannot be written.
    """
    note = json.dumps({"kind": layer.kind.value, "source": asdict(layer.source)})
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        os.close(handle)
        part = Path(name)
        try:
            layer.table.to_parquet(part, index=False, compression="zstd")
            table = pq.read_table(part)
            noted = table.replace_schema_metadata({**(table.schema.metadata or {}), _KEY: note})
            pq.write_table(noted, part, compression="zstd")
            with part.open("rb") as written:
                os.fsync(written.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            f"The layer cannot be written: {error}.",
            where=str(path),
            do="Check that the folder exists, may be written to, and has room.",
        ) from error


def load(path: Path) -> Layer:
    """
    Read a layer that ``save`` wrote.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    layer
        The same kind, rows and source.

    Raises
    ------
    UnreadableFileError
        If it is not there, cut, or not one of ours.
    """
    try:
        metadata = pq.read_schema(path).metadata or {}
        note = json.loads(metadata[_KEY])
        table = gpd.read_parquet(path)
        kind, source = LayerKind(note["kind"]), LayerSource(**note["source"])
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError) as error:
        raise UnreadableFileError(
            "This is not a layer of a workspace, or it is damaged.",
            where=str(path),
            do="Take the file from a backup, or make the workspace again from its sources.",
        ) from error
    return Layer(kind=kind, table=table, source=source)


def checksum(path: Path) -> str:
    """
    Compute a file's SHA-256.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    sha256
        As 64 hexadecimal digits.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
