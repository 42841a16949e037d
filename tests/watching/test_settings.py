"""docs/settings.md is what the settings say; and the keys before the present one are still good."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from service import clock, keyset, settings
from service.access import links, tries
from service.commandline.setting_list import PAGE, page
from service.database import reading, writing
from service.notifications.choices import contacts
from service.notifications.choices.tables import ContactRow
from service.notifications.mailing.verp import delivery_of, return_path
from service.notifications.webhooks.commands import secrets
from service.notifications.webhooks.tables import WebhookRow
from service.problems import Problem
from tests.commandline import Gmg

OLD, NEW = "o" * 40, "n" * 40


def test_the_page_is_written_from_the_settings() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m service.commandline.setting_list"


def test_every_setting_says_what_it_is() -> None:
    assert not [name for name, field in settings.Settings.model_fields.items() if not field.description]


class Keys:
    """Lets the service have these keys from now on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def __call__(self, key: str, before: str = "") -> None:
        self._monkeypatch.setenv("GMG_SECRET_KEY", key)
        self._monkeypatch.setenv("GMG_SECRET_KEY_BEFORE", before)
        settings.current.cache_clear()


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Keys:
    return Keys(monkeypatch)


def test_what_the_key_before_has_signed_is_good_while_it_stands_there(keys: Keys) -> None:
    keys(OLD)
    link, cursor = links.sign_choice("gmg", "handovers", "p"), keyset.cursor("list", [1])
    mark = tries.known_mark("gmg", "p")
    keys(NEW, OLD)
    assert links.read_choice(link, "gmg").kind == "handovers"
    assert keyset.read_cursor("list", cursor) == [1]
    assert tries.is_known(mark, "gmg", "p")
    signed_now = links.sign_choice("gmg", "handovers", "p")
    keys(NEW)
    assert links.read_choice(signed_now, "gmg").kind == "handovers", "the present key signs"
    with pytest.raises(Problem):
        links.read_choice(link, "gmg")
    with pytest.raises(Problem):
        keyset.read_cursor("list", cursor)
    assert not tries.is_known(mark, "gmg", "p")


def test_mail_that_comes_back_to_an_old_return_path_is_known(keys: Keys) -> None:
    id_ = "5d4ce7ce-1c39-4a7c-8a30-7e6b2c7f0b11"
    path = return_path("gmg@sender.example", id_, OLD.encode())
    keys(NEW, OLD)
    assert [delivery_of(path, key) for key in settings.current().signing_keys()] == [id_, None]


def test_both_keys_sign_for_webhooks(keys: Keys) -> None:
    row = WebhookRow(id="w", group_id="gmg", url="https://h.example", created_at=clock.now(), created_by="x", kinds=[])
    keys(OLD)
    (old,) = secrets(row, clock.now())
    keys(NEW, OLD)
    new, before = secrets(row, clock.now())
    assert before == old
    assert new != old
    row.secret_version, row.overlap_until = 2, clock.now() + timedelta(hours=1)
    assert len(secrets(row, clock.now())) == 4, "one that is rotated meanwhile too"
    assert old in secrets(row, clock.now())


def test_rekey_lets_the_key_before_go(
    keys: Keys, engine: Engine, database_url: str, group: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    gmg = Gmg(database_url, monkeypatch, capsys)
    url = "https://hooks.slack.com/services/T0/B0/x"

    def add(id_: str) -> None:
        row = ContactRow(id=id_, group_id=group, person_id="p", channel="slack", label="here", created_at=clock.now(),
                         secret=contacts._cipher().encrypt(url.encode()))  # fmt: skip
        with writing(engine) as session:
            session.add(row)

    def found() -> list[str | None]:
        with reading(engine) as session:
            return [contacts.address_of(row) for row in session.exec(select(ContactRow).order_by("id"))]

    keys(OLD)
    add("1")
    keys(NEW, OLD)
    add("2")
    assert found() == [url, url]
    assert gmg("rekey").out == "2 addresses of chat channels are locked under the present key.\n"
    keys(NEW)
    assert found() == [url, url]
    keys("x" * 40)
    done = gmg("rekey")
    assert (done.code, done.out.splitlines()[-1]) == (
        1,
        "2 were locked under a key that is not here; their channels have to be added anew.",
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("GMG_METRICS_TOKEN", "short", "shorter than 16"),
        ("GMG_METRICS_FROM", "10.0.0.0/8,all", "names all"),
        ("GMG_DEADMAN_URL", "ftp://x.example", "no address that can be called"),
        ("GMG_DEADMAN_URL", "https://a:b@x.example", "no address that can be called"),
        ("GMG_SECRET_KEY_BEFORE", "change-me" * 5, "sample"),
        ("GMG_DRAIN", "21", "20"),
    ],
)
def test_what_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(settings.WrongSettings) as refused:
        settings.read()
    assert len(refused.value.faults) == 1
    assert refused.value.faults[0].startswith(f"{name} ")
    assert said in refused.value.faults[0]


def test_every_secret_is_known_to_the_log(monkeypatch: pytest.MonkeyPatch, environment: Path) -> None:
    monkeypatch.setenv("GMG_DATABASE_URL", "postgresql+psycopg://gmg:pass%20word@h/gmg")
    monkeypatch.setenv("GMG_MAIL_URL", "smtps://u:mail%2Fpass@h")
    given = {"GMG_SECRET_KEY": NEW, "GMG_METRICS_TOKEN": "m" * 20, "GMG_DEADMAN_URL": "https://d.example/uuid"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    hidden = settings.read().hidden()
    assert {"pass word", "mail/pass", *given.values()} <= set(hidden)
