"""The child that reads a calendar file: bounds itself first, then reads stdin, and writes JSON to stdout."""

import json
import resource
import sys
from datetime import datetime

CPU_SECONDS, MEMORY = 2, 1 << 30


def main() -> None:
    asked = json.loads(sys.argv[1])
    from service.calendarfile import reading  # what it imports is not the file's doing

    used = int(resource.getrusage(resource.RUSAGE_SELF).ru_utime) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (used + CPU_SECONDS, used + CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    body = sys.stdin.buffer.read()
    since, until = datetime.fromisoformat(asked["since"]), datetime.fromisoformat(asked["until"])
    try:
        found = reading.read(body, since, until, asked["zone"])
    except reading.Fault as fault:
        found = {"fault": str(fault)}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
