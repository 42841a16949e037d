"""Threats T30 to T36: what a call out may reach, and how long and how much it listens."""

import gzip
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from service import outgoing, settings
from service.problems import Problem
from tests.notifications.receiver import Endpoint, certified, drips, endpoint, floods, hangs, says

PUBLIC = "93.184.215.14"
CLOSED = {
    "T30": ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "168.63.129.16", "100.64.0.1",
            "0.0.0.0", "255.255.255.255", "[fd00:ec2::254]", "[::1]", "[::]", "[fe80::1]", "localhost"],
    "T31": ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "①②⑦.⓪.⓪.①", "localhost.", "127.0.0.1.", "LOCALHOST"],
    "T32": ["[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::127.0.0.1]", "[fec0::1]", "224.0.0.1",
            "192.88.99.1", "[2001:0:1::1]", "[ff0e::1]", "[2001:db8::1]", "198.18.0.1", "192.0.2.1", "240.0.0.1"],
}  # fmt: skip


def opened(monkeypatch: pytest.MonkeyPatch, networks: str = "127.0.0.0/8") -> None:
    monkeypatch.setenv("GMG_OUTGOING_PRIVATE", networks)
    settings.current.cache_clear()


def resolves(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let the name server say each of these in turn, the last one from then on; the names that were asked for."""
    asked: list[str] = []
    coming = list(answers)

    def said(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        found = coming.pop(0) if len(coming) > 1 else coming[0]
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found
        ]

    monkeypatch.setattr("service.outgoing.socket.getaddrinfo", said)
    return asked


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """A plain server, in a network that the operator has opened."""
    opened(monkeypatch)
    with endpoint() as found:
        yield found


def refused(url: str) -> bool:
    with pytest.raises(Problem) as problem:
        outgoing.check(url)
    with pytest.raises((outgoing.Blocked, outgoing.Unanswered)):
        outgoing.post(url, b"{}", {})
    return problem.value.status == 422 and "127" not in problem.value.detail


@pytest.mark.parametrize(("threat", "host"), [(threat, host) for threat, hosts in CLOSED.items() for host in hosts])
def test_what_is_not_public_is_closed(threat: str, host: str) -> None:
    assert refused(f"https://{host}/hook"), threat


@pytest.mark.parametrize("port", [22, 25, 80, 6379, 0, 65535])
def test_other_ports_are_closed(port: int) -> None:
    """T36."""
    assert refused(f"https://{PUBLIC}:{port}/")


@pytest.mark.parametrize(
    "url",
    [
        f"http://{PUBLIC}/", f"https://user@{PUBLIC}/", f"https://a:b@{PUBLIC}/", "json://127.0.0.1", "file:///etc/passwd",
        "ftp://x/", "https://", "https:///x", f"https://{PUBLIC}:x/", f"https://{PUBLIC}:99999/", "https://[::1", "",
        f"https://{PUBLIC}/a b", f"https://{PUBLIC}/\r\nX: y", f"https://evil\\@{PUBLIC}/", f"https://{PUBLIC}/é",
        f"https://{'a' * 70}.example/", "//x", "https://@/",
    ],
)  # fmt: skip
def test_what_is_no_plain_https_address_is_refused(url: str) -> None:
    assert refused(url)


def test_public_addresses_are_open() -> None:
    for url in (f"https://{PUBLIC}/x", f"https://{PUBLIC}:8443/x?y=1", "https://[2606:4700::1111]/"):
        outgoing.check(url)
    assert outgoing.is_public(ip_address("8.8.8.8"))


def test_the_own_host_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GMG_PUBLIC_URL", "https://gmg.example.org")
    settings.current.cache_clear()
    resolves(monkeypatch, [PUBLIC])
    outgoing.check("https://other.example.org/")
    for host in ("gmg.example.org", "GMG.example.org", "gmg.example.org."):
        with pytest.raises(Problem):
            outgoing.check(f"https://{host}/")


def test_every_address_of_a_name_has_to_be_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """T33: one private address among public ones."""
    resolves(monkeypatch, [PUBLIC, "10.0.0.1"])
    assert refused("https://mixed.example/")
    resolves(monkeypatch, [PUBLIC, "fd00::1"])
    assert refused("https://mixed.example/")


def test_the_address_that_was_checked_is_called(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """T33: the name is looked up once, and what is called is what was checked; Host and SNI are the name's."""
    opened(monkeypatch)
    context, file = certified(tmp_path, "hook.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with endpoint(context) as there:
        asked = resolves(monkeypatch, ["127.0.0.1"], ["10.0.0.1"])
        assert outgoing.post(f"https://hook.example:{there.port}/in?a=b", b"{}", {}).ok
        assert asked == ["hook.example"]
        assert there.names == ["hook.example"]
        assert there.asked[0].headers["host"] == f"hook.example:{there.port}"
        assert there.asked[0].line == "POST /in?a=b HTTP/1.1"
        with pytest.raises(outgoing.Blocked):
            outgoing.post(f"https://hook.example:{there.port}/in", b"{}", {})
        assert len(there.asked) == 1


def test_a_name_that_turns_private_between_save_and_send_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    with endpoint() as there:
        resolves(monkeypatch, [PUBLIC], ["127.0.0.1"])
        url = f"https://hook.example:8443/{there.port}"
        outgoing.check(url)
        with pytest.raises(outgoing.Blocked):
            outgoing.post(url, b"{}", {})
        assert there.greeted == 0


def test_a_certificate_for_another_name_is_no_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    opened(monkeypatch)
    context, file = certified(tmp_path, "other.example")
    resolves(monkeypatch, ["127.0.0.1"])
    with endpoint(context) as there:
        for trusted in (str(file), None):
            monkeypatch.setenv("SSL_CERT_FILE", trusted or str(tmp_path / "none"))
            with pytest.raises(outgoing.Unanswered, match="certificate"):
                outgoing.post(f"https://hook.example:{there.port}/", b"{}", {})
        assert there.asked == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(there: Endpoint, status: int) -> None:
    """T34."""
    with endpoint() as inside:
        there.answers(says(status, Location=inside.url))
        answer = outgoing.post(there.url, b"{}", {})
        assert (answer.status, answer.ok) == (status, False)
        assert inside.asked == []


HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "script",
    [
        drips(HEAD + b"X: y\r\n" * 1000), drips(HEAD + b"\r\n" + b"x" * 1000), hangs(),
        drips(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 1000),
    ],
    ids=["head", "body", "nothing", "chunks"],
)  # fmt: skip
def test_one_deadline_over_all_of_it(there: Endpoint, script: Any) -> None:
    """T35: a byte now and then does not hold the line."""
    there.answers(script)
    began = time.monotonic()
    with pytest.raises(outgoing.Unanswered, match="within"):
        outgoing.post(there.url, b"{}", {}, deadline=0.6)
    assert time.monotonic() - began < 2


def test_a_handshake_that_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    opened(monkeypatch)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        with pytest.raises(outgoing.Unanswered):
            outgoing.post(f"https://127.0.0.1:{silent.getsockname()[1]}/", b"{}", {}, deadline=0.5)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("head", "block"),
    [
        (HEAD + b"\r\n", b"x" * 65536),
        (HEAD + b"Content-Length: 1000000000\r\n\r\n", b"x" * 65536),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n"),
    ],
)
def test_no_more_is_read_than_the_head(there: Endpoint, head: bytes, block: bytes) -> None:
    """T35: without an end, or with a gigabyte announced."""
    there.answers(floods(head, block))
    answer = outgoing.post(there.url, b"{}", {}, deadline=5)
    assert answer.ok
    assert 0 < len(answer.head) <= outgoing.HEAD


