#!/bin/sh
# Asks a running installation, through its proxy, whether it does what deploy/README.md says.
#   deploy/check.sh [URL]             looks only; URL is http://127.0.0.1:8000 unless given
#   deploy/check.sh --trial [URL]     also writes: for a new installation that nobody uses yet, started by
#                                     docker compose --profile mail; confirms the group, signs in, decides on a turn
# Needs curl. CURL_OPTIONS for more of its options, such as "--cacert FILE"; COMPOSE for another "docker compose".
set -eu
trial=
[ "${1:-}" != --trial ] || { trial=1; shift; }
url=${1:-http://127.0.0.1:8000}
group=${GROUP:-gmg}
compose=${COMPOSE:-docker compose}
mails=${MAILS:-http://127.0.0.1:8025}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

ask() { # PATH [curl options]: the status; head and body in files
    path=$1
    shift
    # shellcheck disable=SC2086
    curl -s -o "$work/body" -D "$work/head" -m 20 -w '%{http_code}' ${CURL_OPTIONS:-} "$@" "$url$path" || true
}
head_of() { sed -n "s/^$1: *//Ip" "$work/head" | tr -d '\r' | tail -1; }
is() { # WHAT GOT WANTED
    if [ "$2" = "$3" ]; then echo "good: $1"; else
        echo "NOT SO: $1 (got '$2', not '$3')"
        failed=1
    fi
}
isnt() {
    if [ "$2" != "$3" ]; then echo "good: $1"; else
        echo "NOT SO: $1 (got '$2')"
        failed=1
    fi
}
within() { # SECONDS COMMAND...: try until it is so; how long it took
    most=$1
    shift
    began=$(date +%s)
    until "$@"; do
        [ $(($(date +%s) - began)) -lt "$most" ] || return 1
        sleep 1
    done
    echo "      after $(($(date +%s) - began)) s"
}

is "it is alive" "$(ask /livez)" 200
is "it is ready" "$(ask /readyz)" 200
is "the page of the group" "$(ask "/groups/$group" -L)" 200
is "who chairs" "$(ask "/api/v1/groups/$group/chair")" 200
is "metrics are not for outside" "$(ask /metrics)" 404

feed=/calendars/$group.ics
ask "$feed" > /dev/null
is "a public feed" "$(ask "$feed")" 200
is "a second time it comes from the cache" "$(head_of X-Cache)" HIT
etag=$(head_of ETag)
is "whoever has it gets 304" "$(ask "$feed" -H "If-None-Match: $etag")" 304
is "compressed it is kept apart" "$(ask "$feed" -H 'Accept-Encoding: gzip')" 200
isnt "and has a validator of its own" "$(head_of ETag)" "$etag"
ask "$feed" -H 'Cookie: a=b' > /dev/null
isnt "who shows a cookie is not answered from the cache" "$(head_of X-Cache)" HIT
ask "$feed" -H 'Authorization: Bearer x' > /dev/null
isnt "nor who shows a token" "$(head_of X-Cache)" HIT
ask "$feed?x=1" > /dev/null
isnt "nor who asks for something of their own" "$(head_of X-Cache)" HIT
is "a personal feed that nobody has" "$(ask "/calendars/p/nobody/$group.ics")" 404
is "is no matter for the cache" "$(head_of X-Cache)" ""
head -c 300000 /dev/zero > "$work/long"
is "a body beyond the limit" "$(ask "/api/v1/groups/$group/notices" --data-binary "@$work/long")" 413
ask "/groups/$group" -H 'Host: elsewhere.example' -o /dev/null > /dev/null
is "another name is refused" "$(head -1 "$work/head" | cut -d' ' -f2)" 400

arrived() { curl -s -m 10 "$mails/api/v1/messages" | grep -q "\"$1\""; }
seen() {
    ask "$feed" > /dev/null
    [ "$(head_of ETag)" != "$etag" ]
}
if [ -n "$trial" ]; then
    gmg() { $compose exec -T worker-1 gmg "$@"; }
    gmg group confirm "$group" > /dev/null
    person=$(gmg charter export | sed -n 's/^ *email: *//p' | head -1 | tr -d "'\"")
    is "a link to sign in is asked for" \
        "$(ask "/groups/$group/sign-in" -H 'Sec-Fetch-Site: same-origin' --data-urlencode "email=$person")" 202
    within 40 arrived "$person" && is "its mail has arrived" yes yes || is "its mail has arrived" no yes

    gmg token create --person "$person" --feed > "$work/made"
    own=/calendars/p/$(sed -n 's#.*/calendars/p/##p' "$work/made" | head -1)
    token=$(sed -n 's/^This is \([^,]*\),.*/\1/p' "$work/made")
    ask "$own" > /dev/null
    is "a personal feed" "$(ask "$own")" 200
    is "says so" "$(head_of Cache-Control)" "private, no-cache"
    is "and is never kept" "$(head_of X-Cache)" ""
    gmg token revoke "$token" > /dev/null
    is "once revoked it is gone at once" "$(ask "$own")" 410

    ask "/api/v1/groups/$group/chair" > /dev/null
    next=$(sed 's/.*"next"://; s/"previous".*//' "$work/body")
    day=$(echo "$next" | sed 's/.*"start":"\([0-9-]*\)".*/\1/')
    member=$(echo "$next" | sed 's/.*"chair":\["\([a-z0-9-]*\)".*/\1/')
    ask "$feed" > /dev/null
    etag=$(head_of ETag)
    gmg chair decide accept "$member" --term "$day" > /dev/null
    within 25 seen && is "a changed feed is seen" yes yes || is "a changed feed is seen" no yes
fi
[ "$failed" = 0 ] && echo "All is as it should be." || { echo "Not all is as it should be."; exit 1; }
