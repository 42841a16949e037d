"""A real SMTP server on loopback that keeps what it accepts, and can be told how to behave."""

import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from hashlib import sha256


@dataclass
class Sink:
    """What arrived: (Message-ID, SHA-256 of the bytes, recipient), in order of acceptance.

    `answer` is asked at CONNECT, at each verb and at DOT, the end of a mail; `paths` are the return paths.
    """

    port: int = 0
    accepted: list[tuple[str, str, str]] = field(default_factory=list)
    connections: int = 0
    # Seconds between two letters of an answer.
    drip: float = 0
    paths: list[str] = field(default_factory=list)
    answer: Callable[[str, str], str | None] = lambda step, recipient: None
    on_accept: Callable[[int], None] = lambda count: None

    def ids(self) -> list[str]:
        return [id_ for id_, _, _ in self.accepted]


class _Handler(socketserver.StreamRequestHandler):
    def say(self, text: str) -> None:
        raw, drip = text.encode() + b"\r\n", self.server.sink.drip  # type: ignore[attr-defined]
        if not drip:
            self.wfile.write(raw)
            return
        for letter in raw:
            self.wfile.write(bytes([letter]))
            time.sleep(drip)

    def handle(self) -> None:
        sink: Sink = self.server.sink  # type: ignore[attr-defined]
        sink.connections += 1
        try:
            self._talk(sink)
        except (ConnectionError, OSError):
            return

    def _talk(self, sink: Sink) -> None:
        planned = sink.answer("CONNECT", "")
        if planned is not None:
            if planned != "drop":
                self.say(planned)
            return
        self.say("220 sink")
        recipient = ""
        while line := self.rfile.readline():
            verb, _, rest = line.decode().strip().partition(" ")
            verb = verb.upper()
            if verb == "MAIL":
                sink.paths.append(rest.partition("<")[2].partition(">")[0])
            if verb == "RCPT":
                recipient = rest.partition("<")[2].partition(">")[0]
            planned = sink.answer(verb, recipient)
            if planned == "drop":
                return
            if verb == "DATA" and planned is None:
                self.say("354 go on")
                if not self._data(sink, recipient):
                    return
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say(planned or "250 ok")

    def _data(self, sink: Sink, recipient: str) -> bool:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            # Who is gone before the end has handed nothing over (RFC 5321, 4.1.1.4).
            if not line:
                return False
            lines.append(line[1:] if line.startswith(b"..") else line)
        body = b"".join(lines)
        planned = sink.answer("DOT", recipient)
        if planned is None or planned == "drop":
            sink.accepted.append((str(message_from_bytes(body)["Message-ID"]), sha256(body).hexdigest(), recipient))
            sink.on_accept(len(sink.accepted))
        if planned == "drop":
            return False
        self.say(planned or "250 kept")
        return True


@contextmanager
def running() -> Iterator[Sink]:
    """A sink on a free port of loopback until the block ends."""

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True
        address_family = socket.AF_INET

    with Server(("127.0.0.1", 0), _Handler) as server:
        sink = Sink(port=server.server_address[1])
        server.sink = sink  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield sink
        server.shutdown()
