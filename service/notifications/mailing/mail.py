"""A message as the bytes of a mail, frozen once (RFC 5322, RFC 3834, RFC 2919, RFC 8058)."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from typing import NamedTuple

from service.notifications.mailing.guard import UnsafeMail, check_input, check_written
from service.notifications.mailing.policy import WRITING
from service.notifications.wording.rendering import Wording

__all__ = ["Envelope", "UnsafeMail", "mail_bytes", "message_id"]


class Envelope(NamedTuple):
    """Who a mail is from and to. `reply_to` is the chair's mailbox, where one is known.

    `unsubscribe` is the address at which one click ends mails of this kind, `language` a tag as BCP 47 writes it.
    """

    sender_name: str
    sender: str
    recipient_name: str
    recipient: str
    reply_to: tuple[str, str] | None
    list_id: str
    unsubscribe: str | None = None
    language: str | None = None


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
        UnsafeMail: a value holds what no header may, or the mail, read back, has a header that nobody set.
    """
    mailboxes = [envelope.sender, envelope.recipient, *([envelope.reply_to[1]] if envelope.reply_to else [])]
    names = [envelope.sender_name, envelope.recipient_name, *([envelope.reply_to[0]] if envelope.reply_to else [])]
    check_input(
        mailboxes, [*names, wording.subject], [envelope.list_id], envelope.unsubscribe, envelope.language
    )  # fmt: skip
    mail = EmailMessage(policy=WRITING)
    mail["From"] = _address(envelope.sender_name, envelope.sender)
    mail["To"] = _address(envelope.recipient_name, envelope.recipient)
    if envelope.reply_to is not None:
        mail["Reply-To"] = _address(*envelope.reply_to)
    mail["Subject"] = wording.subject
    mail["Date"] = at
    mail["Message-ID"] = message_id(delivery_id, envelope.sender)
    mail["Auto-Submitted"] = "auto-generated"
    mail["List-Id"] = f"<{envelope.list_id}>"
    mail.set_content(wording.text, cte="quoted-printable", params={"format": "flowed"})
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
    if envelope.language is not None:
        # At the end: to make the mail of several parts moves what is there of its content into the first of them.
        mail["Content-Language"] = envelope.language
    boundary = 0
    for part in mail.walk():
        if part.is_multipart():
            part.set_boundary(f"=_{delivery_id}_{boundary}")
            boundary += 1
    written = _one_click(envelope.unsubscribe) + mail.as_bytes()
    check_written(written, envelope.sender, envelope.recipient, envelope.reply_to[1] if envelope.reply_to else None)
    return written


def _address(name: str, mailbox: str) -> Address:
    return Address(display_name=name, addr_spec=mailbox)


def _one_click(url: str | None) -> bytes:
    """How one click ends such mails (RFC 8058 3.1): written by hand, since an address is never to be folded."""
    if url is None:
        return b""
    return f"List-Unsubscribe: <{url}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n".encode("ascii")
