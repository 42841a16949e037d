"""What holds every test to the description of the API is itself seen to fail."""

import pytest
from fastapi import FastAPI, Response
from starlette.testclient import TestClient

from tests.held import HeldToDescription


@pytest.mark.parametrize(("status", "told"), [(200, 200), (503, 503), (409, None)])
def test_an_answer_that_is_not_described_is_found(status: int, told: int | None) -> None:
    app = FastAPI()
    app.add_api_route("/here", lambda: Response(status_code=status))
    app.add_middleware(HeldToDescription)
    client = TestClient(app)
    if told is None:
        with pytest.raises(AssertionError, match="GET /here is said never to answer 409"):
            client.get("/here")
    else:
        assert client.get("/here").status_code == told
    assert client.get("/nowhere").status_code == 404
