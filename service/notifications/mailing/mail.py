"""A message as the bytes of a mail, frozen once (RFC 5322, RFC 3834, RFC 2919)."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP, default
from typing import NamedTuple

from service.notifications.wording import Wording

_ADDRESSING = {"from", "to", "reply-to", "subject", "date", "message-id"}
_HEADERS = _ADDRESSING | {"auto-submitted", "list-id", "mime-version", "content-type"}


class UnsafeMail(ValueError):
    """A mail whose headers are not those that were meant; it is never sent (threat T22)."""


class Envelope(NamedTuple):
    """Who a mail is from and to. `reply_to` is the chair's mailbox, where one is known."""

    sender_name: str
    sender: str
    recipient_name: str
    recipient: str
    reply_to: tuple[str, str] | None
    list_id: str


def message_id(delivery_id: str, sender: str) -> str:
    """The Message-ID of a delivery, the same at every attempt."""
    return f"<{delivery_id}@{sender.partition('@')[2]}>"


def mail_bytes(
    envelope: Envelope,
    wording: Wording,
    delivery_id: str,
    at: datetime,
    attachment: tuple[str, bytes] | None,
    invitation: tuple[str, bytes] | None = None,
) -> bytes:
    """The whole mail: plain text, HTML, and the entry for a calendar, or a PDF, as a file; one recipient.

    An `invitation` is its iTIP method with its bytes: it stands last among the alternatives, with the
    method in its type (RFC 6047 2.4), and once more as a file for programs that look there.

    Raises:
        UnsafeMail: read back, the mail has a header that nobody set.
    """
    # A subject of a common length stays on one line: folded ones are shown with a space in front by some readers.
    mail = EmailMessage(policy=SMTP.clone(max_line_length=200))
    mail["From"] = _address(envelope.sender_name, envelope.sender)
    mail["To"] = _address(envelope.recipient_name, envelope.recipient)
    if envelope.reply_to is not None:
        mail["Reply-To"] = _address(*envelope.reply_to)
    mail["Subject"] = wording.subject
    mail["Date"] = at
    mail["Message-ID"] = message_id(delivery_id, envelope.sender)
    mail["Auto-Submitted"] = "auto-generated"
    mail["List-Id"] = f"<{envelope.list_id}>"
    mail.set_content(wording.text, cte="quoted-printable")
    mail.add_alternative(wording.html, subtype="html", cte="quoted-printable")
    if invitation is not None:
        method, entry = invitation
        params = {"method": method, "charset": "utf-8"}
        mail.add_alternative(entry, maintype="text", subtype="calendar", cte="base64", params=params)
        mail.add_attachment(entry, maintype="application", subtype="ics", filename="invite.ics")
    if attachment is not None:
        name, body = attachment
        if name.endswith(".pdf"):
            mail.add_attachment(body, maintype="application", subtype="pdf", filename=name)
        else:
            mail.add_attachment(body, maintype="text", subtype="calendar", filename=name, params={"charset": "utf-8"})
    boundary = 0
    for part in mail.walk():
        if part.is_multipart():
            part.set_boundary(f"=_{delivery_id}_{boundary}")
            boundary += 1
    written = mail.as_bytes()
    _check(written, envelope.recipient)
    return written


def _address(name: str, mailbox: str) -> Address:
    return Address(display_name=name, addr_spec=mailbox)


def _check(written: bytes, recipient: str) -> None:
    """Read the mail back: just the headers that were set, each once, and one recipient."""
    seen = BytesHeaderParser(policy=default).parsebytes(written)
    names = [name.lower() for name in seen]
    if not set(names) <= _HEADERS or len(names) != len(set(names)):
        raise UnsafeMail(f"unexpected headers: {sorted(set(names) - _HEADERS)}")
    if [address.addr_spec for address in seen["to"].addresses] != [recipient]:
        raise UnsafeMail("the recipient is not the one that was meant")
