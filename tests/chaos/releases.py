"""The release that comes next: this one with one revision more, in processes of its own beside those of this one."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL, SIGTERM

import requests

from migrations import upgrade
from tests.chaos.fleet import ROOT, lives, wait_until
from tests.prove.starting import free_port

NEXT = "9001"
_REVISION = '''"""What the next release adds."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "{revision}", "{before}", None, None
breaking = {breaking}


def upgrade() -> None:
    op.add_column("delivery", sa.Column("next_release", sa.String(length=20), nullable=True))
    op.create_table("next_release", sa.Column("id", sa.Integer(), primary_key=True))
'''
# What this release may not be; planted before the service is read.
BUGS = {
    "never_stops": "upgrade.works_on = lambda connection: True",
    "newest_alone": "upgrade.works_on = lambda connection: upgrade._revision(connection) == upgrade.newest()",
}


def next_release(folder: Path, *, breaking: bool) -> Path:
    """A copy of the migrations with one revision more, for PYTHONPATH."""
    here = Path(upgrade.__file__).parent
    shutil.copytree(here, folder / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    text = _REVISION.format(revision=NEXT, before=upgrade.newest(), breaking=breaking)
    (folder / "migrations" / "versions" / f"{NEXT}_next.py").write_text(text)
    return folder


@dataclass
class Release:
    """Makes processes of one release by tests.chaos.serve; `path` is where its migrations are, if not here."""

    folder: Path
    env: dict[str, str]
    path: Path = ROOT
    bug: str = ""
    _pids: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        program = (
            f"from migrations import upgrade; {BUGS.get(self.bug, 'pass')}\nfrom tests.chaos import serve; serve.main()"
        )
        clean = {name: value for name, value in os.environ.items() if not name.startswith("GMG_")}
        self._mother = subprocess.Popen(
            # The folder it stands in does not count, only those of PYTHONPATH, in their order.
            [sys.executable, "-P", "-c", program],
            env=clean | {"PYTHONPATH": f"{self.path}{os.pathsep}{ROOT}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, name: str, *arguments: str, **env: str) -> tuple[int, Path]:
        """Run the command line; the process, and the file of what it says."""
        log = self.folder / f"{name}.log"
        asked = {"args": arguments, "env": self.env | env, "log": str(log), "behind": 0}
        assert self._mother.stdin is not None
        assert self._mother.stdout is not None
        self._mother.stdin.write(json.dumps(asked) + "\n")
        self._mother.stdin.flush()
        pid = int(self._mother.stdout.readline())
        self._pids.append(pid)
        return pid, log

    def migrate(self) -> None:
        """Bring the database to the release's newest revision."""
        pid, log = self.run("migrate", "migrate")
        wait_until(lambda: not lives(pid))
        assert NEXT in log.read_text(), log.read_text()

    def worker(self, name: str) -> tuple[int, Path]:
        return self.run(name, "serve", "--role", "worker")

    def web(self, name: str) -> tuple[int, int]:
        """A web process that answers, and its port."""
        port = free_port()
        pid, log = self.run(name, "serve", "--role", "web", GMG_PORT=str(port))
        wait_until(lambda: not lives(pid) or ready(port))
        assert lives(pid), log.read_text()
        return pid, port

    def end(self) -> None:
        for pid in self._pids:
            if lives(pid):
                os.kill(pid, SIGKILL)
        assert self._mother.stdin is not None
        self._mother.stdin.close()
        self._mother.wait(30)


def ready(port: int) -> int:
    """What /readyz says; 0 where nobody is there."""
    try:
        return requests.get(f"http://127.0.0.1:{port}/readyz", timeout=30).status_code
    except requests.ConnectionError:
        return 0


def stop(pid: int) -> None:
    """As an operator stops it, until it has ended."""
    os.kill(pid, SIGTERM)
    wait_until(lambda: not lives(pid))


@contextmanager
def releases(
    folder: Path, url: str, smtp_port: int, *, breaking: bool, bug: str = ""
) -> Iterator[tuple[Release, Release]]:
    """This release and the next one on a database; nothing of them is left behind."""
    env = {
        "GMG_HOME": str(folder / "home"),
        "GMG_DATABASE_URL": url,
        "GMG_MAIL_URL": f"smtp://127.0.0.1:{smtp_port}",
        "GMG_SECRET_KEY": "x7" * 20,
        "GMG_TICK": "0.2",
        # A machine that is busy with other things takes its time.
        "GMG_MAIL_DEADLINE": "10",
        "GMG_LEASE": "60",
    }
    (folder / "home").mkdir(exist_ok=True)
    both = [Release(folder, env, bug=bug), Release(folder, env, next_release(folder / "next", breaking=breaking))]
    try:
        yield both[0], both[1]
    finally:
        for one in both:
            one.end()
