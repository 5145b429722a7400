// Every view is reachable by address, accessible in light and dark, readable on a phone and usable by keyboard.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { accessibilityFaults, goTo, launch, newPage, openSample, ready, sidewaysScroll } from "./support/browser.mjs";

const VIEWS = [
  ["Overview", "overview"], ["Retention", "retention"], ["Funnel", "funnel"], ["Segments", "segments"],
  ["Users", "users"], ["Data quality", "data-quality"], ["Downloads", "downloads"],
];

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

for (const colorScheme of ["light", "dark"]) {
  test(`axe-core finds no violations on any view (${colorScheme})`, async () => {
    const page = await newPage(browser, { colorScheme });
    await openSample(page);
    for (const [view] of VIEWS) {
      const heading = await goTo(page, view);
      assert.match(heading, /\?$/, "a view's heading is its question");
      assert.equal(await page.locator("h1").count(), 1);
      await page.waitForTimeout(300);
      assert.deepEqual(await accessibilityFaults(page), [], view);
    }
    await page.finish();
  });
}

for (const [name, viewport, zoom] of [["phone width", { width: 360, height: 740 }, 1], ["200 % zoom", { width: 1280, height: 900 }, 2]]) {
  test(`no view scrolls sideways at ${name}`, async () => {
    const page = await newPage(browser, { viewport: { width: viewport.width / zoom, height: viewport.height / zoom }, deviceScaleFactor: zoom });
    await openSample(page);
    for (const [view, path] of VIEWS) {
      await page.goto(page.url().replace(/#.*/, `#/${path}`));
      await page.locator("main h1").waitFor();
      await page.waitForTimeout(200);
      assert.ok((await sidewaysScroll(page)) <= 0, `${view} fits`);
      assert.deepEqual(await accessibilityFaults(page), [], view);
    }
    await page.finish();
  });
}

test("a view has an address that survives a reload", async () => {
  const page = await newPage(browser);
  for (const [, path] of VIEWS) {
    await openSample(page, `#/${path}`);
    assert.ok(page.url().includes(`#/${path}`));
    assert.ok((await page.locator("main h1").innerText()).length > 0);
    await page.reload();
    await page.getByRole("button", { name: /sample data/i }).click();
    await ready(page);
    assert.ok(page.url().includes(`#/${path}`), "the address is still that of the view");
    await page.goto("about:blank");
  }
  await page.finish();
});

test("back and forward move through the views", async () => {
  const page = await newPage(browser);
  await openSample(page);
  const first = await page.locator("main h1").innerText();
  const second = await goTo(page, "Retention");
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: first }).waitFor();
  await page.goForward();
  await page.getByRole("heading", { level: 1, name: second }).waitFor();
  await page.finish();
});

test("arrow keys move through the heatmap, and Enter lists the users of a cell", async () => {
  const page = await newPage(browser);
  await openSample(page);
  await goTo(page, "Retention");
  const cell = page.locator('table [tabindex="0"]').first();
  await cell.focus();
  const focused = () => page.evaluate(() => document.activeElement.textContent + document.activeElement.cellIndex + "/" + document.activeElement.closest("tr")?.rowIndex);
  const start = await focused();
  await page.keyboard.press("ArrowDown");
  const below = await focused();
  assert.notEqual(below, start);
  await page.keyboard.press("ArrowUp");
  assert.equal(await focused(), start);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  const shown = await page.locator("main").innerText();
  assert.match(shown, /\d of \d/, "the focused cell says k of n");
  await page.keyboard.press("Enter");
  await page.waitForURL(/#\/users\?.*cohort=/);
  await page.getByText(/\d+ of [\d,]+ users/).first().waitFor();
  await page.finish();
});

test("the list behind a cell has as many users as the cell says, and downloads as CSV", async () => {
  const page = await newPage(browser);
  await openSample(page, "#/users?cohort=all.1.retained");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: /download this list/i }).or(page.getByRole("link", { name: /download this list/i })).first().click(),
  ]);
  const { readFileSync } = await import("node:fs");
  const lines = readFileSync(await download.path(), "utf8").trimEnd().split("\n");
  assert.match(lines[0], /^user_id,device_id,cohort_date/);
  const count = (await page.getByText(/[\d,]+ of [\d,]+ users/).first().innerText()).match(/^\D*([\d,]+) of/)[1].replace(/\D/g, "");
  assert.equal(lines.length - 1, Number(count));
  await page.finish();
});

test("a segment and a funnel stage lead to their users", async () => {
  const page = await newPage(browser);
  await openSample(page);
  await goTo(page, "Segments");
  await page.locator('main a[href*="behavioral=high_engagement"]').first().click();
  await page.waitForURL(/#\/users\?.*behavioral=high_engagement/);
  await goTo(page, "Funnel");
  await page.locator('main a[href*="funnel="]').first().click();
  await page.waitForURL(/#\/users\?.*funnel=/);
  await page.finish();
});

test("the users table renders few of many rows, searches and sorts", async () => {
  const page = await newPage(browser);
  await openSample(page);
  await goTo(page, "Users");
  const table = page.locator('[role="grid"], [role="table"], table').first();
  await table.getByRole("row").nth(5).waitFor();
  assert.ok((await table.getByRole("row").count()) < 200, "only what is seen is drawn");
  await page.getByRole("button", { name: /revenue/i }).first().click();
  await page.getByRole("searchbox").or(page.getByLabel(/search/i)).first().fill("zzzz-nobody");
  await page.getByText(/^\D*0 of/).first().waitFor();
  await page.finish();
});

test("charts are saved as SVG and PNG with their title", async () => {
  const page = await newPage(browser);
  await openSample(page);
  await goTo(page, "Retention");
  const { readFileSync } = await import("node:fs");
  const save = async (name) => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).first().click()]);
    return [download.suggestedFilename(), readFileSync(await download.path())];
  };
  const [svgName, svg] = await save(/SVG/);
  assert.match(svgName, /^strata-.*\.svg$/);
  assert.match(svg.toString(), /<title>[^<]+<\/title>/);
  const [pngName, png] = await save(/PNG/);
  assert.match(pngName, /\.png$/);
  assert.deepEqual([...png.subarray(1, 4)], [..."PNG"].map((c) => c.charCodeAt(0)));
  await page.finish();
});
