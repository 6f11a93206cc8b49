# Runs the script of a step, $2, and lets it fail only when act's log, $1, holds all that it said. act reads steps through
# a terminal that it closes as soon as a command fails, with what is still in it (HostEnvironment.exec in its
# pkg/container/host_environment.go): on a machine that is busy a failing step's last lines were lost.
bash -e "$2" && exit 0
code=$?
mark="step $$ ended with $code"
echo "$mark"
for _ in {1..1200}; do
  grep -qF "$mark" "$1" && break
  sleep 0.05
done
exit "$code"
