#!/bin/sh
# Writes requirements/*.txt: every package pinned with its hashes, and no index or host named.
set -eu
cd "$(dirname "$0")/.."
compile() {
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links "$@"
}
compile --extra build pyproject.toml -o requirements/lock.txt
compile --extra build --extra dev pyproject.toml -o requirements/dev.txt
compile --extra build --extra dev --extra prove pyproject.toml -o requirements/prove.txt
