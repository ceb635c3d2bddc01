# SPDX-License-Identifier: Apache-2.0
"""Sentences for the map in every language at once: the reader may switch without a network."""

from collections.abc import Iterable, Mapping

from goldenhour.base.errors import InputError
from goldenhour.base.messages import LANGUAGES, catalogue, say
from goldenhour.publish.map_columns import plain
from goldenhour.siting.said import Said

Both = dict[str, str]
"""One sentence by language."""


def both(code: str, values: Mapping[str, object] | None = None) -> Both:
    """
    Put a coded message into words in every language.

    A code without a sentence is shown as the code itself: a reason in a clumsy form is better than
    a reason that is missing.

    Parameters
    ----------
    code
        ``"room.code"``.
    values
        What the sentence's placeholders stand for.

    Returns
    -------
    sentences
        By language.
    """
    shown = {name: plain(value) for name, value in (values or {}).items()}
    return {language: _say_or_code(code, language, shown) for language in LANGUAGES}


def all_said(messages: Iterable[Said]) -> list[Both]:
    """
    Put the messages of a plan into words in every language.

    Parameters
    ----------
    messages
        Coded messages.

    Returns
    -------
    sentences
        One entry a message.
    """
    return [both(message.code, dict(message.values)) for message in messages]


def first_known(codes: Iterable[str]) -> Both:
    """
    Use the first code that has a sentence.

    Parameters
    ----------
    codes
        Codes, the most fitting first.

    Returns
    -------
    sentences
        By language; the last code itself if none has a sentence.
    """
    shown: Both = {}
    for code in codes:
        shown = both(code)
        if code not in shown.values():
            break
    return shown


def words() -> dict[str, dict[str, str]]:
    """
    List the words of the map's own face, by language, placeholders left in.

    Returns
    -------
    words
        By language, then by code.
    """
    entries = catalogue("map")
    return {
        language: {code: sentence[language] for code, sentence in entries.items()}
        for language in LANGUAGES
    }


def _say_or_code(code: str, language: str, values: Mapping[str, str]) -> str:
    """Say it, or show the code and its values."""
    try:
        return say(code, language, **values)
    except InputError:
        return " ".join((code, *(f"{name}={value}" for name, value in values.items())))
