# SPDX-License-Identifier: Apache-2.0
"""MGRS references, as people print, say and type them."""

import re
from functools import cache

from mgrs import MGRS
from mgrs.core import MGRSError

from goldenhour.base.errors import UnknownPlaceError

_REFERENCE = re.compile(
    r"(?P<zone>\d{1,2})(?P<band>[C-HJ-NP-X])(?P<square>[A-HJ-NP-Z][A-HJ-NP-V])(?P<digits>\d*)"
)
_MAX_PRECISION = 5
_HALF_ZONE_DEG = 3.0
_METRES_PER_DEG_AT_LEAST = 50_000.0
_EXAMPLE = (
    "Write it like 37S FU 82885 07472: zone and band, square, then as many digits east as north."
)


def is_grid_reference(text: str) -> bool:
    """
    Say if a text looks like MGRS, right or wrong.

    Parameters
    ----------
    text
        As somebody typed it.

    Returns
    -------
    looks_like_it
        True for anything shaped like zone, band, square and digits.
    """
    return re.fullmatch(r"\d{1,2}[A-Z]{3}\d*", _squeezed(text)) is not None


def to_grid_reference(lon: float, lat: float, *, precision: int = _MAX_PRECISION) -> str:
    """
    Name the MGRS square of a point.

    Parameters
    ----------
    lon
        Longitude in degrees, EPSG:4326.
    lat
        Latitude in degrees, EPSG:4326.
    precision
        Digits of each of easting and northing: 5 for one metre, 2 for one kilometre.

    Returns
    -------
    reference
        Such as ``"37S FU 82885 07472"``; near the poles, where zones end, without spaces.
    """
    text = str(_library().toMGRS(lat, lon, MGRSPrecision=precision))
    match = _REFERENCE.fullmatch(text)
    return _spaced(match) if match else text


def from_grid_reference(text: str) -> tuple[float, float, str]:
    """
    Find the middle of an MGRS square, however precise; spaces and lower case are welcome.

    Parameters
    ----------
    text
        As somebody typed it.

    Returns
    -------
    lon, lat, reference
        Degrees, EPSG:4326, and the reference as it should be printed.

    Raises
    ------
    UnknownPlaceError
        If it is no reference, or names a square that is not in that zone.
    """
    match = _REFERENCE.fullmatch(_squeezed(text))
    if match is None:
        raise UnknownPlaceError("This is not an MGRS reference.", where=f"'{text}'", do=_EXAMPLE)
    digits = match["digits"]
    if len(digits) % 2 or len(digits) > 2 * _MAX_PRECISION:
        raise UnknownPlaceError(
            f"An MGRS reference has an even number of digits up to 10; this has {len(digits)}.",
            where=f"'{text}'",
            do=_EXAMPLE,
        )
    lon, lat = _middle(match, text)
    proper = to_grid_reference(lon, lat, precision=len(digits) // 2)
    is_same = _squeezed(proper) == _padded_zone(match) + match["square"] + digits
    if not is_same and not _is_on_zone_line(lon, int(match["zone"]), precision=len(digits) // 2):
        raise UnknownPlaceError(
            f"There is no square {match['square']} in zone {match['zone']}{match['band']}.",
            where=f"'{text}'",
            do=f"That point is properly called {proper}. Check the zone and the two letters.",
        )
    return lon, lat, _spaced(match)


def _is_on_zone_line(lon: float, zone: int, *, precision: int) -> bool:
    """Say if a square is cut by the edge of its zone, so that its middle lies in the next one."""
    middle_deg = zone * 6 - 183
    side_m = 10.0 ** (_MAX_PRECISION - precision)
    return bool(abs(lon - middle_deg) <= _HALF_ZONE_DEG + side_m / _METRES_PER_DEG_AT_LEAST)


def _middle(match: re.Match[str], text: str) -> tuple[float, float]:
    """Convert the middle of the square that a reference names."""
    half = len(match["digits"]) // 2
    east, north = match["digits"][:half], match["digits"][half:]
    east, north = (
        (part + "5").ljust(_MAX_PRECISION, "0")[:_MAX_PRECISION] for part in (east, north)
    )
    try:
        lat, lon = _library().toLatLon(_padded_zone(match) + match["square"] + east + north)
    except MGRSError as error:
        raise UnknownPlaceError(
            f"There is no square {match['square']} in zone {match['zone']}{match['band']}.",
            where=f"'{text}'",
            do="Check the zone, the band and the two letters of the square.",
        ) from error
    return lon, lat


def _squeezed(text: str) -> str:
    """Leave out spaces, and write letters large."""
    return "".join(text.split()).upper()


def _padded_zone(match: re.Match[str]) -> str:
    """Write the zone with two digits, as the library does."""
    return f"{int(match['zone']):02d}{match['band']}"


def _spaced(match: re.Match[str]) -> str:
    """Print a reference in groups."""
    half = len(match["digits"]) // 2
    parts = (match["digits"][:half], match["digits"][half:])
    return " ".join(
        part for part in (f"{match['zone']}{match['band']}", match["square"], *parts) if part
    )


@cache
def _library() -> MGRS:
    """Load the conversion once."""
    return MGRS()
