# SPDX-License-Identifier: Apache-2.0
"""Options on the command line win over the question's file, each for its own field alone."""

from pathlib import Path

import pytest

from goldenhour.base.errors import BadQuestionError
from goldenhour.siting.asking.question import WorldGoal
from goldenhour.workflows.question_file import question_from, read_question, with_options


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A question file that asks for worlds."""
    path = tmp_path / "question.toml"
    path.write_text('[question]\nn_tsp = 4\n[question.worlds]\nn = 30\ngoal = "cvar"\n')
    return path


def test_an_option_leaves_the_other_fields_of_its_table_alone(table: Path) -> None:
    """`--tail 0.1` keeps the file's count of worlds and its goal."""
    options = {"n_tsp": None, "n_field_hospitals": 2}
    words = with_options(read_question(table), options, worlds={"n": None, "tail_share": 0.1})
    asked = question_from(words)
    assert (asked.n_tsp, asked.n_field_hospitals) == (4, 2)
    assert (asked.worlds.n, asked.worlds.goal) == (30, WorldGoal.CVAR)
    assert asked.worlds.tail_share == 0.1


def test_options_that_nobody_gave_change_nothing(table: Path) -> None:
    """Without options the file stands as it is."""
    words = read_question(table)
    assert with_options(words, {"n_tsp": None}, worlds={"n": None}) == words


def test_a_goal_without_worlds_is_refused() -> None:
    """`--goal cvar` alone would change nothing, so it is an error that says so."""
    with pytest.raises(BadQuestionError) as refused:
        question_from(with_options({}, {}, worlds={"goal": "cvar"}))
    assert refused.value.code == "GH422"


def test_a_table_that_is_none_is_still_refused() -> None:
    """An option does not paper over a file whose `worlds` is a number."""
    with pytest.raises(BadQuestionError):
        question_from(with_options({"worlds": 5}, {}, worlds={}))
