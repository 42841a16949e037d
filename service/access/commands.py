"""Makes and revokes tokens, inside the transaction of the caller."""

import secrets
from datetime import timedelta
from hashlib import sha256

from sqlmodel import Session

from service import clock, events
from service.access.tables import TokenRow
from service.access.verbs import SCOPES
from service.groups import queries as groups
from service.language.speech import _
from service.problems import Problem, not_found

# A prefix that people and scanners of leaked secrets recognise; then 256 random bits.
PREFIXES = {"api": "gmg_", "feed": "feed_"}
_LONGEST = timedelta(days=3 * 366)


def digest(token: str) -> str:
    """What is kept of a token: SHA-256 in hex. It is random, so nothing slower is needed."""
    return sha256(token.encode()).hexdigest()


def make_token(
    session: Session,
    group_id: str,
    *,
    kind: str,
    email: str | None,
    name: str | None,
    lasts: timedelta,
    scope: str = "write",
    actor: str,
) -> tuple[str, TokenRow]:
    """A new token for the person with that address, or without one for the secretariat; shown this once.

    Raises:
        Problem: 404, there is no such group or person; 422, it would last longer than three years or no time, or
            its scope is none.
    """
    groups.group_row(session, group_id, lock=True)
    if not timedelta(0) < lasts <= _LONGEST:
        raise Problem(422, "invalid-lifetime", _("A token lasts between a day and three years."))
    if scope not in ("read", "write"):
        if not set(scope.split(",")) <= set(SCOPES):
            raise Problem(
                422, "invalid-scope", _("A scope is read, write, or some of {names}.", names=", ".join(SCOPES))
            )
        scope = ",".join(one for one in SCOPES if one in scope.split(","))
    person = None
    if email is not None:
        people = groups.people_rows(session, group_id)
        person = next((row for row in people if row.email.casefold() == email.casefold()), None)
        if person is None:
            raise not_found(_("A person with this address is not here; check the address."))
    now = clock.now()
    token = PREFIXES[kind] + secrets.token_urlsafe(32)
    row = TokenRow(
        id=f"t{secrets.token_hex(5)}",
        group_id=group_id,
        kind=kind,
        person_id=person.id if person else None,
        name=name or (person.name if person else "secretariat"),
        hash=digest(token),
        scope=scope if kind == "api" else "read",
        created_at=now,
        expires_at=now + lasts,
    )
    session.add(row)
    events.record(session, group_id, "token.made", row.id, row.id, actor=actor, of=row.kind, scope=row.scope)
    return token, row


def revoke_token(session: Session, token_id: str, *, actor: str) -> TokenRow:
    """Revoke a token at once and for good; doing it again changes nothing.

    Raises:
        Problem: 404, there is no such token.
    """
    row = session.get(TokenRow, token_id, with_for_update=True)
    if row is None:
        raise not_found(_("This token is not here; check the address."))
    if row.revoked_at is None:
        row.revoked_at = clock.now()
        session.add(row)
        events.record(session, row.group_id, "token.revoked", row.id, row.id, actor=actor)
    return row
