"""Threats that no single exchange shows and no other room tests: names of files, logs, polls, letters, any body."""

import json
import re
import subprocess
import sys
from datetime import timedelta
from typing import Any

from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from service.calendars.polls import MOST
from service.database import connect
from service.main import create_app
from tests.access.conftest import DECISIONS, Tokens, decide, secretariat, token  # noqa: F401 - fixtures
from tests.access.world import made  # noqa: F401 - fixture
from tests.conftest import Time
from tests.meetings.conftest import BASE, chair, send  # noqa: F401 - fixtures
from tests.web.browsing import Signs, signs  # noqa: F401 - fixture

FOCAL_POINT = "gmg@iom.example"


def test_t24_markup_in_a_reason_stays_text(client: TestClient, secretariat: dict[str, str]) -> None:
    body = {"pass": "unhcr", "term": "2008-07-01", "reason": "<script>alert(1)</script>"}
    body["source"] = '"><img src=x onerror=alert(1)>'
    assert client.post(DECISIONS, json=body, headers=secretariat | {"Idempotency-Key": "k"}).status_code == 201
    for path in ("/groups/gmg", "/groups/gmg/chair", "/groups/gmg/timeline", "/docs"):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_t29_no_name_of_a_file_breaks_a_header(
    client: TestClient, signs: Signs, made: dict[str, str], token: Tokens, secretariat: dict[str, str]
) -> None:
    own = token(FOCAL_POINT, kind="feed")
    turn, coming = made["turn"], made["next_turn"]
    files = [
        "/calendars/gmg.ics", "/calendars/gmg/chair.ics", "/calendars/gmg/members/ilo.ics",
        f"/calendars/p/{own}/gmg.ics",
        f"{BASE}/actions.csv", f"{BASE}/handovers/{coming}/dossier?format=markdown",
    ]  # fmt: skip
    answers = [client.get(path, headers=secretariat if "/api/" in path else {}) for path in files]
    chair = signs("gmg@unfpa.example").client
    answers += [chair.get(f"/groups/gmg/reports/{turn}/report.md"), chair.get("/groups/gmg/actions/table.csv")]
    for answer in answers:
        assert answer.status_code == 200, answer.url
        named = answer.headers.get("content-disposition", "")
        assert re.fullmatch(r'(inline|attachment); filename="[a-z0-9.-]{1,120}"', named), (answer.url, named)
    for broken in ("gmg%22", "gmg%0d%0aX:y", "%22;gmg", "gmg%5c"):
        assert client.get(f"/calendars/{broken}.ics").status_code == 404
        assert client.get(f"/calendars/p/{own}/{broken}.ics").status_code == 404


# Each instant that somebody may send, and why nothing is done at it by their authority.
INSTANTS = {
    "deadline": "a poll takes votes until then, by the clock; the chair of that day closes it or not",
    "slots": "when a meeting might be; the chair of the day puts it there",
    "since": "how far back deliveries are let go at once",
    "until": "the last instant at which a delivery still has a point",
}


def _instants(schema: dict[str, Any], schemas: dict[str, Any], name: str = "") -> set[str]:
    if "$ref" in schema:
        return _instants(schemas[schema["$ref"].rpartition("/")[2]], schemas, name)
    found = {name} if schema.get("format") in ("date-time", "time") and name else set()
    for inner, of in schema.get("properties", {}).items():
        found |= _instants(of, schemas, inner)
    items = [schema["items"]] if "items" in schema else []
    for part in (*schema.get("anyOf", []), *schema.get("allOf", []), *items):
        found |= _instants(part, schemas, name)
    return found


def _described(app: FastAPI) -> set[str]:
    description = app.openapi()
    bodies = [
        content["schema"]
        for operations in description["paths"].values()
        for operation in operations.values()
        for content in operation.get("requestBody", {}).get("content", {}).values()
    ]
    return set().union(*(_instants(body, description["components"]["schemas"]) for body in bodies))


def test_t45_nothing_that_is_sent_names_an_instant_at_which_it_is_to_be_done(tmp_path: Any) -> None:
    """What an outgoing chair sends is done at once or refused; a new instant in a body has to say what it is for."""
    engine = connect(f"sqlite:///{tmp_path}/none.db")
    found = _described(create_app(engine))
    engine.dispose()
    assert found - {"at", "ends"} == INSTANTS.keys(), "hours of the day of a meeting are no instants"


