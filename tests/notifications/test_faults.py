"""What does not get through is told to somebody who can mend it, and takes another way where there is one."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from service import events
from service.database import reading, writing
from service.groups.charter import Charter
from service.groups.tables import PersonRow
from service.notifications import faults
from service.notifications.choices import digests
from service.notifications.choices.contacts import fall_back
from service.notifications.choices.tables import ChoiceRow, ContactRow
from service.notifications.look import Look
from service.notifications.mailing.tables import MailboxRow
from service.notifications.outbox.channel import Parcel, Refused
from service.notifications.outbox.dispatch import Dispatcher
from service.notifications.outbox.tables import DeliveryRow
from service.notifications.posting import About, Recipient, post
from service.notifications.webhooks.commands import disable
from service.notifications.webhooks.tables import WebhookRow
from service.notifications.wording.message import Message
from service.scheduler import plan
from tests.access.conftest import Tokens, token  # noqa: F401 - fixture
from tests.conftest import Changed, Time, put
from tests.followups.decided import with_person
from tests.mailtext import read
from tests.notifications.letterbox import Letterbox, letterbox  # noqa: F401 - fixture

ILO, OTHER = "gmg@ilo.example", "second@ilo.example"
NEW = Message(subject="Something new", lead="Why")


@pytest.fixture
def group_with_two(engine: Engine, group: str, gmg: Charter, changed: Changed) -> str:
    """The shipped group, where ILO has two people."""
    put(engine, with_person(changed, gmg, OTHER, organization="ilo", role="alternate"))
    return group


def pause(engine: Engine, group: str, time: Time, organizations: list[str]) -> None:
    with writing(engine) as session:
        session.add(MailboxRow(group_id=group, address=ILO, bounces=5, paused_at=time.at, why="550 no such user"))
        events.record(
            session, group, faults.PAUSED, ILO, str(time.at), address=ILO, organizations=organizations
        )  # fmt: skip


def test_a_mailbox_that_is_given_up_is_told_to_the_others_of_its_agency(
    engine: Engine, group_with_two: str, time: Time, letterbox: Letterbox
) -> None:
    pause(engine, group_with_two, time, ["ilo"])
    plan(engine)
    plan(engine)
    letterbox.take_all("will ", "chair")
    mail = letterbox.take(OTHER, "comes back")
    assert "550 no such user" in read(mail)


def test_where_there_are_no_others_the_secretariat_is_told(
    engine: Engine,
    group: str,
    gmg: Charter,
    changed: Changed,
    time: Time,
    letterbox: Letterbox,
) -> None:
    put(engine, with_person(changed, gmg, "office@gmg.example", role="secretariat"))
    pause(engine, group, time, ["ilo"])
    plan(engine)
    letterbox.take_all("will ", "chair")
    letterbox.take("office@gmg.example", "comes back")


def test_an_endpoint_that_was_switched_off_is_told_to_its_agency(
    engine: Engine, group: str, time: Time, letterbox: Letterbox
) -> None:
    with writing(engine) as session:
        row = WebhookRow(
            id="w", group_id=group, member="ilo", url="https://hooks.example/x", label="Our register", kinds=[],
            position=10**6, created_at=time.at, created_by="test",
        )  # fmt: skip
        session.add(row)
        session.flush()
        disable(session, row, "410 Gone")
    plan(engine)
    letterbox.take_all("will ", "chair")
    mail = letterbox.take(ILO, "events are no longer posted to Our register")
    assert "410" in read(mail)


def test_an_observer_is_not_told_to_be_the_secretariat(
    engine: Engine, group: str, gmg: Charter, changed: Changed, time: Time, letterbox: Letterbox
) -> None:
    put(engine, with_person(changed, gmg, "watcher@other.example", organization=None, role="observer"))
    with writing(engine) as session:
        mine = session.exec(select(PersonRow.id).where(PersonRow.email == "watcher@other.example")).one()
        session.add(
            ContactRow(
                id="c", group_id=group, person_id=mine, channel="slack", label="Ours", secret=b"", created_at=time.at,
                ended_at=time.at, why="404",
            )
        )  # fmt: skip
        events.record(session, group, faults.ENDED, "c")
    plan(engine)
    letterbox.take_all("will ", "chair")
    assert "you are invited by" in read(letterbox.take("watcher@other.example"))


def test_a_digest_that_a_chat_channel_did_not_take_goes_by_mail_with_all_that_is_in_it(
    engine: Engine, group: str, time: Time, letterbox: Letterbox
) -> None:
    with writing(engine) as session:
        mine = session.exec(select(PersonRow.id).where(PersonRow.email == ILO)).one()
        session.add(
            ContactRow(
                id="c", group_id=group, person_id=mine, channel="slack", label="Ours", secret=b"", created_at=time.at
            )
        )
        session.add(ChoiceRow(person_id=mine, group_id=group, kind="polls", form="daily", contact_id="c"))
        session.flush()
        look = Look(session, group)
        event = events.record(session, group, "test", "test")
        assert event is not None
        said = Message(subject="A poll", lead="When?", actions=(("Answer", "https://gmg.example/poll"),))
        for key in ("a", "b"):
            last = time.at + timedelta(days=20)
            to = Recipient("Who", ILO, "ilo")
            post(look, event, "polls", to, key, last, About("t", 0), lambda _: said)
    time.at += timedelta(days=4)
    with writing(engine) as session:
        digests.send(Look(session, group))
        session.flush()
        row = session.exec(select(DeliveryRow).where(DeliveryRow.kind == "digest")).one()
        assert row.channel == "slack"
        row.state = "failed"
        session.add(row)
        fall_back(session, row, "404 no_service")
    plan(engine)
    letterbox.take_all("will ", "chair", "channel")
    mail = read(letterbox.take(ILO, "2 messages"))
    assert mail.count("https://gmg.example/poll") == 2


def test_what_a_chat_channel_did_not_take_goes_by_mail(
    engine: Engine, group: str, time: Time, letterbox: Letterbox
) -> None:
    with writing(engine) as session:
        person = session.exec(select(PersonRow.id).where(PersonRow.email == ILO)).one()
        session.add(
            ContactRow(
                id="c", group_id=group, person_id=person, channel="slack", label="Ours", secret=b"", created_at=time.at
            )
        )
        session.add(ChoiceRow(person_id=person, group_id=group, kind="people", contact_id="c"))
        session.flush()
        look = Look(session, group)
        event = events.record(session, group, "test", "test")
        assert event is not None
        post(
            look,
            event,
            "people",
            Recipient("Who", ILO, "ilo"),
            "k",
            time.at + timedelta(days=2),
            About("t", 0),
            lambda _: NEW,
        )
    with writing(engine) as session:
        row = session.exec(select(DeliveryRow).where(DeliveryRow.dedupe_key == "k")).one()
        assert row.channel == "slack"
        row.state = "failed"
        session.add(row)
        fall_back(session, row, "404 no_service")
    plan(engine)
    letterbox.take_all("will ", "chair")
    assert "Why" in read(letterbox.take(ILO, "Something new"))
    assert "404 no_service" in read(letterbox.take(ILO, "has ended"))
    with reading(engine) as session:
        assert session.exec(select(DeliveryRow.channel).where(DeliveryRow.dedupe_key == "k")).one() == "mail"


class Picky:
    """A chat channel that takes nothing, and says so for good."""

    retry_after = (timedelta(minutes=1),)

    def send(self, message: Parcel) -> str:
        raise Refused("HTTP 400 invalid_payload")


def test_one_message_that_a_chat_channel_refuses_goes_by_mail(
    engine: Engine, group: str, time: Time, letterbox: Letterbox
) -> None:
    with writing(engine) as session:
        person = session.exec(select(PersonRow.id).where(PersonRow.email == ILO)).one()
        row = ContactRow(
            id="c", group_id=group, person_id=person, channel="slack", label="Ours", secret=b"", created_at=time.at
        )  # fmt: skip
        session.add(row)
        session.add(ChoiceRow(person_id=person, group_id=group, kind="people", contact_id="c"))
        session.flush()
        event = events.record(session, group, "test", "test")
        assert event is not None
        to, last = Recipient("Who", ILO, "ilo"), time.at + timedelta(days=2)
        post(Look(session, group), event, "people", to, "k", last, About("t", 0), lambda _: NEW)
    Dispatcher(engine, lambda *_: Picky(), 90).run()
    plan(engine)
    plan(engine)
    letterbox.take_all("will ", "chair")
    assert "Why" in read(letterbox.take(ILO, "Something new"))
    with reading(engine) as session:
        went = session.exec(select(DeliveryRow).where(DeliveryRow.dedupe_key == "k")).one()
        assert (went.channel, went.state, went.attempts) == ("mail", "pending", 0)
        assert session.exec(select(ContactRow.ended_at)).one() is None, "the channel itself goes on"
