# SPDX-License-Identifier: Apache-2.0
"""Which columns a file of shapes has, whatever its format, without reading its rows."""

import warnings
from pathlib import Path

import pyarrow.parquet as pq
import pyogrio
from pyarrow import ArrowException
from pyogrio.errors import DataLayerError, DataSourceError

from goldenhour.sources import opening
from goldenhour.sources.vector_open import PARQUET

_FLATGEOBUF = ".fgb"
_BROKEN = (ArrowException, DataLayerError, DataSourceError, OSError, ValueError, IndexError)


def column_names(path: Path) -> dict[str, tuple[str, ...]]:
    """
    List tables and their columns.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    columns
        By table name; empty if nothing can be read. Never raises.
    """
    suffix = path.suffix.lower()
    try:
        if suffix in PARQUET:
            return {path.stem: tuple(pq.read_schema(path).names)}
        if suffix == _FLATGEOBUF:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return {path.stem: tuple(pyogrio.read_info(path)["fields"])}
    except _BROKEN:
        return {}
    return opening.columns(path)
