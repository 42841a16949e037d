"""Twenty years of the shipped group under a virtual clock, for information."""

import tempfile
import time
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path

from bench.measure import Row
from service.rotation.check import load
from service.simulate import simulate


def rows() -> Iterator[Row]:
    charter = load((files("service") / "charters" / "gmg.yaml").read_bytes())
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        count = simulate(charter, date(2008, 1, 1), date(2028, 1, 1), Path(folder) / "mail")
        yield Row(f"twenty years simulated, {count} mails", f"{time.perf_counter() - began:.0f} s", "-")
