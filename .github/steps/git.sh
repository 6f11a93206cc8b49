# Sourced by the steps that fetch or push: a token for git, and fetching that runs nothing and follows nothing.

registry="$RUNNER_TEMP/registry.git"
origin="$GITHUB_SERVER_URL/$GITHUB_REPOSITORY"

# The token goes through the environment: a command line can be read by every process of the machine.
use_token() {
  local credentials
  credentials="$(printf 'x-access-token:%s' "$1" | base64 | tr -d '\n')"
  echo "::add-mask::$credentials"
  export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=http.extraheader GIT_CONFIG_VALUE_0="Authorization: basic $credentials"
  export GIT_TERMINAL_PROMPT=0 GIT_LFS_SKIP_SMUDGE=1
}

fetch() {
  git -C "$registry" -c core.hooksPath=/dev/null -c protocol.allow=never \
    -c "protocol.${GITHUB_SERVER_URL%%:*}.allow=always" \
    fetch --quiet --no-tags --no-recurse-submodules --no-write-fetch-head --no-auto-maintenance "$origin" "$@"
}
