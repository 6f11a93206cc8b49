#!/usr/bin/env bash
# Moves a stage as a form says: $1 is promote or rollback; MODEL, VERSION, STAGE, CHANGE, REASON and INCIDENT are what
# SENDER typed, and words of a command line here, never code. TOKEN may push branches and open pull requests.
set -euo pipefail
. .github/steps/git.sh

case "$1" in
  promote) words=(promote --stage "$STAGE") subject="$MODEL@$VERSION" ;;
  rollback) words=(rollback) subject="$MODEL#$STAGE" ;;
  *) echo "::error::unknown form" && exit 1 ;;
esac
if [ "$1" = rollback ] && [ -n "$VERSION" ]; then words+=(--to "$VERSION"); fi
if [ -n "${CHANGE:-}" ]; then words+=(--change "$CHANGE"); fi
if [ -n "${REASON:-}" ]; then words+=(--reason "$REASON"); fi
if [ -n "${INCIDENT:-}" ]; then words+=(--incident "$INCIDENT"); fi

use_token "$TOKEN"
clone="$RUNNER_TEMP/registry"
rm -rf "$clone"
git -c core.hooksPath=/dev/null clone --quiet --no-checkout "$origin" "$clone"

# GitHub knows this address as the account of whoever filled in the form: nobody approves what they proposed.
git -C "$clone" config user.name "$SENDER"
git -C "$clone" config user.email "$SENDER_ID+$SENDER@users.noreply.github.com"

GITHUB_TOKEN="$TOKEN" "$RUNNER_TEMP/promoter" "${words[@]}" --skip-check --start-gate --repo "$clone" -- "$subject"
