#!/usr/bin/env bash
# Moves a stage as a form says: $1 is promote or rollback; MODEL, VERSION, STAGE, CHANGE, REASON and INCIDENT are what
# SENDER typed, and words of a command line here, never code. TOKEN may push branches and open pull requests.
set -euo pipefail

case "$1" in
  promote) words=(promote --stage "$STAGE") subject="$MODEL@$VERSION" ;;
  rollback) words=(rollback) subject="$MODEL#$STAGE" ;;
  *) echo "::error::unknown form" && exit 1 ;;
esac
if [ "$1" = rollback ] && [ -n "$VERSION" ]; then words+=(--to "$VERSION"); fi
if [ -n "${CHANGE:-}" ]; then words+=(--change "$CHANGE"); fi
if [ -n "${REASON:-}" ]; then words+=(--reason "$REASON"); fi
if [ -n "${INCIDENT:-}" ]; then words+=(--incident "$INCIDENT"); fi

# The token goes through the environment: a command line can be read by every process of the machine.
credentials="$(printf 'x-access-token:%s' "$TOKEN" | base64 | tr -d '\n')"
echo "::add-mask::$credentials"
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="http.$GITHUB_SERVER_URL/.extraheader"
export GIT_CONFIG_VALUE_0="Authorization: basic $credentials" GIT_TERMINAL_PROMPT=0 GIT_LFS_SKIP_SMUDGE=1

registry="$RUNNER_TEMP/registry"
rm -rf "$registry"
git -c core.hooksPath=/dev/null clone --quiet --no-checkout "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY" "$registry"

# GitHub knows this address as the account of whoever filled in the form: nobody approves what they proposed.
git -C "$registry" config user.name "$SENDER"
git -C "$registry" config user.email "$SENDER_ID+$SENDER@users.noreply.github.com"

GITHUB_TOKEN="$TOKEN" "$RUNNER_TEMP/promoter" "${words[@]}" --skip-check --start-gate --repo "$registry" -- "$subject"
