"""The settings of the service, all from the environment with the prefix GMG_.

A process with wrong settings does not start: it prints every fault in one list and exits with 78.
"""

import os
import secrets
import sqlite3
import tempfile
from contextlib import suppress
from datetime import timedelta
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

EX_CONFIG = 78
PREFIX = "GMG_"
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_SAMPLES = ("change-me", "changeme", "secret", "example")


class WrongSettings(Exception):
    """Settings that cannot be used; `faults` names each variable and what to write instead."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def _public_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("is no address; write https://host")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise ValueError("is plain http; write https:// (plain http is for loopback alone)")
    return value.rstrip("/")


def _mail_url(value: SecretStr) -> SecretStr:
    parts = urlsplit(value.get_secret_value())
    if not value.get_secret_value():
        return value
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("is no mail server; write smtp://user:password@host:587 or smtps://host:465")
    if parts.scheme == "smtp" and parts.query != "tls=start" and parts.hostname not in _LOOPBACK:
        if parts.query != "tls=none":
            raise ValueError(
                "has no TLS; write smtps://host or smtp://host:587?tls=start (plain is for loopback; for a server that "
                "stands beside the service in a network of their own, say so: smtp://host:25?tls=none)"
            )
        if parts.password is not None:
            raise ValueError("sends a password without TLS; write smtps://host, or leave the password out")
    return value


def _database_url(value: str) -> str:
    if value and not value.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError(
            "is no database known here; write postgresql+psycopg://user:password@host/name or leave it out"
        )
    return value


def _issuer(value: str) -> str:
    if not value:
        return value
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("is no issuer; write it as the provider does, such as https://login.example.org")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise ValueError("is plain http; write https:// (plain http is for loopback alone)")
    return value


def _watcher(value: SecretStr) -> SecretStr:
    parts = urlsplit(value.get_secret_value())
    if value.get_secret_value() and (parts.scheme not in ("http", "https") or not parts.hostname or parts.username):
        raise ValueError("is no address that can be called; write https://host/path")
    return value


def _networks(value: str) -> str:
    for one in filter(None, (part.strip() for part in value.split(","))):
        try:
            ip_network(one)
        except ValueError:
            raise ValueError(f"names {one}, which is no address; write 10.0.0.7 or 10.0.0.0/24, with commas") from None
    return value


def _networks_in(value: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())


class Settings(BaseSettings):
    """Every setting, its unit and its default."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    home: Path = Field(Path("var"), description="Folder of all state: database, mail written as files, secret.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=1, le=65535, description="Port to listen on.")
    public_url: Annotated[str, AfterValidator(_public_url)] = Field(
        "",
        description="Address under which people reach the service, https but for loopback; links are made from it "
        "alone. Empty for http://127.0.0.1 with the port.",
    )
    database_url: Annotated[str, AfterValidator(_database_url)] = Field(
        "", description="postgresql+psycopg://user:password@host/name; empty for SQLite under GMG_HOME."
    )
    secret_key: SecretStr = Field(
        SecretStr(""), description="At least 32 characters; made once under GMG_HOME if empty."
    )
    secret_key_before: SecretStr = Field(
        SecretStr(""),
        description="The key before GMG_SECRET_KEY: what it has signed stays good while it stands here.",
    )
    mail_url: Annotated[SecretStr, AfterValidator(_mail_url)] = Field(
        SecretStr(""),
        description="smtps://user:password@host:465 or smtp://user:password@host:587?tls=start; empty writes every "
        "mail as a file under GMG_HOME/mail.",
    )
    mail_from: str = Field("", description="Sender of every mail; empty for group@host of GMG_PUBLIC_URL.")
    mail_deadline: float = Field(30, gt=0, le=300, description="Seconds in which a mail server must have answered.")
    lease: float = Field(
        90,
        gt=0,
        le=3600,
        description="Seconds for which a worker owns a delivery it has claimed; more than twice GMG_MAIL_DEADLINE.",
    )
    tick: float = Field(30, gt=0, le=3600, description="Seconds between two looks at what has become due.")
    trusted_proxies: Annotated[str, AfterValidator(_networks)] = Field(
        "",
        description="Addresses or networks, with commas, of the proxies whose X-Forwarded-For is believed; behind one "
        "that is not named all who sign in count as one place.",
    )
    oidc_issuer: Annotated[str, AfterValidator(_issuer)] = Field(
        "",
        description="Issuer of an OpenID Connect provider to sign in with; all three of these or none, which leaves "
        "mailed links.",
    )
    oidc_client_id: str = Field("", description="What the provider knows this service as.")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="What this service shows the provider.")
    outgoing_private: Annotated[str, AfterValidator(_networks)] = Field(
        "",
        description="Addresses or networks, with commas, that webhooks and GMG_DEADMAN_URL may reach though they are "
        "not public, such as 10.1.0.0/16; there http and every port are allowed.",
    )
    chat_hosts: str = Field(
        "", description="Hosts, with commas, that a chat channel may be at beside those of Slack and Teams."
    )
    metrics_from: Annotated[str, AfterValidator(_networks)] = Field(
        "",
        description="Addresses or networks, with commas, that may read /metrics and why /readyz says no; empty for "
        "loopback, where that can be told from a proxy.",
    )
    metrics_token: SecretStr = Field(
        SecretStr(""), description="A bearer token, of 16 characters or more, that opens /metrics from anywhere."
    )
    deadman_url: Annotated[SecretStr, AfterValidator(_watcher)] = Field(
        SecretStr(""), description="Called with POST after each look that went well; whoever waits for it raises alarm."
    )
    drain: float = Field(
        2,
        ge=0,
        le=20,
        description="Seconds for which it still answers, and says that it is not ready, once it is told to stop.",
    )
    keep_texts: int = Field(
        30,
        ge=1,
        le=3660,
        description="Days for which the text of a message is kept after it was accepted, or could no longer go; then "
        "its subject and its hash are left.",
    )
    keep_audit: int = Field(
        2557, ge=366, le=36600, description="Days for which an entry of the audit is kept: seven years."
    )
    sqlite_wal: str = Field(
        "auto", pattern="^(auto|on|off)$", description="auto: WAL only on a SQLite free of its fault."
    )

    @model_validator(mode="before")
    @classmethod
    def _derived(cls, given: Any) -> Any:
        if isinstance(given, dict) and not given.get("public_url"):
            given["public_url"] = f"http://127.0.0.1:{given.get('port', 8000)}"
        return given

    @field_validator("lease")
    @classmethod
    def _outlasts_a_mail(cls, lease: float, info: ValidationInfo) -> float:
        deadline = info.data.get("mail_deadline", 0)
        if lease <= 2 * deadline:
            raise ValueError(
                f"({lease:g} s) must be more than twice GMG_MAIL_DEADLINE ({deadline:g} s), "
                "or two workers send the same mail; raise the one or lower the other"
            )
        return lease

    @field_validator("metrics_token")
    @classmethod
    def _is_long(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < 16:
            raise ValueError("is shorter than 16 characters; write a random one or leave it out")
        return value

    @field_validator("secret_key", "secret_key_before")
    @classmethod
    def _is_secret(cls, value: SecretStr) -> SecretStr:
        key = value.get_secret_value()
        if key and (len(key) < 32 or any(sample in key.lower() for sample in _SAMPLES)):
            raise ValueError("is shorter than 32 characters or a sample; write a random one or leave it out")
        return value

    @field_validator("sqlite_wal")
    @classmethod
    def _does_not_corrupt(cls, value: str) -> str:
        if value == "on" and not wal_is_safe():
            raise ValueError(
                f"is on with SQLite {sqlite3.sqlite_version}, which can corrupt a WAL database; "
                "use auto, or SQLite 3.51.3 or newer"
            )
        return value

    @model_validator(mode="after")
    def _provider_is_whole(self) -> "Settings":
        given = {
            "GMG_OIDC_ISSUER": self.oidc_issuer,
            "GMG_OIDC_CLIENT_ID": self.oidc_client_id,
            "GMG_OIDC_CLIENT_SECRET": self.oidc_client_secret.get_secret_value(),
        }
        missing = [name for name, value in given.items() if not value]
        if missing and len(missing) < len(given):
            raise ValueError(f"{' and '.join(missing)} is missing; set all three of {', '.join(given)}, or none")
        return self

    @property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks of the proxies that are believed."""
        return _networks_in(self.trusted_proxies)

    @property
    def open_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks that are open to calls out though they are not public."""
        return _networks_in(self.outgoing_private)

    @property
    def watchers(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks from which it may be watched."""
        return _networks_in(self.metrics_from)

    @property
    def own_chat_hosts(self) -> frozenset[str]:
        """The hosts that chat channels may be at beside the known ones."""
        return frozenset(part.strip().lower() for part in self.chat_hosts.split(",") if part.strip())

    @property
    def secure(self) -> bool:
        """Whether people reach the service by https, and not on loopback alone."""
        return self.public_url.startswith("https:")

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{self.home.absolute() / 'gmg.db'}"

    @property
    def sender(self) -> str:
        """The address every mail comes from; the group's id is its local part unless set."""
        return self.mail_from or f"gmg@{urlsplit(self.public_url).hostname}"

    @property
    def lease_for(self) -> timedelta:
        return timedelta(seconds=self.lease)

    def hidden(self) -> list[str]:
        """Every text of the settings that no log may have in it."""
        given = [value.get_secret_value() for value in self.__dict__.values() if isinstance(value, SecretStr)]
        passwords = [
            unquote(part)
            for url in (self.database, *given)
            if "://" in url
            for part in [urlsplit(url).password]
            if part
        ]
        return [text for text in (*given, *passwords, self.secret().decode(errors="replace")) if text]

    def signing_keys(self) -> list[bytes]:
        """The keys whose signatures are good, the present one last, as itsdangerous takes them (see `secret`)."""
        before = self.secret_key_before.get_secret_value()
        return [*([before.encode()] if before else []), self.secret()]

    def secret(self) -> bytes:
        """The key that signs links and cursors; made once under `home` when none is given."""
        given = self.secret_key.get_secret_value()
        if given:
            return given.encode()
        path = self.home / "secret"
        if not path.exists():
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Not by the number of the process: in containers that share the folder each is number 1.
            descriptor, fresh = tempfile.mkstemp(dir=self.home, prefix="secret.")
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48))
            with suppress(FileExistsError):
                os.link(fresh, path)
            os.unlink(fresh)
        return path.read_bytes()


def wal_is_safe(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> bool:
    """Whether this SQLite is free of the WAL-reset fault (fixed in 3.51.3, 3.50.7 and 3.44.6)."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def read() -> Settings:
    """The settings in the environment.

    Raises:
        WrongSettings: with every fault found.
    """
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    faults = [
        f"{name} is no setting; the settings are {', '.join(sorted(known))}"
        for name in sorted(os.environ)
        if name.startswith(PREFIX) and name not in known
    ]
    try:
        settings = Settings()
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            message = fault["msg"].removeprefix("Value error, ")
            name = "".join(f"{PREFIX}{part}".upper() + " " for part in fault["loc"][:1])
            faults.append(f"{name}{message}")
        raise WrongSettings(faults) from None
    if faults:
        raise WrongSettings(faults)
    return settings


@lru_cache
def current() -> Settings:
    """The settings of this process, read once."""
    return read()
