// Chromium for the tests: launched once per test file, with every page watched for faults.

import { createRequire } from "node:module";
import assert from "node:assert/strict";
import { existsSync } from "node:fs";

const modules = process.env.STRATA_NODE_MODULES;
assert.ok(modules, "STRATA_NODE_MODULES is not set: run these tests by `cargo xtask e2e`");
const require = createRequire(`${modules}/`);
const { chromium } = require("playwright-core");
const axeSource = require("axe-core").source;

/** The address of the app, under a sub-path. */
export const address = process.env.STRATA_ADDRESS;
/** The native program, whose files are expected of the page. */
export const strata = process.env.STRATA_PROGRAM;
/** The directory for inputs and screenshots. */
export const workDirectory = process.env.STRATA_WORK_DIRECTORY;

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

/** Starts Chromium. */
export async function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? CHROMIUM, args: FLAGS, headless: true });
}

/**
 * A page in its own browser context. `page.faults` collects requests to other origins, violations of the content
 * security policy, console errors and uncaught exceptions; `finish` closes the page and fails if there are any.
 */
export async function newPage(browser, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 }, locale: "en-GB", timezoneId: "UTC", acceptDownloads: true, ...options,
  });
  const page = await context.newPage();
  const faults = [];
  const origin = new URL(address).origin;
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (!["data:", "blob:"].includes(url.protocol) && url.origin !== origin) faults.push(`request to ${url.origin}`);
  });
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`exception: ${error.message}`));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  page.faults = faults;
  page.finish = async () => {
    await context.close();
    assert.deepEqual(faults, [], "nothing is blocked, logged as an error or sent elsewhere");
  };
  return page;
}

/** Opens the app, optionally at a given view. */
export async function visit(page, fragment = "") {
  await page.goto(address + fragment);
  await page.getByRole("button", { name: /sample data/i }).waitFor();
}

/** Loads the sample data and waits for the results. */
export async function openSample(page, fragment = "") {
  await visit(page, fragment);
  await page.getByRole("button", { name: /sample data/i }).click();
  await ready(page);
}

/** Chooses files with the file input and waits for the results. */
export async function openFiles(page, paths) {
  await chooseFiles(page, paths);
  await ready(page);
}

/** Chooses files with the file input. */
export async function chooseFiles(page, paths) {
  await page.locator('input[type="file"]').setInputFiles(paths);
}

/** Waits until the results are shown. */
export async function ready(page) {
  await page.getByRole("navigation", { name: "Views" }).waitFor({ timeout: 120_000 });
}

/** Navigates to a view by its link and returns its heading. */
export async function goTo(page, view) {
  const link = page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: view, exact: true });
  await link.click();
  // The page follows its address after a moment; link and heading change together.
  await link.and(page.locator('[aria-current="page"]')).waitFor();
  return page.locator("main h1").innerText();
}

/** The accessibility violations that axe-core finds on the page in its current state. */
export async function accessibilityFaults(page) {
  // Evaluated by the driver, because the page's policy allows no scripts from elsewhere.
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() =>
    window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html).join(" | ")}`);
}

/** How far the whole page scrolls sideways, in pixels. */
export async function sidewaysScroll(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
