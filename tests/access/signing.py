"""What somebody does in a browser to sign in: ask for a link, read the mail, open the link, press the button."""

import re
from email import message_from_bytes
from email.policy import default
from typing import Any

from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from service.database import reading
from service.events import Event
from service.notifications.outbox.tables import DeliveryRow
from tests.conftest import BROWSER, HOME

SIGN_IN, ME = "/groups/gmg/sign-in", "/groups/gmg/me"
FOCAL_POINT = "gmg@iom.example"
HTML = {"Accept": "text/html"}


def another_browser(client: TestClient, **headers: str) -> TestClient:
    """The same service, asked by a browser with no cookies yet."""
    return TestClient(client.app, base_url=HOME, headers=BROWSER | headers, raise_server_exceptions=False)


def ask(client: TestClient, email: str = FOCAL_POINT, **more: str) -> Any:
    return client.post(SIGN_IN, data={"email": email} | more, headers=HTML)


def mails(engine: Engine) -> list[DeliveryRow]:
    """The mails with a link to sign in, the newest last."""
    with reading(engine) as session:
        asked = select(DeliveryRow).join(Event, col(Event.id) == col(DeliveryRow.event_id))
        return list(session.exec(asked.where(DeliveryRow.subject == "sign-in").order_by(col(Event.position))))


def text_of(row: DeliveryRow, kind: str = "plain") -> str:
    """What a mail says, in one of its forms."""
    part = message_from_bytes(row.body, policy=default).get_body((kind,))
    assert part is not None
    return str(part.get_content())


def link(engine: Engine) -> str:
    """Where the newest link leads."""
    found = re.search(rf"{re.escape(HOME)}({SIGN_IN}/\S+)", text_of(mails(engine)[-1]))
    assert found is not None
    return found.group(1)


def sign_in(client: TestClient, engine: Engine, email: str = FOCAL_POINT, **more: str) -> Any:
    """Sign in with this browser; what the button is answered with."""
    assert ask(client, email, **more).status_code == 202
    return client.post(link(engine), headers=HTML, follow_redirects=False)
