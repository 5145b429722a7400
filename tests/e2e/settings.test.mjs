// The settings panel: a change applies everywhere, is summarised, and can be shared and undone.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { goTo, launch, newPage, openFiles, openSample, strata, visit } from "./support/browser.mjs";
import { write } from "./support/inputs.mjs";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

async function openPanel(page) {
  const panel = page.getByRole("complementary", { name: /settings/i }).or(page.getByRole("dialog", { name: /settings/i })).first();
  if (!(await panel.isVisible())) await page.getByRole("button", { name: /settings/i }).first().click();
  await panel.waitFor();
  return panel;
}

test("a change shows in the results, in the address, and as values before and after", async () => {
  const page = await newPage(browser);
  await openSample(page);
  await goTo(page, "Segments");
  const table = page.locator("main .view table").first();
  const before = await table.innerText();
  const panel = await openPanel(page);
  const churn = panel.locator('[name="CHURN_DAYS_THRESHOLD"]').first();
  await churn.fill("3");
  await churn.press("Enter");
  await page.waitForURL(/CHURN_DAYS_THRESHOLD=3/);
  await assert.doesNotReject(page.waitForFunction((text) => document.querySelector("main .view table").innerText !== text, before));
  assert.match(await panel.innerText(), /churned/i);
  assert.match(await panel.innerText(), /updated in/i);
  await panel.getByRole("button", { name: /reset all/i }).click();
  await page.waitForFunction((text) => document.querySelector("main .view table").innerText === text, before);
  assert.doesNotMatch(page.url(), /CHURN/);
  await page.finish();
});

test("an invalid value is reported at its field and changes nothing", async () => {
  const page = await newPage(browser);
  await openSample(page);
  const panel = await openPanel(page);
  const churn = panel.locator('[name="CHURN_DAYS_THRESHOLD"]').first();
  await churn.fill("0");
  await churn.press("Enter");
  await panel.getByText(/whole number, 1 or greater/).first().waitFor();
  assert.equal(await churn.getAttribute("aria-invalid"), "true");
  assert.doesNotMatch(page.url(), /CHURN/);
  await page.finish();
});

test("an invalid setting in a link is left out and reported", async () => {
  const page = await newPage(browser);
  await openSample(page, "#/overview?CHURN_DAYS_THRESHOLD=-4&WHALE_REVENUE_PERCENTILE=0.9");
  assert.match(await page.locator("body").innerText(), /CHURN_DAYS_THRESHOLD/);
  await page.finish();
});

test("every setting is in the panel under its variable name", async () => {
  const page = await newPage(browser);
  await openSample(page);
  const panel = await openPanel(page);
  const names = execFileSync(strata, ["settings"], { encoding: "utf8" }).match(/\b[A-Z]+(_[A-Z]+)+\b/g);
  for (const name of new Set(names)) {
    assert.ok((await panel.locator(`[name="${name}"]`).count()) >= 1, name);
  }
  await page.finish();
});

/** Sets the as-of date, and waits until the views report the rows after it. */
async function setLaterRowsAside(page, asOf) {
  const panel = await openPanel(page);
  const date = panel.locator('[name="SEGMENTATION_AS_OF_DATE"]').first();
  await date.fill(asOf);
  await date.press("Enter");
  await page.waitForURL(new RegExp(`AS_OF_DATE=${asOf}`));
  await goTo(page, "Data quality");
  await page.getByText("rows_after_as_of").first().waitFor();
}

test("the as-of date sets later rows aside", async () => {
  const page = await newPage(browser);
  await openSample(page);
  await setLaterRowsAside(page, "2025-08-31");
  await page.finish();
});

test("another as-of date is applied to the rows in memory, even if the file is gone", async () => {
  const page = await newPage(browser);
  await visit(page);
  const rows = (ids) => ids.map((id) => `${id},2025-01-01,1\n${id},2025-01-09,2\n`).join("");
  const input = write("rows.csv", `user_id,date,total_sessions\n${rows(["a", "b", "c"])}`);
  await openFiles(page, [input]);
  // The browser can no longer read a file that changed after it was chosen.
  writeFileSync(input, "user_id,date\n");
  await setLaterRowsAside(page, "2025-01-05");
  await page.finish();
});

test("the program accepts the command and the file from the panel", async () => {
  const page = await newPage(browser, { permissions: ["clipboard-read", "clipboard-write"] });
  await openSample(page, "#/overview?CHURN_DAYS_THRESHOLD=9&FUNNEL_STAGES=ftue_start,level_1&RUN_HASH=abc-1");
  const panel = await openPanel(page);
  await panel.getByRole("button", { name: /copy as command/i }).click();
  await page.waitForFunction(() => navigator.clipboard.readText().then((text) => text.includes("strata")));
  const command = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(command, /--churn-days-threshold[ =]9/);
  assert.match(command, /segment/);
  const [download] = await Promise.all([page.waitForEvent("download"), panel.getByRole("button", { name: /strata\.toml/i }).or(panel.getByRole("link", { name: /strata\.toml/i })).first().click()]);
  assert.equal(download.suggestedFilename(), "strata.toml");
  const file = write("strata.toml", readFileSync(await download.path()));
  const told = execFileSync(strata, ["settings", "--config", file], { encoding: "utf8", cwd: dirname(file) });
  assert.match(told, /CHURN_DAYS_THRESHOLD\s+9\b/);
  // The command itself must run in an empty directory.
  const folder = dirname(write("marker", ""));
  const runnable = command.replaceAll(/(^|&& *)strata /g, `$1'${strata}' `);
  execFileSync("sh", ["-c", runnable], { cwd: folder, stdio: "pipe" });
  await page.finish();
});

test("the panel works on a phone and by keyboard", async () => {
  const page = await newPage(browser, { viewport: { width: 360, height: 740 } });
  await openSample(page);
  const button = page.getByRole("button", { name: /settings/i }).first();
  await button.focus();
  await page.keyboard.press("Enter");
  const panel = await openPanel(page);
  await page.keyboard.press("Escape");
  await panel.waitFor({ state: "hidden" });
  assert.ok(await button.evaluate((element) => element === document.activeElement), "the focus returns");
  await page.finish();
});

