"""Promises P1, P2, P3 and P13 by kill -9 of the service itself: people write, mail goes out, processes die.

`gmg serve --role web` and `--role worker` are killed at random instants and at the points where it would hurt most.
Clients repeat what got no answer, with the same Idempotency-Key, as any client has to.
"""

import json
import os
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, func, select

from service.access.commands import make_token
from service.database import reading, writing
from service.events import DueRow, Event
from service.followups.actions.tables import ActionRow
from service.groups import appointing, queries
from service.groups.charter import Appointment, Person
from service.groups.commands import confirm
from service.notifications.outbox.tables import DeliveryRow
from tests.chaos.fleet import Asked, Death, Fleet, fleet, insist_on_all, wait_until
from tests.chaos.serve import POINTS
from tests.conftest import NOTE_DAY, Time
from tests.notifications.sink import Sink, running
from tests.promises.collecting import Evidence

pytestmark = pytest.mark.promise("P1", "P2", "P3", "P13")

ACTIONS = "/api/v1/groups/gmg/actions"
MEMBERS = ("ilo", "iom", "ohchr", "unctad", "undp", "unesco", "unhcr", "unicef")
SEEDS = range(1, 1 + int(os.environ.get("PROVE_SEEDS", "1")))
LONG = "PROVE_LONG" in os.environ
COUNT = 200 if LONG else 32
# What nobody hears about more than five times in a minute goes to him alone.
EACH = 4


