"""The doors from the outside: Schemathesis reads the description of the API and holds the service to it.

Each operation is asked with what its description allows and with what it does not, by somebody who may, about a group
that has one of everything. No answer may be a server's error, or one that is not described.

`make prove` asks each once, as the chair or, where the chair may not, as the secretariat, always with the same
requests. With PROVE_EXAMPLES set, both ask for everything on both databases: so many drawn requests each, and chains
of them that use what they have created and deleted.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.testclient import TestClient

from service.access import events_api
from service.meetings import api as meetings
from service.problems import Problem
from tests.access.conftest import Tokens, decide, secretariat, token  # noqa: F401 - fixtures
from tests.access.matrix import ROUTES
from tests.access.serve import serving
from tests.access.test_matrix import described, named
from tests.access.world import made  # noqa: F401 - fixture
from tests.conftest import app_on
from tests.meetings.conftest import CHAIR, chair, send  # noqa: F401 - fixtures

HERE = Path(__file__).parent
EXAMPLES = os.environ.get("PROVE_EXAMPLES")
ALWAYS_THE_SAME = ["--phases", "coverage", "--generation-deterministic"]
HOW = ["--max-examples", EXAMPLES, "--generation-database", "none"] if EXAMPLES else ALWAYS_THE_SAME
DATABASES = ("sqlite", "postgresql") if EXAMPLES else ("sqlite",)
# Methods that an address does not take are refused alike; a few of them stand for all.
_SHORT = """
[phases.coverage]
generate-duplicate-query-parameters = true
unexpected-methods = ["DELETE", "OPTIONS", "QUERY", "TRACE"]
"""
# Whatever version is there is among these: a change goes through, and the next one too.
VERSIONS = ", ".join(f'"{number}"' for number in range(40))
# Runs Schemathesis against the service, as somebody; answers its status and what it has printed.
Ask = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def ask(
    engine: Engine,
    client: TestClient,
    made: dict[str, str],
    token: Tokens,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Ask]:
    """Schemathesis, beside the service on a port of its own."""
    # A stream of events ends with what there is, or each request for one would wait for more.
    monkeypatch.setattr(events_api, "LASTS", 0.0)
    told = tmp_path / "openapi.toml"
    program = Path(sys.executable).with_name("schemathesis")
    with serving(app_on(engine)) as (host, port):

        def run(email: str | None, left_out: list[str], how: list[str], *more: str) -> subprocess.CompletedProcess[str]:
            told.write_text(configuration(made, token(email), left_out, drawn=how is not ALWAYS_THE_SAME))
            address = f"http://{host}:{port}/api/v1/openapi.json"
            command: list[str | Path] = [program, "--config-file", told, "run", address, "--no-color", *how, *more]
            return subprocess.run(command, capture_output=True, text=True, cwd=HERE.parents[1], check=False)

        yield run


def configuration(made: dict[str, str], bearer: str, left_out: list[str], *, drawn: bool) -> str:
    """What Schemathesis is told: what there is to name, by whom it is asked, and what is not asked for."""
    values = {f"path.{name}": int(value) if name == "number" else value for name, value in made.items()}
    lines = [(HERE / "openapi.toml").read_text()]
    lines += [f"[[operations]]\ninclude-name = {json.dumps(name)}\nenabled = false" for name in left_out]
    lines.append("[parameters]")
    if drawn:
        lines += [f'"{name}" = {{ dictionary = "{name}", probability = 0.8 }}' for name in values]
        lines.append('"header.If-Match" = { dictionary = "If-Match", probability = 0.8 }')
        lines += [f'[dictionaries."{name}"]\nvalues = [{json.dumps(value)}]' for name, value in values.items()]
        lines.append(f"[dictionaries.If-Match]\nvalues = [{json.dumps(VERSIONS)}]")
    else:
        lines.insert(1, _SHORT)
        lines += [f'"{name}" = {json.dumps(value)}' for name, value in values.items()]
        lines.append(f'"header.If-Match" = {json.dumps(VERSIONS)}')
    return "\n".join([*lines, "[auth.openapi.HTTPBearer]", f'bearer = "{bearer}"', ""])


def others(app: FastAPI, who: str) -> list[str]:
    """What somebody else asks for: of each operation that the chair may use, the chair; else the secretariat."""
    if EXAMPLES:
        return []
    by_chair = {named(operation) for operation, route in ROUTES.items() if {*"PMCX"} & {*route.who}}
    return [
        f"{operation.partition(' ')[0]} {path}"
        for operation, path in described(app).items()
        if (operation in by_chair) != (who == "chair")
    ]


@pytest.mark.parametrize("who", ["chair", "secretariat"])
@pytest.mark.parametrize("database_url", DATABASES, indirect=True)
def test_the_service_keeps_to_its_description(ask: Ask, engine: Engine, who: str) -> None:
    done = ask(CHAIR if who == "chair" else None, others(app_on(engine), who), HOW)
    told = "\n".join(line for line in done.stdout.splitlines() if "    curl " not in line)
    assert done.returncode == 0, told[-20_000:] + done.stderr[-2_000:]
    assert "Tested: 0" not in done.stdout


def _fails(monkeypatch: pytest.MonkeyPatch, app: FastAPI) -> None:
    def broken(*_: Any) -> None:
        raise Problem(500, "planted", "Planted.")

    monkeypatch.setattr(meetings, "next_meeting", broken)


def _is_silent(monkeypatch: pytest.MonkeyPatch, app: FastAPI) -> None:
    description = json.loads(json.dumps(app.openapi()))
    del description["paths"]["/api/v1/groups/{group}/meetings/next"]["get"]["responses"]["422"]
    monkeypatch.setattr(app, "openapi_schema", description)


def _lies(monkeypatch: pytest.MonkeyPatch, app: FastAPI) -> None:
    description = json.loads(json.dumps(app.openapi()))
    description["components"]["schemas"]["MeetingOut"]["properties"]["title"] = {"type": "integer"}
    monkeypatch.setattr(app, "openapi_schema", description)


@pytest.mark.parametrize(
    ("plant", "found"),
    [(_fails, "Server error"), (_is_silent, "Undocumented status code"), (_lies, "Response violates schema")],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_breaks_the_description_is_found(
    ask: Ask, engine: Engine, monkeypatch: pytest.MonkeyPatch, plant: Callable[..., None], found: str
) -> None:
    plant(monkeypatch, app_on(engine))
    one = ["--include-name", "GET /api/v1/groups/{group}/meetings/next"]
    done = ask(CHAIR, [], ALWAYS_THE_SAME, *one)
    assert done.returncode == 1
    assert found in done.stdout, done.stdout
