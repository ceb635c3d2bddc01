# SPDX-License-Identifier: Apache-2.0
"""What is within reach, in numbers: what rests on unknown streets, what closures cost."""

from dataclasses import replace

import numpy as np
import pytest

from goldenhour.base.errors import InputError
from goldenhour.base.grades import UnknownStreets
from goldenhour.times.asked import Asked
from goldenhour.times.reached import Reached, reached
from goldenhour.times.service import Direction, Means, Site
from goldenhour.times.unattached import WhyUnattached
from goldenhour.town.town import Town
from tests.times.pictures import picture_of
from tests.towns import Drawn, draw, make_town

WALK_S = 8 * 96.0  # one street: eight minutes' walk, with a stretcher


@pytest.fixture
def row() -> Drawn:
    """Four junctions in a row, too far apart for open ground; the last street is crossed out."""
    return draw("A--------B--------C-------xD")


def asked(town: Town, *rows: int, **options: object) -> Asked:
    """Ask for structures, on a stretcher."""
    built = town.structures
    chosen = {
        "limits_s": (WALK_S, 2 * WALK_S, 10 * WALK_S),
        "direction": Direction.TO_SITE,
        "means": Means.STRETCHER,
        "unknown_streets": UnknownStreets.PASSABLE,
    } | options
    sites = tuple(
        Site(label=f"S{i}", name=f"S{i}", x_m=float(built.x_m[i]), y_m=float(built.y_m[i]))
        for i in rows
    )
    return Asked(sites=sites, **chosen)  # type: ignore[arg-type] # by name


def counts(answer: Reached) -> list[int]:
    """Structures within each limit."""
    return [band.n_structures for band in answer.bands]


def test_each_limit_counts_its_own(row: Drawn) -> None:
    """One street away is in the first band, two in the second; behind a closed street is nobody."""
    answer = reached(row.town, picture_of(row.town, closed=row.blocked), asked(row.town, 0))
    assert counts(answer) == [2, 3, 3]
    assert [band.n_if_open for band in answer.bands] == [2, 3, 4]
    assert [band.people_if_open - band.people for band in answer.bands] == [0, 0, 1]


def test_what_rests_on_unknown_streets_is_counted(row: Drawn) -> None:
    """Where a street has no report, those beyond it count as reached, and as resting on it."""
    picture = picture_of(row.town, unknown=[1])
    passable = reached(row.town, picture, asked(row.town, 0))
    assert counts(passable) == [2, 3, 4]
    assert [band.n_on_known for band in passable.bands] == [2, 2, 2]
    assert passable.bands[-1].unknown_km == pytest.approx(row.town.streets.length_m[1] / 1000)
    closed = reached(row.town, picture, asked(row.town, 0, unknown_streets=UnknownStreets.CLOSED))
    assert counts(closed) == [2, 2, 2]
    assert [band.n_on_known for band in closed.bands] == [2, 2, 2]
    assert closed.bands[-1].unknown_km == 0


def test_who_joins_no_street_is_listed(row: Drawn) -> None:
    """A house among closed streets is not reached, and is listed with the reason."""
    answer = reached(row.town, picture_of(row.town, closed=[2]), asked(row.town, 0))
    assert answer.unattached.row.tolist() == [3]
    assert answer.unattached.n_because(WhyUnattached.CLOSED) == 1


def test_a_site_among_closed_streets_says_so(row: Drawn) -> None:
    """Nothing is reached from it but the house itself, and the answer names it."""
    answer = reached(row.town, picture_of(row.town, closed=[2]), asked(row.town, 3, 0))
    assert answer.shut_sites == (0,)
    assert np.count_nonzero(answer.service.ticks[0] < 2**31 - 1) == 1


def test_a_site_far_from_any_street_is_refused(row: Drawn) -> None:
    """Two kilometres into the fields there is no way to measure."""
    question = asked(row.town, 0)
    lost = replace(question.sites[0], y_m=question.sites[0].y_m + 2000)
    with pytest.raises(InputError, match="joins no street") as told:
        reached(row.town, picture_of(row.town), replace(question, sites=(lost,)))
    assert told.value.code == "GH146"


def test_no_limit_is_refused(row: Drawn) -> None:
    """Without a limit there is nothing to draw."""
    with pytest.raises(InputError) as told:
        reached(row.town, picture_of(row.town), asked(row.town, 0, limits_s=()))
    assert told.value.code == "GH145"


def test_pieces_of_street_add_up(row: Drawn) -> None:
    """Within three streets' time lie three streets; each piece names its band and site."""
    answer = reached(row.town, picture_of(row.town), asked(row.town, 0, 3))
    pieces, length_m = answer.pieces, row.town.streets.length_m
    assert pieces.km_within(2) == pytest.approx(length_m.sum() / 1000)
    assert answer.bands[0].street_km == pytest.approx(2 * length_m[0] / 1000, rel=0.2)
    assert set(pieces.site[pieces.edge == 0]) == {0}
    assert set(pieces.site[pieces.edge == 2]) == {1}
    assert (pieces.latest_s >= pieces.soonest_s).all()
    assert (pieces.to_share > pieces.from_share).all()


@pytest.mark.parametrize("seed", range(3))
def test_nearest_sites_share_everybody_out(seed: int) -> None:
    """Each structure within reach belongs to one site: shares add up to the whole."""
    town = make_town(seed)
    question = asked(town, 0, 1, 2, means=Means.BOTH)
    answer = reached(town, picture_of(town), question)
    for number, band in enumerate(answer.bands):
        shares = [one for one in answer.site_bands if one.limit_s == band.limit_s]
        assert sum(one.n_nearest for one in shares) == band.n_structures
        assert sum(one.people_nearest for one in shares) == band.people
        assert max(one.n_structures for one in shares) <= band.n_structures
        assert band.n_outside == 0
        assert number == question.limits_s.index(band.limit_s)


def test_the_same_question_has_the_same_name(row: Drawn) -> None:
    """The fingerprint follows the question and the moment, and nothing else."""
    picture = picture_of(row.town)
    first, again = (reached(row.town, picture, asked(row.town, 0)) for _ in range(2))
    assert first.id == again.id
    other = reached(row.town, picture, asked(row.town, 0, direction=Direction.OUTWARD))
    assert other.id != first.id


def test_a_town_without_reports_is_all_unknown(row: Drawn) -> None:
    """With no street reported, everything rests on unknown streets but the house itself."""
    answer = reached(row.town, picture_of(row.town, unknown=[0, 1, 2]), asked(row.town, 0))
    assert counts(answer) == [2, 3, 4]
    assert [band.n_on_known for band in answer.bands] == [1, 1, 1]
    assert all(band.unknown_km == band.street_km for band in answer.bands)
