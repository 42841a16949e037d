"""The `gmg` command inside the test's process, with its database and clock."""

from typing import NamedTuple

import pytest

from service import cli, settings


class Done(NamedTuple):
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str


class Gmg:
    """Runs `gmg` as the shell would."""

    def __init__(self, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys
        monkeypatch.setenv("GMG_DATABASE_URL", url)
        settings.current.cache_clear()

    def __call__(self, *arguments: str) -> Done:
        self._monkeypatch.setattr("sys.argv", ["gmg", *arguments])
        try:
            code = cli.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        out, err = self._capsys.readouterr()
        return Done(code, out, err)
