"""The service beside its model: what anybody may ask of it, in any order, and what has to hold after each step."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from service import clock
from service.access.commands import make_token
from service.database import writing
from tests.conftest import HOME, Time, app_on
from tests.meetings.conftest import BASE
from tests.threats import model
from tests.threats.model import HANDOVER, NOBODY, PEOPLE, SECRETARIAT, Action, Decision, Meeting, Outcome

BEGIN = datetime(2008, 6, 25, 12, tzinfo=UTC)
MOST = 4

# Who chairs asks most often, and mostly for the version that stands, or most requests would end at the first check.
CHAIR = "whoever chairs"
who = st.sampled_from([CHAIR, CHAIR, CHAIR, CHAIR, CHAIR, *PEOPLE])
tags = st.sampled_from(["right"] * 7 + ["old", "", "*", "weak"])
spans = st.sampled_from([timedelta(minutes=1), timedelta(hours=3), timedelta(hours=24), timedelta(days=3)])
which = st.integers(0, MOST - 1)


class Group(RuleBasedStateMachine):
    """The service beside its model."""

    def __init__(self, fresh: Callable[[], Engine]) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.time = Time(BEGIN)
        self.stack.enter_context(clock.use(self.time))
        self.engine = fresh()
        self.stack.callback(self.engine.dispose)
        self.client = TestClient(app_on(self.engine), base_url=HOME, raise_server_exceptions=False)
        self.tokens = {name: self._token(name) for name in PEOPLE if name != NOBODY}
        self.actions: list[Action] = []
        self.meetings: list[Meeting] = []
        self.decisions: list[Decision] = []
        self.created: list[tuple[str, str, str, dict[str, Any], datetime, Any]] = []
        self.keys = count(1)
        self.last: Callable[[], None] | None = None
        self.seen = self._counts()

    def _token(self, name: str) -> str:
        email = None if name == SECRETARIAT else f"gmg@{name}.example"
        with writing(self.engine) as session:
            lasts = timedelta(days=365)
            made, _ = make_token(
                session, "gmg", kind="api", email=email, name=None, lasts=lasts, scope="write", actor="test"
            )
        return made

    def teardown(self) -> None:
        self.stack.close()

    def _counts(self) -> tuple[int, int, int]:
        """Events, entries of the audit, and those that count what feeds have published: not all is shown there."""
        of = "SELECT count(*) FROM audit WHERE what"
        asked = f"SELECT (SELECT count(*) FROM event), ({of} <> 'group'), ({of} = 'group')"
        with self.engine.connect() as connection:
            happened, entries, published = connection.execute(text(asked)).one()
        return happened, entries, published

    def _headers(self, name: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[name]}"} if name != NOBODY else {}

    def _post(self, path: str, name: str, body: dict[str, Any] | None, **headers: str) -> Any:
        return self.client.post(BASE + path, json=body, headers=self._headers(name) | headers)

    def _holds(self, answer: Any, expected: Outcome, path: str, version: int | None = None) -> None:
        """The answer is the expected one, and leaves behind what it should."""
        assert answer.status_code == expected.status, (path, answer.status_code, answer.text[:300])
        happened, entries, published = self._counts()
        assert (happened - self.seen[0], entries - self.seen[1]) == expected[1:], path
        assert published - self.seen[2] <= min(expected.entries, 1), path
        self.seen = happened, entries, published
        if answer.status_code < 400 and version is not None:
            assert answer.headers["etag"] == f'"{version}"', path
        if answer.status_code >= 400:
            assert answer.json()["status"] == expected.status
        if expected.entries:
            asked = text("SELECT request FROM audit WHERE what <> 'group' ORDER BY id DESC LIMIT :most")
            with self.engine.connect() as connection:
                found = connection.execute(asked, {"most": expected.entries}).scalars()
                assert set(found) == {f"POST {BASE}{path}"}

    def _create(self, path: str, name: str, body: dict[str, Any], expected: Outcome) -> str | None:
        """What is created is known by its id; None where it is refused."""
        key = f"key-{next(self.keys)}"
        answer = self._post(path, name, body, **{"Idempotency-Key": key})
        self._holds(answer, expected, path, 1)
        if answer.status_code != 201:
            return None
        self.created.append((path, name, key, body, self.time.at, answer))
        return str(answer.headers["location"].rpartition("/")[2])

    def _change(self, path: str, name: str, tag: str, body: dict[str, Any] | None, expected: Outcome, now: Any) -> None:
        answer = self._post(path, name, body, **({"If-Match": tag} if tag else {}))
        self._holds(answer, expected, path, now.version)

    def _name(self, name: str) -> str:
        """Who that is now."""
        return model.chair(self.time.at) if name == CHAIR else name

    @staticmethod
    def _tag(tag: str, version: int) -> str:
        return {"right": f'"{version}"', "old": f'"{version - 1}"', "weak": f'W/"{version}"'}.get(tag, tag)

    @rule(span=spans)
    def time_passes(self, span: timedelta) -> None:
        self.time.at += span

    @precondition(lambda self: self.time.at < HANDOVER)
    @rule(after=st.sampled_from([timedelta(seconds=-1), timedelta(0)]))
    def the_handover_comes(self, after: timedelta) -> None:
        self.time.at = max(self.time.at, HANDOVER + after)

    @precondition(lambda self: len(self.actions) < MOST)
    @rule(name=who, owner=st.sampled_from(["ilo", "iom", "chair"]))
    def open_an_action(self, name: str, owner: str) -> None:
        name = self._name(name)
        expected = model.open_action(name, owner, self.time.at)
        made = self._create("/actions", name, {"title": "An action", "owner": owner}, expected)
        if made:
            self.actions.append(Action(made, owner))

    @precondition(lambda self: self.actions)
    @rule(
        at=which, name=who, verb=st.sampled_from([*model.ACTION_VERBS, "finish", "reopen"]), tag=tags,
        days=st.integers(-1, 3), to=st.sampled_from(["ilo", "iom", "chair"]),
    )  # fmt: skip
    def act(self, at: int, name: str, verb: str, tag: str, days: int, to: str) -> None:
        name = self._name(name)
        self._act(at, name, verb, tag, days, to)
        self.last = lambda: self._act(at, name, verb, "right", days, to)

    def _act(self, at: int, name: str, verb: str, tag: str, days: int, to: str) -> None:
        one = self.actions[at % len(self.actions)]
        given = self._tag(tag, one.version)
        due = model.today(self.time.at) + timedelta(days=days)
        bodies: dict[str, dict[str, Any] | None] = {
            "start": None, "log": {"text": "A word."}, "finish": {"text": "Done."}, "drop": {"reason": "No."},
            "reopen": {"reason": "Again."}, "reschedule": {"reason": "Later.", "due": str(due)},
            "transfer": {"reason": "Theirs.", "owner": to},
        }  # fmt: skip
        expected = model.act(one, verb, name, given, self.time.at, due=due, to=to)
        self._change(f"/actions/{one.id}/{verb}", name, given, bodies[verb], expected, one)

    @precondition(lambda self: len(self.meetings) < MOST)
    @rule(name=who, days=st.integers(0, 4), hour=st.sampled_from([9, 15]))
    def propose_a_meeting(self, name: str, days: int, hour: int) -> None:
        name = self._name(name)
        day = model.today(self.time.at) + timedelta(days=days)
        expected = model.propose(name, day, hour, self.time.at)
        body = {"title": "A meeting", "day": str(day), "at": f"{hour:02}:00"}
        made = self._create("/meetings", name, body, expected)
        if made:
            self.meetings.append(Meeting(made, day, hour, "A meeting"))

    @precondition(lambda self: self.meetings)
    @rule(
        at=which, name=who, verb=st.sampled_from(["call", "call", "move", "edit", "cancel", "hold", "hold"]), tag=tags,
        hour=st.sampled_from([9, 15]), title=st.sampled_from(["A meeting", "Another meeting"]),
    )  # fmt: skip
    def steer(self, at: int, name: str, verb: str, tag: str, hour: int, title: str) -> None:
        name = self._name(name)
        self._steer(at, name, verb, tag, hour, title)
        self.last = lambda: self._steer(at, name, verb, "right", hour, title)

    def _steer(self, at: int, name: str, verb: str, tag: str, hour: int, title: str) -> None:
        one = self.meetings[at % len(self.meetings)]
        given = self._tag(tag, one.version)
        bodies: dict[str, dict[str, Any] | None] = {
            "call": None, "move": {"at": f"{hour:02}:00"}, "edit": {"title": title}, "cancel": {"reason": "No."},
            "hold": {"present": []},
        }  # fmt: skip
        expected = model.steer(one, verb, name, given, self.time.at, hour=hour, title=title)
        self._change(f"/meetings/{one.id}/{verb}", name, given, bodies[verb], expected, one)

    @precondition(lambda self: len(self.decisions) < MOST)
    @rule(name=who, days=st.integers(1, 5))
    def open_a_silence_procedure(self, name: str, days: int) -> None:
        name = self._name(name)
        until = model.today(self.time.at) + timedelta(days=days)
        body = {"operative": "adopted", "title": "A decision", "text": "The group agrees.", "until": str(until)}
        made = self._create("/decisions", name, body, model.put_to_silence(name, days, self.time.at))
        if made:
            self.decisions.append(Decision(made, model.end_of(until)))

    @precondition(lambda self: self.decisions)
    @rule(
        at=which, name=who, other=st.booleans(), tag=tags, back=st.sampled_from([0, 0, 0, 1]),
        said=st.sampled_from([("endorse", None), ("object", "Not so."), ("object", None)]),
    )  # fmt: skip
    def answer(self, at: int, name: str, other: bool, tag: str, back: int, said: tuple[str, str | None]) -> None:
        name = self._name(name)
        self._answer(at, name, other, tag, back, said)
        self.last = lambda: self._answer(at, name, other, "right", back, said)

    def _answer(self, at: int, name: str, other: bool, tag: str, back: int, said: tuple[str, str | None]) -> None:
        one = self.decisions[at % len(self.decisions)]
        member = "iom" if other or name in (SECRETARIAT, NOBODY) else name
        given, round_ = self._tag(tag, one.version), one.round - back
        expected = model.answer(one, member, *said, name, given, self.time.at, round_)
        body = {"member": member, "answer": said[0], "reason": said[1], "round": round_}
        self._change(f"/decisions/{one.id}/answer", name, given, body, expected, one)

    @precondition(lambda self: self.decisions)
    @rule(at=which, name=who, verb=st.sampled_from(["revise", "withdraw"]), tag=tags, days=st.integers(1, 5))
    def put_again(self, at: int, name: str, verb: str, tag: str, days: int) -> None:
        name = self._name(name)
        self._put_again(at, name, verb, tag, days)
        self.last = lambda: self._put_again(at, name, verb, "right", days)

    def _put_again(self, at: int, name: str, verb: str, tag: str, days: int) -> None:
        one = self.decisions[at % len(self.decisions)]
        given = self._tag(tag, one.version)
        until = str(model.today(self.time.at) + timedelta(days=days))
        body = {"text": "Other words.", "until": until} if verb == "revise" else {"reason": "No."}
        expected = model.put_again(one, verb, name, given, self.time.at, days)
        self._change(f"/decisions/{one.id}/{verb}", name, given, body, expected, one)

    @precondition(lambda self: self.last)
    @rule()
    def the_same_again(self) -> None:
        """Whoever presses twice does so for the version that stands by now."""
        assert self.last is not None
        self.last()

    @precondition(lambda self: self.created)
    @rule(changed=st.booleans(), at=st.integers(0, 20))
    def send_again(self, changed: bool, at: int) -> None:
        """Within a day a creation that is sent again gets the first answer, and another under its key none."""
        path, name, key, body, made_at, first = self.created[at % len(self.created)]
        if self.time.at - made_at >= model.KEPT:
            return
        sent = body | {"title": "Something else"} if changed else body
        answer = self._post(path, name, sent, **{"Idempotency-Key": key})
        self._holds(answer, Outcome(422 if changed else 201), path)
        if not changed:
            assert (answer.content, answer.headers["idempotent-replayed"]) == (first.content, "true")

    @invariant()
    def lists_hold_what_the_model_holds(self) -> None:
        headers, now = self._headers(SECRETARIAT), self.time.at
        found = self.client.get(f"{BASE}/actions?limit=200", headers=headers).json()["actions"]
        assert {(one["id"], one["state"], one["owner"], one["due"], one["version"]) for one in found} == {
            (one.id, one.state, one.owner, str(one.due) if one.due else None, one.version) for one in self.actions
        }
        ours = {one.id for one in self.meetings}
        found = self.client.get(f"{BASE}/meetings?from=2008-06-01", headers=headers).json()["meetings"]
        assert {
            (one["id"], one["state"], one["title"], one["at"], one["details"]["version"])
            for one in found
            if one["id"] in ours
        } == {(one.id, one.state, one.title, f"{one.hour:02}:00", one.version) for one in self.meetings}
        found = self.client.get(f"{BASE}/decisions?limit=200", headers=headers).json()["decisions"]
        assert {(one["id"], one["state"], one["version"]) for one in found} == {
            (one.id, one.state(now), one.version) for one in self.decisions
        }
