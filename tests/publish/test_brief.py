# SPDX-License-Identifier: Apache-2.0
"""The printed brief, read back as text."""

from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from goldenhour.base.errors import StoreError
from goldenhour.base.messages import LANGUAGES, say
from goldenhour.publish import brief, brief_content
from goldenhour.publish.headline import headline
from goldenhour.publish.provenance import attributions
from tests.conftest import missing
from tests.plans import Case, answer

FONTS = Path(brief.__file__).parent / "assets" / "fonts"


@pytest.fixture(autouse=True)
def fonts() -> None:
    """The fonts are built by ``make env``, not committed."""
    if not FONTS.is_dir():
        missing("the brief's fonts are not built; run `make env`")


def pages(folder: Path, case: Case) -> list[str]:
    """Write a brief and read its pages, spaces made single."""
    path = folder / "brief.pdf"
    brief.write(path, **case._asdict())
    return [" ".join(page.extract_text().split()) for page in PdfReader(path).pages]


def squeezed(text: str) -> str:
    """Leave out spaces: line breaks fall anywhere."""
    return "".join(text.split())


def test_the_first_page_gives_the_headline_and_the_limits(tmp_path: Path) -> None:
    """A coordinator reads on page one what is proposed, how sure it is, and that it is not safe."""
    case = answer()
    first = squeezed(pages(tmp_path, case)[0])
    for sentence in headline(case.town, case.picture, case.plan, language="en"):
        assert squeezed(sentence) in first
    assert "Thisdoesnotsaythataplaceissafe" in first
    assert "Situationasof2017-11-1006:00UTC" in first


def test_the_rule_and_contradictions_are_said_in_both_languages() -> None:
    """An Arabic brief holds no English sentence where the catalogue has an Arabic one."""
    case = answer()
    values = (("n_figures", "2"), ("n_assumed", "0"), ("each", "6"))
    code = "picture.people-rule-figures"
    people = replace(case.picture.people, rule_code=code, rule_values=values)
    clash = replace(
        case.picture.contradictions[0],
        code="picture.damage-disagrees",
        values=(("grades", "2017-11-05 UNOSAT: 1"),),
    )
    picture = replace(case.picture, people=people, contradictions=(clash,))
    for language in LANGUAGES:
        found = brief_content.content(case.town, picture, case.plan, language)
        assert found["people"]["rule"] == say(code, language, **dict(values))
        assert found["contradictions"][0].startswith(say(clash.code, language, grades="")[:10])
        assert "2017-11-05 UNOSAT: 1" in found["contradictions"][0]
    uncoded = brief_content.content(case.town, case.picture, case.plan, "ar")
    assert uncoded["people"]["rule"] == case.picture.people.rule, "better English than nothing"


def test_every_page_of_an_exercise_says_so(tmp_path: Path) -> None:
    """A page that is torn out of an exercise is still an exercise."""
    found = pages(tmp_path, answer())
    assert len(found) >= 5
    assert all("EXERCISE" in page or "تمرين" in page for page in found)


def test_a_real_town_does_not_say_exercise(tmp_path: Path) -> None:
    """The word is kept for what is made up."""
    case = answer()
    source = replace(
        case.town.sources[0], exercise=False, attribution="© OpenStreetMap contributors"
    )
    real = case._replace(town=replace(case.town, sources=(source,)))
    found = " ".join(pages(tmp_path, real))
    assert "EXERCISE" not in found
    assert attributions(real.town)[0] in found


def test_there_are_arabic_pages(tmp_path: Path) -> None:
    """The second half is Arabic: its letters are there, as letters and not as boxes."""
    found = pages(tmp_path, answer())
    arabic = [sum("\u0600" <= letter <= "\u06ff" for letter in page) for page in found]
    assert arabic[-1] > 300
    assert "الإصابات" in found[-2]
    assert sum(n > 200 for n in arabic) >= 2


def test_sites_visits_and_gaps_are_in_it(tmp_path: Path) -> None:
    """Each site is there with its place, its reasons and what is not known of it."""
    found = " ".join(pages(tmp_path, answer()))
    for words in ("TSP 1", "TSP 2", "FH 1", "37S FU", "Whether water can be had", "1:7"):
        assert words in found
    assert "Nobody has reported on 87 %" in found


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    """The file is dated by the plan, so two copies can be compared."""
    copies = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        pages(tmp_path / name, answer())
        copies.append((tmp_path / name / "brief.pdf").read_bytes())
    assert copies[0] == copies[1]


def test_a_plan_without_sites_visits_or_reach_still_prints(tmp_path: Path) -> None:
    """An empty answer is said in words."""
    case = answer()
    plan = replace(case.plan, sites=(), visits=(), unknowns=(), notes=())
    found = " ".join(pages(tmp_path, case._replace(plan=plan, reach=())))
    assert "This plan has no site." in found


def test_long_and_odd_names_do_not_break_it(tmp_path: Path) -> None:
    """Names with markup, brackets, quotes and no end are printed as they are."""
    case = answer()
    odd = "#panic() <b>\"'\\ $x$ " + "very " * 40 + "long"
    case.town.structures.name[case.plan.sites[0].structure] = odd
    case.town.places.name[0] = odd
    assert '#panic() <b>"' in " ".join(pages(tmp_path, case))


def test_a_place_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    """No folder, no file: one clear error."""
    with pytest.raises(StoreError):
        pages(tmp_path / "gone", answer())
    assert list(tmp_path.iterdir()) == []
