"""The link by which somebody signs in: a mail like every other, put into the outbox with the request for it."""

from sqlmodel import Session

from service.access import signing
from service.access.commands import digest
from service.calendars.items import group_name
from service.groups.charter import Charter
from service.language.speech import _, ngettext
from service.notifications.look import Look
from service.notifications.posting import About, Recipient, post
from service.notifications.wording.message import Message

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
    link = f"{look.url}/sign-in/{secret}"
    last = look.now + signing.LASTS
    about = About("sign-in", 0)
    post(
        look, event, "sign-in", to, f"{ASKED}:{group_id}:{key}", last, about, lambda reader: sign_in(look.charter, link)
    )
    session.flush()
    if known:
        kept.commit()
    else:
        kept.rollback()


def sign_in(charter: Charter, link: str) -> Message:
    """What the mail says; `link` is where the reader signs in."""
    minutes = int(signing.LASTS.total_seconds() // 60)
    return Message(
        subject=_("{group}: your link to sign in", group=group_name(charter)),
        lead=_(
            "Somebody has asked to sign in to {group} with this address. If it was you, open this link in the browser "
            "in which you asked.",
            group=charter.group.name,
        ),
        notes=(
            ngettext("It is good once, for {n} minute.", "It is good once, for {n} minutes.", minutes),
            _("If it was not you, do nothing: without that browser the link opens nothing."),
        ),
        actions=((_("Sign in"), link),),
    )
