"""The description of the API says how every address refuses, and who may ask; people read the same on /docs."""

import json
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.described import described
from service.main import build
from tests.access.matrix import ROUTES
from tests.access.test_matrix import named

Operations = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    return build().openapi()


@pytest.fixture(scope="module")
def operations(description: dict[str, Any]) -> Operations:
    """Every operation as the matrix names it."""
    return {
        f"{method.upper()} {path.removeprefix('/api/v1/groups/{group}')}": operation
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    }


def test_every_refusal_is_a_problem(description: dict[str, Any], operations: Operations) -> None:
    parts = description["components"]
    for name, operation in operations.items():
        refusals = {status: one for status, one in operation["responses"].items() if status >= "400"}
        assert {"400", "5XX"} <= set(refusals), name
        assert all(one["$ref"].startswith("#/components/responses/") for one in refusals.values()), name
    for response in parts["responses"].values():
        assert list(response["content"]) == ["application/problem+json"]
    assert not {"HTTPValidationError", "ValidationError"} & set(parts["schemas"])
    named_there = set(re.findall(r"#/components/(\w+)/([\w.-]+)", json.dumps(description)))
    assert {(kind, name) for kind, name in named_there if name not in parts[kind]} == set()


def test_what_is_refused_follows_from_what_is_taken(operations: Operations) -> None:
    create = set(operations["POST /meetings"]["responses"])
    assert create == {"200", "201", "400", "401", "403", "404", "409", "412", "413", "415", "422", "428", "5XX"}
    assert set(operations["GET /chair"]["responses"]) == {"200", "400", "404", "422", "5XX"}
    own = operations["GET /calendars/p/{token}/{name}.ics"]["responses"]
    assert {"200", "304", "404", "410", "429"} <= set(own)
    assert "401" not in own, "a calendar program would ask for a password"


def test_who_may_ask_is_what_the_matrix_says(operations: Operations) -> None:
    """One decision or notice may be for members alone; whoever asks for it without a token may be lucky."""
    free = {name for name, one in operations.items() if "security" not in one or {} in one["security"]}
    public = {named(operation) for operation, route in ROUTES.items() if "P" in route.who}
    assert public <= free
    assert free - public == {
        "GET /calendars/p/{token}/{name}.ics", "GET /decisions/{decision}", "GET /notices/{notice}",
        "GET /activities/{activity}",
    }  # fmt: skip


def test_a_creation_needs_its_key_but_for_a_preview(operations: Operations) -> None:
    def key(name: str) -> Any:
        return next(one for one in operations[name]["parameters"] if one["name"] == "Idempotency-Key")

    assert key("POST /notices")["required"] is True
    assert key("POST /meetings")["required"] is False
    assert key("POST /notices")["schema"]["maxLength"] == 200


def test_describing_twice_changes_nothing(description: dict[str, Any]) -> None:
    before = json.dumps(description)
    assert json.dumps(described(json.loads(before))) == before


def test_whoever_sends_no_token_is_told_so_before_anything_else_is_read(client: TestClient) -> None:
    for path, body in (("/meetings", b"{"), ("/notices", b"\xff"), ("/meetings?nothing=1", b"{}")):
        answer = client.post(f"/api/v1/groups/gmg{path}", content=body)
        assert answer.status_code == 401, path
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("method", "path", "takes"),
    [
        ("OPTIONS", "/api/v1/groups/gmg/actions", "GET, POST"),
        ("POST", "/api/v1/groups/gmg/webhooks/x", "GET, PATCH, DELETE"),
        ("POST", "/calendars/gmg.ics", "GET, HEAD"),
        ("PUT", "/static/style.css", "GET, HEAD"),
        ("DELETE", "/groups/gmg/sign-in", "GET, POST"),
    ],
)
def test_a_method_that_is_not_taken_is_told_those_that_are(
    client: TestClient, method: str, path: str, takes: str
) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, takes)


def test_the_page_says_it_too(client: TestClient) -> None:
    page = client.get("/docs").text
    assert page.count("Shows more to who has a token") == 12
    assert '<a href="#answer-412"><code>412</code></a>' in page
    assert 'id="answer-412"' in page
