"""A mail as its reader sees it."""

import re
from email.message import EmailMessage, Message


def read(mail: Message) -> str:
    """The plain text, its soft line breaks joined (RFC 3676)."""
    assert isinstance(mail, EmailMessage)
    body = mail.get_body(("plain",))
    assert body is not None
    return re.sub(r" \n *", " ", str(body.get_content()).replace("\r\n", "\n"))