@dataclass
class Scene:
    """People who may be given actions, and the headers of the chair, who gives them."""

    engine: Engine
    headers: dict[str, str]
    people: list[tuple[str, str]]

    def creations(self, count: int) -> list[Asked]:
        """Creations that each tell one person something by mail."""
        found = []
        for number in range(count):
            member, email = self.people[number // EACH]
            found.append(Asked(ACTIONS, {"title": f"Action {number}", "owner": member, "assignee": email}))
        return found


@pytest.fixture
def scene(engine: Engine, group: str, time: Time) -> Scene:
    return prepare(engine, group, COUNT // EACH + 1)


def prepare(engine: Engine, group: str, people: int) -> Scene:
    """A confirmed group with so many people more."""
    found = []
    with writing(engine) as session:
        charter = queries.charter(session, group)
        for number in range(people):
            member, email = MEMBERS[number % len(MEMBERS)], f"a{number}@gmg.example"
            role = Appointment.model_validate({"organization": member, "role": "alternate", "from": NOTE_DAY.date()})
            appointing.appoint(
                session, charter, Person(name=f"A{number}", email=email), role, actor="test", authority="secretariat"
            )
            found.append((member, email))
        confirm(session, group)
        made, _ = make_token(
            session, group, kind="api", email="gmg@unfpa.example", name=None, lasts=timedelta(days=1), actor="test"
        )
    return Scene(engine, {"Authorization": f"Bearer {made}"}, found)


@contextmanager
def served(folder: Path, url: str, plant: str = "") -> Iterator[tuple[Fleet, Sink]]:
    with running() as sink, fleet(folder, url, sink.port, began=NOTE_DAY, plant=plant) as found:
        yield found, sink


def settled(engine: Engine) -> bool:
    """Nothing is owed any more, and nothing is on its way."""
    with reading(engine) as session:
        waiting = session.exec(
            select(func.count()).select_from(DeliveryRow).where(col(DeliveryRow.state).in_(("pending", "sending")))
        ).one()
        # The clock of the fleet runs on, this one stands; nothing else falls due within the hour.
        owed = session.exec(select(func.min(DueRow.at))).one()
        return not waiting and owed is not None and owed > NOTE_DAY + timedelta(hours=1)


def faults(engine: Engine, all_asked: Sequence[Asked], sink: Sink, kills: int) -> dict[str, list[Any]]:
    """What each promise would not allow, by promise; only those that have any."""
    with reading(engine) as session:
        rows = {row.id: row for row in session.exec(select(ActionRow))}
        opened = Counter(session.exec(select(Event.subject).where(Event.kind == "action.opened")))
        mails = list(session.exec(select(DeliveryRow).where(DeliveryRow.channel == "mail")))
    there = {(row.id, row.title) for row in rows.values()}
    titles = Counter(row.title for row in rows.values())
    answered = [(one, json.loads(one.done.content)) for one in all_asked if one.done is not None]
    copies = Counter(sink.ids())
    planned = {row.message_id for row in mails}
    told = Counter(row.subject for row in mails if (row.subject or "").startswith("given-"))
    bodies = {id_: {digest for one, digest, _ in sink.accepted if one == id_} for id_ in copies}
    wrong = {
        # An id that was lost is given again, to another.
        "P1": [one.body["title"] for one, said in answered if (said["id"], one.body["title"]) not in there]
        + [row.title for row in rows.values() if opened[row.id] != 1]
        + [row.title for row in rows.values() if told[f"given-{row.id}"] != 1]
        + [subject for subject in opened if subject not in rows],
        "P2": [
            f"{row.kind} to {row.recipient} is {row.state} after {row.attempts} attempts: {row.answer}"
            for row in mails
            if row.message_id not in copies or row.state != "accepted"
        ],
        "P3": [id_ for id_ in copies if id_ not in planned]
        + [id_ for id_ in copies if len(bodies[id_]) > 1]
        + ([dict(copies)] if sum(copies.values()) - len(copies) > kills else []),
        "P13": [title for title, count in titles.items() if count > 1]
        + [one.body["title"] for one in all_asked if one.done is None],
    }
    return {name: found for name, found in wrong.items() if found}


def deaths(seed: int, role: str) -> list[Death]:
    """In which ways a process of a role ends, one after another: at random instants and at each of its points."""
    turn = random.Random(f"{seed} {role}")
    points = POINTS if role == "worker" else POINTS[:2]
    found = [Death(point, turn.randint(1, 4)) for point in points]
    found += [Death(after=turn.uniform(0.05, 1)) for _ in range(2 if role == "worker" else 3)]
    turn.shuffle(found)
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_answered_is_there_once_and_told_once(
    seed: int, scene: Scene, database_url: str, tmp_path: Path, evidence: Evidence
) -> None:
    all_asked = scene.creations(COUNT)
    with served(tmp_path, database_url) as (found, sink):
        webs = [found.keep("web", deaths(seed * 2 + number, "web")) for number in range(2)]
        for number in range(2):
            found.keep("worker", deaths(seed * 2 + number, "worker"))
        # Two clients are slower than the deaths are, so that the last of these come while there is work.
        insist_on_all([port for port, _ in webs], all_asked, scene.headers, clients=2)
        wait_until(lambda: settled(scene.engine))
        kills, broken = found.kills, sum(one.broken for one in all_asked)
    assert kills >= 8
    assert broken, "some connections broke before the answer"
    assert faults(scene.engine, all_asked, sink, kills) == {}
    copies = Counter(sink.ids())
    evidence(seeds=[seed], kills=kills, lost=0, accepted=len(copies), duplicated=sum(copies.values()) - len(copies))


PLANTED = [
    ("answer_first", "web", Death("before_commit"), "P1", "P1"),
    ("mark_first", "worker", Death("after_claim"), "P2", "mark_first_in_service"),
    ("fresh_message_id", "worker", Death("after_accept"), "P3", "fresh_message_id_in_service"),
    ("key_after_commit", "web", Death("after_commit"), "P13", "key_after_commit_in_service"),
]


@pytest.mark.parametrize(
    ("bug", "role", "death", "promise"),
    [
        pytest.param(
            bug, role, death, promise, marks=pytest.mark.planted(name if name != promise else bug, promise=promise)
        )
        for bug, role, death, promise, name in PLANTED
    ],
)
def test_the_planted_bug_is_seen(
    bug: str, role: str, death: Death, promise: str, scene: Scene, database_url: str, tmp_path: Path
) -> None:
    """The same run with one death, at the point where the bug hurts."""
    all_asked = scene.creations(2)
    with served(tmp_path, database_url, bug) as (found, sink):
        port, _ = found.keep("web", [death] if role == "web" else [])
        found.keep("worker", [death] if role == "worker" else [])
        insist_on_all([port], all_asked, scene.headers, clients=1)
        wait_until(lambda: settled(scene.engine))
        wait_until(lambda: found.kills)
        kills = found.kills
    assert kills == 1, "the bug, not a process that cannot begin, is what is seen"
    assert promise in faults(scene.engine, all_asked, sink, kills)
