# SPDX-License-Identifier: Apache-2.0
"""
Broken files into every reader: ``python -m benchmarks.picture.fuzz [N] [--data FOLDER]``.

Small seeds of each format, some made here and some cut from real files, are damaged at random:
bytes turned, parts cut out, doubled or swapped, cells replaced by what real tables hold. A reader
may read the file or refuse it by name; anything else, or more than twenty seconds, is a defect. It
prints what happened by format, and every file that fell through stays in the scratch folder.
"""

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from benchmarks.bars import markdown

from goldenhour import sources
from goldenhour.base.errors import GoldenHourError

ROOT = Path(__file__).parents[2]
_READ = datetime(2020, 1, 1, tzinfo=UTC)
_LONGEST_S, _BATCH, _LARGEST, _FEATURES = 20, 200, 60_000, 40
_STOPS = 0.1  # of the ways into a JSON value, each step
_CELLS = (
    "", "NaN", "inf", "-1", "1e309", "٣٥", "سوق", "\u202e35", "2017-02-30", "31/02/17", '"',
    "999999999999999999999", "1,234", "null", "41.1;34.3", "\x00", "POLYGON((0 0", "[]", "{}",
)  # fmt: skip
_HAZARD = {
    "hazard_localid": "HA-1",
    "hazard_type": "SHA",
    "status": "Open",
    "survey_date": "2017-11-04",
}
_HOUSE = {"feature_type": "building", "subtype": "destroyed", "uid": "a"}
_MADE = {
    "messages.csv": "kind,lon,lat,status,cause,seen,source\n"
    "hazard,41.1,34.3,suspected,explosive,2017-11-13T05:00:00Z,team\n"
    "street,41.1,34.3,closed,rubble,2017-11-13T05:00:00Z,driver\n",
    "people.csv": "place,low,best,high,counted,measure,seen,source\n"
    "Somewhere,1000,,5000,residents,stock,2017-11-13,team\n",
    "acled.csv": "event_id_cnty,event_date,year,time_precision,disorder_type,event_type,"
    "sub_event_type,actor1,country,location,latitude,longitude,geo_precision,source,notes,"
    "fatalities,timestamp\nIRQ1,04 November 2017,2017,1,Political violence,Battles,Armed clash,A,"
    "Iraq,Somewhere,34.3,41.1,2,Somebody,Words,3,1510000000\n",
    "hazards.geojson": json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": _HAZARD,
                    "geometry": {
                        "type": "Polygon",
                        "coordinates": [[[41, 34], [41.1, 34], [41.1, 34.1], [41, 34]]],
                    },
                }
            ],
        }
    ),
    "xbd.json": json.dumps(
        {
            "features": {
                "lng_lat": [
                    {
                        "properties": {
                            "feature_type": "building",
                            "subtype": "destroyed",
                            "uid": "a",
                        },
                        "wkt": "POLYGON ((41 34, 41.1 34, 41.1 34.1, 41 34))",
                    }
                ]
            },
            "metadata": {"capture_date": "2017-11-04T08:00:00.000Z", "sensor": "X"},
        }
    ),
    "footprints.geojsonl": '{"type":"Feature","properties":{"height":-1},"geometry":'
    '{"type":"Polygon","coordinates":[[[41,34],[41.1,34],[41.1,34.1],[41,34]]]}}\n' * 40,
    "incidents.csv": "Incident ID,Incident Date,Incident Type,District,Latitude,Longitude,Killed,"
    "Source\n17,2017-11-04,Attack,Madeup,34.4012,40.9034,1,a field office\n"
    "18,25/11/2017,قصف,Madeup,34.4,40.9,,team\n",
    "hazards.csv": "hazard,status,date,lon,lat,radius_m,source,reliability\n"
    "SHA,open,2017-11-04,41.1,34.3,50,team,C\nCHA,cleared,2017-11-05,41.2,34.3,,team,B\n",
}


