// The page's downloads equal the files of the native program, byte for byte.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { goTo, launch, newPage, openFiles, openSample, visit } from "./support/browser.mjs";
import { directory, generate, reduce, segment, write } from "./support/inputs.mjs";

const GENERATED_AT = 1_760_000_000;

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

/** A page with a stopped clock, so that `generated_at` is known. */
async function pageAt(seconds) {
  const page = await newPage(browser);
  await page.addInitScript((now) => { Date.now = () => now; }, seconds * 1000);
  return page;
}

async function downloaded(page, link) {
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  return [download.suggestedFilename(), readFileSync(await download.path())];
}

async function assertSameFiles(page, expected) {
  await goTo(page, "Downloads");
  const names = [...expected.keys()];
  for (const [name, bytes] of expected) {
    const [suggested, found] = await downloaded(page, page.getByRole("link", { name, exact: true }));
    assert.equal(suggested, name);
    assert.ok(found.equals(bytes), `${name} has the bytes of the native program`);
  }
  const links = await page.locator("main a[download]").allInnerTexts();
  assert.deepEqual(links.filter((text) => /\.(csv|json)$/.test(text)).sort(), names, "every file and no other");
  const [archive, bytes] = await downloaded(page, archiveButton(page));
  assert.match(archive, /^strata-[A-Za-z0-9._-]+\.zip$/);
  const folder = directory();
  execFileSync("python3", ["-m", "zipfile", "-e", write(archive, bytes), folder]);
  const unpacked = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  assert.deepEqual(unpacked.map((entry) => entry.name).sort(), names);
  for (const entry of unpacked) {
    assert.ok(readFileSync(join(entry.parentPath ?? entry.path, entry.name)).equals(expected.get(entry.name)), `${entry.name} in the archive`);
  }
}

function archiveButton(page) {
  return page.getByRole("button", { name: /download all/i });
}

test("the archive is saved while it is written", async () => {
  const page = await newPage(browser);
  await visit(page);
  await page.evaluate(() => new Promise((resolve) => {
    if (navigator.serviceWorker.controller) return resolve();
    navigator.serviceWorker.addEventListener("controllerchange", () => resolve(), { once: true });
  }));
  await openSample(page);
  await goTo(page, "Downloads");
  const [download] = await Promise.all([page.waitForEvent("download"), archiveButton(page).click()]);
  assert.match(download.url(), /\/save\/[0-9]+$/, "by the service worker");
  const path = await download.path();
  execFileSync("python3", ["-m", "zipfile", "-t", path]);
  // The page shows the size of the file.
  const size = (readFileSync(path).length / 1e6).toFixed(1);
  await page.locator(".download-all").getByText(`${size} MB`).waitFor();
  assert.equal(await page.evaluate(async () => (await fetch("save/1")).status), 204, "no other file is offered");
  await page.finish();
});

test("without a service worker, the archive is saved in one piece", async () => {
  const page = await newPage(browser, { serviceWorkers: "block" });
  await openSample(page);
  await goTo(page, "Downloads");
  const [download] = await Promise.all([page.waitForEvent("download"), archiveButton(page).click()]);
  assert.match(download.url(), /^blob:/);
  execFileSync("python3", ["-m", "zipfile", "-t", await download.path()]);
  await page.finish();
});

test("the sample data", async () => {
  const page = await pageAt(GENERATED_AT);
  await openSample(page);
  const sample = generate("sample.csv", "--rows", "50000", "--seed", "7");
  await assertSameFiles(page, segment([sample], GENERATED_AT));
  await page.finish();
});

test("a file with rejected rows and all other flaws", async () => {
  const flawed = generate("flawed.csv", "--rows", "30000", "--seed", "3", "--flaws");
  const expected = segment([flawed], GENERATED_AT);
  assert.ok(expected.has("rejected_rows.csv"));
  const page = await pageAt(GENERATED_AT);
  await visit(page);
  await openFiles(page, [flawed]);
  await assertSameFiles(page, expected);
  await page.finish();
});

test("a file of several ranges, split inside and outside quotes", async () => {
  const note = `"${"a note\n".repeat(60)}"`;
  const lines = ["user_id,date,cohort_date,total_revenue,note"];
  for (let number = 0, bytes = 0; bytes < 50 << 20; number += 1) {
    const day = `2025-07-${String(1 + number % 28).padStart(2, "0")}`;
    const revenue = number % 700 === 3 ? "much" : "0.25";
    // Single-line records first, then records of many lines, so that range boundaries fall in both.
    const text = bytes < 30 << 20 ? "0.5" : note;
    lines.push(`u${number >> 3},${day},2025-07-01,${revenue},${text}${number % 1000 === 5 ? ",one too many" : ""}`);
    bytes += lines.at(-1).length + 1;
  }
  const input = write("ranges.csv", lines.join("\n"));
  const expected = segment([input], GENERATED_AT);
  assert.ok(expected.has("rejected_rows.csv"));
  const page = await pageAt(GENERATED_AT);
  await visit(page);
  await openFiles(page, [input]);
  await assertSameFiles(page, expected);
  await page.finish();
});

test("two files with quotes, line breaks and other columns", async () => {
  const first = generate("first.csv", "--rows", "4000", "--seed", "11");
  const second = write("second.csv", [
    'uid;event_date;"Install Date";revenue;note',
    '"semi;colon";2025-07-03;2025-07-01;-1.005;"two\nlines ""and"" quotes"',
    "=1+1;2025-07-04;2025-07-04;2.5;formula",
    "",
  ].join("\n"));
  const page = await pageAt(GENERATED_AT);
  await visit(page);
  await openFiles(page, [first, second]);
  await assertSameFiles(page, segment([first, second], GENERATED_AT));
  await page.finish();
});

test("a user table of two files, together with rows", async () => {
  const flawed = generate("flawed.csv", "--rows", "40000", "--seed", "3", "--flaws");
  const inputs = [reduce([flawed, generate("more.csv", "--rows", "3000", "--seed", "8")]), generate("rows.csv", "--rows", "2000", "--seed", "9")];
  // The user table already contains this file.
  inputs.push(flawed);
  const expected = segment(inputs, GENERATED_AT);
  assert.ok(expected.has("rejected_rows.csv"));
  const page = await pageAt(GENERATED_AT);
  await visit(page);
  await openFiles(page, inputs);
  await assertSameFiles(page, expected);
  await goTo(page, "Data quality");
  const read = page.locator("details.input").filter({ hasText: "users.parquet" });
  assert.match(await read.innerText(), /Files that this user table was built from\s+flawed\.csv\s+more\.csv/);
  await page.finish();
});

test("changed settings, compared with the copied command", async () => {
  const page = await pageAt(GENERATED_AT);
  await openSample(page, "#/downloads?CHURN_DAYS_THRESHOLD=5&ENGAGEMENT_NORMALIZATION=rank&RETENTION_WINDOWS=1,2");
  const sample = generate("sample.csv", "--rows", "50000", "--seed", "7");
  const expected = segment([sample], GENERATED_AT, "--churn-days-threshold", "5", "--engagement-normalization", "rank", "--retention-windows", "1,2");
  // The source of a setting is `page` here and `flag` in the program.
  const definitions = "segment_definitions.json";
  expected.set(definitions, Buffer.from(expected.get(definitions).toString().replaceAll('"flag"', '"page"')));
  await assertSameFiles(page, expected);
  await page.finish();
});
