# SPDX-License-Identifier: Apache-2.0
"""Facts have sources; sentences exist in both languages; what is said twice agrees."""

import re
import string

import pytest

from goldenhour.base import facts, messages
from tests.conftest import ROOT

SOURCE = ROOT / "src" / "goldenhour"
SENTENCES = [
    (room, code, words)
    for room in messages.rooms()
    for code, words in messages.catalogue(room).items()
]

NAMES_OF_LANGUAGES = {"other-language"}  # each stands in its own letters


def placeholders(sentence: str) -> set[str]:
    """Names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("room", facts.rooms())
def test_every_fact_has_unit_tag_and_source(room: str) -> None:
    """A number from the world says its unit, how sure it is, and where it comes from."""
    for fact in facts.room(room).values():
        assert fact.tag in {"S", "C", "R", "A"}, fact.name
        assert fact.unit, fact.name
        assert len(fact.source) > 10, fact.name


@pytest.mark.parametrize(("room", "code", "words"), SENTENCES, ids=lambda entry: str(entry)[:40])
def test_every_sentence_is_in_both_languages(room: str, code: str, words: dict[str, str]) -> None:
    """English and Arabic say the same, with the same values."""
    assert set(words) >= {"en", "ar"}, f"{room}.{code}"
    assert placeholders(words["en"]) == placeholders(words["ar"]), f"{room}.{code}"
    if code not in NAMES_OF_LANGUAGES and re.search(r"[a-z]{3}", words["en"]):
        assert re.search(r"[\u0600-\u06ff]", words["ar"]), f"{room}.{code}"


def test_every_code_used_has_a_sentence() -> None:
    """A code that the program says is in the catalogue."""
    known = {f"{room}.{code}" for room, code, _ in SENTENCES}
    rooms = "|".join(messages.rooms())
    pattern = re.compile(rf'(?:say|Said)\(\s*(?:code=)?"((?:{rooms})\.[a-z0-9-]+)"')
    for path in SOURCE.rglob("*.py"):
        for code in pattern.findall(path.read_text(encoding="utf-8")):
            assert code in known, f"{path.name}: {code}"


def test_every_fact_used_exists() -> None:
    """A fact that the program reads is in the files."""
    pattern = re.compile(r'(?:number|fact)\(\s*"([a-z_]+\.[a-z0-9_]+)"')
    for path in SOURCE.rglob("*.py"):
        for name in pattern.findall(path.read_text(encoding="utf-8")):
            assert facts.fact(name).source, f"{path.name}: {name}"
