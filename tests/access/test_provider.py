"""Signing in by a provider of identities: whom it makes known, and what is believed of no token (T58)."""

import hmac
import html
import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import structlog
from joserfc import jws, jwt
from joserfc.jwk import ECKey
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from service import settings
from service.access.tables import IdentityRow, SessionRow
from service.audit import AuditRow
from service.database import reading, writing
from service.events import Event
from service.groups import queries as groups
from service.web.signing.sign_in import NOT_GOOD
from tests.access.provider import Provider, key, provider
from tests.access.signing import FOCAL_POINT, HTML, ME, SIGN_IN, another_browser
from tests.conftest import Changed, Time, put

START, CALLBACK = "/groups/gmg/single-sign-on", "/sign-in/callback"
CLIENT = "gmg-client"


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """The provider, as the settings name it."""
    with provider() as found:
        monkeypatch.setenv("GMG_OIDC_ISSUER", found.issuer)
        monkeypatch.setenv("GMG_OIDC_CLIENT_ID", CLIENT)
        monkeypatch.setenv("GMG_OIDC_CLIENT_SECRET", "a secret of the client")
        settings.current.cache_clear()
        yield found


@pytest.fixture
def claims(there: Provider, time: Time) -> dict[str, Any]:
    """What a good token says, but for its nonce."""
    now = int(time.at.timestamp())
    return {
        "iss": there.issuer, "sub": "ada", "aud": CLIENT, "iat": now, "exp": now + 300,
        "email": FOCAL_POINT, "email_verified": True,
    }  # fmt: skip


def begin(client: TestClient, **more: str) -> dict[str, str]:
    """Go to the provider; what it was asked."""
    away = client.post(START, data=more, headers=HTML)
    assert away.status_code == 200
    address = re.search(r'url=([^"]+)"', away.text)
    assert address is not None
    return {name: values[0] for name, values in parse_qs(urlsplit(html.unescape(address[1])).query).items()}


def come_back(client: TestClient, **query: str) -> Any:
    return client.get(CALLBACK, params=query, headers=HTML, follow_redirects=False)


def sign_in(client: TestClient, there: Provider, claims: dict[str, Any], **header: Any) -> Any:
    asked = begin(client)
    there.id_token = there.sign(claims | {"nonce": asked["nonce"]}, **header)
    return come_back(client, state=asked["state"], code="code")


def identities(engine: Engine) -> list[tuple[str, str]]:
    with reading(engine) as session:
        return [(row.issuer, row.subject) for row in session.exec(select(IdentityRow))]


def reasons(engine: Engine) -> list[str]:
    """Why sign-ins were refused, as it stands on record."""
    with reading(engine) as session:
        asked = select(Event).where(Event.kind == "sign-in.refused")
        return [str(event.data["why"]) for event in session.exec(asked)]


def refused(answer: Any, client: TestClient, engine: Engine) -> None:
    assert answer.status_code == 400
    assert NOT_GOOD in answer.text
    assert client.get(ME).status_code == 401
    with reading(engine) as session:
        assert session.exec(select(SessionRow)).all() == []


