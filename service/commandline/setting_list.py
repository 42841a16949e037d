"""docs/settings.md, written from the settings themselves: `python -m service.commandline.setting_list`."""

from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from service.settings import PREFIX, Settings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
_HEAD = """# Settings

All from the environment, with the prefix `GMG_`. Written by `python -m service.commandline.setting_list` from
`service/settings.py`; a test holds the two together.

| setting | meaning | default |
|---|---|---|
"""
_TAIL = """
Where a secret is a file (`/run/secrets/…`), read it into the environment before the start, as `EnvironmentFile` of
systemd and `env_file` of compose do. No secret of a setting is ever written into a log.

## A start that is refused

With wrong settings nothing starts: every fault is told in one list, each with what to write instead, and the exit code
is 78 (`EX_CONFIG`; systemd does not try again, see `RestartPreventExitStatus` in `deploy/gmg.service`).

- a variable `GMG_…` that is no setting, such as a misspelt one
- `GMG_SECRET_KEY` or `GMG_SECRET_KEY_BEFORE` shorter than 32 characters, or a sample
- `GMG_PUBLIC_URL` by plain http, but for loopback; the same for `GMG_OIDC_ISSUER`
- a `GMG_MAIL_URL` without TLS, but for loopback, unless it says `?tls=none` and has no password
- `GMG_LEASE` of no more than twice `GMG_MAIL_DEADLINE`: two workers would send the same mail
- `GMG_SQLITE_WAL=on` with a SQLite that can corrupt such a database (older than 3.51.3, but for 3.50.7 and 3.44.6)
- one or two of the three settings of OpenID Connect
- addresses, networks and numbers that cannot be read or are out of their range

`gmg serve` also looks at the machine, and refuses in the same way:

- a SQLite database on a file system of another machine (NFS, SMB, Ceph, sshfs …), where its locks do not hold
- a clock more than 60 seconds off that of PostgreSQL
- a database that a newer release has migrated, and that this one can no longer work with

A zone that does not exist stands in no setting but in a charter: `gmg charter check` names its line.
"""


def page() -> str:
    """The whole page."""
    lines = [_line(name, field) for name, field in Settings.model_fields.items()]
    return _HEAD + "".join(lines) + _TAIL


def _line(name: str, field: Any) -> str:
    about = (field.description or "").rstrip(".").replace("|", "\\|")
    bounds = _bounds(field)
    return f"| `{PREFIX}{name.upper()}` | {about}{f' ({bounds})' if bounds else ''} | {_default(field.default)} |\n"


def _bounds(field: Any) -> str:
    """What a number may be, as its field says."""
    words = {"ge": "from {}", "gt": "more than {}", "le": "up to {}", "lt": "less than {}"}
    found = [
        text.format(f"{value:g}")
        for item in field.metadata
        for name, text in words.items()
        if (value := getattr(item, name, None)) is not None
    ]
    return ", ".join(found)


def _default(value: Any) -> str:
    shown = value.get_secret_value() if isinstance(value, SecretStr) else value
    return "none" if shown in ("", PydanticUndefined) else f"`{shown}`"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
