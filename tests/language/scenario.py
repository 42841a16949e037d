"""Three months of the group in which everything happens that somebody is told of, to people who read six languages.

The chair of the day (UNFPA), the chair to come (UNHCR), a member (ILO) and the secretariat each have a person for
every language, so that every message goes out in each.
"""

from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, select
from starlette.testclient import TestClient

from service import events
from service.access.commands import make_token
from service.database import writing
from service.groups.charter import Charter
from service.groups.tables import PersonRow
from service.language.catalogues import LANGUAGES
from service.notifications.choices.tables import ChoiceRow, ContactRow
from service.notifications.mailing.tables import MailboxRow
from service.notifications.webhooks.commands import disable
from service.notifications.webhooks.tables import WebhookRow
from service.scheduler import plan
from tests.conftest import Time, put

BASE = "/api/v1/groups/gmg"
# The first meeting that the cadences propose.
FIRST = "working-level-2008-06-26"
SIDES = {"unfpa": "UNFPA", "unhcr": "UNHCR", "ilo": "ILO"}
ENDS = date(2008, 10, 20)


def address(side: str, language: str = "en") -> str:
    return f"{language}@{side}.example"


def peopled(gmg: Charter) -> Charter:
    """The shipped group, with the people of this story."""
    people: list[dict[str, Any]] = []
    for language in LANGUAGES:
        for side, name in SIDES.items():
            appointment = {"organization": side, "role": "focal-point", "from": date(2008, 1, 1)}
            people.append(_person(f"{name} ({language})", address(side, language), language, appointment))
        appointment = {"role": "secretariat", "from": date(2008, 1, 1)}
        people.append(_person(f"Secretariat ({language})", address("secretariat", language), language, appointment))
    return Charter.model_validate(gmg.model_dump(by_alias=True) | {"people": people})


def _person(name: str, email: str, language: str, appointment: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "email": email, "language": language, "appointments": [appointment]}


class Story:
    """Writes by the doors of the API, and lets time go on with the planner looking twice a day."""

    def __init__(self, engine: Engine, client: TestClient, time: Time) -> None:
        self.engine, self.client, self.time = engine, client, time
        self._keys = count(1)
        self._tokens: dict[str, str] = {}

    def _headers(self, side: str) -> dict[str, str]:
        if side not in self._tokens:
            with writing(self.engine) as session:
                email = None if side == "secretariat" else address(side)
                made, _ = make_token(
                    session, "gmg", kind="api", email=email, name=None, lasts=timedelta(days=365), scope="write",
                    actor="story",
                )  # fmt: skip
            self._tokens[side] = made
        return {"Authorization": f"Bearer {self._tokens[side]}", "Idempotency-Key": f"key-{next(self._keys)}"}

    def does(self, side: str, path: str, **body: Any) -> Any:
        """One write; of what stands there the present version is meant."""
        headers = self._headers(side)
        above = path.rpartition("/")[0]
        for place in (path if path.endswith("/minutes") else above, above, above.rpartition("/")[0]):
            seen = self.client.get(f"{BASE}{place}", headers=headers).headers.get("etag")
            if seen and "If-Match" not in headers:
                headers["If-Match"] = seen
        said = {name.rstrip("_"): value for name, value in body.items()}
        answer = self.client.post(f"{BASE}{path}", json=said or None, headers=headers)
        assert answer.status_code < 300, (path, answer.status_code, answer.text)
        return answer.json()

    def sees(self, side: str, path: str) -> Any:
        return self.client.get(f"{BASE}{path}", headers=self._headers(side)).json()

    def until(self, day: date, hour: int = 12) -> None:
        """Time goes on to an hour of a day (UTC), and nothing that falls due is missed."""
        end = datetime.combine(day, time(hour), UTC)
        while self.time.at < end:
            self.time.at = min(self.time.at + timedelta(hours=12), end)
            plan(self.engine)
        plan(self.engine)


