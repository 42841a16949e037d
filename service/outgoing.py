"""The one way in which this service calls an address that somebody has written down: guarded, short, said once.

Whoever names an endpoint decides where this service connects to, so each call is held to these rules (threats T30 to
T36 of docs/webhooks.md): https on 443 or 8443; every address that the name leads to has to be public; the connection
goes to an address that was checked, under the name that was written (Host, SNI and certificate), so a name server
that says something else a second later gains nothing; no redirect is followed; 15 seconds for all of it, however
slowly the other side drips; 16 KiB of the answer, as it comes, never decompressed. Networks that the operator lists in
`GMG_OUTGOING_PRIVATE` are open, with plain http and on every port.

What is a public address stands in a table of its own: `ipaddress.is_global` counts NAT64, 6to4, multicast and
site-local addresses as global. The microsoft-antissrf library was looked at: it rides on requests, which has no
deadline over the whole of an answer, and lets ::127.0.0.1 through.
"""

import http.client
import io
import re
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from service import clock
from service.language.speech import N_, _
from service.problems import Problem
from service.settings import current

DEADLINE = 15.0
# At save a name is only looked up.
LOOKUP = 5.0
HEAD = 16 * 1024
# The lines before the body count too.
_MOST = HEAD + 16 * 1024
PORTS = (443, 8443)
_ADDRESSES_TRIED = 4
# IANA's special-purpose registry, multicast and reserved space, and the address of a cloud's own agent.
_CLOSED_4 = tuple(
    ip_network(one)
    for one in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",
        "240.0.0.0/4",
    )
)  # fmt: skip
# All that is public in IPv6 lies in 2000::/3: neither ::/96, ::ffff:0:0/96, 64:ff9b::/96, fc00::/7, fe80::/10,
# fec0::/10 nor ff00::/8 does. Some of it leads elsewhere (Teredo, 6to4) or nowhere (documentation).
_OPEN_6 = ip_network("2000::/3")
_CLOSED_6 = tuple(
    ip_network(one) for one in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
_URL = re.compile(r"https?://[^\s\\\x00-\x20\x7f]+", re.IGNORECASE)

Ip = IPv4Address | IPv6Address


# Why an address is not called, after a word that stands for it; the same as a whole sentence for who wrote it.
_NO_ADDRESS = "is no address that can be called; write it as https://host/path"
_NAMES_A_USER = "names a user; leave out what stands before the @"
_NOT_ASCII = "has letters beyond ASCII after its name; write them as %XX"
_NOT_PUBLIC = "leads to no public host on port 443 or 8443 by https; write one that does"
_SENTENCES = {
    _NO_ADDRESS: N_("This address is no address that can be called; write it as https://host/path."),
    _NAMES_A_USER: N_("This address names a user; leave out what stands before the @."),
    _NOT_ASCII: N_("This address has letters beyond ASCII after its name; write them as %XX."),
    _NOT_PUBLIC: N_("This address leads to no public host on port 443 or 8443 by https; write one that does."),
}


class Blocked(Exception):
    """An address that is not called; the text says why, without what a name leads to."""


class Unanswered(Exception):
    """Nothing that can be used came back in time; another try may fare better."""


class Answer(NamedTuple):
    """What came back: the status, the first 16 KiB of the body as they came, and when it asks to be called again."""

    status: int
    head: bytes
    retry_after: timedelta | None

    @property
    def ok(self) -> bool:
        """Whether it was taken. A redirect is not."""
        return 200 <= self.status < 300


class Target(NamedTuple):
    """An address, taken apart. `host` is the name in ASCII, without a dot at its end or brackets."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def name(self) -> str:
        """The value of Host."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


def read(url: str) -> Target:
    """An address as it is called, without looking its name up.

    Raises:
        Blocked: it is no http or https address, or names a user.
    """
    try:
        parts = urlsplit(url if _URL.fullmatch(url) else "")
        host = (parts.hostname or "").rstrip(".")
        # A name in other letters, and digits in circles, as they are looked up (RFC 3490).
        host = host if ":" in host else host.encode("idna").decode()
        port = parts.port
    except (ValueError, UnicodeError):
        raise Blocked(_NO_ADDRESS) from None
    if not host or parts.scheme not in ("http", "https"):
        raise Blocked(_NO_ADDRESS)
    if parts.username is not None or parts.password is not None:
        raise Blocked(_NAMES_A_USER)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii():
        raise Blocked(_NOT_ASCII)
    secure = parts.scheme == "https"
    return Target(secure, host, port if port is not None else 443 if secure else 80, path)


def in_words(blocked: Blocked) -> str:
    """Why an address is not called, for who wrote it, in the language spoken now."""
    return _(_SENTENCES[str(blocked)])


def check(url: str) -> None:
    """Refuse an address that would not be called, when it is written down.

    Raises:
        Problem: 422, with what is wrong with it.
    """
    try:
        _resolve(read(url), time.monotonic() + LOOKUP)
    except Blocked as blocked:
        raise Problem(422, "blocked-address", in_words(blocked)) from None
    except Unanswered:
        # The same as for a private one: which names are known inside is nobody's business.
        raise Problem(422, "blocked-address", in_words(Blocked(_NOT_PUBLIC))) from None


def post(url: str, body: bytes, headers: Mapping[str, str], *, deadline: float = DEADLINE) -> Answer:
    """Post `body` to `url` within `deadline` seconds.

    Raises:
        Blocked: the address is closed to calls out.
        Unanswered: no answer in time, or one that is no HTTP.
    """
    ends = time.monotonic() + deadline
    target = read(url)
    connection = None
    try:
        connection = _connect(target, _resolve(target, ends), ends)
        return _ask(connection, target, body, headers, ends)
    except ssl.SSLCertVerificationError as error:
        raise Unanswered(f"its certificate is not good: {error.verify_message}") from None
    except TimeoutError:
        raise Unanswered(f"no answer within {deadline:g} seconds") from None
    except (OSError, http.client.HTTPException) as error:
        raise Unanswered(f"no answer: {type(error).__name__}") from None
    finally:
        if connection is not None:
            connection.close()


def _resolve(target: Target, ends: float) -> list[Ip]:
    """Every address that the name leads to, all of them open."""
    found = _look_up(target, ends)
    private = current().open_networks
    if found and all(any(one in network for network in private) for one in found):
        return found
    own = (urlsplit(current().public_url).hostname or "").rstrip(".")
    public = all(is_public(one) for one in found) and target.host != own
    if not found or not public or not target.secure or target.port not in PORTS:
        raise Blocked(_NOT_PUBLIC)
    return found


def is_public(address: Ip) -> bool:
    """Whether an address is one that anybody in the world may be at."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _CLOSED_4)
    return address in _OPEN_6 and not any(address in network for network in _CLOSED_6)


def _look_up(target: Target, ends: float) -> list[Ip]:
    """What the resolver says, in a thread of its own: it knows no deadline."""
    said: list[Any] = []

    def ask() -> None:
        with suppress(OSError, UnicodeError):
            said.extend(socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM))

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(max(0.0, ends - time.monotonic()))
    if asking.is_alive() or not said:
        raise Unanswered("its name leads to no address")
    return list(dict.fromkeys(ip_address(entry[4][0]) for entry in said))


def _connect(target: Target, addresses: list[Ip], ends: float) -> socket.socket:
    plain = _reach(target, addresses, ends)
    if not target.secure:
        return plain
    try:
        plain.settimeout(_left(ends))
        return ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)
    except BaseException:
        plain.close()
        raise


def _reach(target: Target, addresses: list[Ip], ends: float) -> socket.socket:
    tried = addresses[:_ADDRESSES_TRIED]
    for number, address in enumerate(tried):
        # Not `create_connection`: it would look the address up once more.
        connection = socket.socket(socket.AF_INET if address.version == 4 else socket.AF_INET6)
        try:
            # One that swallows everything leaves time for the others.
            connection.settimeout(_left(ends) / (len(tried) - number))
            connection.connect((str(address), target.port))
            return connection
        except OSError:
            connection.close()
            if number + 1 == len(tried):
                raise
    raise Unanswered("its name leads to no address")


def _ask(connection: socket.socket, target: Target, body: bytes, headers: Mapping[str, str], ends: float) -> Answer:
    connection.settimeout(_left(ends))
    asking = http.client.HTTPConnection(target.host, target.port)
    asking.sock = connection
    asking.putrequest("POST", target.path, skip_host=True, skip_accept_encoding=True)
    ours = {"Host": target.name, "Accept-Encoding": "identity", "Connection": "close", "User-Agent": "gmg"}
    for name, value in (ours | {"Content-Length": str(len(body))} | dict(headers)).items():
        asking.putheader(name, value)
    asking.endheaders(body)
    answer = http.client.HTTPResponse(_Bounded(connection, ends), method="POST")  # type: ignore[arg-type]
    answer.begin()
    head = b""
    with suppress(http.client.IncompleteRead, _TooMuch):
        head = answer.read(HEAD)
    return Answer(answer.status, head, _after(answer.headers.get("Retry-After")))


class _TooMuch(http.client.HTTPException):
    pass


class _Bounded(io.RawIOBase):
    """What a connection says until the deadline, and no more than is read of it; in place of its socket."""

    def __init__(self, connection: socket.socket, ends: float) -> None:
        self._connection, self._ends, self._most = connection, ends, _MOST

    def makefile(self, _: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connection.settimeout(_left(self._ends))
        if not self._most:
            raise _TooMuch
        count = self._connection.recv_into(memoryview(buffer)[: self._most])
        self._most -= count
        return count


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _after(text: str | None) -> timedelta | None:
    """Retry-After (RFC 9110 10.2.3): seconds, or a date."""
    if text is None:
        return None
    if text.strip().isascii() and text.strip().isdigit():
        return timedelta(seconds=min(int(text.strip()[:9]), 10**8))
    try:
        return max(parsedate_to_datetime(text) - clock.now(), timedelta(0))
    except (ValueError, TypeError):
        return None
