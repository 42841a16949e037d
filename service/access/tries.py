"""How often somebody may ask to sign in: by address, and by where they ask from (threats T50 and T56).

Only keyed digests are kept, for an hour. Nobody is locked out: a session goes on, and a browser with which a
person has signed in before has tries of its own, whatever others do in that person's name.
"""

import hmac
from datetime import timedelta
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from fastapi import Request
from sqlmodel import Session, col, delete, select

from service import clock, signed
from service.access.tables import SignInTryRow
from service.language.speech import _
from service.problems import Problem
from service.settings import current

WINDOW = timedelta(hours=1)
# How many are let through in an hour; the next one is refused.
BY_ADDRESS, BY_PLACE = 5, 19
# How long a browser stays known.
KNOWN_FOR = timedelta(days=180)
_SALT = "known-browser"


def place(request: Request) -> str:
    """Where a request comes from: its peer. X-Forwarded-For counts only as far as believed proxies have written it.

    An IPv6 address counts with its /64, since whoever has one has them all.
    """
    here, found = _origin(request)
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else str(found or here)


def address_of(request: Request) -> IPv4Address | IPv6Address | None:
    """The address a request comes from, by the same rule; None where it has none."""
    return _origin(request)[1]


def _origin(request: Request) -> tuple[str, IPv4Address | IPv6Address | None]:
    here = request.client.host if request.client else ""
    named = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
    while _believed(here) and named:
        next_ = named.pop().strip()
        if _address(next_) is None:
            break
        here = next_
    return here, _address(here)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """The address; an IPv4 address that comes in the form of IPv6 is what it is."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _believed(peer: str) -> bool:
    found = _address(peer)
    return found is not None and any(found in network for network in current().proxies)


def known_mark(group_id: str, person_id: str) -> str:
    """What a browser keeps once a person has signed in with it."""
    return signed.sign(_SALT, [group_id, person_id])


def is_known(mark: str, group_id: str, person_id: str) -> bool:
    """Whether that person has signed in with the browser that keeps `mark`."""
    return bool(signed.read(_SALT, mark) == [group_id, person_id])


def check_place(session: Session, where: str) -> None:
    """Refuse somebody who has asked too often from one place.

    Raises:
        Problem: 429, with the seconds after which it may be tried again.
    """
    _check(session, _digest("place", where), BY_PLACE)


def count(session: Session, where: str, address: str | None = None, *, by: str = "") -> None:
    """Count a try, once it is let through; with `by`, an address counts apart for that known browser.

    The group's row is to be locked, so that tries at the same time are counted one after the other.

    Raises:
        Problem: 429, with the seconds after which it may be tried again.
    """
    session.exec(delete(SignInTryRow).where(col(SignInTryRow.at) <= clock.now() - WINDOW))
    check_place(session, where)
    counted = [_digest("place", where)]
    if address is not None:
        counted.append(_digest("address", f"{address.casefold()} {by}"))
        _check(session, counted[-1], BY_ADDRESS)
    for of in counted:
        session.add(SignInTryRow(of=of, at=clock.now()))


def _check(session: Session, of: str, most: int) -> None:
    now = clock.now()
    asked = select(SignInTryRow.at).where(SignInTryRow.of == of, col(SignInTryRow.at) > now - WINDOW)
    seen = session.exec(asked.order_by(col(SignInTryRow.at).desc()).limit(most)).all()
    if len(seen) >= most:
        wait = int((seen[-1] + WINDOW - now).total_seconds()) + 1
        raise Problem(
            429, "too-many-tries", _("Too many sign-ins were asked for; wait a while. Whoever is signed in stays so."),
            headers={"Retry-After": str(wait)},
        )  # fmt: skip


def _digest(kind: str, value: str) -> str:
    return hmac.new(current().secret(), f"{kind} {value}".encode(), sha256).hexdigest()
