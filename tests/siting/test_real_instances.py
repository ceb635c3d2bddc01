# SPDX-License-Identifier: Apache-2.0
"""Published instances: what others solved, solved again and proven."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from benchmarks.siting.cities import read_city

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


@pytest.mark.real_data
@pytest.mark.parametrize("k", [1, 2, 3])
def test_sao_jose_dos_campos(real_data: Path, k: int) -> None:
    """32 corners of São José dos Campos, each a site too: the best by trying all, proven."""
    city = read_city(real_data / "facility_location" / "mclp" / "SJC32.txt")
    covers = city.cover(200.0).toarray()
    people = city.people.astype(np.float64)
    found = mclp(covers, people, k)
    assert found.status is ProofStatus.OPTIMAL
    assert found.objective == best_cover(covers.T, people, k)
