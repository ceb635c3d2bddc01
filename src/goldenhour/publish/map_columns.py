# SPDX-License-Identifier: Apache-2.0
"""
The map's data as one small blob: a JSON header, then columns, gzipped, in base64.

Three codings, mirrored in ``web-map/src/payload.ts``:

``bytes``
    Unsigned bytes as they are.
``ints``
    int32: differences of neighbours, zigzag, then the four byte planes one after the other; the
    high planes are nearly all zero, so gzip makes coordinates small.
``text``
    Strings joined by line feeds, UTF-8.
"""

import base64
import gzip
import json
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

_GZIP_LEVEL = 5
_HEADER_BYTES = 4
# Bidirectional controls can make a name read as another one; C0/C1 controls never belong in one.
_UNSAFE = dict.fromkeys(
    [*range(0x20), *range(0x7F, 0xA0), 0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F),
     *range(0x2066, 0x206A), 0xFEFF, 0x2028, 0x2029],
    None,
)  # fmt: skip


def plain(text: object) -> str:
    """
    Make text from outside safe to show: no control characters, no bidirectional overrides.

    Parameters
    ----------
    text
        Anything; a missing value (None, NaN) becomes ``""``.

    Returns
    -------
    text
        One line.
    """
    if isinstance(text, str) and text.isascii() and text.isprintable():
        return text  # nearly all of them
    if text is None or text != text:  # noqa: PLR0124 - NaN is the one value unlike itself
        return ""
    # Lone surrogates cannot be written as UTF-8.
    whole = str(text).replace("\n", " ").replace("\t", " ").translate(_UNSAFE)
    return whole.encode("utf-8", "replace").decode("utf-8")


def safe_texts(values: Iterable[object]) -> list[str]:
    """
    Make texts from outside safe to show, each distinct one once.

    Parameters
    ----------
    values
        As ``plain`` takes them.

    Returns
    -------
    texts
        One line each.
    """
    rows = list(values)
    texts = [row for row in rows if type(row) is str]
    if len(texts) < len(rows):
        return [plain(row) for row in rows]  # 1 and True are equal, but read differently
    whole = "".join(texts)
    if whole.isascii() and whole.isprintable():
        return texts
    safe = {text: plain(text) for text in set(texts)}
    return [safe[text] for text in texts]


class Columns:
    """Named columns, in the order in which they are added."""

    def __init__(self) -> None:
        self._about: dict[str, tuple[str, int, int]] = {}
        self._parts: list[bytes] = []

    def add_bytes(self, name: str, values: NDArray[Any]) -> None:
        """
        Add small whole numbers, 0 to 255.

        Parameters
        ----------
        name
            Column name.
        values
            Whole numbers. Shape ``(n,)`` or ``(n, k)``, stored row by row.
        """
        whole = np.ascontiguousarray(values, dtype=np.uint8)
        self._add(name, "bytes", whole.size, whole.tobytes())

    def add_ints(self, name: str, values: NDArray[Any]) -> None:
        """
        Add whole numbers.

        Parameters
        ----------
        name
            Column name.
        values
            Whole numbers within int32. Shape ``(n,)``.
        """
        whole = np.asarray(values, dtype=np.int32)
        steps = whole.copy()
        steps[1:] -= whole[:-1]  # wraps around at the ends of int32, as the reader does
        zigzag = ((steps << 1) ^ (steps >> 31)).astype("<u4")
        planes = np.ascontiguousarray(zigzag.view(np.uint8).reshape(-1, 4).T)
        self._add(name, "ints", zigzag.size, planes.tobytes())

    def add_text(self, name: str, values: Iterable[object]) -> None:
        """
        Add strings, made safe to show.

        Parameters
        ----------
        name
            Column name.
        values
            One string a row.
        """
        rows = safe_texts(values)
        self._add(name, "text", len(rows), "\n".join(rows).encode())

    def add_words(self, name: str, values: Iterable[object]) -> None:
        """
        Add strings that repeat: the distinct ones as ``name.words``, a number per row as ``name``.

        Parameters
        ----------
        name
            Column name.
        values
            One string a row.
        """
        rows = safe_texts(values)
        number = {word: i for i, word in enumerate(dict.fromkeys(rows))}
        self.add_text(f"{name}.words", number)
        self.add_ints(name, np.array([number[row] for row in rows], dtype=np.int32))

    def pack(self, header: dict[str, Any]) -> str:
        """
        Write header and columns as one blob.

        Parameters
        ----------
        header
            Plain JSON values.

        Returns
        -------
        blob
            base64 of gzip.
        """
        about = json.dumps(
            {**header, "columns": self._about}, ensure_ascii=False, separators=(",", ":")
        ).encode()
        raw = b"".join((len(about).to_bytes(_HEADER_BYTES, "little"), about, *self._parts))
        # mtime 0: the same plan gives the same file, byte for byte.
        return base64.b64encode(gzip.compress(raw, _GZIP_LEVEL, mtime=0)).decode("ascii")

    def _add(self, name: str, coding: str, n: int, part: bytes) -> None:
        """Keep one coded column: its coding, number of values and number of bytes."""
        self._about[name] = (coding, n, len(part))
        self._parts.append(part)
