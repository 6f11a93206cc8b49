#!/usr/bin/env bash
# Commits the records in $RUNNER_TEMP/records to the default branch, and pushes them; never with force.
# TOKEN may read. Who pushes is a deploy key, KEY, or a GitHub App's token, APP_TOKEN: one of both.
set -euo pipefail
. .github/steps/git.sh

use_token "$TOKEN"
rm -rf "$registry"
git init --quiet --bare --initial-branch "$BRANCH" "$registry"
git -C "$registry" config user.name "github-actions[bot]"
git -C "$registry" config user.email "41898282+github-actions[bot]@users.noreply.github.com"

if [ -n "$KEY" ]; then
  (umask 077 && printf '%s\n' "$KEY" > "$RUNNER_TEMP/recorder")
  trap 'rm -f "$RUNNER_TEMP/recorder"' EXIT
  known="$PWD/.github/steps/known_hosts.txt"
  export GIT_SSH_COMMAND="ssh -F none -i '$RUNNER_TEMP/recorder' -o IdentitiesOnly=yes -o BatchMode=yes \
-o StrictHostKeyChecking=yes -o UserKnownHostsFile='$known' -o ConnectTimeout=30 -o ServerAliveInterval=15"
  destination="ssh://git@${GITHUB_SERVER_URL#*://}/$GITHUB_REPOSITORY.git"
  pushes_as="$TOKEN" # ssh does not look at it
elif [ -n "$APP_TOKEN" ]; then
  destination="$origin"
  pushes_as="$APP_TOKEN"
else
  echo "::error::environment recorder holds no PROMOTER_RECORDER_KEY; docs/github.md, \"The recorder\", says how to make one"
  exit 1
fi

unset KEY APP_TOKEN # what reads the records sees neither

told="$RUNNER_TEMP/told.txt"

push() {
  use_token "$pushes_as"
  LC_ALL=C git -C "$registry" -c core.hooksPath=/dev/null push --quiet "$destination" "$1:refs/heads/$BRANCH" 2> "$told"
}

# Ends the job where whoever pushes was not let in: another try would end alike.
stop_where_not_let_in() {
  local why
  case "$(cat "$told")" in
    *"Host key verification failed"*)
      why="the host shows another key than .github/steps/known_hosts.txt names, and got nothing: compare it with the key that the host publishes" ;;
    *"Load key"*) why="PROMOTER_RECORDER_KEY is no private key of OpenSSH: put the whole file in, from its first line to its last" ;;
    *"marked as read only"*) why="the deploy key may only read: add it again, with write access" ;;
    *"Permission denied"*) why="PROMOTER_RECORDER_KEY is no deploy key of $GITHUB_REPOSITORY, or has a passphrase" ;;
    *" denied to "* | *"Authentication failed"* | *"error: 403"*) why="the app's token may not write contents here: look at its permissions and installation" ;;
    *) return 0 ;;
  esac
  echo "::error::$why; docs/github.md, \"The recorder\""
  exit 1
}

for try in 1 2 3 4 5; do
  use_token "$TOKEN"
  fetch --depth=1 "+refs/heads/$BRANCH:refs/heads/$BRANCH"
  tip="$(git -C "$registry" rev-parse "refs/heads/$BRANCH")"
  commit="$("$RUNNER_TEMP/promoter" record place --repo "$registry" --branch "$BRANCH" --records "$RUNNER_TEMP/records")"
  [ -n "$commit" ] || { echo "the branch holds all of these records"; exit 0; }
  push "$commit" && { cat "$told" >&2; echo "pushed $commit"; exit 0; }
  cat "$told" >&2
  stop_where_not_let_in
  if ! grep -qE '\[(remote )?rejected\]' "$told"; then # it did not arrive, or its answer was lost: git ends with 1 there too
    echo "the connection failed: the branch is asked again what it holds"
    [ "$try" -eq 5 ] || sleep "$try"
    continue
  fi
  use_token "$TOKEN"
  fetch --depth=1 "+refs/heads/$BRANCH:refs/heads/$BRANCH"
  if [ "$(git -C "$registry" rev-parse "refs/heads/$BRANCH")" = "$tip" ]; then
    echo "::error::the records were refused, and $BRANCH has not moved: let the recorder bypass the ruleset; docs/github.md, \"The recorder\""
    exit 1
  fi
  echo "$BRANCH moved meanwhile: the records go onto its new tip"
done
echo "::error::in five tries the records did not come onto $BRANCH, which moved or could not be reached: run the workflow again"
exit 1
