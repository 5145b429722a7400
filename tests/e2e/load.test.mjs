// Loading files: file input, drag and drop, several files, column mapping, cancelling, and unusable files.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { chooseFiles, launch, newPage, openFiles, openSample, ready, visit } from "./support/browser.mjs";
import { generate, reduce, write } from "./support/inputs.mjs";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

const SMALL = "user_id,date,total_revenue\na,2025-01-01,1\na,2025-01-02,0\nb,2025-01-01,0\n";

test("a file from the file input", async () => {
  const page = await newPage(browser);
  await visit(page);
  await openFiles(page, [write("small.csv", SMALL)]);
  assert.match(await page.locator("main").innerText(), /2 users/);
  await page.finish();
});

test("a file that is really dragged and dropped", async () => {
  const page = await newPage(browser);
  await visit(page);
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [write("dropped.csv", SMALL)], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"]) {
    await session.send("Input.dispatchDragEvent", { type, x: 400, y: 300, data });
  }
  await ready(page);
  assert.match(await page.locator("main").innerText(), /2 users/);
  await page.finish();
});

test("several files, compressed or not, form one data set, and the same bytes are read only once", async () => {
  const page = await newPage(browser);
  await visit(page);
  const more = "user_id,date,total_revenue\nc,2025-01-03,2\n";
  const again = write("again.csv", SMALL);
  await openFiles(page, [write("first.csv", SMALL), write("second.csv.gz", gzipSync(more)), again]);
  assert.match(await page.locator("main").innerText(), /3 users/);
  await page.getByRole("link", { name: "Data quality" }).first().click();
  assert.match(await page.locator("main").innerText(), /duplicate_files/);
  await page.finish();
});

test("the page asks for columns that are not found, with a preview", async () => {
  const page = await newPage(browser);
  await visit(page);
  await chooseFiles(page, [write("odd.csv", "who;day_played;rev\nalice;2025-01-01;1\nbob;2025-01-02;0\n")]);
  const main = page.locator("main");
  await main.getByText("alice").first().waitFor();
  const selects = main.locator("select");
  assert.equal(await selects.count(), 2, "only what is missing is asked");
  await main.getByLabel(/user_id/).selectOption({ label: "who" });
  await main.getByLabel(/date/).selectOption({ label: "day_played" });
  await main.getByRole("button", { name: /read/i }).click();
  await ready(page);
  assert.match(await main.innerText(), /2 users/);
  await page.finish();
});

test("an ambiguous optional column can be left out", async () => {
  const page = await newPage(browser);
  await visit(page);
  const header = "user_id,date,revenue,Revenue,sessions,sessions";
  await chooseFiles(page, [write("unclear.csv", `${header}\na,2025-01-01,1,2,3,4\nb,2025-01-02,0,0,1,1\n`)]);
  const main = page.locator("main");
  const revenue = main.getByLabel(/total_revenue/);
  await revenue.waitFor();
  assert.deepEqual(await revenue.locator("option").allInnerTexts(),
    ["Choose a column", "revenue", "Revenue", "None: leave it out"]);
  await revenue.selectOption({ label: "None: leave it out" });
  await main.getByLabel(/total_sessions/).selectOption({ label: "None: leave it out" });
  await main.getByRole("button", { name: /read/i }).click();
  await ready(page);
  await page.getByRole("link", { name: "Data quality" }).first().click();
  const lacks = page.locator("dl.column-list");
  await lacks.waitFor();
  assert.match(await lacks.innerText(), /total_revenue/);
  assert.match(await lacks.innerText(), /total_sessions/);
  await page.finish();
});

test("reading can be cancelled, and the app keeps working", async () => {
  const page = await newPage(browser);
  await visit(page);
  const file = generate("long.csv", "--rows", "300000", "--seed", "5");
  await chooseFiles(page, [file]);
  await page.getByRole("button", { name: /cancel/i }).click();
  await page.getByRole("button", { name: /sample data/i }).click();
  await ready(page);
  await page.finish();
});

