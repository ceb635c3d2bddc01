# SPDX-License-Identifier: Apache-2.0
"""What is within reach, in words: the same in the terminal, the tables and the map."""

from goldenhour.base.grades import UnknownStreets
from goldenhour.base.messages import say
from goldenhour.picture.belief import Picture
from goldenhour.publish.map_columns import plain
from goldenhour.publish.words import by_its_letters, left_to_right, people_rule, people_text
from goldenhour.times.bands import Band
from goldenhour.times.reached import Reached
from goldenhour.times.service import Direction, Site
from goldenhour.times.unattached import WhyUnattached
from goldenhour.town.town import Town

_HOUR_S, _MINUTE_S = 3600, 60


def headline(town: Town, reached: Reached, language: str) -> tuple[str, ...]:
    """
    Say what was asked, and what is within each limit.

    Parameters
    ----------
    town
        The town.
    reached
        The answer.
    language
        ``"en"`` or ``"ar"``.

    Returns
    -------
    sentences
        The warning first if the town is made up.
    """
    asked = reached.asked
    names = [site_name(site, language) for site in asked.sites]
    title = say(
        f"reach.title-{asked.direction.value}",
        language,
        sites=_listed(names, language),
        means=say(f"reach.means-{asked.means.value}", language),
    )
    exercise = (say("plan.exercise", language),) if town.is_exercise else ()
    return (*exercise, title, *(_band(band, language) for band in reached.bands))


def notes(town: Town, picture: Picture, reached: Reached, language: str) -> tuple[str, ...]:
    """
    Say what the answer rests on and what it does not know, the gravest first.

    Parameters
    ----------
    town
        The town.
    picture
        The picture it rests on.
    reached
        The answer.
    language
        ``"en"`` or ``"ar"``.

    Returns
    -------
    sentences
        To be read before the numbers are used.
    """
    asked, widest = reached.asked, reached.bands[-1]
    said = [
        say("reach.shut-site", language, site=site_name(asked.sites[site], language))
        for site in reached.shut_sites
    ]
    if not picture.reports:
        said.append(say("reach.no-reports", language))
    said += [*_unknown(town, reached, language), *_closures(widest, language)]
    said += _worlds(reached, language)
    if reached.unattached.n:
        said.append(_unattached(reached, language))
    if asked.direction is Direction.OUTWARD:
        said.append(say("reach.pace", language))
    if picture.people.basis == "assumed":
        said.append(say("plan.assumed-people", language))
    rule = people_rule(picture.people, language)
    return (*said, *((rule,) if rule else ()), _exact(reached, language))


def duration(seconds: float, language: str) -> str:
    """
    Write a limit in its largest whole unit.

    Parameters
    ----------
    seconds
        Seconds.
    language
        ``"en"`` or ``"ar"``.

    Returns
    -------
    text
        Such as ``"10 min"`` or ``"1 h"``.
    """
    if seconds and seconds % _HOUR_S == 0:
        return say("reach.hours", language, n=f"{seconds / _HOUR_S:g}")
    if seconds and seconds % _MINUTE_S == 0:
        return say("reach.minutes", language, n=f"{seconds / _MINUTE_S:g}")
    return say("reach.seconds", language, n=f"{seconds:g}")


def site_name(site: Site, language: str) -> str:
    """
    Name a site by its letter and what the planner calls it.

    Parameters
    ----------
    site
        The site.
    language
        Language of the sentence it stands in.

    Returns
    -------
    name
        Such as ``"Karabilah [A]"``.
    """
    name = by_its_letters(plain(site.name), language)
    return f"{name} {left_to_right(f'[{site.label}]', language)}"


def _listed(names: list[str], language: str) -> str:
    """Join names; the comma of each script is its own."""
    comma = "، " if language == "ar" else ", "
    first = comma.join(names[:-1])
    return f"{first}{say('reach.and', language)}{names[-1]}" if first else names[-1]


def _band(band: Band, language: str) -> str:
    """Say what is within one limit."""
    code = "reach.band" if band.n_structures else "reach.nothing"
    return say(
        code,
        language,
        time=duration(band.limit_s, language),
        people=people_text(band.people),
        structures=f"{band.n_structures:,}",
        area=f"{band.area_km2:,.1f}",
    )


def _unknown(town: Town, reached: Reached, language: str) -> tuple[str, ...]:
    """Say what rests on streets that nobody has reported on."""
    if reached.asked.unknown_streets is UnknownStreets.CLOSED:
        km = float(town.streets.length_m[reached.is_unknown].sum() / 1000)
        return (say("reach.unknown-closed", language, km=f"{km:,.0f}"),)
    return tuple(
        say(
            "reach.rests-on-unknown",
            language,
            time=duration(band.limit_s, language),
            street=f"{band.street_km:,.1f}",
            unknown=f"{band.unknown_km:,.1f}",
            people=people_text(band.people_on_known),
            structures=f"{band.n_on_known:,}",
        )
        for band in reached.bands
        if band.unknown_km > 0
    )


def _worlds(reached: Reached, language: str) -> tuple[str, ...]:
    """Say how sure each band is, if worlds were counted."""
    counted = reached.chances
    if counted is None:
        return ()
    return tuple(
        say(
            "reach.worlds",
            language,
            n=f"{counted.n_worlds:,}",
            seed=counted.seed,
            time=duration(band.limit_s, language),
            expected=people_text(band.people_expected),
            low=people_text(band.people_low),
            high=people_text(band.people_high),
            sure=f"{band.n_sure:,}",
            ever=f"{band.n_ever:,}",
        )
        for band in counted.bands
    )


def _closures(band: Band, language: str) -> tuple[str, ...]:
    """Say what closures cost."""
    n_more = band.n_if_open - band.n_structures
    if n_more <= 0:
        return ()
    time, more = duration(band.limit_s, language), band.people_if_open - band.people
    return (
        say(
            "reach.closures-cost",
            language,
            time=time,
            people=people_text(more),
            structures=f"{n_more:,}",
        ),
    )


def _unattached(reached: Reached, language: str) -> str:
    """Count the structures that join no street, by reason."""
    counted = [(why, reached.unattached.n_because(why)) for why in WhyUnattached]
    reasons = [f"{n:,}: {say(why.code, language)}" for why, n in counted if n]
    comma = "؛ " if language == "ar" else "; "
    return say("reach.unattached", language, n=f"{reached.unattached.n:,}", why=comma.join(reasons))


def _exact(reached: Reached, language: str) -> str:
    """Say how exact the drawn line is."""
    widest = reached.bands[-1]
    return say(
        "reach.exact",
        language,
        cell=f"{reached.drawing.cell_m:g}",
        time=duration(widest.limit_s, language),
        late=f"{widest.n_inside_late:,}",
        outside=f"{widest.n_outside:,}",
    )
