"""Who watches: a client that comes from loopback, as a scraper on the same host does."""

from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests.conftest import BROWSER, HOME, app_on

Sample = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def samples(text: str) -> Sample:
    """Every sample of an answer, by name and labels, as Prometheus's own parser reads it."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def app(engine: Engine, group: str) -> FastAPI:
    return app_on(engine)


@pytest.fixture
def near(app: FastAPI) -> Iterator[TestClient]:
    """Asks from loopback."""
    with TestClient(app, base_url=HOME, client=("127.0.0.1", 50000), headers=BROWSER) as found:
        yield found


Figure = Callable[..., float]


@pytest.fixture
def figure(near: TestClient) -> Figure:
    """One figure of /metrics as it is now."""

    def read(name: str, **labels: str) -> float:
        answer = near.get("/metrics")
        assert answer.status_code == 200
        return samples(answer.text).get((name, tuple(sorted(labels.items()))), float("nan"))

    return read
