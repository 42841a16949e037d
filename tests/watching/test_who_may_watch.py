"""Threat T69: what is inside is for whoever the operator has named; a proxy on the same machine is not them."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from service import settings
from tests.conftest import HOME

OUTSIDE = "203.0.113.9"
Asking = Callable[..., int]


@pytest.fixture
def ask(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Asking:
    def status(peer: str, headers: dict[str, Any] | None = None, **given: str) -> int:
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        settings.current.cache_clear()
        with TestClient(app, base_url=given.get("GMG_PUBLIC_URL", HOME), client=(peer, 1)) as client:
            answer = client.get("/metrics", headers=headers)
        assert (answer.status_code == 200) == ("gmg_build_info" in answer.text)
        return answer.status_code

    return status


TLS = {"GMG_PUBLIC_URL": "https://gmg.example"}


def test_loopback_alone_without_a_setting(ask: Asking) -> None:
    assert ask("127.0.0.1") == 200
    assert ask("::1") == 200
    assert ask("::ffff:127.0.0.1") == 200
    assert ask(OUTSIDE) == 404
    assert ask("10.0.0.7") == 404
    assert ask("") == 404


def test_a_proxy_on_the_same_machine_opens_nothing(ask: Asking) -> None:
    assert ask("127.0.0.1", **TLS) == 404, "behind TLS that is not ours loopback is everybody"
    assert ask("127.0.0.1", {"X-Forwarded-For": OUTSIDE}) == 404
    assert ask("127.0.0.1", {"Via": "1.1 proxy"}) == 404


def test_behind_a_proxy_that_is_named_the_one_who_asks_counts(ask: Asking) -> None:
    behind = TLS | {"GMG_TRUSTED_PROXIES": "127.0.0.1,10.0.0.0/8"}
    assert ask("127.0.0.1", {"X-Forwarded-For": OUTSIDE}, **behind) == 404
    assert ask("127.0.0.1", {"X-Forwarded-For": f"127.0.0.1, {OUTSIDE}"}, **behind) == 404
    assert ask("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, **behind) == 404, "whoever has made that up"
    assert ask("127.0.0.1", **behind) == 200, "nobody has passed it on"


def test_networks_that_are_named(ask: Asking) -> None:
    named = {"GMG_METRICS_FROM": "192.0.2.0/24, 2001:db8::/32", "GMG_TRUSTED_PROXIES": "10.0.0.0/8"}
    assert ask("192.0.2.7", **named) == 200
    assert ask("2001:db8::5", **named) == 200
    assert ask("192.0.3.7", **named) == 404
    assert ask("10.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, **named) == 200
    assert ask("10.0.0.1", {"X-Forwarded-For": f"192.0.2.7, {OUTSIDE}"}, **named) == 404
    assert ask("192.0.2.7", {"X-Forwarded-For": OUTSIDE}, **named) == 404, "a proxy that is not believed"
    assert ask("127.0.0.1", **named) == 404, "loopback is not named any more"


def test_a_token_opens_it_from_anywhere(ask: Asking) -> None:
    token = {"GMG_METRICS_TOKEN": "a-token-of-the-scraper"}
    assert ask(OUTSIDE, {"Authorization": "Bearer a-token-of-the-scraper"}, **token) == 200
    assert ask(OUTSIDE, {"Authorization": "Bearer a-token-of-the-scrapes"}, **token) == 404
    assert ask(OUTSIDE, {"Authorization": "Bearer "}, **token) == 404
    assert ask(OUTSIDE, {"Authorization": b"Bearer \xe9"}, **token) == 404
    assert ask(OUTSIDE, **token) == 404


def test_why_it_is_not_ready_only_whoever_may_watch_is_told(app: FastAPI) -> None:
    app.state.stopping.set()
    for peer, said in (("127.0.0.1", "not ready: it is stopping\n"), (OUTSIDE, "not ready\n")):
        with TestClient(app, base_url=HOME, client=(peer, 1)) as client:
            answer = client.get("/readyz")
            assert (answer.status_code, answer.text) == (503, said)
            assert client.get("/livez").status_code == 200


def test_no_answer_of_health_names_a_version_or_a_table(app: FastAPI) -> None:
    with TestClient(app, base_url=HOME, client=(OUTSIDE, 1)) as client:
        for path in ("/livez", "/readyz", "/metrics"):
            answer = client.get(path)
            text = answer.text + str(answer.headers)
            assert not any(word in text.lower() for word in ("sqlite", "postgres", "0.1.0", "uvicorn", "revision"))
