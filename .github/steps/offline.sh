#!/usr/bin/env bash
# Runs a command with the environment of nobody and, where the runner allows it, without a network.
set -euo pipefail

clean=(env -i "PATH=$PATH" "HOME=$RUNNER_TEMP" "TMPDIR=$RUNNER_TEMP" LANG=C.UTF-8)

if unshare --user --map-current-user --net true 2>/dev/null; then
  exec "${clean[@]}" unshare --user --map-current-user --net "$@"
elif sudo --non-interactive unshare --net true 2>/dev/null; then
  # Only the network namespace takes root: the command runs as the runner's own user again.
  exec "${clean[@]}" sudo --non-interactive unshare --net \
    setpriv --reuid "$(id -u)" --regid "$(id -g)" --clear-groups --no-new-privs "${clean[@]}" "$@"
else
  echo "::notice::this runner cannot cut the network: the evaluation runs without a token, but with a network"
  exec "${clean[@]}" "$@"
fi
