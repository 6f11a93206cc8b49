// Lets GitHub's packages import their JSON files: Node asks for an attribute that they do not write.
export async function load(url, context, next) {
  const found = url.endsWith(".json") ? { ...context, importAttributes: { type: "json" } } : context;
  return next(url, found);
}
