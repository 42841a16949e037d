"""A relay in a process of its own, as small as one can be: takes every mail after a while and keeps none.

python -m bench.relay SECONDS prints the port it listens on.
"""

import socketserver
import sys
import time

ANSWERS = {b"EHLO": b"250 relay", b"DATA": b"354 go on", b"QUIT": b"221 bye"}


class _Handler(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self) -> None:
        takes: float = self.server.takes  # type: ignore[attr-defined]
        self.wfile.write(b"220 relay\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            self.wfile.write(ANSWERS.get(verb, b"250 ok") + b"\r\n")
            if verb == b"DATA":
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
                if takes:
                    time.sleep(takes)
                self.wfile.write(b"250 kept\r\n")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


def main() -> None:
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.takes = float(sys.argv[1])  # type: ignore[attr-defined]
        print(server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
