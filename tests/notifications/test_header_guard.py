"""Threats T21 to T23: what would become a header of its own, or a recipient of its own, is never written."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.notifications.mailing import guard, mail
from service.notifications.mailing.mail import Envelope, UnsafeMail, mail_bytes
from service.notifications.wording.rendering import Wording

AT = datetime(2008, 7, 1, 9, tzinfo=UTC)
ID = "6f1e6ee4-52b5-4b0c-8a54-6a7a1f2f4b9e"
CHAIR = ("Chair", "chair@ilo.example")
GOOD = Envelope("Group", "gmg@gmg.example", "Ana Sol", "ana@unhcr.example", CHAIR, "gmg.gmg.example")

BREAKS = [
    "a\r\nBcc: x@y.z",
    "a\rBcc: x@y.z",
    "a\nBcc: x@y.z",
    "a\0b",
    "a\x85Bcc: x@y.z",
    "a\u2028Bcc: x@y.z",
    "=?utf-8?q?a=0D=0ABcc:_x=40y.z?=",
    "=?utf-8?b?YQ0KQmNjOiB4QHkueg==?=",
    "=?UTF-8?Q?a=0ABcc:_x=40y.z?= and more",
    # Encoded twice: the reader's program would decode it once more.
    "=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3D0D=3D0ABcc:=5Fx=3D40y.z=3F=3D?=",
]
NO_MAILBOXES = [
    "a@b.c, evil@x.example",
    "a@b.c evil@x.example",
    "a@b.c\r\nBcc: evil@x.example",
    "a@b.c>, <evil@x.example",
    '"a b"@x.example',
    '"a@b.c,evil"@x.example',
    "a(comment)@x.example",
    "@relay.example:a@x.example",
    "Ana <a@x.example>",
    "a@@x.example",
    "a@",
    "@x.example",
    "a..b@x.example",
    "=?utf-8?q?a=0D=0A?=@x.example",
    "añ@x.example",
    "a@exämple.example",
    "a@[127.0.0.1]",
    "a" * 65 + "@x.example",
    "a@" + "b" * 320 + ".example",
    "a@x.example\n",
]


def written(*, subject: str = "Hello", **changed: Any) -> bytes:
    return mail_bytes(GOOD._replace(**changed), Wording(subject, "text\n", "<p>text</p>"), ID, AT, None)


@pytest.mark.parametrize("text", BREAKS)
def test_a_line_break_in_any_disguise_is_never_written(text: str) -> None:
    with pytest.raises(UnsafeMail):
        written(subject=text)
    for field in ("sender_name", "recipient_name"):
        with pytest.raises(UnsafeMail):
            written(**dict[str, Any]({field: text}))
    with pytest.raises(UnsafeMail):
        written(reply_to=(text, "chair@ilo.example"))
    for field in ("list_id", "unsubscribe", "language"):
        with pytest.raises(UnsafeMail):
            written(**dict[str, Any]({field: text}))


@pytest.mark.parametrize("mailbox", NO_MAILBOXES)
def test_what_is_not_one_plain_mailbox_is_never_written(mailbox: str) -> None:
    for field in ("sender", "recipient"):
        with pytest.raises(UnsafeMail):
            written(**dict[str, Any]({field: mailbox}))
    with pytest.raises(UnsafeMail):
        written(reply_to=("Chair", mailbox))


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://x.example/> , <mailto:evil@x.example", "https://x.example/a b", "https://"]
)
def test_what_is_no_plain_address_to_unsubscribe_at_is_never_written(url: str) -> None:
    with pytest.raises(UnsafeMail):
        written(unsubscribe=url)


def test_the_headers_that_readers_programs_act_upon() -> None:
    url = f"https://gmg.example/groups/gmg/unsubscribe/{'x' * 300}"
    seen = message_from_bytes(written(unsubscribe=url, language="pt-BR"), policy=default)
    assert (seen["List-Unsubscribe"], seen["List-Unsubscribe-Post"]) == (f"<{url}>", "List-Unsubscribe=One-Click")
    assert (seen["Content-Language"], seen["List-Id"]) == ("pt-BR", "<gmg.gmg.example>")
    assert (seen["Auto-Submitted"], seen["Precedence"]) == ("auto-generated", None)
    plain = message_from_bytes(written(), policy=default)
    assert not {"List-Unsubscribe", "List-Unsubscribe-Post", "Content-Language"} & set(plain.keys())


@given(subject=st.text(max_size=200), name=st.text(max_size=60))
def test_whatever_is_written_holds_the_headers_that_were_meant(subject: str, name: str) -> None:
    try:
        raw = written(subject=subject, recipient_name=name)
    except ValueError:
        return
    seen = message_from_bytes(raw, policy=default)
    assert "".join(str(seen["subject"]).split()) == "".join(subject.split()) or "=?" in subject
    assert seen["bcc"] is None
    assert [one.addr_spec for one in seen["to"].addresses] == ["ana@unhcr.example"]


def test_the_planted_bug_of_trusting_the_library_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a look at the values, what was written is still read back; without both, an old library lets it out."""
    monkeypatch.setattr(mail, "check_input", lambda *_: None)
    text = BREAKS[6]
    try:
        raw = written(subject=text)
    except ValueError:
        monkeypatch.setattr(mail, "check_written", lambda *_: None)
        try:
            raw = written(subject=text)
        except ValueError:
            return
    if b"\nBcc:" in raw:
        with pytest.raises(UnsafeMail):
            guard.check_written(raw, GOOD.sender, GOOD.recipient, "chair@ilo.example")


@pytest.mark.parametrize("more", [b"Bcc: x@y.z", b"To: x@y.z", b"Cc: x@y.z", b"X-Any: y", b"subject: again"])
def test_a_header_that_nobody_set_is_seen_in_what_was_written(more: bytes) -> None:
    """T22: whatever the library of today lets through, the mail is read back."""
    raw = written()
    guard.check_written(raw, GOOD.sender, GOOD.recipient, "chair@ilo.example")
    with pytest.raises(UnsafeMail):
        guard.check_written(more + b"\r\n" + raw, GOOD.sender, GOOD.recipient, "chair@ilo.example")
