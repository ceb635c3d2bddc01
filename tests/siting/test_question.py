# SPDX-License-Identifier: Apache-2.0
"""Questions as files and options give them: what is taken, and how nonsense is refused."""

import math
from pathlib import Path
from typing import Any

import pytest

from goldenhour.base.errors import BadQuestionError
from goldenhour.siting.asking.question import Aim, Casualties, Question
from goldenhour.siting.asking.sense import require_sense
from goldenhour.workflows.question_file import question_from, read_question


def test_tables_within_the_question_are_joined_field_by_field(tmp_path: Path) -> None:
    """A file may set one rate of the workspace's casualties and leave the others as they are."""
    path = tmp_path / "q.toml"
    path.write_text(
        '[question]\nspacing_m = 500\naim = "worst-zone"\n'
        '[question.casualties]\nsurgery_share = 0.3\n[question.costs.structure]\n"way/1" = 7.0\n',
        encoding="utf-8",
    )
    ours = {"n_tsp": 4, "casualties": {"injured_share": 0.02}, "costs": {"tsp": 5.0}}
    question = question_from(ours, read_question(path))
    assert (question.n_tsp, question.spacing_m, question.aim) == (4, 500.0, Aim.WORST_ZONE)
    assert question.casualties == Casualties(injured_share=0.02, surgery_share=0.3)
    assert (question.costs.tsp, dict(question.costs.structure)) == (5.0, {"way/1": 7.0})


def test_a_question_left_alone_is_plain() -> None:
    """Without rules of its own a question takes the quick way, and has no end to its budget."""
    question = Question()
    assert question.is_plain
    assert not question.has_budget
    assert not Question(spacing_m=1.0).is_plain
    assert not Question(capacity_limits=True).is_plain


BAD: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"forced": ["a"], "forbidden": ["a"]}, "GH432", "'a'"),
    ({"forced": ["tsp=a"], "forbidden": ["a"]}, "GH432", "'tsp=a'"),
    ({"spacing_m": -1}, "GH433", "negative"),
    ({"spacing_m": math.nan}, "GH433", "not a number"),
    ({"tsp_clock_s": math.nan}, "GH433", "not a number"),
    ({"budget": -5.0}, "GH433", "negative"),
    ({"budget": math.nan}, "GH433", "not a number"),
    ({"backup_share": 1.2}, "GH433", "from 0 to 1"),
    ({"gap_share": 2}, "GH433", "from 0 to 1"),
    ({"zones": 0}, "GH433", "zone"),
    ({"capacities": {"tsp_patients_per_day": -1}}, "GH433", "negative"),
    ({"capacities": {"beds": math.inf}}, "GH433", "not a number"),
    ({"costs": {"structure": {"way/1": -2.0}}}, "GH433", "negative"),
    ({"casualties": {"red_share": 0.9}}, "GH433", "make up"),
    ({"casualties": {"over_days": 0}}, "GH433", "more than 0"),
    ({"casualties": {"busy_day_share": 1.0}}, "GH433", "busier"),
    ({"capacity_limits": True, "backup_share": 0.5}, "GH434", "together"),
    ({"capacity_limits": True, "aim": Aim.WORST_ZONE}, "GH434", "together"),
    ({"n_tsp": 0}, "GH107", "At least one"),
    ({"nonsense": 1}, "GH107", "no field 'nonsense'"),
    ({"casualties": {"nonsense": 1}}, "GH107", "no field 'nonsense'"),
    ({"casualties": 7}, "GH107", ""),
    ({"aim": "nobody"}, "GH107", ""),
    ({"budget": "much"}, "GH107", ""),
)


@pytest.mark.parametrize(("words", "code", "what"), BAD, ids=[str(words) for words, _, _ in BAD])
def test_nonsense_is_refused_with_its_field(words: dict[str, Any], code: str, what: str) -> None:
    """What cannot be answered ends in an error that names the field, what is wrong, what to do."""
    with pytest.raises(BadQuestionError) as caught:
        question_from(words)
    assert caught.value.code == code
    assert what in caught.value.what
    assert caught.value.where.startswith("[question")
    assert caught.value.do


def test_sense_is_asked_of_questions_made_in_python_too() -> None:
    """Who builds a question in code is told the same as who writes a file."""
    with pytest.raises(BadQuestionError, match="negative"):
        require_sense(Question(casualties=Casualties(injured_share=-0.1)))
