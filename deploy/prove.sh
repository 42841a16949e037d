#!/bin/sh
# Proofs that need a browser or a foreign program. Installs what is missing where it may, else says what is.
set -eu
bin=$1
browser() {
    for name in chromium chromium-browser google-chrome; do command -v "$name" && return; done
    return 1
}
if ! browser > /dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
        apt-get update -qq
        apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core > /dev/null
    fi
    browser > /dev/null || { echo "A Chromium is needed: install the package chromium." >&2; exit 1; }
fi
if ! command -v pdftotext > /dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
        apt-get update -qq
        apt-get install -y -qq --no-install-recommends poppler-utils > /dev/null
    fi
    command -v pdftotext > /dev/null || { echo "pdftotext is needed: install the package poppler-utils." >&2; exit 1; }
fi
if ! command -v postfix > /dev/null; then
    # Without a configuration of the machine's own nothing is started; the test brings its own.
    if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
        echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postfix > /dev/null
    fi
    command -v postfix > /dev/null || { echo "Postfix is needed: install the package postfix." >&2; exit 1; }
fi
if ! [ -d tests/prove/node_modules/ical.js ] || ! [ -d tests/prove/node_modules/oidc-provider ] || ! [ -d tests/prove/node_modules/axe-core ]; then
    command -v npm > /dev/null || { echo "npm is needed: install the package npm." >&2; exit 1; }
    npm install --silent --no-audit --no-fund --no-package-lock --prefix tests/prove
fi
# Each file has a service of its own, so some are at work at once; in the order of names, since the one that takes longest
# has few tests and would begin last.
PROVE_BROWSER=$(browser) exec "$bin/python" -m pytest tests/prove --dist loadfile --no-loadscope-reorder
