"""A provider of identities on loopback that answers just what a test tells it to; its keys are its own."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey


@cache
def key(kid: str) -> RSAKey:
    """A key pair, made once: that is what takes long."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


class Provider:
    """What it says of itself, its keys, and what the next code is answered with."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.key = key("one")
        self.described: dict[str, Any] = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "id_token_signing_alg_values_supported": ["RS256", "none", "HS256"],
        }
        self.id_token = ""
        self.userinfo: dict[str, Any] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        """An ID token with the provider's own key."""
        return jwt.encode({"alg": "RS256", "kid": "one"} | header, claims, self.key)

    def answer(self, path: str, form: dict[str, str]) -> dict[str, Any] | None:
        self.asked.append((path, form))
        return {
            "/.well-known/openid-configuration": self.described,
            "/keys": KeySet([self.key]).as_dict(private=False),
            "/token": {"access_token": "access", "token_type": "Bearer", "id_token": self.id_token},
            "/userinfo": self.userinfo,
        }.get(path)  # type: ignore[return-value]


@contextmanager
def provider() -> Iterator[Provider]:
    """The provider while the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(found.answer(self.path, {}))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            self._say(found.answer(self.path, {name: values[0] for name, values in parse_qs(body).items()}))

        def _say(self, said: dict[str, Any] | None) -> None:
            body = json.dumps(said).encode()
            self.send_response(200 if said is not None else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Provider(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