def test_the_button_is_there_only_where_a_provider_is_configured(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "single-sign-on" not in client.get(SIGN_IN).text
    assert client.post(START).status_code == 404
    assert client.get(CALLBACK).status_code == 404
    for name, value in (("ISSUER", "https://login.example"), ("CLIENT_ID", CLIENT), ("CLIENT_SECRET", "s")):
        monkeypatch.setenv(f"GMG_OIDC_{name}", value)
    settings.current.cache_clear()
    assert "Sign in with login.example" in client.get(SIGN_IN).text


def test_code_flow_with_pkce_state_and_nonce(
    client: TestClient, engine: Engine, there: Provider, claims: dict[str, Any]
) -> None:
    asked = begin(client, next="/groups/gmg")
    assert (asked["response_type"], asked["client_id"], asked["scope"]) == ("code", CLIENT, "openid email")
    assert asked["redirect_uri"] == "http://127.0.0.1:8000/sign-in/callback"
    assert asked["code_challenge_method"] == "S256"
    there.id_token = there.sign(claims | {"nonce": asked["nonce"]})
    done = come_back(client, state=asked["state"], code="the-code")
    assert (done.status_code, done.headers["location"]) == (303, "/groups/gmg")
    assert "GMG focal point of IOM" in client.get(ME).text
    ((_, form),) = [one for one in there.asked if one[0] == "/token"]
    assert form["code"] == "the-code"
    challenge = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
    assert challenge == asked["code_challenge"]
    assert identities(engine) == [(there.issuer, "ada")]


def test_issuer_and_subject_are_the_key_once_the_address_has_been_seen(
    client: TestClient, engine: Engine, there: Provider, claims: dict[str, Any], time: Time
) -> None:
    assert sign_in(client, there, claims).status_code == 303
    for later in ({"email": "gmg@ilo.example"}, {"email_verified": False}, {"email": None}):
        browser = another_browser(client)
        assert sign_in(browser, there, claims | later).status_code == 303
        assert "GMG focal point of IOM" in browser.get(ME).text
    assert len(identities(engine)) == 1
    with reading(engine) as session:
        (bound,) = session.exec(select(Event).where(Event.kind == "identity.bound")).all()
        (row,) = session.exec(select(AuditRow).where(AuditRow.what == "identity")).all()
    assert (bound.actor, row.name) == ("GMG focal point of IOM", "GMG focal point of IOM")


def test_the_address_may_come_from_userinfo(
    client: TestClient, there: Provider, claims: dict[str, Any], engine: Engine
) -> None:
    bare = {name: value for name, value in claims.items() if not name.startswith("email")}
    there.userinfo = {"sub": "somebody-else", "email": FOCAL_POINT, "email_verified": True}
    refused(sign_in(client, there, bare), client, engine)
    assert reasons(engine) == ["userinfo"]
    there.userinfo["sub"] = "ada"
    assert sign_in(client, there, bare).status_code == 303


def test_new_keys_are_fetched_when_a_token_names_one_that_is_not_known(
    client: TestClient, there: Provider, claims: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sign_in(client, there, claims).status_code == 303
    there.key = key("two")
    assert sign_in(another_browser(client), there, claims, kid="two").status_code == 400, "not twice in a minute"
    monkeypatch.setattr("service.access.oidc._AGAIN", 0)
    assert sign_in(another_browser(client), there, claims, kid="two").status_code == 303


def test_a_provider_that_does_not_answer(client: TestClient, there: Provider, claims: dict[str, Any]) -> None:
    there.described["jwks_uri"] = f"{there.issuer}/nowhere"
    answer = sign_in(client, there, claims)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")


def test_a_description_of_another_issuer_or_without_https_is_not_followed(client: TestClient, there: Provider) -> None:
    there.described["issuer"] = "https://evil.example"
    assert client.post(START, headers=HTML).status_code == 503
    there.described |= {"issuer": there.issuer, "authorization_endpoint": "http://evil.example/auth"}
    assert client.post(START, headers=HTML).status_code == 503


def forged(claims: dict[str, Any], there: Provider) -> str:
    """Signed by a key that the token brings along."""
    own = ECKey.generate_key("P-256")
    registry = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
    header = {"alg": "ES256", "jwk": own.as_dict(private=False)}
    return jws.serialize_compact(header, json.dumps(claims).encode(), own, registry=registry)


def joined(*parts: bytes) -> str:
    return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def unsigned(claims: dict[str, Any], there: Provider) -> str:
    return joined(json.dumps({"alg": "none"}).encode(), json.dumps(claims).encode(), b"")


def by_public_key(claims: dict[str, Any], there: Provider) -> str:
    """Signed with the public key as if it were a shared secret; the library would not, so by hand."""
    said = joined(json.dumps({"alg": "HS256", "kid": "one"}).encode(), json.dumps(claims).encode())
    return f"{said}.{joined(hmac.digest(there.key.as_pem(private=False), said.encode(), 'sha256'))}"


def stranger(claims: dict[str, Any], there: Provider) -> str:
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key("another"))


def altered(claims: dict[str, Any], there: Provider) -> str:
    head, _, signature = there.sign(claims).split(".")
    return f"{head}.{joined(json.dumps(claims | {'sub': 'eve'}).encode())}.{signature}"


def changed_by(**more: Any) -> Callable[[dict[str, Any], Provider], str]:
    return lambda claims, there: there.sign({k: v for k, v in (claims | more).items() if v is not ...})


TOKENS: list[tuple[str, Callable[[dict[str, Any], Provider], str], str]] = [
    ("another nonce", changed_by(nonce="x"), "nonce"),
    ("no nonce", changed_by(nonce=...), "nonce"),
    ("another issuer", changed_by(iss="https://evil.example"), "iss"),
    ("no issuer", changed_by(iss=...), "iss"),
    ("for another client", changed_by(aud="another"), "aud"),
    ("for several, not us", changed_by(aud=["a", "b"]), "aud"),
    ("for several, without the party", changed_by(aud=[CLIENT, "b"]), "azp"),
    ("for several, of another party", changed_by(aud=[CLIENT, "b"], azp="b"), "azp"),
    ("no audience", changed_by(aud=...), "aud"),
    ("expired", changed_by(exp=1), "exp"),
    ("no expiry", changed_by(exp=...), "exp"),
    ("an expiry that is no number", changed_by(exp="tomorrow"), "exp"),
    ("from the future", changed_by(nbf=99_999_999_999), "nbf"),
    ("of another access token", changed_by(at_hash="AAAAAAAAAAAAAAAAAAAAAA"), "at_hash"),
    ("no subject", changed_by(sub=...), "sub"),
    ("an empty subject", changed_by(sub=""), "sub"),
    ("a subject that is no text", changed_by(sub=7), "sub"),
    ("a very long subject", changed_by(sub="a" * 256), "sub"),
    ("address not verified", changed_by(email_verified=False), "email-unverified"),
    ("address verified in words", changed_by(email_verified="true"), "email-unverified"),
    ("address of nobody here", changed_by(email="nobody@iom.example"), "unknown-person"),
    ("two addresses", changed_by(email=[FOCAL_POINT]), "email-unverified"),
    ("alg none", unsigned, "unsupported_algorithm"),
    ("the public key as a secret", by_public_key, "unsupported_algorithm"),
    ("a key of its own", forged, "header"),
    ("the key of a stranger", stranger, "bad_signature"),
    ("altered", altered, "bad_signature"),
    ("no token", lambda *_: "", "decode_error"),
    ("two parts", lambda *_: "a.b", "decode_error"),
    ("a list", lambda _, there: jws.serialize_compact({"alg": "RS256", "kid": "one"}, b"[]", there.key), ""),
]


@pytest.mark.parametrize(("make", "why"), [row[1:] for row in TOKENS], ids=[row[0] for row in TOKENS])
def test_t58_tokens_that_sign_nobody_in(
    client: TestClient, engine: Engine, there: Provider, claims: dict[str, Any],
    make: Callable[[dict[str, Any], Provider], str], why: str,
) -> None:  # fmt: skip
    asked = begin(client)
    there.id_token = make(claims | {"nonce": asked["nonce"]}, there)
    with structlog.testing.capture_logs() as logs:
        refused(come_back(client, state=asked["state"], code="code"), client, engine)
    (found,) = reasons(engine)
    assert found == why or (not why and found)
    assert identities(engine) == []
    assert FOCAL_POINT not in str(logs)
    there.id_token = there.sign(claims | {"nonce": asked["nonce"]})
    refused(come_back(client, state=asked["state"], code="code"), client, engine)


def test_t58_answers_that_sign_nobody_in(
    client: TestClient, engine: Engine, there: Provider, claims: dict[str, Any]
) -> None:
    answers: list[tuple[dict[str, str], str]] = [
        ({"state": "x" * 43}, ""),
        ({"state": ""}, ""),
        ({"code": ""}, "refused-there"),
        ({"error": "access_denied"}, "refused-there"),
        ({"iss": "https://evil.example"}, "iss"),
    ]
    for given, why in answers:
        browser = another_browser(client)
        asked = begin(browser)
        there.id_token = there.sign(claims | {"nonce": asked["nonce"]})
        before = len(reasons(engine))
        refused(come_back(browser, **{"state": asked["state"], "code": "code"} | given), browser, engine)
        assert reasons(engine)[before:] == ([why] if why else []), given
    refused(client.get(CALLBACK, headers=HTML), client, engine)


def test_t58_a_provider_that_names_itself_in_its_answers_does_so_always(
    client: TestClient, engine: Engine, there: Provider, claims: dict[str, Any]
) -> None:
    there.described["authorization_response_iss_parameter_supported"] = True
    refused(sign_in(client, there, claims), client, engine)
    asked = begin(client)
    there.id_token = there.sign(claims | {"nonce": asked["nonce"]})
    assert come_back(client, state=asked["state"], code="code", iss=there.issuer).status_code == 303


def test_t58_an_answer_for_another_browser(
    client: TestClient, engine: Engine, there: Provider, claims: dict[str, Any], time: Time
) -> None:
    asked = begin(client)
    there.id_token = there.sign(claims | {"nonce": asked["nonce"]})
    victim = another_browser(client)
    begin(victim)
    refused(come_back(victim, state=asked["state"], code="code"), victim, engine)
    assert reasons(engine) == ["state"]
    assert come_back(client, state=asked["state"], code="code").status_code == 303, "and is still good where it belongs"


def test_t58_the_same_subject_of_another_issuer_is_somebody_else(
    client: TestClient, engine: Engine, there: Provider, claims: dict[str, Any], group: str, time: Time
) -> None:
    with writing(engine) as session:
        person = groups.people_rows(session, group)[0]
        session.add(
            IdentityRow(
                group_id=group, issuer="https://other.example", subject="ada", person_id=person.id,
                created_at=time.at,
            )
        )  # fmt: skip
    refused(sign_in(client, there, claims | {"email_verified": False}), client, engine)
    assert sign_in(client, there, claims).status_code == 303
    assert "GMG focal point of IOM" in client.get(ME).text
    assert len(identities(engine)) == 2


def test_t58_whoever_has_left_is_signed_in_no_more(
    client: TestClient, engine: Engine, there: Provider, claims: dict[str, Any], changed: Changed
) -> None:
    assert sign_in(client, there, claims).status_code == 303
    people = [p.model_dump(by_alias=True) for p in changed().people if p.email != FOCAL_POINT]
    put(engine, changed(people=people))
    assert client.get(ME).status_code == 401
    assert sign_in(another_browser(client), there, claims).status_code == 400
    assert reasons(engine) == ["unknown-person"]
    put(engine, changed())
    assert sign_in(another_browser(client), there, claims).status_code == 303, (
        "who comes back is known by their address"
    )


WRONG = [
    ({"ISSUER": "https://login.example"}, "GMG_OIDC_CLIENT_ID and GMG_OIDC_CLIENT_SECRET is missing"),
    ({"CLIENT_ID": "x", "CLIENT_SECRET": "y"}, "GMG_OIDC_ISSUER is missing"),
    ({"ISSUER": "http://login.example", "CLIENT_ID": "x", "CLIENT_SECRET": "y"}, "is plain http"),
    ({"ISSUER": "login.example", "CLIENT_ID": "x", "CLIENT_SECRET": "y"}, "is no issuer"),
]


@pytest.mark.parametrize(("given", "says"), WRONG)
def test_settings_that_are_not_whole(monkeypatch: pytest.MonkeyPatch, given: dict[str, str], says: str) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"GMG_OIDC_{name}", value)
    with pytest.raises(settings.WrongSettings, match=says):
        settings.read()
    monkeypatch.setenv("GMG_TRUSTED_PROXIES", "10.0.0.1, proxy")
    with pytest.raises(settings.WrongSettings, match="names proxy, which is no address"):
        settings.read()
