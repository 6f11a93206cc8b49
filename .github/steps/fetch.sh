#!/usr/bin/env bash
# Puts base and head into a bare repository, $RUNNER_TEMP/registry.git, and checks out neither.
# PULL is the pull request's number, GROUP a merge group's commit: one of both. TOKEN may read.
# fsckObjects stays off: the engine itself refuses trees that are not canonical, and says where.
set -euo pipefail
. .github/steps/git.sh

if [[ "$PULL" =~ ^[0-9]+$ ]]; then
  head="refs/pull/$PULL/head"
elif [[ "$GROUP" =~ ^[0-9a-f]{40}$ ]]; then
  head="$GROUP"
else
  echo "::error::the event names neither a pull request nor a merge group"
  exit 1
fi
base="$(git rev-parse --verify 'HEAD^{commit}')"
rm -rf "$registry"
git init --quiet --bare "$registry"

use_token "$TOKEN"
fetch "+$head:refs/promoter/head" "+$base:refs/promoter/base"

# A reviewed commit that was pushed away is reached by its id alone; one that is gone voids its review.
reviewed="$RUNNER_TEMP/evidence/reviewed.txt"
if [ -f "$reviewed" ]; then
  { grep -m 100 -xE '[0-9a-f]{40}' "$reviewed" || true; } | while read -r commit; do
    git -C "$registry" cat-file -e "$commit^{commit}" 2>/dev/null ||
      fetch "+$commit:refs/promoter/reviewed/$commit" || echo "reviewed commit $commit is gone"
  done
fi
git -C "$registry" show-ref
