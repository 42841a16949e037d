"""The command itself: exit codes, and faults told at once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = (sys.executable, "-c", "import sys; from service.cli import main; sys.exit(main())")


def gmg(*arguments: str, home: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"GMG_HOME": str(home)} | settings
    return subprocess.run([*COMMAND, *arguments], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.promise("P4")
def test_wrong_settings_are_told_all_at_once_with_78(tmp_path: Path) -> None:
    done = gmg(
        "chair", home=tmp_path, GMG_LEASE="10", GMG_FOO="1", GMG_PUBLIC_URL="http://x.example", GMG_SECRET_KEY="x"
    )
    assert done.returncode == 78
    for name in ("GMG_LEASE", "GMG_FOO", "GMG_PUBLIC_URL", "GMG_SECRET_KEY"):
        assert f"- {name} " in done.stderr


def test_a_database_that_is_not_there_yet_is_no_traceback(tmp_path: Path) -> None:
    done = gmg("terms", home=tmp_path)
    assert done.returncode == 1
    assert "Try gmg migrate" in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_usage_is_2_and_no_chair_is_1(tmp_path: Path) -> None:
    charter = ("--charter", "service/charters/gmg-as-it-was.yaml")
    assert gmg("chair", *charter, "--on", "never", home=tmp_path).returncode == 2
    assert gmg("chair", *charter, "--on", "2009-03-01", home=tmp_path).returncode == 1
    assert gmg("chair", *charter, "--on", "2018-03-01", home=tmp_path).returncode == 0


def test_a_command_begins_without_the_doors_and_pages() -> None:
    asked = "import sys, service.cli; print({'service.main', 'service.web.rooms'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
