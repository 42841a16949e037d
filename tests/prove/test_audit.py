"""The list of components is whole and names no index; an audit that could ask nobody says so."""

import json
import re

import pytest

from tests.prove.audit import LOCK, components, fault, read

_PIN = re.compile(
    r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==([^\s;]+)(?: ; [^\\]+)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
    re.M,
)


@pytest.fixture(scope="module")
def listed() -> str:
    return components()


def test_every_pinned_package_is_listed_with_its_version_and_hashes(listed: str) -> None:
    pins = {
        (name, version): set(re.findall(r"[0-9a-f]{64}", hashes))
        for name, version, hashes in _PIN.findall(LOCK.read_text())
    }
    found = {
        (one["name"], one["version"]): {
            hash_["content"] for reference in one["externalReferences"] for hash_ in reference["hashes"]
        }
        for one in json.loads(listed)["components"]
    }
    assert len(pins) == len(re.findall(r"^[a-z].*==", LOCK.read_text(), re.M))
    assert found == pins


def test_it_is_valid_and_names_no_index(listed: str) -> None:
    assert fault(listed) is None
    addresses = set(re.findall(r"https?://[^\"]+", listed)) - {"http://cyclonedx.org/schema/bom-1.6.schema.json"}
    assert addresses == set()
    assert fault(listed.replace('"type": "library"', '"type": "mystery"', 1)) is not None


def test_it_is_the_same_each_time(listed: str) -> None:
    assert components() == listed


def test_an_audit_that_could_not_ask_is_no_good_news() -> None:
    """`pip-audit` prints "No known vulnerabilities found" and exits with 0 where it has found no package to ask for."""
    skipped = {"name": "alembic", "skip_reason": "Dependency not found and could not be audited: alembic (1.20.1)"}
    good = {"name": "babel", "version": "2.18.0", "vulns": []}
    bad = {"name": "mako", "version": "1.0", "vulns": [{"id": "CVE-1", "fix_versions": ["1.1"]}]}
    for rows, code in (([good], 0), ([good, skipped], 2), ([skipped], 2), ([], 2), ([good, skipped, bad], 1)):
        assert read(json.dumps({"dependencies": rows, "fixes": []})).code == code
    for report in ("", "Traceback", "{}"):
        assert read(report).code == 2
    assert read(json.dumps({"dependencies": [bad]})).known == ["mako 1.0: CVE-1, mended in 1.1"]
