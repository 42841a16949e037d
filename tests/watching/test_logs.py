"""The log of a real process: one line of JSON a record, and no secret in it wherever one was put (T41, T67)."""

import http.client
import json
import socket
from base64 import b64encode
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

import pytest
from sqlalchemy import Engine

from service.redaction import Redaction, told
from tests.conftest import Time
from tests.notifications.planting import plant_messages
from tests.notifications.sink import running
from tests.watching.running import service

ID = "5d4ce7ce-1c39-4a7c-8a30-7e6b2c7f0b11"
AGENT = 'gmg"}\\n{"event": "forged", "level": "info"} %s %(x)s {0} \u2028'


class Canaries:
    """A secret of its own for each place, so that one that is seen says where it came from."""

    def __init__(self) -> None:
        self._made: dict[str, str] = {}

    def __getitem__(self, place: str) -> str:
        return self._made.setdefault(place, f"canary{place}{uuid4().hex[:24]}")

    def seen(self, text: str) -> set[str]:
        """The places whose secret stands in a text, or so much of it that the rest could be tried."""
        return {place for place, secret in self._made.items() if secret in text or secret[-16:] in text}


def lines(path: Path) -> list[dict[str, Any]]:
    """Every line of a log, each of which has to be JSON."""
    return [json.loads(line) for line in path.read_text().split("\n") if line]


def test_no_secret_comes_into_the_log(
    engine: Engine, database_url: str, group: str, tmp_path: Path, time: Time
) -> None:
    plant_messages(engine, group, 1)
    canary, address = Canaries(), f"canary{uuid4().hex}@agency.example"
    with running() as sink:
        given = {
            "GMG_DATABASE_URL": database_url,
            "GMG_SECRET_KEY": canary["key"],
            "GMG_SECRET_KEY_BEFORE": canary["keybefore"],
            "GMG_MAIL_URL": f"smtp://gmg:{canary['smtp']}@127.0.0.1:{sink.port}",
            "GMG_METRICS_TOKEN": canary["metrics"],
            "GMG_DEADMAN_URL": f"https://127.0.0.1/{canary['deadman']}",
            "GMG_OIDC_ISSUER": "https://127.0.0.1:1",
            "GMG_OIDC_CLIENT_ID": "gmg",
            "GMG_OIDC_CLIENT_SECRET": canary["oidc"],
        }
        with service(tmp_path, given, module="tests.watching.faulty") as running_service:
            body = f"title={canary['field']}&mail={quote(address)}&password={canary['password']}"
            feed = f"feed_Ab12{uuid4().hex}{'x' * 7}"
            for _ in range(2):
                connection = http.client.HTTPConnection("127.0.0.1", running_service.port, timeout=30)
                connection.putrequest("POST", f"/calendars/p/{feed}/fails?q={canary['query']}&code={canary['code']}")
                for name, value in {
                    "Authorization": f"Bearer {canary['bearer']}",
                    "Cookie": f"gmg={canary['cookie']}; other={canary['cookietoo']}",
                    "X-Whatever": canary["header"],
                    "User-Agent": AGENT,
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Content-Length": str(len(body)),
                }.items():
                    connection.putheader(name, str(value).encode())
                connection.endheaders(body.encode())
                assert connection.getresponse().status == 500
                connection.close()
            for path in (
                f"/groups/gmg/sign-in/{canary['signin']}",
                f"/sign-in/callback?code={canary['oidccode']}&state={canary['oidcstate']}",
                f"/calendars/p/feed_{'y' * 43}/gmg.ics?x={canary['feedquery']}",
                f"/groups/gmg/{canary['path']}",
                f"/%0a{canary['newline']}",
            ):
                running_service.status(path)
            with socket.create_connection(("127.0.0.1", running_service.port)) as raw:
                raw.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nbroken {canary['raw']}\r\n\r\n".encode())
                raw.recv(1000)
            running_service.wait_for("the other side does not answer")
            running_service.wait_for("dead man's switch")
            running_service.terminate()
            assert running_service.ended() == 0
    text, said = running_service.log.read_text(), lines(running_service.log)
    assert not canary.seen(text)
    assert address not in text
    assert feed not in text
    assert "feed_Ab12..." in text, "enough of it to find whose it is"
    events = [line["event"] for line in said]
    assert {"with all of it", "it failed", "unexpected", "uncaught", "answered"} <= set(events), "and all was logged"
    assert "forged" not in events
    assert sum("agent" in line["event"] for line in said) == 6, "three records for each of two requests"
    assert all(line["timestamp"].endswith("Z") and line["level"] for line in said)
    answered = [line for line in said if line["event"] == "answered"]
    assert {line["route"] for line in answered} >= {"/calendars/p/{token}/fails", "none"}
    assert all(line["trace"] for line in answered)
    failed = next(line for line in said if line["event"] == "unexpected")
    assert any(line["trace"] == failed["trace"] for line in answered), "all lines of a request have its trace"
    assert any("faulty.py" in place for one in failed["exception"] for place in one["at"]), "the place is told"


