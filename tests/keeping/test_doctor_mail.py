"""`gmg doctor` on mail: the server is greeted as each mail does, and the sender's names are asked for."""

import dns.resolver
import pytest

from service.keeping.doctor import mail
from tests.keeping.well import Doctor, doctor  # noqa: F401 - fixtures
from tests.notifications.sink import running


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("step", "reply", "state", "says"),
    [
        ("", "", "ok", "takes our name"),
        ("AUTH", "535 wrong", "fail", "did not accept our name and password"),
        ("MAIL", "550 not you", "fail", "550 not you"),
        ("CONNECT", "554 no", "fail", "554"),
        ("CONNECT", "drop", "fail", "127.0.0.1"),
    ],
)
def test_the_mail_server_is_greeted_as_each_mail_does(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, step: str, reply: str, state: str, says: str
) -> None:
    with running() as sink:
        offered = {"EHLO": "250-sink\r\n250 AUTH PLAIN", "AUTH": "235 welcome"} | ({step: reply} if step else {})
        sink.answer = lambda seen, _: offered.get(seen)
        monkeypatch.setenv("GMG_MAIL_URL", f"smtp://me:hidden-word@127.0.0.1:{sink.port}")
        found = doctor()["mail server"]
        assert sink.accepted == []
    assert (found.state, says in found.text) == (state, True), found
    assert "hidden-word" not in found.text


RECORDS = {
    ("sender.example", "MX"): ["10 mx.sender.example."],
    ("sender.example", "TXT"): ['"v=spf1 mx -all"', '"something else"'],
    ("_dmarc.sender.example", "TXT"): ['"v=DMARC1; p=none"'],
}


@pytest.mark.parametrize(
    ("missing", "says"),
    [(None, "has MX, SPF and DMARC"), (0, "no MX"), (1, "no SPF"), (2, "no DMARC")],
)
def test_the_names_of_the_sender(monkeypatch: pytest.MonkeyPatch, missing: int | None, says: str) -> None:
    there = dict(RECORDS)
    if missing is not None:
        del there[list(RECORDS)[missing]]

    class Record(str):
        def to_text(self) -> str:
            return str(self)

    def resolve(name: str, kind: str, lifetime: float) -> list[Record]:
        if (name, kind) not in there:
            raise dns.resolver.NXDOMAIN
        return [Record(text) for text in there[name, kind]]

    monkeypatch.setattr(dns.resolver, "resolve", resolve)
    (found,) = mail.sender("sender.example")
    assert (found.state, says in found.text) == ("ok" if missing is None else "warn", True)
    assert "DKIM" in found.text


def test_names_that_cannot_be_asked_for_are_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_: object, **__: object) -> None:
        raise OSError("the network is unreachable")

    monkeypatch.setattr(dns.resolver, "resolve", silent)
    (found,) = mail.sender("sender.example")
    assert (found.state, "could not be asked for" in found.text) == ("warn", True)
