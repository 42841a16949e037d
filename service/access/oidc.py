"""Sign-in by an OpenID Connect provider: code flow with PKCE, `state` and `nonce` (OpenID Connect Core 1.0; RFC 9700).

The provider's description and keys are fetched from its issuer alone, with deadlines and a limit of their size, and
kept for an hour. What a token says is believed only after `read_id_token`.
"""

import json
import time
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jws, jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from service.settings import current

SCOPE = "openid email"
CALLBACK = "/sign-in/callback"
# Seconds for a connection and for an answer; bytes of an answer; seconds for which keys are kept; and how soon
# they may be asked for again because of a key that is not known.
_DEADLINES, _LARGEST, _KEPT, _AGAIN = (5, 5), 256 * 1024, 3600, 60
# Signatures by a key pair: with a shared secret, or none, anybody who can read could write.
_ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519",
)  # fmt: skip
# Headers by which a token would bring the key to check it with, or name where to fetch one.
_OWN_KEYS = ("jwk", "jku", "x5u", "x5c", "crit")
_LEEWAY = 60


class Untrusted(Exception):
    """An answer of the provider that must not sign anybody in; `why` is one word for the record."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Unavailable(Exception):
    """The provider cannot be reached, or says what no provider says."""


class Claims(NamedTuple):
    """Whom the provider has signed in. `email` only where the provider says that it has verified it."""

    issuer: str
    subject: str
    email: str | None


def read_id_token(
    text: str,
    keys: KeySet,
    *,
    issuer: str,
    client_id: str,
    nonce: str,
    access_token: str,
    algorithms: list[str],
    now: int,
) -> dict[str, Any]:
    """The claims of an ID token (OpenID Connect Core 3.1.3.7). Pure; `now` in seconds since 1970.

    Raises:
        Untrusted: it is not signed by one of `keys`, is not for us, for this browser or for now.
        InvalidKeyIdError: its key is not among `keys`.
    """
    try:
        header = jws.extract_compact(text.encode()).headers()
        if any(name in header for name in _OWN_KEYS):
            raise Untrusted("header")
        # An empty list would mean the library's own, with shared secrets among them.
        registry = jws.JWSRegistry(algorithms=algorithms or ["RS256"], strict_check_header=False)
        token = jwt.decode(text, keys, registry=registry)
        wanted = {
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True, "value": client_id},
        }
        given = {"nonce": nonce, "client_id": client_id, "access_token": access_token}
        claims = CodeIDToken(token.claims, token.header, wanted, given)
        claims.validate(now=now, leeway=_LEEWAY)
    except InvalidKeyIdError:
        raise
    except JoseError as error:
        raise Untrusted(getattr(error, "claim", None) or error.error) from None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Untrusted("unreadable") from None
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise Untrusted("sub")
    return dict(claims)


class Provider:
    """A provider as its description tells it."""

    def __init__(self, issuer: str, client_id: str, secret: str) -> None:
        self.issuer, self.client_id, self._secret = issuer, client_id, secret
        self._described: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None

    @property
    def host(self) -> str:
        """What people see of it before they go there."""
        return urlsplit(self.issuer).netloc

    def address(self, state: str, nonce: str, verifier: str) -> str:
        """Where a browser signs in.

        Raises:
            Unavailable: the provider cannot be asked for it.
        """
        with self._session() as session:
            address, _ = session.create_authorization_url(
                self._endpoint("authorization_endpoint"), state=state, nonce=nonce, code_verifier=verifier
            )
        return str(address)

    def claims(self, code: str, verifier: str, nonce: str, now: int) -> Claims:
        """Whom the provider has signed in, for the code that the browser has brought.

        Raises:
            Untrusted: what it answers must not sign anybody in.
            Unavailable: it cannot be asked.
        """
        token = self._token(code, verifier)
        access = token.get("access_token")
        if not isinstance(access, str) or not isinstance(token.get("id_token"), str):
            raise Untrusted("no-token")
        found = self._read(token["id_token"], nonce, access, now)
        if "email" not in found and "userinfo_endpoint" in self._description():
            more = self._json(self._endpoint("userinfo_endpoint"), bearer=access)
            if more.get("sub") != found["sub"]:
                raise Untrusted("userinfo")
            found |= {name: more[name] for name in ("email", "email_verified") if name in more}
        email = found.get("email")
        verified = found.get("email_verified") is True and isinstance(email, str)
        return Claims(self.issuer, found["sub"], email if verified else None)

    def answers_as(self, named: str | None) -> None:
        """Whether an answer that says to be of `named` may be of this provider (RFC 9207).

        Raises:
            Untrusted: it is another's, or does not say whose though this provider always does.
        """
        always = self._description().get("authorization_response_iss_parameter_supported") is True
        if named != self.issuer and (named is not None or always):
            raise Untrusted("iss")

    def _read(self, text: str, nonce: str, access: str, now: int) -> dict[str, Any]:
        supported = self._description().get("id_token_signing_alg_values_supported") or []
        given: dict[str, Any] = {
            "issuer": self.issuer, "client_id": self.client_id, "nonce": nonce, "access_token": access, "now": now,
            "algorithms": [name for name in _ALGORITHMS if name in supported],
        }  # fmt: skip
        try:
            return read_id_token(text, self._key_set(_KEPT), **given)
        except InvalidKeyIdError:
            pass
        try:
            return read_id_token(text, self._key_set(_AGAIN), **given)
        except InvalidKeyIdError:
            raise Untrusted("kid") from None

    def _token(self, code: str, verifier: str) -> dict[str, Any]:
        endpoint = self._endpoint("token_endpoint")
        try:
            with self._session() as session:
                found = session.fetch_token(
                    endpoint, grant_type="authorization_code", code=code, code_verifier=verifier, allow_redirects=False
                )
                return dict(found)
        except OAuthError:
            raise Untrusted("code") from None
        except (requests.RequestException, ValueError):
            raise Unavailable from None

    def _session(self) -> Any:
        ways = self._description().get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        way = "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"
        return OAuth2Session(
            self.client_id, self._secret, scope=SCOPE, redirect_uri=current().public_url + CALLBACK,
            code_challenge_method="S256", token_endpoint_auth_method=way, default_timeout=_DEADLINES,
        )  # fmt: skip

    def _endpoint(self, name: str) -> str:
        """An address from the description: by https, unless the issuer itself is on loopback."""
        address = self._description().get(name)
        if not isinstance(address, str) or not address.startswith(("https://", f"{self.issuer.rstrip('/')}/")):
            raise Unavailable
        return address

    def _description(self) -> dict[str, Any]:
        if self._described is None or time.monotonic() - self._described[0] >= _KEPT:
            found = self._json(get_well_known_url(self.issuer, external=True))
            if found.get("issuer") != self.issuer:
                raise Unavailable
            self._described = (time.monotonic(), found)
        return self._described[1]

    def _key_set(self, age: float) -> KeySet:
        """The provider's keys, not older than `age` in seconds."""
        if self._keys is None or time.monotonic() - self._keys[0] >= age:
            try:
                found = KeySet.import_key_set(self._json(self._endpoint("jwks_uri")))  # type: ignore[arg-type]
            except (JoseError, ValueError, KeyError, TypeError):
                raise Unavailable from None
            self._keys = (time.monotonic(), found)
        return self._keys[1]

    def _json(self, address: str, bearer: str = "") -> dict[str, Any]:
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
        try:
            with requests.get(
                address, headers=headers, timeout=_DEADLINES, allow_redirects=False, stream=True
            ) as answer:
                raw = answer.raw.read(_LARGEST + 1, decode_content=True)
                found = json.loads(raw) if answer.status_code == 200 and len(raw) <= _LARGEST else None
        except (requests.RequestException, OSError, ValueError):
            raise Unavailable from None
        if not isinstance(found, dict):
            raise Unavailable
        return found


@lru_cache(maxsize=4)
def _provider(issuer: str, client_id: str, secret: str) -> Provider:
    return Provider(issuer, client_id, secret)


def provider() -> Provider | None:
    """The provider that is configured; None where there is none."""
    using = current()
    if not using.oidc_issuer:
        return None
    return _provider(using.oidc_issuer, using.oidc_client_id, using.oidc_client_secret.get_secret_value())
