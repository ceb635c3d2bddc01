# SPDX-License-Identifier: Apache-2.0
"""What somebody wants to know about reach, and the name of the answer."""

import hashlib
import json
from dataclasses import asdict, dataclass

import goldenhour
from goldenhour.base.grades import UnknownStreets
from goldenhour.picture.belief import Picture
from goldenhour.times.service import Direction, Means, Site
from goldenhour.town.town import Town


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """
    What somebody wants to know.

    Parameters
    ----------
    sites
        Sites, each once.
    limits_s
        Limits in seconds, inclusive, ascending.
    direction
        Which way the time counts.
    means
        What may be used.
    unknown_streets
        Whether streets without a report count as passable or as closed.
    n_worlds
        Worlds to count over; 0 for none.
    seed
        Of the worlds.
    """

    sites: tuple[Site, ...]
    limits_s: tuple[float, ...]
    direction: Direction
    means: Means
    unknown_streets: UnknownStreets
    n_worlds: int = 0
    seed: int = 0


def fingerprint(town: Town, picture: Picture, asked: Asked) -> str:
    """
    Name an answer by what it rests on, the program's version too.

    Parameters
    ----------
    town
        Its layers' checksums count.
    picture
        Its moment and reports count.
    asked
        Counts whole.

    Returns
    -------
    id
        SHA-256 in hexadecimal digits.
    """
    words = {
        "program": goldenhour.__version__,
        "town": [[source.format, source.sha256] for source in town.sources],
        "as_of": picture.as_of.isoformat(),
        "reports": sorted(report.id for report in picture.reports),
        "asked": asdict(asked),
    }
    text = json.dumps(words, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
