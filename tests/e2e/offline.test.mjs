// After the first visit the app works offline.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { address, launch, newPage, ready, visit } from "./support/browser.mjs";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

test("offline after the first visit", async () => {
  const page = await newPage(browser);
  await visit(page);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await page.waitForFunction(() => caches.keys().then(async (names) => {
    for (const name of names) if ((await (await caches.open(name)).keys()).length > 4) return true;
    return false;
  }));
  await page.context().setOffline(true);
  await page.goto(`${address}#/funnel`);
  await page.reload();
  await page.getByRole("button", { name: /sample data/i }).click();
  await ready(page);
  assert.match(page.url(), /#\/funnel/);
  await page.finish();
});