const bad = [
  ["empty.csv", "", /empty/i],
  ["header only.csv", "user_id,date\n", /no (rows|data)|only a header|no row/i],
  ["picture.csv", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0, 1, 2, 3]), /not|text|UTF-8|binary/i],
  ["utf16.csv", Buffer.from("\ufeffuser_id,date\na,2025-01-01\n", "utf16le"), /UTF-16/],
  ["broken.csv.gz", gzipSync(SMALL).subarray(0, 30), /gzip|damaged|cut|end/i],
  ["broken.parquet", Buffer.from("PAR1 this is not Parquet PAR1"), /parquet/i],
  ["no dates.csv", "user_id,date\na,yesterday\nb,tomorrow\n", /row/i],
  ["twice.csv", "user_id,date,date\na,2025-01-01,2025-01-01\n", /date/],
];
for (const [name, content, expected] of bad) {
  test(`an unusable file gets a message, and the app keeps working: ${name}`, async () => {
    const page = await newPage(browser);
    await visit(page);
    await chooseFiles(page, [write(name, content)]);
    const told = page.getByRole("alert").or(page.locator("main select").first());
    await told.first().waitFor();
    const text = await page.locator("main").innerText();
    assert.match(text, expected);
    assert.match(text, new RegExp(basename(name, ".gz").split(".")[0]), "the file is named");
    assert.doesNotMatch(text, /panicked|unwrap|RuntimeError|undefined/);
    await chooseFiles(page, [write("good.csv", SMALL)]).catch(async () => {
      await page.getByRole("button", { name: /another file|new file|start/i }).first().click();
      await chooseFiles(page, [write("good.csv", SMALL)]);
    });
    await ready(page);
    await page.finish();
  });
}

test("a user table is refused at another as-of date, with a message", async () => {
  const rows = generate("rows.csv", "--rows", "3000", "--seed", "8");
  const page = await newPage(browser);
  await visit(page);
  await chooseFiles(page, [reduce([rows], "--segmentation-as-of-date", "2025-08-15")]);
  const told = page.getByRole("alert").first();
  await told.waitFor();
  assert.match(await told.innerText(), /created with the as-of date 2025-08-15, but the as-of date is now not set/);
  const table = reduce([rows]);
  await chooseFiles(page, [table, reduce([rows, write("more.csv", SMALL)])]);
  await page.getByText("Two user tables contain the same rows").waitFor();
  assert.match(await page.getByRole("alert").first().innerText(), /both created from rows\.csv/);
  await openFiles(page, [table]);
  await page.finish();
});

test("the content of a file is shown as text, never as markup", async () => {
  const page = await newPage(browser);
  await visit(page);
  const evil = '"<img src=x onerror=""document.title=1"">"';
  await openFiles(page, [write("evil.csv", `user_id,date,${evil}\n${evil},2025-01-01,x\nb,not a date,${evil}\n`)]);
  for (const view of ["Users", "Data quality"]) {
    await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: view }).click();
    await page.getByText("<img src=x").first().waitFor();
  }
  assert.equal(await page.locator('img[src="x"]').count(), 0);
  await page.finish();
});

test("one user, one day", async () => {
  const page = await newPage(browser);
  await visit(page);
  await openFiles(page, [write("one.csv", "user_id,date\nonly,2025-01-01\n")]);
  for (const view of ["Overview", "Retention", "Funnel", "Segments", "Users", "Data quality", "Downloads"]) {
    await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: view }).click();
    const text = await page.locator("main").innerText();
    assert.doesNotMatch(text, /NaN|undefined|Infinity|1 users|1 rows/);
  }
  await page.finish();
});

test("another file can be opened after the first", async () => {
  const page = await newPage(browser);
  await openSample(page);
  await page.getByRole("button", { name: /new file|another file/i }).click();
  await openFiles(page, [write("next.csv", readFileSync(write("x.csv", SMALL)))]);
  assert.match(await page.locator("main").innerText(), /2 users/);
  await page.finish();
});