def tell(engine: Engine, client: TestClient, clock: Time, gmg: Charter) -> None:
    """Everything that anybody is told of."""
    put(engine, peopled(gmg))
    story = Story(engine, client, clock)
    plan(engine)
    for chapter in (_meetings, _decisions, _actions, _activities, _staff, _minutes, _handover):
        chapter(story)
    story.until(ENDS)
    _faults(story)
    _digest(story)


def _meetings(story: Story) -> None:
    story.until(date(2008, 5, 16))
    story.does("unfpa", f"/meetings/{FIRST}/call")
    story.until(date(2008, 5, 17))
    story.does("unfpa", f"/meetings/{FIRST}/move", day="2008-06-24", at="15:00", minutes=120, place="Palais Wilson")
    item = story.does("ilo", "/agenda-items", title="Fair recruitment", meeting=FIRST, member="ilo")
    story.does("unfpa", f"/agenda-items/{item['id']}/accept")
    extra = story.does(
        "unfpa", "/meetings", title="Extra meeting on the forum", day="2008-06-12", at="10:00", level="focal-points"
    )["meeting"]
    story.does(
        "unfpa", f"/meetings/{extra['id']}/polls", slots=["2008-06-12T10:00:00+02:00", "2008-06-13T15:00:00+02:00"],
        deadline="2008-05-22T18:00:00+02:00",
    )  # fmt: skip
    story.until(date(2008, 5, 23))
    story.does("unfpa", f"/meetings/{extra['id']}/call")
    story.until(date(2008, 5, 24))
    story.does("unfpa", f"/meetings/{extra['id']}/cancel", reason="No day suits enough members")


def _decisions(story: Story) -> None:
    taken = {"operative": "adopted", "text": "The group adopts the fact sheet.", "purposes": [4]}
    adopted = story.does("unfpa", "/decisions", title="Fact sheet on remittances", until="2008-06-06", **taken)
    contested = story.does("unfpa", "/decisions", title="Common statement", until="2008-06-06", **taken)
    story.does(
        "ilo", f"/decisions/{contested['id']}/answer", member="ilo", round=1, answer="object",
        reason="It needs a date.",
    )  # fmt: skip
    story.until(date(2008, 6, 9))
    story.does("unfpa", f"/decisions/{contested['id']}/revise", text="With a date: by 1 July.", until="2008-06-20")
    story.does("unfpa", f"/decisions/{adopted['id']}/supersede", title="Second fact sheet", until="2008-06-20", **taken)
    withdrawn = story.does("unfpa", "/decisions", title="Another statement", until="2008-06-20", **taken)
    story.until(date(2008, 6, 10))
    story.does("unfpa", f"/decisions/{withdrawn['id']}/withdraw", reason="Overtaken by events")


def _actions(story: Story) -> None:
    story.does("unfpa", "/actions", title="Draft the note", owner="ilo", text="On labour migration.", due="2008-06-24")
    story.does("unfpa", "/actions", title="Collect the comments", owner="unhcr", due="2008-06-18")


def _activities(story: Story) -> None:
    plan_ = {
        "kind": "gap analysis",
        "purposes": [4],
        "objective": "One page for the forum.",
        "from": "2008-06-10",
        "until": "2008-07-10",
    }
    one = story.does(
        "unhcr", "/activities", title="Joint page", lead="unhcr", partners=["unfpa"],
        milestones=[{"title": "First draft", "due": "2008-06-26"}], **plan_,
    )  # fmt: skip
    story.until(date(2008, 6, 11))
    story.does("unfpa", f"/activities/{one['id']}/agree", decision="2008-1")


def _staff(story: Story) -> None:
    story.does("ilo", "/notices", member="ilo", theme="reports", text="A new report on recruitment is out.")
    new = story.does(
        "ilo", "/people", name="New Colleague", email="new@ilo.example", organization="ilo", role="alternate"
    )
    story.until(date(2008, 6, 17))
    story.does("ilo", f"/people/{new['id']}/end", organization="ilo", role="alternate")
    for language in LANGUAGES:
        story.client.post("/groups/gmg/sign-in", data={"email": address("ilo", language)})


