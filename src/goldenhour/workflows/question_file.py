# SPDX-License-Identifier: Apache-2.0
"""From a TOML table and options to a checked question."""

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from goldenhour.base.errors import BadQuestionError
from goldenhour.siting.question import Question

_QUESTION = TypeAdapter(Question)
_MEND = "Mend this field; docs/reference/question.md says what it may be."


def read_question(path: Path) -> Mapping[str, Any]:
    """
    Read a question file.

    Parameters
    ----------
    path
        TOML, with the fields of ``Question`` at its top or in a ``[question]`` table.

    Returns
    -------
    table
        Unchecked.

    Raises
    ------
    BadQuestionError
        If it is not TOML.
    """
    try:
        words = tomllib.loads(path.read_text(encoding="utf-8-sig"))  # Notepad writes a mark
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadQuestionError(
            f"The question cannot be read: {error}.",
            where=str(path),
            do="Start from docs/reference/question.md.",
        ) from error
    return question_table(words.get("question", words), where=str(path))


def question_table(entry: object, *, where: str) -> Mapping[str, Any]:
    """
    Make sure that ``question`` is a table.

    Parameters
    ----------
    entry
        What stands under that name.
    where
        The file.

    Returns
    -------
    table
        The same, unchecked inside.

    Raises
    ------
    BadQuestionError
        If it is anything else.
    """
    if isinstance(entry, Mapping):
        return entry
    raise BadQuestionError(
        "`question` is not a table.",
        where=where,
        do="Write a line [question], and below it a line for each field, such as n_tsp = 6.",
    )


def question_from(*tables: Mapping[str, Any]) -> Question:
    """
    Check a question; later tables win.

    Parameters
    ----------
    *tables
        Field names and values, as TOML or options give them. None values are left out.

    Returns
    -------
    question
        With defaults where nothing was said.

    Raises
    ------
    BadQuestionError
        If a field is not known, of the wrong type or out of range.
    """
    merged = {key: value for table in tables for key, value in table.items() if value is not None}
    known = {entry.name for entry in fields(Question)}
    if unknown := sorted(set(merged) - known):
        raise BadQuestionError(
            f"The question has no field '{unknown[0]}'.",
            where="[question]",
            do=f"It may have: {', '.join(sorted(known))}.",
        )
    try:
        question = _QUESTION.validate_python(merged)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadQuestionError(
            f"{first['msg']}.", where=f"[question] {first['loc'][0]}", do=_MEND
        ) from error
    _require_sense(question)
    return question


def _require_sense(question: Question) -> None:
    """Refuse what no plan can answer."""
    checks = (
        (question.n_tsp >= 1, "n_tsp", "At least one stabilisation point is needed."),
        (question.n_field_hospitals >= 1, "n_field_hospitals", "At least one is needed."),
        (question.tsp_clock_s > 0, "tsp_clock_s", "A clock is a positive number of seconds."),
        (
            question.tsp_clock_s < question.field_hospital_clock_s < question.surgery_clock_s,
            "field_hospital_clock_s",
            "Clocks must grow along the chain: stabilisation, field hospital, surgery.",
        ),
        (
            not set(question.forced) & set(question.forbidden),
            "forced",
            "A structure cannot be both forced and forbidden.",
        ),
    )
    for holds, where, what in checks:
        if not holds:
            raise BadQuestionError(what, where=f"[question] {where}", do=_MEND)
