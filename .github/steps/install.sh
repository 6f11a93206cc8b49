#!/usr/bin/env bash
# Installs promoter from the commit that is checked out, its dependencies from the hash-pinned lock: $RUNNER_TEMP/promoter.
# uv fetches side by side and compiles nothing that is not imported; pip takes three to six times as long, in three jobs.
set -euo pipefail

python3 -m venv "$RUNNER_TEMP/installer"
"$RUNNER_TEMP/installer/bin/python" -I -m pip --disable-pip-version-check --quiet install \
  --no-compile --require-hashes --only-binary :all: -r .github/steps/installer.txt

# --no-cache: nothing that another run left behind is installed.
uv=("$RUNNER_TEMP/installer/bin/uv" --quiet --no-cache)
engine="$RUNNER_TEMP/engine/bin/python"
"${uv[@]}" venv --no-project --python "$(command -v python3)" "$RUNNER_TEMP/engine"
"${uv[@]}" pip install --python "$engine" --require-hashes --only-binary :all: -r requirements/runtime.txt
"${uv[@]}" pip install --python "$engine" --no-deps --no-build-isolation .

# -I: no folder and no variable of the job can put another module in the engine's place.
printf '#!/bin/sh\nexec "%s" -I -m promoter "$@"\n' "$engine" > "$RUNNER_TEMP/promoter"
chmod +x "$RUNNER_TEMP/promoter"
