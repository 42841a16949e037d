"""Who is asking: from a token to a caller with the roles of today."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from service import clock, zones
from service.access.commands import PREFIXES, digest
from service.access.rules import ALL_SCOPES, Caller
from service.access.tables import TokenRow
from service.access.verbs import SCOPES, Scope
from service.groups import queries as groups
from service.groups.tables import PersonRow
from service.language.speech import _
from service.problems import Problem, not_found

_LENGTH = 43


def tokens(session: Session, group_id: str) -> list[TokenRow]:
    """Every token of a group, newest first."""
    asked = select(TokenRow).where(TokenRow.group_id == group_id).order_by(col(TokenRow.created_at).desc())
    return list(session.exec(asked))


def tokens_page(
    session: Session, group_id: str, person_id: str | None, after: list[Any] | None, limit: int
) -> list[TokenRow]:
    """Tokens of a group, newest first, one more than `limit` where there are more; with `person_id` theirs alone.

    `after` is the instant and the id of the last one seen.
    """
    asked = select(TokenRow).where(TokenRow.group_id == group_id)
    if person_id is not None:
        asked = asked.where(TokenRow.person_id == person_id)
    if after is not None:
        at, id_ = datetime.fromisoformat(after[0]), str(after[1])
        made = col(TokenRow.created_at)
        asked = asked.where((made < at) | ((made == at) & (col(TokenRow.id) < id_)))
    asked = asked.order_by(col(TokenRow.created_at).desc(), col(TokenRow.id).desc()).limit(limit + 1)
    return list(session.exec(asked))


def token_row(session: Session, kind: str, token: str) -> TokenRow | None:
    """The row of a token of that kind, in whatever state. It is found by its digest, never compared itself."""
    prefix = PREFIXES[kind]
    if not token.startswith(prefix) or len(token) != len(prefix) + _LENGTH or not token.isascii():
        return None
    return session.exec(select(TokenRow).where(TokenRow.hash == digest(token), TokenRow.kind == kind)).first()


def caller(session: Session, authorization: str | None, group_id: str, *, writes: bool) -> Caller:
    """Who sent this request about a group, by its header `Authorization`.

    Raises:
        Problem: 401, no token, or one that is unknown, expired, revoked or of somebody who is gone;
            403, a token of another group, or one that may only look.
    """
    row = _good(session, authorization)
    if row.group_id != group_id:
        raise Problem(403, "other-group", _("This token belongs to another group; use one of this group."))
    scopes = scopes_of(row.scope)
    if writes and not scopes:
        raise Problem(403, "read-only-token", _("This token may only look; use one that may write."))
    if row.person_id is None:
        return Caller(f"token:{row.id}", row.name, group_id, (), True, scopes)
    found = person_caller(session, group_id, row.person_id, scopes)
    if found is None:
        raise _unknown(_("The person of this token is no longer with the group."))
    return found


def scopes_of(text: str) -> frozenset[Scope]:
    """What a token was made for: `read` for nothing but looking, `write` for everything, else what it lists."""
    return ALL_SCOPES if text == "write" else frozenset(scope for scope in SCOPES if scope in text.split(","))


def person_caller(
    session: Session, group_id: str, person_id: str, scopes: frozenset[Scope] = ALL_SCOPES
) -> Caller | None:
    """A person of the group with the roles of today; None when they are gone, or have no role any more."""
    person = session.get(PersonRow, person_id)
    if person is None or person.group_id != group_id:
        return None
    today = zones.day_in(clock.now(), groups.group_row(session, group_id).timezone)
    roles = tuple(role for role in groups.appointments(session, person.id) if role.covers(today))
    if not roles:
        return None
    secretariat = any(role.role == "secretariat" for role in roles)
    return Caller(f"person:{person.id}", person.name, group_id, roles, secretariat, scopes)


def _good(session: Session, authorization: str | None) -> TokenRow:
    if authorization is None:
        raise no_token()
    scheme, _space, token = authorization.partition(" ")
    row = token_row(session, "api", token.strip()) if scheme.lower() == "bearer" else None
    if row is None or row.revoked_at is not None or row.expires_at <= clock.now():
        raise _unknown(
            _("This token is not known here, has expired or was revoked; ask the secretariat for a new one.")
        )
    return row


def no_token() -> Problem:
    """What is said to somebody who has sent no token where one is needed."""
    return _unknown(_("Send a token: Authorization: Bearer gmg_…; the secretariat makes one with gmg token create."))


def _unknown(detail: str) -> Problem:
    return Problem(401, "token-required", detail, headers={"WWW-Authenticate": 'Bearer realm="api"'})


def feed_owner(session: Session, token: str, name: str) -> Caller:
    """Whose feed it is that has this address, with the roles of today; it is good for that name alone.

    Raises:
        Problem: 404, no such feed (the same for every guess); 410, the address was revoked or has
            expired, or its person is gone. Never 401: a calendar would ask its user for a password.
    """
    row = token_row(session, "feed", token)
    if row is None or row.group_id != name:
        raise not_found(_("This calendar is not here; check the address."))
    gone = row.revoked_at is not None or row.expires_at <= clock.now() or row.person_id is None
    owner = None if gone else person_caller(session, row.group_id, row.person_id or "", frozenset())
    if owner is None:
        raise Problem(410, "calendar-gone", _("This address is no longer good; ask the secretariat for a new one."))
    return owner
