"""Every message in six languages, as its reader gets it: compared with what stands in golden/, subject and body apart.

`GOLDEN=write pytest tests/language/test_golden.py` writes them anew; look at the difference before you keep it.
"""

import os
import re
from datetime import datetime
from difflib import unified_diff
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from service.database import reading
from service.groups.charter import Charter
from service.language.catalogues import LANGUAGES
from service.notifications.outbox.tables import DeliveryRow
from tests.conftest import Time
from tests.language.scenario import SIDES, tell

GOLDEN = Path(__file__).parent / "golden"
# What is signed or random differs from run to run.
_SECRET = re.compile(r"(https?://\S+?/(?:rsvp|poll|decision|answer|seen|unsubscribe|sign-in)/)\S+")
# Every message that the service has; whoever adds one lets it happen in the scenario.
EXPECTED = set((GOLDEN / "names.txt").read_text().split()) if (GOLDEN / "names.txt").exists() else set()


def name_of(row: DeliveryRow) -> str:
    """What tells one message from another: its kind, and for a handover on which side its reader stands."""
    name = row.dedupe_key.partition(":")[0]
    side = row.recipient.partition("@")[2].partition(".")[0]
    sided = name in ("handover.reminder", "handover.changed") and side in SIDES
    return f"{name}.{side}" if sided else name


def letters(engine: Engine) -> dict[tuple[str, str], tuple[str, str]]:
    """The first of each message in each language: (language, name) to (subject, body)."""
    found: dict[tuple[str, str], tuple[datetime, str, str]] = {}
    asked = select(DeliveryRow).where(DeliveryRow.channel == "mail", col(DeliveryRow.state) != "gathered")
    with reading(engine) as session:
        for row in session.exec(asked):
            language = row.recipient.partition("@")[0]
            if language in LANGUAGES:
                # Of several at one instant the first by its words, since what they are known by is random.
                letter = (row.created_at, *read(row.body))
                found[language, name_of(row)] = min(letter, found.get((language, name_of(row)), letter))
    return {key: (subject, text) for key, (_, subject, text) in found.items()}


def read(body: bytes) -> tuple[str, str]:
    """Subject and plain text of a mail, without what is signed."""
    mail = message_from_bytes(body, policy=default)
    part = mail.get_body(("plain",))
    return str(mail["Subject"]), _SECRET.sub(r"\1***", str(part.get_content()) if part is not None else "")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_message_reads_as_it_did(engine: Engine, client: TestClient, time: Time, gmg: Charter) -> None:
    tell(engine, client, time, gmg)
    found = letters(engine)
    if os.environ.get("GOLDEN") == "write":
        write(found)
    names = {name for _, name in found}
    assert names == EXPECTED, "a message that no golden mail knows, or one that does not come any more"
    assert {(language, name) for language in LANGUAGES for name in names} == set(found), "each in every language"
    wrong = []
    for language in LANGUAGES:
        subjects = "".join(f"{name}: {found[language, name][0]}\n" for name in sorted(names))
        wrong += differences(GOLDEN / language / "subjects.txt", subjects)
        for name in sorted(names):
            wrong += differences(GOLDEN / language / f"{name}.txt", found[language, name][1])
    assert not wrong, "\n".join(wrong[:80])


def differences(path: Path, now: str) -> list[str]:
    was = path.read_text() if path.exists() else ""
    return list(unified_diff(was.splitlines(), now.splitlines(), str(path.relative_to(GOLDEN)), "now", lineterm=""))


def write(found: dict[tuple[str, str], tuple[str, str]]) -> None:
    names = sorted({name for _, name in found})
    EXPECTED.clear()
    EXPECTED.update(names)
    for old in GOLDEN.rglob("*.txt"):
        old.unlink()
    for language in LANGUAGES:
        (GOLDEN / language).mkdir(parents=True, exist_ok=True)
        for name in names:
            _, body = found.get((language, name), ("", ""))
            (GOLDEN / language / f"{name}.txt").write_text(body)
        subjects = "".join(f"{name}: {found.get((language, name), ('', ''))[0]}\n" for name in names)
        (GOLDEN / language / "subjects.txt").write_text(subjects)
    (GOLDEN / "names.txt").write_text("\n".join(names) + "\n")
