"""The feed as foreign programs read it: vdirsyncer and khal subscribe, ical.js parses."""

import json
import os
import subprocess
import sys
import urllib.request
from datetime import datetime
from pathlib import Path

from tests.conftest import events_of

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent


def fetched(url: str) -> bytes:
    with urllib.request.urlopen(url) as answer:
        found: bytes = answer.read()
        return found


def run(*command: str | Path, cwd: Path, given: bytes = b"", home: Path | None = None) -> str:
    """What a program prints; `home` is the state of the service, for its own command."""
    environment = os.environ | {"HOME": str(cwd), "XDG_CONFIG_HOME": str(cwd), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    environment |= {"GMG_HOME": str(home)} if home else {}
    done = subprocess.run(command, cwd=cwd, env=environment, input=given, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_a_subscriber_sees_the_chair_and_keeps_every_entry(service: str, tmp_path: Path) -> None:
    url = f"{service}/calendars/gmg/chair.ics"
    (tmp_path / "sync").write_text(
        f"""[general]
status_path = "{tmp_path}/status/"
[pair chair]
a = "here"
b = "there"
collections = null
[storage here]
type = "filesystem"
path = "{tmp_path}/kept/"
fileext = ".ics"
[storage there]
type = "http"
url = "{url}"
"""
    )
    (tmp_path / "kept").mkdir()
    run(BIN / "vdirsyncer", "-c", tmp_path / "sync", "discover", cwd=tmp_path, given=b"y\n" * 4)
    run(BIN / "vdirsyncer", "-c", tmp_path / "sync", "sync", cwd=tmp_path)
    events = events_of(fetched(url))
    assert len(list((tmp_path / "kept").iterdir())) == len(events)
    (tmp_path / "khal.conf").write_text(
        f"[calendars]\n[[chair]]\npath = {tmp_path}/kept\n"
        "[locale]\ntimeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
        "datetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
    )
    chair = json.loads(fetched(f"{service}/api/v1/groups/gmg/chair"))
    names = " and ".join(chair["names"][id_] for id_ in chair["term"]["chair"])
    listed = run(BIN / "khal", "-c", tmp_path / "khal.conf", "list", chair["day"], "1d", cwd=tmp_path)
    assert f"{names} chairs GMG" in listed


def test_another_parser_reads_the_same_instants(service: str) -> None:
    feed = fetched(f"{service}/calendars/gmg.ics")
    theirs = dict(json.loads(run("node", "count.mjs", cwd=HERE, given=feed)))
    ours = {str(event["UID"]): event for event in events_of(feed)}
    assert theirs.keys() == ours.keys()
    for uid, event in ours.items():
        if isinstance(event.start, datetime):
            assert datetime.fromisoformat(theirs[uid]) == event.start