def main() -> None:
    """Damage files and read them, in processes that may die."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.picture.fuzz", description=__doc__)
    parser.add_argument("n", nargs="?", type=int, default=10_000)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument(
        "--scratch", type=Path, default=Path(tempfile.gettempdir()) / "goldenhour-fuzz"
    )
    parser.add_argument("--batch", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.batch is not None:
        _batch(asked.data, asked.scratch, asked.batch)
        return
    asked.scratch.mkdir(parents=True, exist_ok=True)
    seen: Counter[tuple[str, str]] = Counter()
    for first in range(0, asked.n, _BATCH):
        words = ["--data", str(asked.data), "--scratch", str(asked.scratch), "--batch", str(first)]
        command = [sys.executable, "-m", "benchmarks.picture.fuzz", *words]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        lines = ended.stdout.decode().splitlines()
        seen.update((one["seed"], one["end"]) for one in map(json.loads, lines))
        if ended.returncode:
            seen[("any", "the process died")] += 1
            print(f"batch {first}: {ended.stderr.decode()[-400:]}", file=sys.stderr)
    print("\n".join(_table(seen)))


def _table(seen: Counter[tuple[str, str]]) -> list[str]:
    """Say how it ended, by seed."""
    ends = sorted({end for _, end in seen})
    names = sorted({name for name, _ in seen})
    rows = [(name, *(f"{seen[(name, end)]:,}" for end in ends)) for name in names]
    rows.append(("all", *(f"{sum(seen[(name, end)] for name in names):,}" for end in ends)))
    return markdown(("seed", *ends), rows)


def _batch(data: Path, scratch: Path, first: int) -> None:
    """Damage and read some files."""
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, _too_long)
    seeds = sorted(_seeds(data).items())
    for number in range(first, first + _BATCH):
        rng = np.random.Generator(np.random.PCG64(number))
        name, content = seeds[number % len(seeds)]
        path = scratch / f"{number}-{name}"
        path.write_bytes(_damaged(content, rng))
        end = _read(path)
        print(json.dumps({"seed": name, "end": end}), flush=True)
        if end in {"read", "refused by name"}:
            path.unlink()


def _read(path: Path) -> str:
    """Read one file and say how that ended."""
    signal.alarm(_LONGEST_S)
    try:
        sources.read(path, recorded_at=_READ)
    except GoldenHourError:
        return "refused by name"
    except _TooLongError:
        return "took too long"
    except Exception:  # noqa: BLE001 - this is what it looks for
        traceback.print_exc()
        path.with_suffix(".why").write_text(traceback.format_exc(), encoding="utf-8")
        return "a traceback"
    finally:
        signal.alarm(0)
    return "read"


class _TooLongError(BaseException):
    """Nothing that a reader could take for a broken file."""


def _too_long(*_: object) -> None:
    """End what hangs."""
    raise _TooLongError


def _seeds(data: Path) -> dict[str, bytes]:
    """Take small files of every kind."""
    found = {name: text.encode() for name, text in _MADE.items()}
    for path in sorted(p for p in data.rglob("*") if p.suffix in {".csv", ".geojson", ".json"}):
        if "facility" not in str(path) and "text" not in str(path):
            found[path.name] = _short(path)
    for path in sorted(data.rglob("*")):
        if path.suffix in {".pbf", ".zip", ".parquet"} and path.stat().st_size < 10 * _LARGEST:
            found[path.name] = path.read_bytes()
    return found


def _short(path: Path) -> bytes:
    """Take the first lines of a table, or the first features of a map."""
    content = path.read_bytes()
    if path.suffix == ".csv" or len(content) <= _LARGEST:
        return content[:_LARGEST]
    whole = json.loads(content)
    if isinstance(whole, dict) and "features" in whole:
        whole["features"] = whole["features"][:_FEATURES]
    return json.dumps(whole, ensure_ascii=False).encode()[: 10 * _LARGEST]


def _damaged(content: bytes, rng: np.random.Generator) -> bytes:
    """Damage a file in one to four ways."""
    for _ in range(int(rng.integers(1, 5))):
        content = _WAYS[int(rng.integers(len(_WAYS)))](content, rng)
    return content


def _turn(content: bytes, rng: np.random.Generator) -> bytes:
    """Turn some bytes."""
    found = bytearray(content)
    for at in rng.integers(max(len(found), 1), size=int(rng.integers(1, 20))):
        if found:
            found[int(at)] = int(rng.integers(256))
    return bytes(found)


def _cut(content: bytes, rng: np.random.Generator) -> bytes:
    """End it early."""
    return content[: int(rng.integers(len(content) + 1))]


def _without(content: bytes, rng: np.random.Generator) -> bytes:
    """Take a part out."""
    a, b = sorted(int(x) for x in rng.integers(len(content) + 1, size=2))
    return content[:a] + content[min(b, a + 2000) :]


def _twice(content: bytes, rng: np.random.Generator) -> bytes:
    """Say a part twice."""
    a, b = sorted(int(x) for x in rng.integers(len(content) + 1, size=2))
    b = min(b, a + 2000)
    return content[:b] + content[a:]


def _cell(content: bytes, rng: np.random.Generator) -> bytes:
    """Put something else into cells of a table, or values of JSON."""
    if content.startswith(b"{"):
        return _value(content, rng)
    for mark in (b",", b";", b"\t"):
        parts = content.split(mark)
        if len(parts) > 3:
            for at in rng.integers(len(parts), size=int(rng.integers(1, 8))):
                parts[int(at)] = _CELLS[int(rng.integers(len(_CELLS)))].encode()
            return mark.join(parts)
    return content


def _value(content: bytes, rng: np.random.Generator) -> bytes:
    """Put something else into some values of JSON."""
    try:
        whole = json.loads(content)
    except ValueError:
        return content
    for _ in range(int(rng.integers(1, 8))):
        at = whole
        while isinstance(at, (dict, list)) and at:
            keys = list(at) if isinstance(at, dict) else range(len(at))
            key = keys[int(rng.integers(len(at)))]
            if not isinstance(at[key], (dict, list)) or not at[key] or rng.random() < _STOPS:
                others = (*_CELLS, None, -1, 1e308, [], {}, True)
                at[key] = others[int(rng.integers(len(others)))]
                break
            at = at[key]
    return json.dumps(whole, ensure_ascii=False).encode()


def _other_text(content: bytes, rng: np.random.Generator) -> bytes:
    """Write it in another encoding, or with other line ends."""
    text = content.decode("utf-8", errors="replace")
    ways = ("utf-16", "cp1256", "utf-8-sig")
    way = int(rng.integers(len(ways) + 1))
    if way == len(ways):
        return text.replace("\n", "\r").encode()
    return text.encode(ways[way], errors="replace")


_WAYS = (_turn, _cut, _without, _twice, _cell, _cell, _other_text)

if __name__ == "__main__":
    main()
