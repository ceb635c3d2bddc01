# SPDX-License-Identifier: Apache-2.0
"""Reads the map's blob back, the slow and obvious way."""

import base64
import gzip
import json
import re
from pathlib import Path
from typing import Any, NamedTuple


class Blob(NamedTuple):
    """What is inside a written map."""

    header: dict[str, Any]
    columns: dict[str, list[Any]]


def unpack(blob: str) -> Blob:
    """Undo ``Columns.pack``."""
    raw = gzip.decompress(base64.b64decode(blob))
    length = int.from_bytes(raw[:4], "little")
    header = json.loads(raw[4 : 4 + length])
    columns: dict[str, list[Any]] = {}
    at = 4 + length
    for name, (coding, n, size) in header.pop("columns").items():
        part = raw[at : at + size]
        at += size
        columns[name] = _decode(coding, n, part)
        assert len(columns[name]) == n, name
    assert at == len(raw)
    return Blob(header, columns)


def unpack_page(path: Path) -> Blob:
    """Find the blob in a page and undo it."""
    found = re.search(r'<script id="plan"[^>]*>([^<]*)</script>', path.read_text("utf-8"))
    assert found is not None
    return unpack(found.group(1))


def _decode(coding: str, n: int, part: bytes) -> list[Any]:
    if coding == "bytes":
        return list(part)
    if coding == "text":
        return part.decode().split("\n") if n else []
    values, last = [], 0
    for i in range(n):
        zigzag = sum(part[plane * n + i] << (8 * plane) for plane in range(4))
        last += (zigzag >> 1) ^ -(zigzag & 1)
        last = (last + 2**31) % 2**32 - 2**31
        values.append(last)
    return values
