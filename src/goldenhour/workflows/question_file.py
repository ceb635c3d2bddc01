# SPDX-License-Identifier: Apache-2.0
"""From a TOML table and options to a checked question."""

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from goldenhour.base.errors import BadQuestionError
from goldenhour.siting.asking.question import Capacities, Casualties, Costs, Question, Worlds
from goldenhour.siting.asking.sense import require_sense

_QUESTION = TypeAdapter(Question)
_TABLES = {
    "casualties": Casualties,
    "capacities": Capacities,
    "costs": Costs,
    "worlds": Worlds,
}
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


def with_options(
    table: Mapping[str, Any], options: Mapping[str, Any], **inner: Mapping[str, Any]
) -> Mapping[str, Any]:
    """
    Let options win over a question file, each for its own field alone.

    Parameters
    ----------
    table
        As the file gives it.
    options
        Field names and values; None was not said.
    **inner
        The same for tables within the question.

    Returns
    -------
    table
        Unchecked.
    """
    said = {key: value for key, value in options.items() if value is not None}
    for name, entry in inner.items():
        if words := {key: value for key, value in entry.items() if value is not None}:
            said[name] = words
    return {**table, **{key: _joined(table.get(key), value) for key, value in said.items()}}


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
    merged: dict[str, Any] = {}
    for table in tables:
        merged |= {
            key: _joined(merged.get(key), value)
            for key, value in table.items()
            if value is not None
        }
    _require_known(merged, Question, "question")
    try:
        question = _QUESTION.validate_python(merged)
    except ValidationError as error:
        first = error.errors()[0]
        table_name, field = _where([str(part) for part in first["loc"]])
        where = f"[{table_name}] {field}"
        raise BadQuestionError(f"{first['msg']}.", where=where, do=_MEND) from error
    require_sense(question)
    return question


def _joined(before: object, value: object) -> object:
    """Join a table within the question with the one before it, field by field."""
    if isinstance(before, Mapping) and isinstance(value, Mapping):
        return {**before, **{key: _joined(before.get(key), each) for key, each in value.items()}}
    return value


def _require_known(table: Mapping[str, Any], kind: type, name: str) -> None:
    """Refuse a field that does not exist, in the question or in a table of it."""
    known = {entry.name: entry for entry in fields(kind)}
    if unknown := sorted(set(table) - set(known)):
        raise BadQuestionError(
            f"The {'question' if name == 'question' else 'table'} has no field '{unknown[0]}'.",
            where=f"[{name}]",
            do=f"It may have: {', '.join(sorted(known))}.",
        )
    for key, kind_of in _TABLES.items() if name == "question" else ():
        if isinstance(inner := table.get(key), Mapping):
            _require_known(inner, kind_of, f"{name}.{key}")


def _where(path: list[str]) -> tuple[str, str]:
    """Name the table and the field of a place in the question."""
    inside = path[0] in _TABLES and len(path) > 1
    table = ".".join(["question", *path[:-1]]) if inside else "question"
    return table, path[-1] if inside else path[0]
