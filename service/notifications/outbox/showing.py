"""A message as it went, for those who look after the outbox: its text, without the links that let somebody in. Pure."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from typing import NamedTuple
from urllib.parse import urlsplit

from service.notifications.mailing.policy import READING

# What stands in place of the part of a link that only its reader may have (threats T42 and T49).
HIDDEN = "***"
_LINK = re.compile(r"https?://[^\s\"'<>()\[\]{}|\\^`]+")
# The last part of these addresses is a secret, however it looks.
_BEFORE_SECRETS = {
    "sign-in", "rsvp", "poll", "decision", "answer", "acknowledge", "seen", "unsubscribe", "mailbox", "p",
}  # fmt: skip
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ID = re.compile(r"[a-z0-9]{1,30}(-[a-z0-9]{1,30})*")
_NAME = re.compile(r"[A-Za-z0-9-]{1,60}\.[a-z]{2,4}")
_SHORT = 20


class Shown(NamedTuple):
    """A message to look at: what stands in its subject line, its text, and its files by name with their bytes."""

    title: str
    text: str
    files: tuple[tuple[str, int], ...]


def shown(body: bytes, home: str) -> Shown:
    """A message as it went, a mail or the JSON of another channel; `home` is the address of this service."""
    mail = message_from_bytes(body, policy=READING)
    assert isinstance(mail, EmailMessage)
    if mail["Message-ID"] is None:
        return Shown("", hide(body.decode("utf-8", "replace"), home), ())
    part = mail.get_body(("plain",))
    text = str(part.get_content()).replace("\r\n", "\n") if part is not None else ""
    files = [(one.get_filename() or "", len(one.get_payload(decode=True) or b"")) for one in mail.iter_attachments()]
    return Shown(str(mail["Subject"] or ""), hide(text, home), tuple(files))


def title(head: bytes) -> str:
    """What stands in the subject line of a mail that begins with `head`; empty where it is no mail."""
    return str(BytesHeaderParser(policy=READING).parsebytes(head)["Subject"] or "")


def hide(text: str, home: str) -> str:
    """`text` with the secret part of each link into this service replaced. Links elsewhere stay: they let nobody in."""
    return _LINK.sub(lambda found: _hidden(found.group(), home), text)


def _hidden(link: str, home: str) -> str:
    address = urlsplit(link)
    ours = urlsplit(home)
    # The address of the service may have changed since the message went; its paths have not.
    if address.netloc != ours.netloc and not address.path.startswith(("/groups/", "/calendars/")):
        return link
    parts = address.path.split("/")
    kept = [
        HIDDEN if part and (parts[number - 1] in _BEFORE_SECRETS or _is_secret(part)) else part
        for number, part in enumerate(parts)
    ]
    more = f"?{HIDDEN}" if address.query else ""
    return f"{address.scheme}://{address.netloc}{'/'.join(kept)}{more}" + (f"#{HIDDEN}" if address.fragment else "")


def _is_secret(part: str) -> bool:
    """Whether a part of a path looks signed or random: like neither a word, an id nor the name of a file."""
    if len(part) < _SHORT or _UUID.fullmatch(part) or _NAME.fullmatch(part):
        return False
    return _ID.fullmatch(part) is None
