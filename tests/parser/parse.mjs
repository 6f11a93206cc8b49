// Prints what GitHub's own parser makes of workflow files: `node parse.mjs FILE...`, one JSON object, path to result.
// A result is {errors, events, jobs, concurrency}: `events` with types, branches and inputs as GitHub reads them,
// `jobs` with the expression of each `if`, as its parser completes it.
import { register } from "node:module";
import { readFileSync } from "node:fs";

register("./json_hook.mjs", import.meta.url);
const { parseWorkflow, convertWorkflowTemplate, NoOperationTraceWriter } = await import("@actions/workflow-parser");

const found = {};
for (const path of process.argv.slice(2)) {
  const file = { name: path, content: readFileSync(path, "utf8") };
  const { context, value } = parseWorkflow(file, new NoOperationTraceWriter());
  const template = value === undefined ? {} : await convertWorkflowTemplate(context, value);
  found[path] = {
    errors: context.errors.getErrors().map((error) => error.message),
    events: template.events ?? {},
    concurrency: template.concurrency === undefined ? null : JSON.parse(JSON.stringify(template.concurrency)),
    jobs: Object.fromEntries((template.jobs ?? []).map((job) => [job.id.value, String(job.if?.expression ?? "")])),
  };
}
process.stdout.write(JSON.stringify(found));
