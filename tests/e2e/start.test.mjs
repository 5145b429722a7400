// The first screen: its text, that nothing leaves the computer, and the sample data.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { accessibilityFaults, address, goTo, launch, newPage, openSample, visit } from "./support/browser.mjs";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

test("the first screen says what Strata does and has a labelled file input", async () => {
  const page = await newPage(browser);
  await visit(page);
  assert.match(await page.locator("h1").innerText(), /\w+/);
  assert.match(await page.locator("main").innerText(), /nothing leaves this computer/i);
  const input = page.getByLabel(/choose|file/i).and(page.locator('input[type="file"]'));
  assert.equal(await input.count(), 1, "the file input has a label");
  assert.equal(await input.getAttribute("multiple") !== null, true);
  assert.deepEqual(await accessibilityFaults(page), []);
  await page.finish();
});

test("the security policy allows no requests to other addresses", async () => {
  const page = await newPage(browser);
  await visit(page);
  const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute("content");
  for (const directive of ["default-src 'none'", "connect-src 'self'", "form-action 'none'", "base-uri 'none'"]) {
    assert.ok(policy.includes(directive), `${directive} is in ${policy}`);
  }
  assert.ok(!/unsafe-inline|unsafe-eval(?!')|\*|https?:/.test(policy.replace("'wasm-unsafe-eval'", "")), policy);
  const inline = await page.locator("script:not([src])").count();
  assert.equal(inline, 0, "no inline script");
  // The browser itself blocks what the policy forbids.
  const outcome = await page.evaluate(() => fetch("https://example.org/").then(() => "sent", () => "refused"));
  assert.equal(outcome, "refused");
  await page.waitForTimeout(200);
  const refusal = page.faults.splice(0);
  assert.match(refusal.join(), /connect-src https:\/\/example\.org/);
  await page.finish();
});

test("the sample data leads to results, and no request leaves the origin", async () => {
  const page = await newPage(browser);
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  await openSample(page);
  assert.match(await page.locator("main").innerText(), /users/i);
  for (const view of ["Retention", "Funnel", "Segments", "Users", "Data quality", "Downloads"]) await goTo(page, view);
  assert.deepEqual(requests.filter((url) => !url.startsWith(new URL(address).origin) && !/^(blob|data):/.test(url)), []);
  await page.finish();
});

test("a link holds settings and view, never data", async () => {
  const page = await newPage(browser);
  await openSample(page, "#/retention?CHURN_DAYS_THRESHOLD=7&RETENTION_WINDOWS=1,2,3");
  assert.match(page.url(), /#\/retention\?/);
  const header = await page.locator("table thead").first().innerText();
  assert.match(header, /3/);
  assert.doesNotMatch(header, /60/);
  await page.finish();
});
