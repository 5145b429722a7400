// Inputs for the tests, and the native program's results for them.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { strata, workDirectory } from "./browser.mjs";

mkdirSync(workDirectory, { recursive: true });

/** Creates a new directory for one test. */
export function directory() {
  return mkdtempSync(join(workDirectory, "case-"));
}

/** Writes a file and returns its path. */
export function write(name, content, into = directory()) {
  const path = join(into, name);
  writeFileSync(path, content);
  return path;
}

/** Generates sample data with the native program. */
export function generate(name, ...flags) {
  const path = join(directory(), name);
  execFileSync(strata, ["generate", "--out", path, ...flags], { stdio: "pipe" });
  return path;
}

/** Reduces files to a user table with the native program; returns its path. */
export function reduce(paths, ...flags) {
  const path = join(directory(), "users.parquet");
  execFileSync(strata, ["reduce", ...paths, "--out", path, ...flags], { stdio: "pipe" });
  return path;
}

/** Segments files with the native program; returns the result files by name. */
export function segment(paths, generatedAt, ...flags) {
  const out = join(directory(), "segments");
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(generatedAt) };
  execFileSync(strata, ["segment", ...paths, "--out", out, ...flags], { env, stdio: "pipe" });
  return new Map(readdirSync(out).sort().map((name) => [name, readFileSync(join(out, name))]));
}
