// node run.mjs first-view | load FILE | interaction FILE
//
// Called by `cargo xtask bench browser`, which passes paths in environment variables. Writes the figures as JSON to
// BENCH_RESULT: `versions`, `series` (a name and figures, each with one value per run) and `notes`.

import { writeFileSync } from "node:fs";
import * as duckdb from "./duckdb.mjs";
import * as strata from "./strata.mjs";
import { withPage } from "./chromium.mjs";

const [task, input] = process.argv.slice(2);
const runs = Number(process.env.BENCH_RUNS);

/** Runs programs alternately and collects their figures. Warm-up rounds come first and do not count. */
async function interleave(programs, warmUps) {
  const series = programs.map(({ name }) => ({ name, figures: {} }));
  for (let round = 1 - warmUps; round <= runs; round += 1) {
    for (const [number, { name, run }] of programs.entries()) {
      const measured = await run(round === runs);
      console.error(`  ${round}/${runs} ${name}: ${JSON.stringify(measured)}`);
      if (round < 1) continue;
      for (const [figure, value] of Object.entries(measured)) (series[number].figures[figure] ??= []).push(value);
    }
  }
  return series;
}

const versions = [["Chromium", await withPage(async (_page, _pid, version) => version)]];
const notes = [];
let series;
if (task === "first-view") {
  const name = "first view of the sample data";
  series = await interleave([{ name, run: strata.measureFirstView }], 1);
} else if (task === "load") {
  const address = await duckdb.serve();
  let version = "unknown";
  series = await interleave([
    { name: "Strata, 1 worker", run: () => strata.measureLoad(input, 1) },
    { name: "DuckDB-WASM", run: async (isLast) => {
      const { version: found, ...figures } = await duckdb.measureLoad(address, input, isLast);
      version = found;
      return figures;
    } },
    { name: "Strata, 2 workers", run: () => strata.measureLoad(input, 2) },
  ], 0);
  versions.push(["DuckDB-WASM", version]);
  notes.push("wall s: file chosen to views, or to the peer's files; starting the peer's database is not counted", "CPU s, memory: Strata's until its files are hashed, which it does after the first view", "memory: most that the renderer held, which has all workers in it");
} else if (task === "interaction") {
  series = await strata.measureInteraction(input, runs);
  notes.push("consistent ms: setting entered to every view told; painted ms: two frames later", "frames per s: 300 frames of scrolling");
} else {
  throw new Error("usage: node run.mjs first-view | load FILE | interaction FILE");
}
writeFileSync(process.env.BENCH_RESULT, JSON.stringify({ versions, series, notes }));
process.exit(0);
