"""Pages at ten years of data, over HTTP, against a bare route with as many queries and a page of the same size."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import event
from starlette.testclient import TestClient

from bench.feeds import against, request, served
from bench.living import SECRETARY, cookie, live
from bench.measure import Row, at_most
from migrations.upgrade import upgrade
from service.database import connect
from service.main import create_app

YEARS = 10
MOST_BYTES = 100_000
HOME = "http://127.0.0.1:8000"
# What is opened first and most: the group's page and an agency's, and the desk of its focal point.
PAGES = (
    ("the group's page", "/groups/gmg", None),
    ("an agency's page", "/groups/gmg/members/ilo", None),
    ("an agency's page for its focal point", "/groups/gmg/members/iom", "gmg@iom.example"),
    ("the desk of a focal point", "/groups/gmg/desk", "gmg@iom.example"),
)
WHY = (
    "A profile of the desk (py-spy, 1,360 samples): 67 % gathers what is due and new, of which 29 % is inside "
    "Session.execute and the rest builds its 25 statements, each another one, while the bare route asks the same one "
    "again and again; 11 % finds out who asks, 7 % fills the template. No part stands out."
)
# Long lists and pages of many parts; their weight is looked at, not their time.
HEAVY = (
    "", "/chair", "/timeline", "/members", "/members/ilo", "/figures", "/calendar", "/calendar/list", "/meetings",
    "/calendar/subscribe", "/decisions", "/activities", "/actions", "/notices", "/search?q=recruitment", "/people",
    "/record", "/record/audit", "/record/chair", "/record/tokens", "/record/charter", "/outbox",
)  # fmt: skip


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'gmg.db'}"
        engine = connect(url)
        upgrade(engine)
        live(engine, YEARS)
        client = TestClient(create_app(engine), base_url=HOME)
        counted: list[str] = []
        event.listen(engine, "before_cursor_execute", lambda *given: counted.append(given[2]))
        with served("ours", url) as ours, served("plain", url) as plain:
            for name, path, email in PAGES:
                sent = f"gmg={cookie(engine, email)}" if email else ""
                counted.clear()
                shown = client.get(path, headers={"Cookie": sent} if sent else {})
                assert shown.status_code == 200, (path, shown.status_code)
                queries, size = len(counted), len(shown.content)
                asked = request(f"Cookie: {sent}" if sent else "", path)
                ratio = 1 / against(ours, plain, asked, request(path=f"/plain?queries={queries}&size={size}"))
                what = f"{name} at {YEARS} years / a bare route ({queries} queries, {size // 1000} kB)"
                yield at_most(what, ratio, 3, WHY)
        weights = {}
        secretary = {"Cookie": f"gmg={cookie(engine, SECRETARY)}"}
        for path in HEAVY:
            shown = client.get(f"/groups/gmg{path}", headers=secretary, follow_redirects=True)
            assert shown.status_code == 200, (path, shown.status_code)
            weights[path] = len(shown.content)
        heaviest = max(weights, key=lambda path: weights[path])
        yield at_most(f"kB of the heaviest page, {heaviest}", weights[heaviest] / 1000, MOST_BYTES / 1000)
        engine.dispose()
