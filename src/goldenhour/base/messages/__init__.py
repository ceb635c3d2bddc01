# SPDX-License-Identifier: Apache-2.0
"""
Every sentence a planner or a field person reads in a product, in English and Arabic.

Each room keeps its sentences in ``<room>.toml`` beside this file: a table per code with ``en`` and
``ar``, and ``{placeholders}`` that both languages share.
"""

import tomllib
from functools import cache
from importlib.resources import files

from goldenhour.base.errors import InputError

LANGUAGES = ("en", "ar")


@cache
def catalogue(room: str) -> dict[str, dict[str, str]]:
    """
    Load the sentences of one room.

    Parameters
    ----------
    room
        The file's name without ``.toml``.

    Returns
    -------
    sentences
        By code, then by language.
    """
    text = files(__package__).joinpath(f"{room}.toml").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, str]] = tomllib.loads(text)
    return loaded


def rooms() -> tuple[str, ...]:
    """
    List the rooms that have sentences.

    Returns
    -------
    rooms
        Names, sorted.
    """
    found = (entry.name for entry in files(__package__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


def say(code: str, language: str, **values: object) -> str:
    """
    Put a coded message into words.

    Parameters
    ----------
    code
        ``"room.code"``, such as ``"siting.damage-unknown"``.
    language
        ``"en"`` or ``"ar"``.
    **values
        What the sentence's placeholders stand for.

    Returns
    -------
    sentence
        In that language.

    Raises
    ------
    InputError
        If there is no such sentence.
    """
    room, _, key = code.partition(".")
    try:
        return catalogue(room)[key][language].format_map(values)
    except (FileNotFoundError, KeyError) as error:
        raise InputError(
            f"There is no sentence '{code}' in '{language}', or a value is missing.",
            where="base/messages",
            code="GH111",
        ) from error
