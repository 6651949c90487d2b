#!/usr/bin/env bash
# The terminal as firmware: builds it, runs it in QEMU with the simulated
# devices of this host on its five UARTs, and compares what it says with the
# `.out` file beside it. Needs Rust with the target or Debian's (see
# `cargo-for`), and qemu-system-arm. A few minutes; exit status 0 when all is
# as expected.
set -euo pipefail
cd "$(dirname "$0")/mps2-an386"

logs=$(mktemp -d)
devices=
# Ends what this script started, and nothing else.
trap '[ -z "$devices" ] || kill "$devices" 2>/dev/null || true; rm -rf "$logs"' EXIT

firmware() { ../cargo-for thumbv7em-none-eabihf "$@" --release; }

# A number of bytes is no more than the `<=` in the expected file allows.
bounded() {
    awk 'NR == FNR { if ($3 == "<=") limit[$1, $2] = $4; next }
         ($1, $2) in limit && $3 <= limit[$1, $2] { $3 = "<= " limit[$1, $2] }
         { print }' "$1" "$2"
}

# run NAME [ARGUMENT...]: the firmware of that name, built so, says what NAME.out
# says.
run() {
    local name=$1 status=0
    shift
    DEVICES=127.0.0.1:$port timeout 100 ../cargo-for thumbv7em-none-eabihf \
        run --quiet --release --bin "$name" "$@" >"$logs/$name" || status=$?
    cat "$logs/$name"
    bounded "$name.out" "$logs/$name" | diff -u "$name.out" - || status=1
    [ "$status" = 0 ] || { echo "$name: not as expected (exit status $status)" >&2; exit 1; }
}

firmware build --bins
# Of a feature of its own; it is not to be built while a run has its time.
firmware build --bin sm2 --features sm
port=$((20000 + RANDOM % 10000))
run loopback
run rsa
run payment
run sm2 --features sm

touch "$logs/devices"
# `cargo run` becomes the program it runs, so the process id is the right one.
(cd ../../.. && cargo build --quiet --example devices)
(cd ../../.. && exec cargo run --quiet --example devices -- \
    --once --listen "127.0.0.1:$port" --seconds 120) >"$logs/devices" &
devices=$!
for _ in {1..200}; do
    grep -qx ready "$logs/devices" && break
    kill -0 "$devices" || exit 1
    sleep 0.1
done
run case
