# SPDX-License-Identifier: Apache-2.0
"""Published instances: what others solved, solved again and proven."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from goldenhour.siting.models.mclp import mclp
from goldenhour.siting.plain.choice import Choice
from goldenhour.siting.plain.cover import Cover
from goldenhour.siting.plain.effort import Effort
from goldenhour.siting.plain.result import ProofStatus
from tests.siting.oracle import best_cover


@pytest.mark.real_data
@pytest.mark.parametrize("k", [2, 4])
def test_san_francisco_stores(real_data: Path, k: int) -> None:
    """San Francisco's 205 tracts and 16 stores: the best stores by trying all of them."""
    folder = real_data / "facility_location" / "sf_spopt"
    away = pd.read_csv(folder / "SF_network_distance_candidateStore_16_censusTract_205_new.csv")
    table = away.pivot_table(index="name", columns="DestinationName", values="distance")
    people = away.groupby("DestinationName")["demand"].first().to_numpy(dtype=np.float64)
    covers = table.to_numpy() <= 5000
    assert covers.shape == (16, 205)
    found = mclp(Cover.from_dense(covers), people, Choice(n=k), effort=Effort(gap_share=0.0))
    assert found.objective == best_cover(covers, people, k)
    assert found.status is ProofStatus.OPTIMAL
