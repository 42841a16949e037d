"""What this service signs and reads again: links in mails, cursors, marks of browsers. HMAC-SHA-256, by one key.

The library would take SHA-1, for the signature and for the key of each purpose; that is approved for neither any more
(ASVS 5.0.0, 11.4.1).
"""

import hashlib
from typing import Any

from itsdangerous import BadData, Signer, URLSafeSerializer
from itsdangerous.encoding import base64_decode, base64_encode

from service.settings import current


def sign(purpose: str, value: Any) -> str:
    """A JSON value as a text for an address; what was signed for one purpose is good for no other."""
    text = _signer(purpose).dumps(value)
    return text.decode() if isinstance(text, bytes) else text


def read(purpose: str, text: str) -> Any:
    """The value that was signed for this purpose, with this key or the one before; None where none was."""
    try:
        return _signer(purpose).loads(text)
    except BadData:
        return None


class _Exact(Signer):
    """Takes a signature in the one way in which it is written.

    The library reads base64 with whatever else stands in it, and with any last bits, of which a last letter has more
    than it needs: one link would have any number of addresses.
    """

    def verify_signature(self, value: str | bytes, sig: str | bytes) -> bool:
        written = sig.encode() if isinstance(sig, str) else sig
        return super().verify_signature(value, sig) and base64_encode(base64_decode(sig)) == written


def _signer(purpose: str) -> URLSafeSerializer:
    how = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeSerializer(current().signing_keys(), salt=purpose, signer=_Exact, signer_kwargs=how)
