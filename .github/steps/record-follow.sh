#!/usr/bin/env bash
# Fetches the default branch with the records that were pushed, and does what follows them. GITHUB_TOKEN writes.
set -euo pipefail
. .github/steps/git.sh

TOKEN="$GITHUB_TOKEN" bash .github/steps/record-fetch.sh
git -C "$registry" remote add origin "$origin"
use_token "$GITHUB_TOKEN"
"$RUNNER_TEMP/promoter" record follow --repo "$registry"
