#!/usr/bin/env bash
# Installs promoter from the commit that is checked out, its dependencies from the hash-pinned lock: $RUNNER_TEMP/promoter.
set -euo pipefail

python3 -m venv "$RUNNER_TEMP/engine"
pip=("$RUNNER_TEMP/engine/bin/python" -I -m pip --disable-pip-version-check --quiet)
"${pip[@]}" install --require-hashes --only-binary :all: -r requirements/runtime.txt
"${pip[@]}" install --no-deps --no-build-isolation .

# -I: no folder and no variable of the job can put another module in the engine's place.
printf '#!/bin/sh\nexec "%s" -I -m promoter "$@"\n' "$RUNNER_TEMP/engine/bin/python" > "$RUNNER_TEMP/promoter"
chmod +x "$RUNNER_TEMP/promoter"
