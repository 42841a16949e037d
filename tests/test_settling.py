"""What is loaded when a process begins to serve is looked through by no collection after it."""

import subprocess
import sys

LOADED = """
import gc
import service.main
from service.settling import settle
found = []
gc.callbacks.append(lambda phase, info: found.append(len(gc.get_objects(2))) if phase == "start" else None)
gc.collect()
settle()
gc.collect()
print(found[0] > 50_000, found[-1] < 1_000)
"""


def test_a_full_collection_looks_through_nothing_that_stays() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]
