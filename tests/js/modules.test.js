import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const root = new URL("../../static/portal/js/", import.meta.url);
const files = readdirSync(root, { recursive: true }).filter((name) => name.endsWith(".js"));
/** They start a page, and need one. */
const entries = [
  "portal.js",
  "charts.js",
  "api-reference.js",
  "before-paint.js",
  "checking-page.js",
  "sign-in.js",
];
const importsOf = (name) =>
  [...readFileSync(new URL(name, root), "utf8").matchAll(/^import (?:[^"]*? from )?"(.+?)";$/gm)].map(
    ([, path]) => new URL(path, new URL(name, root)).href.slice(root.href.length),
  );

test("every module loads without a page", async () => {
  const modules = files.filter((name) => !entries.includes(name));
  assert.ok(modules.length > 20);
  for (const name of modules) {
    await import(new URL(name, root));
  }
});

test("every module is used", () => {
  const used = new Set([...entries, ...files.flatMap(importsOf)]);
  assert.deepEqual(files.filter((name) => !used.has(name)), []);
});