def _minutes(story: Story) -> None:
    story.until(date(2008, 6, 25))
    story.does("unfpa", f"/meetings/{FIRST}/hold", present=[{"member": "ilo", "presence": "in-person"}])
    story.does("unfpa", f"/meetings/{FIRST}/minutes", text="The group met.", outcomes=[{"text": "A note is drafted."}])
    story.does("unfpa", f"/meetings/{FIRST}/minutes/circulate", until="2008-06-28")
    story.does("ilo", f"/meetings/{FIRST}/minutes/object", member="ilo", text="The note is missing.")
    story.until(date(2008, 6, 26))
    story.does(
        "unfpa", f"/meetings/{FIRST}/minutes", text="The group met again.",
        outcomes=[{"text": "A note is drafted."}],
    )  # fmt: skip
    story.does("unfpa", f"/meetings/{FIRST}/minutes/circulate", until="2008-06-28")
    story.until(date(2008, 6, 29))


def _handover(story: Story) -> None:
    story.until(date(2008, 7, 8))
    story.does(
        "unhcr", "/meetings", title="Meeting without an agenda", day="2008-07-31", at="10:00", level="focal-points"
    )
    story.does("unhcr", "/meetings/on-2008-07-31/call")
    story.does("secretariat", "/chair-decisions", extend="2008-07-01", until="2009-03-01", taken="2008-07-08")
    story.until(date(2008, 7, 9))
    successor = {"name": "Successor", "email": "next@ilo.example", "organization": "ilo", "role": "focal-point"}
    story.does("ilo", "/people", **successor)
    for one in story.sees("secretariat", "/people")["people"]:
        if one["email"] in {address("ilo", language) for language in LANGUAGES}:
            story.does("secretariat", f"/people/{one['id']}/end", organization="ilo", role="focal-point")


def _faults(story: Story) -> None:
    """An endpoint and the chat channels of the old chair end, and one of its mailboxes gives mail back."""
    story.does("unfpa", "/people", name="Alternate", email="alt@unfpa.example", organization="unfpa", role="alternate")
    now = story.time.at
    with writing(story.engine) as session:
        endpoint = WebhookRow(
            id="w", group_id="gmg", member="unfpa", url="https://hooks.example/events", label="Our register", kinds=[],
            position=10**6, created_at=now, created_by="story",
        )  # fmt: skip
        mailbox = MailboxRow(group_id="gmg", address="alt@unfpa.example", bounces=5, paused_at=now, why="550 5.1.1")
        session.add_all((endpoint, mailbox))
        session.flush()
        disable(session, endpoint, "410 Gone")
        events.record(
            session, "gmg", "mailbox.paused", mailbox.address, address=mailbox.address, organizations=["unfpa"]
        )  # fmt: skip
        for language, id_ in _people(session, "unfpa").items():
            chat = ContactRow(
                id=f"chat-{language}", group_id="gmg", person_id=id_, channel="slack", label="Our channel", secret=b"",
                created_at=now, ended_at=now, why="404 no_service",
            )  # fmt: skip
            session.add(chat)
            events.record(session, "gmg", "contact.ended", chat.id, chat.id, why=chat.why, channel="slack")
    plan(story.engine)


def _digest(story: Story) -> None:
    """The secretariat has changes of people gathered for a day, and there are two."""
    with writing(story.engine) as session:
        for id_ in _people(session, "secretariat").values():
            session.add(ChoiceRow(person_id=id_, group_id="gmg", kind="people", form="daily"))
    for name in ("First", "Second"):
        story.does("unfpa", "/people", name=name, email=f"{name.lower()}@unfpa.example", organization="unfpa",
                   role="alternate")  # fmt: skip
    story.until(ENDS + timedelta(days=5))


def _people(session: Session, side: str) -> dict[str, str]:
    """The ids of the people of a side, by language."""
    ids = {row.email: row.id for row in session.exec(select(PersonRow))}
    return {language: ids[address(side, language)] for language in LANGUAGES}
