"""A message on its way into the outbox: in the reader's language, form and hours, or to whoever stands in."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, select

from service import events
from service.database import reading, writing
from service.groups.charter import Charter
from service.groups.tables import PersonRow
from service.language.speech import _
from service.notifications.choices import digests
from service.notifications.choices.commands import turn_off
from service.notifications.choices.rules import THROTTLE
from service.notifications.choices.tables import AbsenceRow, ChoiceRow, ContactRow, ReaderRow
from service.notifications.kinds import KINDS
from service.notifications.look import Look
from service.notifications.mailing.tables import MailboxRow
from service.notifications.outbox.tables import DeliveryRow
from service.notifications.planner import next_due
from service.notifications.posting import About, Recipient, post
from service.notifications.wording.message import Message, Reader
from tests.conftest import Changed, Time, put
from tests.followups.decided import with_person
from tests.mailtext import read
from tests.notifications.letterbox import Letterbox, letterbox  # noqa: F401 - fixture

ILO, OTHER, IOM = "gmg@ilo.example", "second@ilo.example", "gmg@iom.example"
MOST = THROTTLE[0][1]

Post = Callable[..., None]
Keep = Callable[..., None]


def said(reader: Reader) -> Message:
    return Message(subject="Something new", lead=_("Why"), text="As it is.", because="You asked.")


@pytest.fixture
def send(engine: Engine, group: str, time: Time) -> Post:
    """Posts a message of a kind to somebody: a new one each time."""

    def do(
        kind: str = "people", to: str = ILO, count: int = 1, hours: int = 24 * 30, about: About | None = None
    ) -> None:
        with writing(engine) as session:
            look = Look(session, group)
            event = events.record(session, group, "test", "test")
            assert event is not None
            for _number in range(count):
                last = time.at + timedelta(hours=hours)
                key = str(uuid4())
                post(look, event, kind, Recipient("Who", to, to[4:7]), key, last, about or About("test", 0), said)

    return do


@pytest.fixture
def keep(engine: Engine, group: str) -> Keep:
    """Keeps rows as somebody of the group has chosen."""

    def do(table: type[SQLModel], /, **values: object) -> None:
        with writing(engine) as session:
            if "person_id" in table.model_fields:
                values["person_id"] = person(session, ILO)
            session.add(table(group_id=group, **values))

    return do


def person(session: Session, address: str) -> str:
    return session.exec(select(PersonRow.id).where(PersonRow.email == address)).one()


def sent_digests(engine: Engine, group: str) -> None:
    with writing(engine) as session:
        digests.send(Look(session, group))


def test_at_once_in_english_unless_anything_else_was_chosen(send: Post, letterbox: Letterbox) -> None:
    send()
    mail = letterbox.take(ILO, "Something new")
    assert mail["Content-Language"] == "en"
    assert read(mail).startswith("Who,\n\nWhy\n\nAs it is.\n")
    assert "draft" not in read(mail)
    assert mail["List-Unsubscribe"].startswith("<http")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_in_the_language_of_the_reader(send: Post, keep: Keep, letterbox: Letterbox) -> None:
    keep(ReaderRow, language="ar")
    send()
    mail = letterbox.take(ILO)
    html = mail.get_body(("html",))
    assert html is not None
    assert mail["Content-Language"] == "ar"
    assert '<html lang="ar" dir="rtl">' in html.get_content()
    assert "This translation is a draft" in read(mail), "in English as well, for whoever reads it first"
    assert "Answers by mail go to the chair" not in read(mail)


def test_the_charter_says_what_somebody_reads(
    engine: Engine, group: str, gmg: Charter, changed: Changed, send: Post, letterbox: Letterbox
) -> None:
    people = [one.model_dump(by_alias=True) for one in gmg.people]
    put(engine, changed(people=[one | {"language": "French"} if one["email"] == ILO else one for one in people]))
    send()
    send(to=IOM)
    assert letterbox.take(ILO)["Content-Language"] == "fr"
    assert letterbox.take(IOM)["Content-Language"] == "en"


def test_none_means_none_and_stands_on_record(send: Post, keep: Keep, letterbox: Letterbox) -> None:
    keep(ChoiceRow, kind="people", form="none")
    send()
    assert [row.state for row in letterbox.rows()] == ["declined"]


def test_a_duty_is_not_switched_off_by_a_row_that_says_so(send: Post, keep: Keep, letterbox: Letterbox) -> None:
    keep(ChoiceRow, kind="chair", form="none")
    send("chair")
    mail = letterbox.take(ILO)
    assert mail["List-Unsubscribe"] is None
    assert "cannot be switched off" in read(mail)


def test_a_daily_digest_holds_what_was_gathered(
    engine: Engine, group: str, time: Time, send: Post, keep: Keep, letterbox: Letterbox
) -> None:
    keep(ChoiceRow, kind="people", form="daily")
    send(count=3)
    send("meetings")
    letterbox.take(ILO)
    rows = letterbox.rows("gathered")
    with reading(engine) as session:
        assert next_due(Look(session, group)) == rows[0].next_attempt_at
    sent_digests(engine, group)
    assert len(letterbox.rows("gathered")) == 3, "not before its hour"
    time.at = rows[0].next_attempt_at
    sent_digests(engine, group)
    mail = letterbox.take(ILO, "3 messages")
    assert read(mail).count("As it is.") == 3
    digest = next(row for row in letterbox.rows() if row.kind == "digest")
    assert {row.superseded_by for row in letterbox.rows("merged")} == {digest.id}
    sent_digests(engine, group)


def test_a_digest_of_one_is_the_message_itself(
    engine: Engine, group: str, time: Time, send: Post, keep: Keep, letterbox: Letterbox
) -> None:
    keep(ChoiceRow, kind="people", form="weekly")
    send()
    time.at += timedelta(days=8)
    sent_digests(engine, group)
    assert "Why" in read(letterbox.take(ILO, "Something new"))


def test_all_that_was_gathered_for_a_reader_is_one_mail(
    engine: Engine, group: str, time: Time, send: Post, keep: Keep, letterbox: Letterbox
) -> None:
    keep(ChoiceRow, kind="people", form="weekly")
    send(count=210)
    time.at += timedelta(days=8)
    sent_digests(engine, group)
    letterbox.take(ILO, "210 messages")
    assert letterbox.rows("gathered") == []


def test_a_handover_between_others_is_gathered_without_its_file(
    engine: Engine, group: str, time: Time, send: Post, keep: Keep, letterbox: Letterbox
) -> None:
    keep(ChoiceRow, kind="handovers", form="daily")
    send("handovers", about=About("test", 0, attachment=("term.ics", b"BEGIN:VCALENDAR"), enclosed="the file"))
    (row,) = letterbox.rows("gathered")
    time.at = row.next_attempt_at
    sent_digests(engine, group)
    mail = letterbox.take(ILO)
    assert list(mail.iter_attachments()) == []
    assert "Attached" not in read(mail)
    assert "As it is." in read(mail)


def test_what_is_enclosed_is_named_where_it_goes_along(send: Post, letterbox: Letterbox) -> None:
    send("handovers", about=About("test", 0, attachment=("term.ics", b"BEGIN:VCALENDAR"), enclosed="the file"))
    mail = letterbox.take(ILO)
    assert [part.get_filename() for part in mail.iter_attachments()] == ["term.ics"]
    assert "Attached:\n- the file" in read(mail)


def test_what_was_gathered_for_somebody_who_has_left_is_not_sent(
    engine: Engine, group: str, gmg: Charter, changed: Changed, time: Time, send: Post, keep: Keep, letterbox: Letterbox
) -> None:
    keep(ChoiceRow, kind="people", form="weekly")
    send(count=2)
    people = [one.model_dump(by_alias=True, mode="json") for one in gmg.people]
    for one in people:
        if one["email"] == ILO:
            one["appointments"] = [role | {"until": time.at.date().isoformat()} for role in one["appointments"]]
    put(engine, changed(people=people))
    time.at += timedelta(days=8)
    sent_digests(engine, group)
    assert [row.state for row in letterbox.rows()] == ["superseded", "superseded"]


def test_what_waits_does_not_come_after_its_kind_was_switched_off(
    engine: Engine, group: str, send: Post, keep: Keep, letterbox: Letterbox
) -> None:
    keep(ChoiceRow, kind="people", form="daily")
    keep(ChoiceRow, kind="meetings", form="daily")
    send()
    send("meetings")
    send(to=IOM)
    letterbox.take(IOM)
    with writing(engine) as session:
        mine = session.get(PersonRow, person(session, ILO))
        assert mine is not None
        turn_off(session, mine, KINDS["people"], actor="Who")
    assert [(row.kind, row.address) for row in letterbox.rows("declined")] == [("people", ILO)]
    assert [row.kind for row in letterbox.rows("gathered")] == ["meetings"]


def test_no_answer_is_said_to_reach_a_chair_that_is_vacant(
    engine: Engine, changed: Changed, time: Time, send: Post, letterbox: Letterbox
) -> None:
    send("chair")
    assert "Answers by mail go to the chair." in read(letterbox.take(ILO))
    vacant = {"id": "d1", "vacant": time.at.date().isoformat(), "until": "2008-06-20", "taken": "2008-05-01"}
    put(engine, changed(decisions=[vacant]))
    send("chair")
    mail = letterbox.take(ILO)
    assert (mail["Reply-To"], "Answers by mail" in read(mail)) == (None, False)


def test_what_has_no_point_any_more_is_left_out_of_its_digest(
    engine: Engine, group: str, time: Time, send: Post, keep: Keep, letterbox: Letterbox
) -> None:
    keep(ChoiceRow, kind="people", form="weekly")
    send(hours=24 * 8)
    time.at += timedelta(days=20)
    sent_digests(engine, group)
    assert [row.state for row in letterbox.rows()] == ["expired"]


def test_too_many_at_once_become_one(engine: Engine, group: str, time: Time, send: Post, letterbox: Letterbox) -> None:
    send(count=MOST + 4)
    send("chair", count=2)
    assert letterbox.take_all("Something new") == MOST + 2, "duties are never held back"
    assert len(letterbox.rows("gathered")) == 4
    time.at += THROTTLE[0][0]
    sent_digests(engine, group)
    letterbox.take(ILO, "4 messages")


def test_quiet_hours_are_on_the_clocks_of_the_duty_station(
    time: Time, send: Post, keep: Keep, letterbox: Letterbox
) -> None:
    time.at = time.at.replace(hour=22)
    keep(ReaderRow, quiet_from=clock_time(20), quiet_until=clock_time(7))
    send()
    send("sign-in")
    assert letterbox.take_all("Something new") == 2
    waits, asked = sorted(letterbox.rows(), key=lambda row: row.kind)
    assert (waits.kind, waits.next_attempt_at.hour, waits.next_attempt_at.day) == ("people", 5, time.at.day + 1)
    assert asked.next_attempt_at == time.at


def test_whoever_stands_in_gets_everything_but_the_links_to_sign_in(
    engine: Engine, group: str, gmg: Charter, changed: Changed, time: Time, send: Post, keep: Keep, letterbox: Letterbox
) -> None:
    put(engine, with_person(changed, gmg, OTHER, organization="ilo", role="alternate"))
    with reading(engine) as session:
        other = person(session, OTHER)
    keep(AbsenceRow, id="a", from_day=time.at.date(), until_day=date(2008, 5, 20), alternate=other)
    send()
    send("chair")
    send("sign-in")
    letterbox.take(ILO)
    assert letterbox.take_all("Something new") == 2
    rows = [row for row in letterbox.rows() if row.address == OTHER]
    assert {(row.recipient, row.kind) for row in rows} == {(ILO, "people"), (ILO, "chair")}
    assert "who is away until 20 May 2008; you stand in." in str(rows[0].said)
    time.at = datetime(2008, 5, 20, 12, tzinfo=time.at.tzinfo)
    send()
    letterbox.take(ILO)


def test_whoever_has_left_since_reads_nothing(
    engine: Engine, time: Time, send: Post, keep: Keep, letterbox: Letterbox
) -> None:
    with reading(engine) as session:
        other = person(session, IOM)
    keep(AbsenceRow, id="a", from_day=time.at.date(), until_day=date(2008, 5, 20), alternate=other)
    send()
    letterbox.take(ILO)


def test_a_mailbox_that_gives_mail_back_is_not_written_to(
    send: Post, keep: Keep, time: Time, letterbox: Letterbox
) -> None:
    keep(MailboxRow, address=ILO, bounces=5, paused_at=time.at)
    send()
    send("sign-in")
    assert letterbox.take_all("Something new") == 2
    assert {row.kind: row.state for row in letterbox.rows()} == {"people": "held", "sign-in": "pending"}


@pytest.mark.parametrize("channel", ["slack", "teams"])
def test_a_chat_channel_instead_of_mail(
    engine: Engine, time: Time, send: Post, keep: Keep, letterbox: Letterbox, channel: str
) -> None:
    keep(ContactRow, id="c", channel=channel, label="Our channel", secret=b"", created_at=time.at)
    keep(ChoiceRow, kind="chair", contact_id="c")
    keep(ChoiceRow, kind="invitations", contact_id="c")
    send("chair", about=About("test", 0, attachment=("term.ics", b"")))
    send("invitations", about=About("test", 0, invitation=("REQUEST", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")))
    letterbox.take(ILO, "Something new")
    (row,) = [row for row in letterbox.rows() if row.channel == channel]
    assert (row.kind, row.address, row.contact_id, row.state) == ("chair", "Our channel", "c", "pending")
    letterbox._taken.add(row.id)


def test_somebody_who_is_no_person_of_the_group_is_asked_for_no_choice(send: Post, letterbox: Letterbox) -> None:
    send(to="guest@else.example")
    mail = letterbox.take("guest@else.example")
    assert "/me/choices" not in read(mail)
    assert mail["List-Unsubscribe"] is None


def test_the_letterbox_sees_a_mail_that_nobody_expected(engine: Engine, send: Post) -> None:
    send()
    box = Letterbox(engine)
    assert box.left() == [f"{ILO}: Something new (pending)"]


def test_the_outbox_holds_what_was_said(engine: Engine, send: Post, letterbox: Letterbox) -> None:
    send()
    send("sign-in")
    letterbox.take_all("Something new")
    with reading(engine) as session:
        kept = {row.kind: row.said for row in session.exec(select(DeliveryRow))}
    assert kept["sign-in"] is None, "a link to sign in stands nowhere but in its mail"
    assert kept["people"] is not None
    assert kept["people"]["lead"] == "Why"
