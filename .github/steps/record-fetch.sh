#!/usr/bin/env bash
# Puts the default branch with its whole history into a bare repository, $RUNNER_TEMP/registry.git; checks out nothing.
# BRANCH is its name, TOKEN may read. What `promoter record bring` found to be wanted is fetched too, where it ran.
set -euo pipefail
. .github/steps/git.sh

use_token "$TOKEN"
rm -rf "$registry"
git init --quiet --bare --initial-branch "$BRANCH" "$registry"
fetch "+refs/heads/$BRANCH:refs/heads/$BRANCH"

# The proposals, which a squash or a rebase left behind, and reviewed commits that were pushed away since.
wanted="$RUNNER_TEMP/brought/wanted.txt"
if [ -f "$wanted" ]; then
  { grep -xE 'refs/pull/[0-9]+/head|[0-9a-f]{40}' "$wanted" || true; } | while read -r name; do
    git -C "$registry" cat-file -e "$name^{commit}" 2>/dev/null ||
      fetch "+$name:refs/promoter/wanted/$name" || echo "$name is gone"
  done
fi
