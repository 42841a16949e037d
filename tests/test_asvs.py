"""docs/asvs.csv: every rule of ASVS 5.0.0 of levels 1 and 2 has its verdict, and each test that it names is there.

And what some of its rules ask for that no other test shows.
"""

import ast
import csv
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from service import settings
from service.access import sessions
from service.access.queries import person_caller
from service.database import writing
from service.groups import queries as groups
from tests.access.conftest import Tokens, token  # noqa: F401 - fixture
from tests.conftest import app_on

HERE = Path(__file__).parents[1]
LIST, PAGE = HERE / "docs" / "asvs.csv", HERE / "docs" / "asvs.md"
VERDICTS = ("met", "not applicable", "deviates", "not met")
# How many rules each section has at levels 1 and 2, by chapter, as the standard numbers them; of level 3 those that
# are listed here too. Where a section has rules of level 3 between, their numbers are left out.
SECTIONS: dict[str, str] = {
    "1.1": "1-2", "1.2": "1-9", "1.3": "1-11", "1.4": "1-3", "1.5": "1-2",
    "2.1": "1-3", "2.2": "1-3", "2.3": "1-4", "2.4": "1",
    "3.2": "1-2", "3.3": "1-4", "3.4": "1-6", "3.5": "1-5", "3.7": "1-2",
    "4.1": "1-3", "4.2": "1", "4.3": "1-2", "4.4": "1-4",
    "5.1": "1", "5.2": "1-3", "5.3": "1-2", "5.4": "1-3",
    "6.1": "1-3", "6.2": "1-12", "6.3": "1-4", "6.4": "1-4", "6.5": "1-5", "6.6": "1-3", "6.8": "1-4",
    "7.1": "1-3", "7.2": "1-4", "7.3": "1-2", "7.4": "1-5", "7.5": "1-2", "7.6": "1-2",
    "8.1": "1-2", "8.2": "1-3", "8.3": "1", "8.4": "1", "9.1": "1-3", "9.2": "1-4",
    "10.1": "1-2", "10.2": "1-2", "10.3": "1-4", "10.4": "1-11", "10.5": "1-5", "10.6": "1-2", "10.7": "1-3",
    "11.1": "1-2", "11.2": "1-3", "11.3": "1-3", "11.4": "1-4", "11.5": "1", "11.6": "1",
    "12.1": "1-3", "12.2": "1-2", "12.3": "1-4", "13.1": "1", "13.2": "1-5", "13.3": "1-2", "13.4": "1-5",
    "14.1": "1-2", "14.2": "1-4", "14.3": "1-3", "15.1": "1-3", "15.2": "1-3", "15.3": "1-7",
    "16.1": "1", "16.2": "1-5", "16.3": "1-4", "16.4": "1-3", "16.5": "1-3", "17.1": "1", "17.2": "1-4", "17.3": "1-2",
}  # fmt: skip
BEYOND = {"1.2.10", "1.3.12", "6.3.6", "6.3.8", "8.3.2", "13.4.6", "15.4.2", "16.5.4"}
_NODE = re.compile(r"tests/[\w/]+\.py(?:::(\w+))?")


def rules() -> Iterator[str]:
    """The numbers of the rules of levels 1 and 2."""
    for section, numbers in SECTIONS.items():
        first, _, last = numbers.partition("-")
        yield from (f"{section}.{number}" for number in range(int(first), int(last or first) + 1))


def rows() -> list[dict[str, str]]:
    with LIST.open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_rule_of_levels_1_and_2_stands_once() -> None:
    asked = [*rules(), *BEYOND]
    assert Counter(row["rule"] for row in rows()) == Counter(asked)
    assert Counter(row["level"] for row in rows()) == {"1": 70, "2": 183, "3": len(BEYOND)}
    assert {row["rule"] for row in rows() if row["level"] == "3"} == BEYOND


def test_every_verdict_is_one_and_says_why() -> None:
    for row in rows():
        assert row["verdict"] in VERDICTS, row["rule"]
        assert row["requirement"], row["rule"]
        assert len(row["test or reason"]) > 6, row["rule"]


def lost(text: str) -> list[str]:
    """The tests that a text names and that are not there: by file and function."""
    found = []
    for node in _NODE.finditer(text):
        file = HERE / node.group().partition("::")[0]
        name = node.group(1)
        there = file.exists() and (
            name is None or re.search(rf"^(async )?def {name}\(", file.read_text(), re.MULTILINE)
        )
        if not there:
            found.append(node.group())
    return found


def test_every_test_that_is_named_is_there() -> None:
    assert [one for row in rows() for one in lost(row["test or reason"])] == []
    assert lost("tests/test_asvs.py::test_none_of_this_name and tests/none.py") == [
        "tests/test_asvs.py::test_none_of_this_name",
        "tests/none.py",
    ]