def test_a_password_of_the_database_is_not_told(tmp_path: Path) -> None:
    password = f"canary{uuid4().hex}"
    url = f"postgresql+psycopg://gmg:{password}@127.0.0.1:1/gmg"
    with service(tmp_path, {"GMG_DATABASE_URL": url}, ready=False) as process:
        assert process.ended() != 0
    assert password not in process.log.read_text()
    assert urlsplit(url).password == password


def redact(text: str, *secrets: str) -> str:
    redaction = Redaction()
    redaction.learn(secrets, b"a key")
    return redaction.text(text)


@pytest.mark.parametrize(
    ("given", "told_as"),
    [
        (f"gmg_{'a' * 43}", "gmg_aaaa..."),
        (f"/calendars/p/feed_ab12{'c' * 39}/gmg.ics", "/calendars/p/feed_ab12.../gmg.ics"),
        ("Authorization: Basic Zm9vOmJhcg==", "Authorization: ***"),
        ("tried bearer abcdef.ghi-jkl", "tried bearer ***"),
        ("Set-Cookie: gmg=abc; Path=/", "Set-Cookie: ***"),
        ("smtp://gmg:pa%40ss@mail.example:587", "smtp://***@mail.example:587"),
        ("https://host.example/a/b?x=1&y=2 was asked", "https://host.example/a/b?*** was asked"),
        ("password=abc next", "password=*** next"),
        ("client_secret='abc'", "client_secret='abc'"),
        ("/groups/gmg/sign-in/abcdefghijklmnopqrst/x", "/groups/gmg/sign-in/***/x"),
        ("https://hooks.slack.com/services/T0/B0/xyz", "https://hooks.slack.com/***"),
        (f"a link W1siZ21nIl0.{'s' * 27} in a mail", "a link *** in a mail"),
        (f"of {'r' * 43}.", "of ***."),
        (f"550 <{ID}@gmg.example> no", f"550 <{ID}@gmg.example> no"),
        ("the term ends on 2008-07-01", "the term ends on 2008-07-01"),
        (f"delivery {ID} failed", f"delivery {ID} failed"),
    ],
)  # fmt: skip
def test_shapes(given: str, told_as: str) -> None:
    assert redact(given) == told_as


def test_an_address_has_one_hash_that_nobody_can_try_without_the_key() -> None:
    one = redact("to Ada@agency.example now")
    assert one == redact("to ada@agency.example now")
    assert one.startswith("to mail:")
    assert "ada" not in one.lower().replace("mail", "")
    other = Redaction()
    other.learn((), b"another key")
    assert other.text("to ada@agency.example now") != one
    assert Redaction().text("to ada@agency.example now") == "to mail:*** now"


def test_what_stands_in_the_settings_is_taken_out_in_every_form() -> None:
    secret = "pa ss/wörd+%42"
    for form in (secret, quote(secret, safe=""), repr({"x": secret}), b64encode(secret.encode()).decode()):
        assert "***" in redact(f"with {form} in it", secret)
    plain = b64encode(b"\0gmg\0" + secret.encode() + b"!").decode()
    assert "***" in redact(f"AUTH PLAIN {plain}", secret)


def test_a_long_text_is_cut_and_no_secret_is_cut_in_two() -> None:
    secret = "s" * 60
    for before in range(7400, 8100, 7):
        text = redact("x" * (before % 50) + " " * (before - before % 50) + secret, secret)
        assert len(text) <= 4000
        assert "sss" not in text


def test_a_line_is_redacted_in_all_its_depth() -> None:
    redaction = Redaction()
    found = redaction(None, "info", {"event": "x", "deep": [{"Authorization": "x y z"}, ("a@b.example",)], "n": 1})
    assert found == {"event": "x", "deep": [{"Authorization": "***"}, ["mail:***"]], "n": 1}


def test_an_exception_is_its_type_and_places_and_what_the_machine_says() -> None:
    try:
        try:
            raise OSError(28, "No space left on device", "/home/secret-name")
        except OSError as error:
            raise ValueError("what somebody has typed") from error
    except ValueError as error:
        found = told(error)
    assert [one["type"] for one in found] == ["builtins.ValueError", "builtins.OSError"]
    assert "text" not in found[0]
    assert found[1]["text"] == "ENOSPC"
    assert "secret-name" not in str(found)
    assert "typed" not in str(found)
