"""The real service, as `make run` starts it, for a browser and for calendar programs."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.prove.doing import reads  # noqa: F401 - fixture
from tests.prove.living import living  # noqa: F401 - one group for all that look at it
from tests.prove.starting import free_port, wait_for


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the service's state."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def service(home: Path) -> Iterator[str]:
    """The address of a freshly started service."""
    port = free_port()
    gmg = Path(sys.executable).with_name("gmg")
    environment = os.environ | {"GMG_HOME": str(home), "GMG_PORT": str(port)}
    process = subprocess.Popen([gmg, "run"], env=environment, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/readyz", process)
        yield address
    finally:
        process.terminate()
        assert process.wait(timeout=30) == 0, "a stopped service has done what it had in hand"


@pytest.fixture(scope="session")
def secretariat(service: str, home: Path) -> str:
    """A token of the secretariat, as the command line makes it."""
    return made_token(home, "--secretariat")


@pytest.fixture(scope="session")
def chair(service: str, home: Path) -> str:
    """A token of the focal point of whoever chairs today."""
    with urllib.request.urlopen(f"{service}/api/v1/groups/gmg/chair") as answer:
        (member,) = json.load(answer)["term"]["chair"]
    return made_token(home, "--person", f"gmg@{member}.example")


def made_token(home: Path, *whose: str) -> str:
    gmg = Path(sys.executable).with_name("gmg")
    environment = os.environ | {"GMG_HOME": str(home)}
    made = subprocess.run([gmg, "token", "create", *whose], env=environment, capture_output=True, check=True)
    return next(word for word in made.stdout.decode().split() if word.startswith("gmg_"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real browser, the one that the machine has."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=os.environ["PROVE_BROWSER"],
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield found
        found.close()
