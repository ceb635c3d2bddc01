# SPDX-License-Identifier: Apache-2.0
"""Admiralty grades as cells of a table."""

from goldenhour.base.grades import Credibility, Reliability


def reliability_in(cell: str) -> Reliability | None:
    """
    Read an Admiralty letter.

    Parameters
    ----------
    cell
        Such as ``B``.

    Returns
    -------
    reliability
        None if the cell is empty.

    Raises
    ------
    ValueError
        If it is no such letter.
    """
    word = cell.strip().upper()
    if word and word not in set(Reliability):
        raise ValueError(f"the reliability '{cell}' is none of: {', '.join(Reliability)}")
    return Reliability(word) if word else None


def credibility_in(cell: str) -> Credibility | None:
    """
    Read an Admiralty number.

    Parameters
    ----------
    cell
        Such as ``3``, or ``3.0`` as spreadsheets write it.

    Returns
    -------
    credibility
        None if the cell is empty.

    Raises
    ------
    ValueError
        If it is no such number.
    """
    word = cell.strip().removesuffix(".0")
    known = {str(int(number)): number for number in Credibility}
    if word and word not in known:
        raise ValueError(f"the credibility '{cell}' is none of: {', '.join(known)}")
    return known.get(word)
