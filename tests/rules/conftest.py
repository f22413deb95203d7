"""One Spark session for all parity tests: starting it takes longer than any of them."""

from collections.abc import Iterator

import pytest

from tests.rules.spark_engine import Spark


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spark]:
    engine = Spark.start(tmp_path_factory.mktemp("spark"))
    yield engine
    engine.stop()
