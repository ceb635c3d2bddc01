# SPDX-License-Identifier: Apache-2.0
"""Hierarchies on disk: kept once, noticed when damaged, never in the way."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import goldenhour.times
from goldenhour.base.errors import InputError
from goldenhour.times.graph import Network
from goldenhour.times.hierarchy import Hierarchy
from goldenhour.workflows import hierarchy_store


def _network(n: int = 300, seed: int = 0) -> Network:
    """Draw a network."""
    rng = np.random.Generator(np.random.PCG64(seed))
    tail, head = rng.integers(0, n, (2, 3 * n))
    lon, lat = rng.random((2, n))
    return goldenhour.times.network(
        tail=tail, head=head, seconds=rng.random(3 * n) * 90, lon=lon, lat=lat
    )


def test_a_kept_hierarchy_is_opened_again(tmp_path: Path) -> None:
    """The second network of the same streets takes the first one's order, and finds the same."""
    first, second = _network(), _network()
    assert hierarchy_store.prepare(first, tmp_path / "kept") == ()
    (file,) = (tmp_path / "kept").iterdir()
    before = file.stat().st_mtime_ns
    assert hierarchy_store.prepare(second, tmp_path / "kept") == ()
    assert file.stat().st_mtime_ns == before
    kept, made = second.prepare(), first.prepare()
    assert np.array_equal(kept.chordal.rank, made.chordal.rank)
    nodes = np.arange(first.n_nodes)
    assert np.array_equal(first.travel_times(nodes, nodes), second.travel_times(nodes, nodes))


def test_other_streets_have_a_file_of_their_own(tmp_path: Path) -> None:
    """A street more is another topology; only a few are kept."""
    for seed in range(7):
        hierarchy_store.prepare(_network(seed=seed), tmp_path)
    assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_cut_file_is_noticed(tmp_path: Path, share: float) -> None:
    """A file cut anywhere is a finding, and the hierarchy is made anew in its place."""
    hierarchy_store.prepare(_network(), tmp_path)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[: int(share * len(whole))])
    (finding,) = hierarchy_store.prepare(_network(), tmp_path)
    assert finding.code == "hierarchy-damaged"
    assert file.read_bytes() == whole


def test_altered_numbers_are_noticed() -> None:
    """A number changed within a file that still opens is seen by the seal."""
    arrays = _network().prepare().to_arrays()
    for name in ("rank", "head", "parent", "start", "shortcut", "checksum", "seal", "format"):
        spoilt = {key: np.array(value) for key, value in arrays.items()}
        is_text = spoilt[name].dtype.kind == "U"
        spoilt[name] = (
            np.array("x")
            if is_text
            else spoilt[name][..., ::-1] + 1
            if name != ("format")
            else np.array(99)
        )
        with pytest.raises(InputError, match="damaged"):
            Hierarchy.from_arrays(spoilt)
        del spoilt[name]
        with pytest.raises(InputError, match="damaged"):
            Hierarchy.from_arrays(spoilt)


def test_a_hierarchy_of_other_streets_is_not_taken(tmp_path: Path) -> None:
    """A file under the wrong name is not believed."""
    network, other = _network(), _network(seed=9)
    hierarchy_store.prepare(network, tmp_path)
    hierarchy_store.prepare(other, tmp_path)
    one, two = sorted(tmp_path.iterdir())
    one.write_bytes(two.read_bytes())
    codes = [
        finding.code
        for each in (_network(), _network(seed=9))
        for finding in hierarchy_store.prepare(each, tmp_path)
    ]
    assert codes == ["hierarchy-damaged"]


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    """Without a place to keep it the hierarchy is made all the same."""
    (tmp_path / "file").write_text("no folder")
    network = _network()
    assert hierarchy_store.prepare(network, tmp_path / "file" / "kept") == ()
    assert network.prepare().n_nodes == network.n_nodes


_KEEP_ON = """
import sys
from pathlib import Path
import numpy as np
from goldenhour.times import network
from goldenhour.workflows.hierarchy_store import save
node = np.arange(40_000)
lon, lat = node % 200 / 1000, node // 200 / 1000
tail, head = np.r_[node[:-1], node[:-200]], np.r_[node[1:], node[200:]]
streets = network(tail=tail, head=head, seconds=np.full(len(tail), 9.0), lon=lon, lat=lat)
hierarchy = streets.prepare()
path = Path(sys.argv[1]) / f"{hierarchy.checksum}.npz"
print("ready", flush=True)
while True:
    save(hierarchy, path)
"""


def test_a_kill_leaves_no_broken_file(tmp_path: Path) -> None:
    """Killed while it writes again and again, what is there opens whole."""
    for pause_s in (0.02, 0.05, 0.09):
        writer = subprocess.Popen(
            [sys.executable, "-c", _KEEP_ON, str(tmp_path)],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(pause_s)
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        for file in tmp_path.glob("[!.]*.npz"):
            kept, findings = hierarchy_store.load(file)
            assert kept is not None
            assert findings == ()
