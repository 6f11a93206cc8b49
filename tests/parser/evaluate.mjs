// Evaluates expressions as GitHub does: reads [{expression, contexts}] from standard input, prints their values.
import { readFileSync } from "node:fs";
import { register } from "node:module";

register("./json_hook.mjs", import.meta.url);
const { Evaluator, Lexer, Parser, data, wellKnownFunctions } = await import("@actions/expressions");

const status = [
  { name: "success", minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(true) },
  { name: "cancelled", minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(false) },
];
const values = JSON.parse(readFileSync(0, "utf8")).map(({ expression, contexts }) => {
  const root = JSON.parse(JSON.stringify(contexts), data.reviver);
  const tree = new Parser(new Lexer(expression).lex().tokens, Object.keys(contexts), status).parse();
  const functions = new Map(status.map((entry) => [entry.name, entry]));
  return new Evaluator(tree, root, functions).evaluate();
});
process.stdout.write(JSON.stringify(values.map((value) => value.coerceString())));
