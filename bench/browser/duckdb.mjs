// DuckDB-WASM: the same SQL as the native peer, on a page of its own.

import { createReadStream, createWriteStream, existsSync, mkdirSync, openSync, readSync, closeSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { basename, dirname, extname, join } from "node:path";
import { chooseFile, usage, withPage } from "./chromium.mjs";

const require = createRequire(`${process.env.STRATA_NODE_MODULES}/`);
const outDirectory = process.env.BENCH_DUCKDB_OUT;
const here = import.meta.dirname;

/** Types of the columns that are not text, as in bench/peers/duckdb_columns.py. */
const TYPES = JSON.parse(readFileSync(join(here, "../peers/column_types.json"), "utf8"));
const MEDIA = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };

/** Serves the page, the database and its workers on this computer; returns the address. */
export async function serve() {
  const files = dirname(require.resolve("@duckdb/duckdb-wasm/dist/duckdb-eh.wasm"));
  const bundled = join(process.env.BENCH_WORK_DIRECTORY, "duckdb-browser.mjs");
  // Its imports are bare names; a browser needs addresses.
  await require("esbuild").build({ entryPoints: [join(files, "duckdb-browser.mjs")], bundle: true, format: "esm", outfile: bundled, logLevel: "error" });
  mkdirSync(outDirectory, { recursive: true });
  const server = createServer((request, response) => {
    const path = request.url.split("?")[0];
    if (request.method === "POST") {
      const file = createWriteStream(join(outDirectory, `${basename(path)}.csv`));
      request.pipe(file).on("finish", () => response.end());
      return;
    }
    const file = path === "/" ? join(here, "index.html") : path === "/duckdb-browser.mjs" ? bundled : join(files, basename(path));
    if (!existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "Content-Type": MEDIA[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  return `http://127.0.0.1:${server.address().port}/`;
}

/** Runs the job, from the chosen file to the written files. */
export async function measureLoad(address, input, saves) {
  const sql = readFileSync(join(here, "../peers/duckdb_job.sql"), "utf8");
  const columns = header(input).map((name) => `'${name}': '${TYPES[name] ?? "VARCHAR"}'`).join(", ");
  return withPage(async (page, pid) => {
    await page.goto(address);
    await page.waitForFunction("window.isReady");
    await chooseFile(page, "#file", input);
    const before = usage(pid);
    const { version, ...measured } = await page.evaluate((job) => window.runJob(job), { sql, columns, saves });
    const after = usage(pid);
    return { version, ...measured, ...(after && { cpu_s: after.cpu_s - before.cpu_s, peak_mb: after.peak_mb }) };
  });
}

function header(path) {
  const file = openSync(path);
  const bytes = Buffer.alloc(65_536);
  const length = readSync(file, bytes, 0, bytes.length, 0);
  closeSync(file);
  return bytes.toString("utf8", 0, length).split("\n")[0].trim().split(",");
}
