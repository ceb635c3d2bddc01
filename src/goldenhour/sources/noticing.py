# SPDX-License-Identifier: Apache-2.0
"""Gathering findings row by row: a thousand bad rows become one finding that counts them."""

from collections.abc import Iterable

from goldenhour.base.findings import Finding, Severity, first_rows


class Noticed:
    """
    Findings of one file in the making.

    Parameters
    ----------
    layer
        The file or layer they are about.
    """

    def __init__(self, layer: str) -> None:
        self._layer = layer
        self._rows: dict[tuple[str, str, str, Severity], list[object]] = {}

    def note(self, code: str, row: object, what: str, done: str = "") -> None:
        """Keep something a planner may want to know about a row that is used as it is."""
        self._rows.setdefault((code, what, done, Severity.NOTE), []).append(row)

    def warn(self, code: str, row: object, what: str, done: str = "") -> None:
        """Keep something wrong with a row that is used nevertheless."""
        self._rows.setdefault((code, what, done, Severity.WARNING), []).append(row)

    def refuse(self, code: str, row: object, what: str, done: str = "It was left out.") -> None:
        """Keep why a row was left out."""
        self._rows.setdefault((code, what, done, Severity.REFUSED), []).append(row)

    def findings(self) -> tuple[Finding, ...]:
        """Give one finding per kind of trouble, in the order of first appearance."""
        return tuple(_finding(self._layer, *key, rows=rows) for key, rows in self._rows.items())


def _finding(
    layer: str, code: str, what: str, done: str, severity: Severity, *, rows: Iterable[object]
) -> Finding:
    """Fold rows into one finding."""
    kept = list(rows)
    return Finding(
        code=code,
        layer=layer,
        what=what,
        done=done,
        severity=severity,
        n_rows=len(kept),
        rows=first_rows(kept),
    )
