"""What is measured over HTTP: `python -m bench.server ours|bare|plain|least SOURCE [PORT]`.

The rooms of the service are imported only where they serve, so that `least` holds nothing of ours.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment
from sqlmodel import Field, Session, SQLModel, create_engine, select


def bare(body: bytes) -> FastAPI:
    """The least that FastAPI can do: the same bytes, and a 304, from an `async` route."""
    app = FastAPI()

    @app.get("/calendars/bench.ics")
    async def feed() -> Response:
        return Response(body, media_type="text/calendar")

    @app.get("/304")
    async def unchanged() -> Response:
        return Response(status_code=304, headers={"ETag": '"x"'})

    return app


def plain(url: str) -> FastAPI:
    """A page as FastAPI does it with nothing of ours: `queries` lookups and a template whose page has `size` bytes."""
    from service.database import connect
    from service.groups.tables import OrganizationRow

    app, engine = FastAPI(), connect(url)
    template = Environment(autoescape=True).from_string(
        "<!doctype html><title>{{ title }}</title><table>{% for row in rows %}<tr><th scope='row'>{{ row.name }}</th>"
        "<td>{{ row.number }}</td><td>{{ row.text }}</td></tr>{% endfor %}</table>"
    )
    line = len("<tr><th scope='row'>International Labour Organization</th><td>0</td><td>on record or decided</td></tr>")

    @app.get("/plain")
    def page(queries: int, size: int) -> HTMLResponse:
        with Session(engine) as session:
            for _ in range(queries):
                session.exec(select(OrganizationRow.id, OrganizationRow.name).limit(20)).all()
        rows = [
            {"name": "International Labour Organization", "number": number % 10, "text": "on record or decided"}
            for number in range(size // line)
        ]
        return HTMLResponse(template.render(title="Plain", rows=rows))

    return app


class Thing(SQLModel, table=True):
    """The one table of an application that has but one."""

    id: int | None = Field(default=None, primary_key=True)
    name: str


def least(url: str) -> FastAPI:
    """The least that does what ours does: a table, a session, a route."""
    app, engine = FastAPI(), create_engine(url)
    SQLModel.metadata.create_all(engine)

    @app.get("/", response_model=list[Thing])
    def things() -> list[Thing]:
        with Session(engine) as session:
            return list(session.exec(select(Thing)))

    return app


def ours(url: str) -> FastAPI:
    from bench.measure import hush
    from service.database import connect
    from service.main import create_app
    from service.settling import settle

    hush()
    app = create_app(connect(url))
    settle()
    return app


def main(kind: str, source: str, port: str = "") -> None:
    made: dict[str, Callable[[str], FastAPI]] = {
        "ours": ours,
        "plain": plain,
        "least": least,
        "bare": lambda path: bare(Path(path).read_bytes()),
    }
    app = made[kind](source)
    port = port or os.environ["GMG_PORT"]
    uvicorn.run(app, port=int(port), log_config=None, access_log=False, server_header=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