def test_every_document_that_is_named_is_there() -> None:
    named = {
        name for row in rows() for name in re.findall(r"\b(?:docs|service|deploy)/[\w/.-]+\.\w+", row["test or reason"])
    }
    assert {name for name in named if not (HERE / name).exists()} == set()


def test_the_page_has_the_counts_and_each_deviation() -> None:
    text = PAGE.read_text()
    for level in ("1", "2", "3"):
        counted = Counter(row["verdict"] for row in rows() if row["level"] == level)
        cells = " | ".join(str(counted[verdict]) for verdict in VERDICTS)
        assert f"| {level} | {cells} | {sum(counted.values())} |" in text, f"level {level}: {cells}"
    told = set(re.findall(r"^- \*\*([\d., and]+)\*\*", text, re.MULTILINE))
    numbers = {number for one in told for number in re.findall(r"\d+\.\d+\.\d+", one)}
    assert numbers == {row["rule"] for row in rows() if row["verdict"] in ("deviates", "not met")}


# What some rules ask for.


def sources() -> Iterator[tuple[str, ast.AST]]:
    """Everything that is written in the service and the migrations."""
    for folder in ("service", "migrations"):
        for file in sorted((HERE / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                yield f"{file.relative_to(HERE)}:{getattr(node, 'lineno', 0)}", node


def makes_code(node: ast.AST) -> bool:
    """Whether something makes code, objects or a command line of what is in a text."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        names = {module.partition(".")[0], *(name.name.partition(".")[0] for name in node.names)}
        return bool(names & {"pickle", "marshal", "shelve", "dill", "code", "codeop"})
    if not isinstance(node, ast.Call):
        return False
    called = ast.unparse(node.func)
    shell = any(word.arg == "shell" and ast.unparse(word.value) != "False" for word in node.keywords)
    bare = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "yaml.load", "yaml.unsafe_load"}
    return shell or called in bare


def weak_hash(node: ast.AST) -> bool:
    """Whether MD5 or SHA-1 is named, as a function or by a text."""
    if isinstance(node, ast.Attribute):
        return node.attr in ("md5", "sha1")
    if isinstance(node, ast.ImportFrom):
        return node.module == "hashlib" and any(name.name in ("md5", "sha1") for name in node.names)
    return isinstance(node, ast.Constant) and str(node.value).lower() in ("md5", "sha1", "sha-1")


def test_no_code_is_made_of_text() -> None:
    """1.2.5, 1.3.2, 1.5.2."""
    assert [place for place, node in sources() if makes_code(node)] == []
    for planted in (
        "eval(x)",
        "import pickle",
        "subprocess.run(x, shell=True)",
        "yaml.load(x)",
        "from marshal import loads",
    ):
        assert any(makes_code(node) for node in ast.walk(ast.parse(planted))), planted


def test_no_weak_hash_is_used() -> None:
    """11.4.1, 11.4.3; what libraries would take by themselves is seen to in tests/access/test_signed.py."""
    assert [place for place, node in sources() if weak_hash(node)] == []
    for planted in ("hashlib.md5(x)", "from hashlib import sha1", "hmac.digest(k, m, 'SHA1')"):
        assert any(weak_hash(node) for node in ast.walk(ast.parse(planted))), planted


API = "/api/v1/groups/gmg"
# A page, a form that is refused, an answer and a refusal of the API, a feed that is made and one that is ready, a
# static file, what is not there, what is not taken, and a redirect.
ADDRESSES = [
    ("GET", "/groups/gmg"), ("POST", "/groups/gmg/sign-in"), ("GET", f"{API}/chair"), ("GET", f"{API}/me"),
    ("GET", "/calendars/gmg.ics"), ("GET", "/calendars/gmg.ics"), ("GET", "/calendars/none.ics"),
    ("GET", "/static/style.css"), ("GET", "/none"), ("PUT", f"{API}/chair"), ("GET", "/groups/gmg/desk"),
    ("GET", "/livez"), ("GET", "/api/v1/openapi.json"),
]  # fmt: skip


@pytest.fixture
def by_https(engine: Engine, group: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The service as people reach it by https."""
    monkeypatch.setenv("GMG_PUBLIC_URL", "https://gmg.example.org")
    settings.current.cache_clear()
    with TestClient(
        app_on(engine), base_url="https://gmg.example.org", raise_server_exceptions=False, follow_redirects=False
    ) as found:
        yield found


def test_every_answer_keeps_a_browser_from_guessing(by_https: TestClient) -> None:
    """3.2.1, 3.4.1, 3.4.3 to 3.4.6."""
    for method, path in ADDRESSES:
        headers = by_https.request(method, path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert "base-uri 'none'" in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "no-referrer", path
        assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains", path


def test_by_plain_http_nothing_is_said_of_https(client: TestClient) -> None:
    """RFC 6797 7.2: it would be believed by nobody, and on loopback there is no https to go to."""
    assert "strict-transport-security" not in client.get("/groups/gmg").headers


def test_no_answer_opens_itself_to_another_origin(client: TestClient) -> None:
    """3.4.2."""
    asks = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
    for method in ("GET", "OPTIONS"):
        for path in (f"{API}/chair", f"{API}/me", "/groups/gmg", "/calendars/gmg.ics"):
            answer = client.request(method, path, headers=asks)
            assert not [name for name in answer.headers if name.startswith("access-control-")], path


def test_what_is_not_public_is_in_no_cache(
    client: TestClient,
    engine: Engine,
    token: Tokens,
) -> None:
    """14.2.2, 14.3.1, 14.3.2."""
    bearer = {"Authorization": f"Bearer {token('gmg@ilo.example')}"}
    for path in ("/me", "/actions", "/people", "/actions.csv", "/meetings"):
        assert client.get(f"{API}{path}", headers=bearer).headers["cache-control"] == "no-store", path
    feed = client.get(f"/calendars/p/{token('gmg@ilo.example', kind='feed')}/gmg.ics")
    assert feed.headers["cache-control"] == "private, no-cache"
    secret = signed_in(engine)
    for path in ("/me", "/desk", "/actions", ""):
        page = client.get(f"/groups/gmg{path}", headers={"Cookie": f"gmg={secret}"})
        assert page.status_code == 200, path
        assert page.headers["cache-control"] == "no-store", path
    gone = client.post("/groups/gmg/sign-out", headers={"Cookie": f"gmg={secret}"}, follow_redirects=False)
    assert '"cache"' in gone.headers["clear-site-data"]


def signed_in(engine: Engine) -> str:
    """The secret of a session of ILO's focal point."""
    with writing(engine) as session:
        person = next(row for row in groups.people_rows(session, "gmg") if row.email == "gmg@ilo.example")
        caller = person_caller(session, "gmg", person.id)
        assert caller is not None
        return sessions.begin(session, caller, "mail")


def test_who_signs_in_and_who_is_refused_is_logged(
    client: TestClient,
    engine: Engine,
    token: Tokens,
) -> None:
    """16.3.1, 16.3.2."""
    bearer = {"Authorization": f"Bearer {token('gmg@ilo.example')}"}
    with capture_logs() as lines:
        signed_in(engine)
        client.post("/groups/gmg/sign-in/" + "x" * 43)
        client.get(f"{API}/me")
        client.get(f"{API}/charter", headers=bearer)
    assert [line["way"] for line in lines if line["event"] == "signed in"] == ["mail"]
    answered = {(line["route"], line["status"]) for line in lines if line["event"] == "answered"}
    assert ("/api/v1/groups/{group}/me", 401) in answered
    assert ("/api/v1/groups/{group}/charter", 403) in answered
    assert ("/groups/{group}/sign-in/{token}", 400) in answered


def test_no_folder_is_listed(client: TestClient) -> None:
    """13.4.3."""
    for path in ("/static", "/static/", "/calendars", "/calendars/", "/api/v1", "/api"):
        assert client.get(path).status_code == 404, path


def test_the_image_has_what_the_service_needs_and_no_more() -> None:
    """13.4.1, 15.2.3: neither tests nor the history of the source."""
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (HERE / "deploy" / "Dockerfile").read_text(), re.MULTILINE)
    assert {name for line in copied for name in line.split()} == {
        "requirements/lock.txt", "pyproject.toml", "README.md", "LICENSE", "service", "migrations",
    }  # fmt: skip
    wheel = tomllib.loads((HERE / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["packages"] == ["service", "migrations"]
    assert ".git" in (HERE / ".dockerignore").read_text().split()


def test_the_shipped_proxy_speaks_tls_as_it_should() -> None:
    """4.1.2, 12.1.1, 12.1.2, and 3.4.1 for what it answers itself."""
    plain, _, secure = (HERE / "deploy" / "proxy" / "tls.conf").read_text().partition("listen 8443 ssl;")
    assert re.findall(r"ssl_protocols (.+);", secure) == ["TLSv1.2 TLSv1.3"]
    assert re.findall(r"ssl_ciphers (.+);", secure) == ["ECDHE+AESGCM:ECDHE+CHACHA20"]
    assert '"max-age=31536000; includeSubDomains" always' in secure
    for program in ("/api/", "/calendars/p/"):
        assert f"location ^~ {program} {{ return 403; }}" in plain
