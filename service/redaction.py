"""What must not be read in a log, taken out of it: secrets by their shape and by name, and mail addresses.

    feed_Xy12… (43 characters)          feed_Xy12...           threat T41: enough to find which one, not to use it
    Authorization: Bearer …             Authorization: ***
    https://name:password@host          https://***@host
    https://host/path?q=…&code=…        https://host/path?***
    password=… token=… state=…          password=***
    /sign-in/…, signed links            ***
    somebody@agency.example             mail:3f2a9c01          the same address has the same hash, see `learn`

A text that stands in the settings as a secret is taken out wherever it is, also percent-encoded or in base64.
"""

import errno
import hmac
import re
import smtplib
import socket
import ssl
import traceback
from base64 import b64encode
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus

HIDDEN = "***"
_LONGEST = 4000
_MARGIN = 500
_DEEPEST = 8
_FRAMES = 40
# Fields that nobody outside has a hand in.
_OURS = {"level", "timestamp", "trace"}
# Fields whose value is left out whatever it is: secrets, and what somebody has sent or is sent.
_SECRET_FIELD = re.compile(
    r"authorization|cookie|passw|secret|token|api.?key|credential|session|signature|"
    r"^(headers?|form|body|json|payload|query|params|content|said|subject|title|dsn)$",
    re.IGNORECASE,
)
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    # Tokens of this service, by their prefix: enough of them stays to find which one it was.
    (re.compile(r"\b(gmg_|feed_)([A-Za-z0-9_-]{4})[A-Za-z0-9_-]{8,}"), r"\1\2..."),
    (re.compile(r"\bwhsec_([A-Za-z0-9+/]{4})[A-Za-z0-9+/=]{8,}"), r"whsec_\1..."),
    (re.compile(r"(?i)\b((?:proxy-)?authorization|set-cookie|cookie|x-api-key)(['\"]?\s*[:=]\s*).*"), rf"\1\2{HIDDEN}"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}"), rf"\1 {HIDDEN}"),
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]{1,20}://)[^\s/@'\"]+@"), rf"\1{HIDDEN}@"),
    (re.compile(r"(?i)(://hooks\.slack\.com/)\S+"), rf"\1{HIDDEN}"),
    (
        re.compile(
            r"(?i)([\w-]{0,40}(?:passw(?:or)?d|secret|token|api[_-]?key|signature|credential|code|state|nonce|verifier|sig)"
            r"['\"]?\s*=\s*)[^\s&;,'\"]+"
        ),
        rf"\1{HIDDEN}",
    ),
    (
        re.compile(r"(?i)(/sign-in/|/calendars/p/|/unsubscribe/|/(?:rsvp|seen|answer|answers|polls?)/)[\w.~%-]{16,}"),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(?<=[\w/.)-])\?[\w.%\[\]-]{1,60}=[^\s'\"]*"), f"?{HIDDEN}"),
    # What is signed (itsdangerous), and what is as long as a secret of ours: 256 bits in base64.
    (re.compile(r"\b[A-Za-z0-9_-]{8,}\.(?:[A-Za-z0-9_-]{27}|[A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])"), HIDDEN),
    (re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])"), HIDDEN),
)
_MAIL = re.compile(r"[\w.!#$%&'+=?^`{|}~-]{1,64}@[\w-]+(?:\.[\w-]+)*")
# The Message-ID of a delivery is its id, which is no secret and is looked for.
_OWN_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}@")


class Redaction:
    """A processor of structlog that takes secrets out of a whole line."""

    def __init__(self) -> None:
        self._secrets: re.Pattern[str] | None = None
        self._key = b""

    def learn(self, secrets: Iterable[str], key: bytes) -> None:
        """Texts that are never to be written; and what keys the hashes of addresses, so that nobody can try them."""
        forms = {form for secret in secrets if len(secret) >= 6 for form in _forms(secret)}
        longest_first = sorted(forms, key=len, reverse=True)
        self._secrets = re.compile("|".join(re.escape(form) for form in longest_first)) if forms else None
        self._key = hmac.digest(key, b"log", "sha256") if key else b""

    def __call__(self, _: Any, __: str, line: dict[str, Any]) -> dict[str, Any]:
        return {name: self._value(name, value, 0) for name, value in line.items()}

    def text(self, text: str) -> str:
        """A text without what must not be read in it."""
        # A secret that is cut in two has no shape any more.
        text = text if len(text) <= 2 * _LONGEST else text[: 2 * _LONGEST - _MARGIN]
        if self._secrets is not None:
            text = self._secrets.sub(HIDDEN, text)
        for shape, instead in _SHAPES:
            text = shape.sub(instead, text)
        text = _MAIL.sub(self._address, text) if "@" in text else text
        return text[:_LONGEST]

    def _value(self, name: str, value: Any, depth: int) -> Any:
        if value is None or isinstance(value, (bool, int, float)) or name.startswith("_") or name in _OURS:
            return value
        if _SECRET_FIELD.search(name):
            return HIDDEN
        if isinstance(value, str):
            return self.text(value)
        if depth < _DEEPEST and isinstance(value, dict):
            return {self.text(str(key)): self._value(str(key), one, depth + 1) for key, one in value.items()}
        if depth < _DEEPEST and isinstance(value, (list, tuple, set, frozenset)):
            return [self._value("", one, depth + 1) for one in value]
        return self.text(str(value))

    def _address(self, found: re.Match[str]) -> str:
        address = found[0]
        if _OWN_ID.match(address):
            return address
        digest = hmac.digest(self._key, address.casefold().encode(), "sha256") if self._key else b""
        return f"mail:{digest.hex()[:8]}" if digest else f"mail:{HIDDEN}"


def _forms(secret: str) -> Iterable[str]:
    raw = secret.encode()
    encoded = b64encode(raw).decode().rstrip("=")
    yield from (secret, quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1], encoded)
    # As a part of something that was encoded with it, such as name and password: at each of the three offsets.
    for before in (1, 2):
        shifted = b64encode(b"\0" * before + raw).decode().rstrip("=")
        yield shifted[2 if before == 1 else 3 : -1]


def told(error: BaseException) -> list[dict[str, Any]]:
    """An exception and what it came from, the last one first: type, places, and its text where it is one of ours."""
    chain: list[dict[str, Any]] = []
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen and len(chain) < 10:
        seen.add(id(at))
        frames = traceback.extract_tb(at.__traceback__)[-_FRAMES:]
        one: dict[str, Any] = {
            "type": f"{type(at).__module__}.{type(at).__qualname__}",
            "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        }
        if text := _text(at):
            one["text"] = text
        if isinstance(at, BaseExceptionGroup):
            one["of"] = [told(inner) for inner in at.exceptions[:5]]
        chain.append(one)
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return chain


def _text(error: BaseException) -> str | None:
    """What an exception says, where that comes from the machine and not from somebody's request."""
    state = getattr(error, "sqlstate", None)
    if state is not None or type(error).__module__.partition(".")[0] == "psycopg":
        return f"SQLSTATE {state}" if state else None
    if isinstance(error, ssl.SSLError):
        return str(error.reason or "") or None
    if isinstance(error, smtplib.SMTPResponseException):
        return f"SMTP {error.smtp_code}"
    if isinstance(error, (socket.gaierror, OSError)) and error.errno is not None:
        return errno.errorcode.get(error.errno, str(error.errno))
    name = getattr(error, "sqlite_errorname", None)
    return str(name) if name else None
