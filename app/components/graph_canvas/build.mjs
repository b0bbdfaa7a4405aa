// Bundles canvas.js into bundle.js and writes THIRD_PARTY.txt: name, version and licence text of everything inside.
// For developers: `npm ci && npm run build`; the results are committed, so that users of Atoll need no Node.
import { build } from "esbuild";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";

const result = await build({
  entryPoints: ["canvas.js"],
  outfile: "bundle.js",
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  metafile: true,
});
// cytoscape's own build holds parts of heap and lodash; they are installed for their licences only.
const packages = new Set(["heap", "lodash"]);
for (const path of Object.keys(result.metafile.inputs)) {
  const name = path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1];
  if (name) packages.add(name);
}
const notices = [...packages].sort().map((name) => {
  const folder = `node_modules/${name}`;
  const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file && existsSync(`${folder}/${file}`) ? readFileSync(`${folder}/${file}`, "utf8").trim() : license;
  return `${name} ${version} (${license})\n\n${text}\n`;
});
// What a package took from others says so in its comments, which the bundle does not keep.
const within = Object.keys(result.metafile.inputs)
  .filter((path) => path.includes("node_modules"))
  .flatMap((path) => readFileSync(path, "utf8").match(/\/\*(?:(?!\*\/)[^])*?copyright(?:(?!\*\/)[^])*\*\//gi) ?? [])
  .filter((comment) => !comment.includes("Permission is hereby granted")) // the package's own licence
  .map((comment) => `${comment.replace(/^\/\*!?\s*|\s*\*\/$/g, "").replace(/^ \* ?/gm, "").trim()}\n`);
const all = [...notices, ...new Set(within)];
writeFileSync("THIRD_PARTY.txt", `Bundled in bundle.js:\n\n${all.join("\n----\n\n")}`);
