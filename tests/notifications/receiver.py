"""The other side of a call out: HTTP and HTTPS servers on loopback, and the sample receiver of docs/webhooks.md."""

import base64
import hashlib
import hmac
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Script = Callable[[socket.socket, "Asked"], None]


# The sample receiver: what stands between these two lines is shown in docs/webhooks.md, word for word.
class Receiver:
    """Takes events in: each once, only from who has the secret, and of each subject the newest alone."""

    def __init__(self, *secrets: str) -> None:
        self.secrets = secrets  # while a secret is exchanged, the old one and the new one
        self.seen: set[str] = set()  # ids that came; keep them for some days
        self.newest: dict[str, dict[str, Any]] = {}  # by subject

    def take(self, headers: dict[str, str], body: bytes, now: float) -> int:
        """The status to answer with. `headers` by their names in small letters, `now` in seconds since 1970."""
        id_, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        if not stamp.isascii() or not stamp.isdigit() or abs(now - int(stamp)) > 300:
            return 400  # an old message, sent again by somebody else
        if not any(self._signed(secret, id_, stamp, body, headers) for secret in self.secrets):
            return 401
        if id_ in self.seen:
            return 200  # sent again, because our answer was lost
        event = json.loads(body)
        known = self.newest.get(event["subject"])
        if known is None or int(known["sequence"]) < int(event["sequence"]):
            self.newest[event["subject"]] = event
        self.seen.add(id_)
        return 200

    def _signed(self, secret: str, id_: str, stamp: str, body: bytes, headers: dict[str, str]) -> bool:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        made = hmac.new(key, f"{id_}.{stamp}.".encode() + body, hashlib.sha256).digest()
        expected = "v1," + base64.b64encode(made).decode()
        given = headers.get("webhook-signature", "").split(" ")
        return any(hmac.compare_digest(expected.encode(), one.encode()) for one in given)


# The end of the sample receiver.


class Asked:
    """One request as it came."""

    def __init__(self, raw: bytes) -> None:
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.line = lines[0]
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}


class Endpoint:
    """A server on loopback that answers each request as the next script says; the last one holds from then on."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self.greeted = 0
        self.asked: list[Asked] = []
        self.scripts: list[Script] = [says(200)]
        self.names: list[str | None] = []
        self._context = context
        if context is not None:
            context.sni_callback = lambda _sock, name, _context: self.names.append(name)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._over = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self.port}/hook"

    def answers(self, *scripts: Script) -> None:
        self.scripts = list(scripts)

    def close(self) -> None:
        self._over.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.greeted += 1
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with suppress(OSError, ValueError):
            connection.settimeout(20)
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
            asked = _read(connection)
            self.asked.append(asked)
            script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
            script(connection, asked)
        connection.close()


def _read(connection: socket.socket) -> Asked:
    raw = b""
    while b"\r\n\r\n" not in raw:
        more = connection.recv(65536)
        if not more:
            raise ValueError("it went away")
        raw += more
    head = Asked(raw)
    while len(head.body) < int(head.headers.get("content-length", "0")):
        head.body += connection.recv(65536)
    return head


def says(status: int, body: bytes = b"ok", **headers: str) -> Script:
    """Answer with a status."""

    def script(connection: socket.socket, _: Asked) -> None:
        lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    return script


def drips(what: bytes, pause: float = 0.05, seconds: float = 5) -> Script:
    """Send one byte at a time, for ever so long."""

    def script(connection: socket.socket, _: Asked) -> None:
        ends = time.monotonic() + seconds
        for byte in what:
            if time.monotonic() > ends:
                return
            connection.sendall(bytes([byte]))
            time.sleep(pause)

    return script


def floods(head: bytes, block: bytes, most: int = 1 << 30) -> Script:
    """Send blocks without an end; how much went out stands in `floods.sent`."""

    def script(connection: socket.socket, _: Asked) -> None:
        connection.sendall(head)
        sent = 0
        while sent < most:
            connection.sendall(block)
            sent += len(block)

    return script


def hangs(seconds: float = 5) -> Script:
    """Say nothing."""

    def script(_: socket.socket, __: Asked) -> None:
        time.sleep(seconds)

    return script


@contextmanager
def endpoint(context: ssl.SSLContext | None = None) -> Iterator[Endpoint]:
    found = Endpoint(context)
    try:
        yield found
    finally:
        found.close()


def certified(folder: Path, *names: str) -> tuple[ssl.SSLContext, Path]:
    """A server's context with a certificate for these names, and the file of who has signed it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    alternatives = [x509.IPAddress(ip_address(one)) if one[0].isdigit() else x509.DNSName(one) for one in names]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{'-'.join(names)}.pem"
    pem = made.public_bytes(serialization.Encoding.PEM)
    hidden = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(hidden + pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, file