def test_t61_text_is_kept_in_one_form_and_found_in_either(
    client: TestClient, secretariat: dict[str, str], chair: dict[str, str]
) -> None:
    apart, together = "Cafe\u0301 Zu\u0308rich", "Café Zürich"
    kept = {
        apart: together,
        together: together,
        "👩‍👩‍👧‍👦 🇨🇭": "👩‍👩‍👧‍👦 🇨🇭",
        "قرار المجموعة": "قرار المجموعة",
        "ﷺ": "ﷺ",
    }
    for number, (typed, expected) in enumerate(kept.items()):
        headers = chair | {"Idempotency-Key": f"k{number}"}
        answer = client.post(f"{BASE}/actions", json={"title": typed, "owner": "ilo"}, headers=headers)
        assert (answer.status_code, answer.json()["title"]) == (201, expected)
    for typed in (apart, together):
        hits = client.get(f"{BASE}/search", params={"q": typed}, headers=chair).json()["hits"]
        assert [hit["title"] for hit in hits] == [together] * 2


def test_t66_a_calendar_that_is_asked_for_without_end_waits_for_the_next_minute(
    client: TestClient, token: Tokens, time: Time
) -> None:
    time.at = time.at.replace(second=10)
    paths = [f"/calendars/p/{token(email, kind='feed')}/gmg.ics" for email in (FOCAL_POINT, "gmg@ilo.example")]
    etag = client.get(paths[0]).headers["etag"]
    asked = {"If-None-Match": etag}
    codes = [client.get(paths[0], headers=asked).status_code for _ in range(MOST - 1)]
    assert codes == [304] * (MOST - 1)
    late = client.get(paths[0], headers=asked)
    assert (late.status_code, late.headers["retry-after"]) == (429, "50")
    assert late.headers["content-type"] == "application/problem+json"
    assert client.head(paths[0]).status_code == 429
    assert client.get(paths[1]).status_code == 200, "another address is another calendar"
    assert client.get("/calendars/gmg.ics").status_code == 200
    time.at += timedelta(seconds=50)
    assert client.get(paths[0], headers=asked).status_code == 304


def test_t66_guesses_are_not_kept(client: TestClient, token: Tokens) -> None:
    """Whoever guesses fills no memory, and holds up nobody."""
    for number in range(MOST + 5):
        assert client.get(f"/calendars/p/feed_{number:043d}/gmg.ics").status_code == 404
    assert not client.app.state.polls._seen  # type: ignore[attr-defined]
    own = token(FOCAL_POINT, kind="feed")
    assert client.get(f"/calendars/p/{own}/gmg.ics").status_code == 200
    assert len(client.app.state.polls._seen) == 1  # type: ignore[attr-defined]


HOSTILE_LINES = (
    "a\nb", "a\r\n{}", 'x", "level": "critical', "\x1b[2J\x1b[31m", "%s %n %(x)s", "{event}", "\u2028\u2029\x85",
    "\0", "\ud800",
)  # fmt: skip
_LOGS = """
import json, logging, sys
import structlog
from service.logs import set_up
set_up()
for value in json.loads(sys.argv[1]):
    structlog.get_logger().info("asked", agent=value, path=value)
    structlog.get_logger().info(value)
    logging.getLogger("other").warning("asked by %s", value)
    logging.getLogger("other").error(value)
    try:
        raise ValueError(value)
    except ValueError:
        structlog.get_logger().exception("failed")
"""


def test_t67_a_record_is_one_line_of_json() -> None:
    command = [sys.executable, "-c", _LOGS, json.dumps(HOSTILE_LINES)]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    lines = done.stderr.decode("ascii").split("\n")
    assert lines.pop() == ""
    assert len(lines) == 5 * len(HOSTILE_LINES)
    for line in lines:
        record = json.loads(line)
        assert record["level"] in ("info", "warning", "error")
        assert not re.search(r"[\x00-\x1f\x7f]", line)


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.dates().map(str)
    | st.sampled_from(["unhcr", "iom", "2008-07-01", "2008-01-01", "d1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ["pass", "swap", "appoint", "extend", "accept", "withdraw", "vacant", "interim", "term", "from", "until",
          "id", "taken", "reason", "source"]  # fmt: skip


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(body=st.dictionaries(st.sampled_from(FIELDS), values, max_size=4))
def test_no_body_is_answered_with_a_server_error(
    client: TestClient, secretariat: dict[str, str], body: dict[str, object]
) -> None:
    content = json.dumps(body).encode()
    headers = secretariat | {"Content-Type": "application/json"}
    answer = client.post(DECISIONS + "?preview=true", content=content, headers=headers)
    assert answer.status_code in (200, 400, 409, 422), answer.text
