"""Return paths that know which delivery they stand for, signed so that nobody makes one up (threat T70)."""

import re
from base64 import b32decode, b32encode
from hashlib import sha256
from hmac import compare_digest
from hmac import new as hmac
from uuid import UUID

# RFC 5321 4.5.3.1.1.
_LONGEST_LOCAL = 64
_PATH = re.compile(r"[^@\s<>]{1,64}\+b\.([a-z2-7]{26})\.([a-z2-7]{12})@[^@\s<>]{1,255}", re.IGNORECASE)


def return_path(sender: str, delivery_id: str, secret: bytes) -> str:
    """The envelope sender of a delivery: `local+b.<delivery>.<signature>@host`.

    The plain sender where the local part would be too long (more than 21 characters), or the id is none of ours.
    """
    local, _, host = sender.rpartition("@")
    try:
        id_ = UUID(delivery_id).bytes
    except ValueError:
        return sender
    marked = f"{local}+b.{b32encode(id_).decode().rstrip('=').lower()}.{_sign(id_, secret)}"
    return f"{marked}@{host}" if len(marked) <= _LONGEST_LOCAL else sender


def delivery_of(text: str, secret: bytes) -> str | None:
    """The delivery whose return path stands in a text such as a header; None where there is none that we have signed.

    Case does not matter: servers change it.
    """
    for found in _PATH.finditer(text):
        try:
            id_ = b32decode(found[1].upper() + "======")
        except ValueError:
            continue
        if compare_digest(_sign(id_, secret), found[2].lower()):
            return str(UUID(bytes=id_))
    return None


def _sign(id_: bytes, secret: bytes) -> str:
    return b32encode(hmac(secret, b"return-path:" + id_, sha256).digest())[:12].decode().lower()
