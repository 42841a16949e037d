"""The link by which somebody signs in: a mail like every other, put into the outbox with the request for it."""

from sqlmodel import Session

from service.access import signing
from service.access.commands import digest
from service.calendars.items import group_name
from service.groups.charter import Charter
from service.notifications.look import About, Look, Recipient
from service.notifications.wording import Wording, worded

ASKED = "sign-in.asked"


def mail_link(session: Session, group_id: str, address: str, *, browser: str, next_: str) -> None:
    """Mail a link to the person with that address. For a stranger the same is done, and then taken back.

    So nobody learns from the answer, nor from how long it takes, whose addresses are known (threat T49).
    """
    look = Look(session, group_id)
    person = next((one for one in look.charter.people if one.email.casefold() == address.casefold()), None)
    known = person is not None and any(role.covers(look.today) for role in person.appointments)
    to = Recipient(person.name, person.email) if person is not None else Recipient(address, address)
    kept = session.begin_nested()
    secret = signing.ask(
        session, group_id, way="mail", browser=browser, next_=next_, person_id=look.people.get(to.address, "")
    )
    key = digest(secret)[:40]
    event = look.event(ASKED, "sign-in", key, look.now)
    wording = sign_in(look.charter, to.name, f"{look.url}/sign-in/{secret}", look.url)
    look.post(event, to, wording, f"{ASKED}:{group_id}:{key}", look.now + signing.LASTS, About("sign-in", 0))
    session.flush()
    if known:
        kept.commit()
    else:
        kept.rollback()


def sign_in(charter: Charter, name: str, link: str, url: str) -> Wording:
    """What the mail says; `link` is where the reader signs in."""
    minutes = int(signing.LASTS.total_seconds() // 60)
    values = {"name": name, "group": charter.group.name, "link": link, "minutes": minutes, "url": url}
    return worded(f"{group_name(charter)}: your link to sign in", "sign-in", values)