def test_headers_without_an_end_are_no_answer(there: Endpoint) -> None:
    there.answers(floods(HEAD, b"X-Long: " + b"y" * 1000 + b"\r\n"))
    with pytest.raises(outgoing.Unanswered):
        outgoing.post(there.url, b"{}", {}, deadline=5)


def test_nothing_is_unpacked(there: Endpoint) -> None:
    bomb = gzip.compress(b"\0" * 10_000_000)
    there.answers(says(200, bomb, Content_Encoding="gzip"))
    answer = outgoing.post(there.url, b"{}", {})
    assert answer.head == bomb[: outgoing.HEAD]
    assert there.asked[0].headers["accept-encoding"] == "identity"


def test_what_is_no_http_is_no_answer(there: Endpoint) -> None:
    there.answers(floods(b"220 mail.example ESMTP\r\n", b"x", most=1))
    with pytest.raises(outgoing.Unanswered):
        outgoing.post(there.url, b"{}", {})
    there.close()
    with pytest.raises(outgoing.Unanswered):
        outgoing.post(there.url, b"{}", {})


def test_when_it_asks_to_be_called_again(there: Endpoint, time: Any) -> None:
    for said, expected in (
        ("120", timedelta(minutes=2)), ("Thu, 15 May 2008 13:00:00 GMT", timedelta(hours=1)), ("soon", None),
        ("Thu, 15 May 2007 13:00:00 GMT", timedelta(0)), ("9" * 400, timedelta(seconds=10**8)), ("²", None),
    ):  # fmt: skip
        raw = said.encode("latin-1", "replace").decode("latin-1")
        there.answers(says(503, Retry_After=raw))
        assert outgoing.post(there.url, b"{}", {}).retry_after == expected, said


def test_only_what_the_operator_lists_is_open(monkeypatch: pytest.MonkeyPatch, there: Endpoint) -> None:
    assert outgoing.post(there.url, b'{"a":1}', {"content-type": "application/json"}).ok
    assert there.asked[0].body == b'{"a":1}'
    opened(monkeypatch, "10.0.0.0/8")
    assert refused(there.url)
    assert len(there.asked) == 1


def test_the_planted_bugs_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the library's own idea of what is public, several addresses of the table would be open."""
    monkeypatch.setattr("service.outgoing.is_public", lambda address: address.is_global)
    let_through = []
    for host in CLOSED["T32"]:
        try:
            outgoing.check(f"https://{host}/")
        except Problem:
            continue
        let_through.append(host)
    assert "224.0.0.1" in let_through


def test_a_second_look_up_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug of T33: to connect by the name asks once more, and lands where the second answer leads."""

    def by_name(target: outgoing.Target, _: object, ends: float) -> socket.socket:
        family, kind, _proto, _name, address = socket.getaddrinfo(target.host, target.port)[0]
        connection = socket.socket(family, kind)
        connection.settimeout(ends - time.monotonic())
        connection.connect(address)
        return connection

    monkeypatch.setattr(outgoing, "PORTS", range(65536))
    monkeypatch.setattr(outgoing, "_reach", by_name)
    with endpoint() as there:
        resolves(monkeypatch, [PUBLIC], ["127.0.0.1"])
        with pytest.raises(outgoing.Unanswered):
            outgoing.post(f"https://hook.example:{there.port}/", b"{}", {}, deadline=2)
        assert there.greeted == 1, "it came by, if only to shake hands"
