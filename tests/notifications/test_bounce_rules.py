"""What an answer or a notification means for a mailbox, and which return path is ours: the rules, by themselves."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.notifications.mailing.reports import read_report
from service.notifications.mailing.rules import counted, kind_of, status_of
from service.notifications.mailing.verp import delivery_of, return_path
from tests.notifications.test_bounces import SECRET, SENDER, report

CLASSES = [
    (550, "5.1.1 no such user", "5.1.1", "hard"),
    (550, "No such user here", "5.1.1", "hard"),
    (550, "5.1.10 null MX", "5.1.10", "hard"),
    (553, "mailbox name not allowed", "5.1.3", "hard"),
    (550, "5.2.1 disabled", "5.2.1", "hard"),
    (550, "5.4.1 Recipient address rejected: Access denied", "5.4.1", "hard"),
    (552, "5.2.2 over quota", "5.2.2", "soft"),
    (552, "over quota", "5.2.2", "soft"),
    (452, "4.2.2 full", "4.2.2", "soft"),
    (452, "full", "4.2.2", "soft"),
    (450, "4.7.1 greylisted", "4.7.1", None),
    (451, "later", None, None),
    (554, "5.7.1 no", "5.7.1", "policy"),
    (550, "5.7.26 unauthenticated", "5.7.26", "policy"),
    (550, "rejected as spam", "5.7.1", "policy"),
    (550, "relaying denied", "5.7.1", "policy"),
    (554, "blocked by our policy", "5.7.1", "policy"),
    (550, "5.1.8 bad sender", "5.1.8", "policy"),
    (554, "no thanks", "5.0.0", "soft"),
    # The status of another class than the code is no status.
    (550, "2.1.5 ok", "5.1.1", "hard"),
    (550, "5.1.1.1 odd", "5.1.1", "hard"),
    (550, "5.1.1234 odd", "5.1.1", "hard"),
]


@pytest.mark.parametrize(("code", "text", "status", "kind"), CLASSES)
def test_what_an_answer_means_for_a_mailbox(code: int, text: str, status: str | None, kind: str | None) -> None:
    found = status_of(code, text)
    assert found == status
    assert (kind_of(found) if found else None) == kind


def test_a_mailbox_counts_once_a_day_and_is_forgiven_in_a_month() -> None:
    day = date(2008, 5, 15)
    assert counted(0, None, day) == 1
    assert counted(1, day, day) == 1
    assert counted(1, day, day + timedelta(days=1)) == 2
    assert counted(4, day, day + timedelta(days=30)) == 5
    assert counted(4, day, day + timedelta(days=31)) == 1
    # A clock that was set back a little counts the same day once; one that ran far ahead does not count for ever.
    assert counted(4, day + timedelta(days=1), day) == 4
    assert counted(4, day + timedelta(days=400), day) in (1, 5)


@given(st.uuids(), st.binary(min_size=32, max_size=32), st.booleans())
def test_a_return_path_names_its_delivery_and_no_other(id_: object, secret: bytes, shouts: bool) -> None:
    path = return_path(SENDER, str(id_), secret)
    assert len(path.partition("@")[0]) <= 64
    assert delivery_of(f"<{path.upper() if shouts else path}>", secret) == str(id_)
    assert delivery_of(path, secret + b"x") is None


def test_a_return_path_that_would_be_too_long_is_the_plain_sender() -> None:
    assert return_path(f"{'a' * 22}@x.example", str(uuid4()), SECRET) != f"{'a' * 22}@x.example"
    assert return_path(f"{'a' * 23}@x.example", str(uuid4()), SECRET) == f"{'a' * 23}@x.example"


@given(st.binary(max_size=400), st.integers(0, 800), st.integers(0, 40))
def test_whatever_is_sent_is_read_or_refused(junk: bytes, at: int, cut: int) -> None:
    raw = report(f"gmg+b.{'a' * 26}.{'a' * 12}@x.example", "<a@b>")
    try:
        read_report(junk)
        read_report(raw[:at] + junk + raw[at + cut :])
    except (ValueError, LookupError, RecursionError, AttributeError, TypeError):
        # What the door refuses as no notification.
        return
