// The web app: loading, settings, scrolling, downloads.

import { chooseFile, usage, withPage } from "./chromium.mjs";

const address = process.env.STRATA_ADDRESS;
const NAVIGATION = 'nav[aria-label="Views"]';

/** Waits for the results; returns the page's clock when they are painted. */
async function ready(page, timeout) {
  const hasResults = (navigation) => [navigation, "main h1", "main svg, main table"].every((part) => document.querySelector(part));
  await page.waitForFunction(hasResults, NAVIGATION, { timeout });
  return page.evaluate(() => new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
  }));
}

/** Waits until the page has no work left, since files are hashed after the first view. */
async function idle(page, pid) {
  for (let before = usage(pid)?.cpu_s, now; before !== undefined; before = now) {
    await page.waitForTimeout(500);
    now = usage(pid)?.cpu_s;
    if (now - before < 0.05) return;
  }
}

/** Opens the page and loads a file; returns the seconds from choosing it to the results. */
async function load(page, input) {
  await page.goto(address);
  await page.waitForSelector('input[type="file"]', { state: "attached" });
  // A visitor reads a line before choosing a file. By then the page's workers have started, as has the peer's page.
  await page.waitForTimeout(500);
  await page.evaluate(() => {
    document.addEventListener("change", () => { window.chosenAt ??= performance.now(); }, { capture: true });
  });
  await chooseFile(page, 'input[type="file"]', input);
  const end = await ready(page, 900_000);
  return (end - await page.evaluate(() => window.chosenAt)) / 1e3;
}

/** Measures a file from choosing it to the views, with this number of parsing workers. */
export async function measureLoad(input, workers) {
  // The page starts one parsing worker per core.
  return withPage(async (page, pid) => {
    const before = usage(pid);
    const wall_s = await load(page, input);
    await idle(page, pid);
    const after = usage(pid);
    return { wall_s, ...(after && { cpu_s: after.cpu_s - before.cpu_s, peak_mb: after.peak_mb }) };
  }, { hardwareConcurrency: workers });
}

/** Measures from the address to the overview of the sample data, with an empty cache. */
export async function measureFirstView() {
  return withPage(async (page) => {
    // The page's clock starts with the navigation.
    await page.goto(`${address}#/overview?data=sample`, { waitUntil: "commit" });
    return { wall_s: await ready(page, 60_000) / 1e3 };
  });
}

/** Settings that are changed back and forth: name and two values. */
const CHANGES = [
  ["CHURN_DAYS_THRESHOLD", "7", "14"],
  ["WHALE_REVENUE_PERCENTILE", "0.9", "0.95"],
  ["HIGH_ENGAGEMENT_PERCENTILE", "0.8", "0.7"],
  ["ENGAGEMENT_RECENCY_WEIGHT", "0.4", "0.2"],
  ["SEGMENTATION_MINIMUM_SAMPLE_SIZE", "50", "30"],
];

/** Changed after all others, because it needs every row again, and memory for them that the program then keeps. */
const AS_OF_CHANGE = ["SEGMENTATION_AS_OF_DATE", "2025-09-20", ""];

/** Measures everything after loading: for each interaction its figures, with one value per attempt. */
export async function measureInteraction(input, rounds) {
  return withPage(async (page, pid) => {
    await load(page, input);
    const series = [];
    const users = await userCount(page);
    series.push({ name: "users", figures: { count: [users] } });
    series.push(...await changes(page, pid, rounds));
    series.push({ name: "users table", figures: await scrolling(page) });
    series.push(...await downloads(page));
    return series;
  });
}

async function goTo(page, view) {
  const link = page.locator(NAVIGATION).getByRole("link", { name: view, exact: true });
  await link.click();
  await link.and(page.locator('[aria-current="page"]')).waitFor();
}

async function userCount(page) {
  await goTo(page, "Users");
  const told = page.getByText(/\d+ of [\d\s\u202f]+ users/).first();
  await page.getByText(/[\d\s\u202f,]+ users/).first().waitFor();
  const text = (await told.count()) ? await told.innerText() : await page.locator("main").innerText();
  const match = text.match(/([\d\s\u202f,]+) users/);
  return match ? Number(match[1].replace(/\D/g, "")) : 0;
}

async function changes(page, pid, rounds) {
  await goTo(page, "Segments");
  if (!(await page.locator('[name="CHURN_DAYS_THRESHOLD"]').first().isVisible())) {
    await page.getByRole("button", { name: /settings/i }).first().click();
  }
  const change = (name, value) => page.evaluate(async ({ name, value }) => {
    const field = document.querySelector(`input[name="${name}"]`);
    // The panel says when all views have changed; its text is rendered together with them.
    const status = () => document.querySelector(".settings .changes summary")?.textContent ?? "";
    const before = status();
    const start = performance.now();
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    let wasPending = false;
    await new Promise((resolve, reject) => {
      const look = () => {
        const now = status();
        if (now.startsWith("Updating")) wasPending = true;
        else if (now.startsWith("Updated") && (wasPending || now !== before)) {
          observer.disconnect();
          resolve();
        }
      };
      const observer = new MutationObserver(look);
      observer.observe(document.body, { subtree: true, childList: true, characterData: true });
      setTimeout(() => reject(new Error(`${name}=${value} changed nothing within 20 s`)), 20_000);
    });
    const updated = performance.now();
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    return { consistent_ms: updated - start, painted_ms: performance.now() - start, answer_ms: Number(status().match(/in (.+?) ms/)?.[1].replace(/\D/g, "") ?? NaN) };
  }, { name, value });

  const seriesOf = ([name]) => ({ name, figures: { consistent_ms: [], painted_ms: [], answer_ms: [] } });
  const series = CHANGES.map(seriesOf);
  const changeInto = async ([name, ...values], kept) => {
    for (const value of values) {
      const measured = await change(name, value);
      await page.waitForTimeout(150);
      if (kept) for (const figure in measured) kept.figures[figure].push(measured[figure]);
    }
  };
  const toAndFro = async (keeps) => {
    for (const [number, setting] of CHANGES.entries()) await changeInto(setting, keeps ? series[number] : undefined);
  };
  const session = await page.context().newCDPSession(page);
  const settled = async () => {
    await idle(page, pid);
    await session.send("HeapProfiler.collectGarbage");
    await page.waitForTimeout(500);
    return usage(pid)?.now_mb;
  };
  // The first change of each setting caches its results; only further changes show whether memory grows.
  await toAndFro(false);
  await toAndFro(false);
  const before = await settled();
  for (let round = 0; round < Math.max(rounds, 3); round += 1) await toAndFro(true);
  const after = await settled();
  const ofAsOf = seriesOf(AS_OF_CHANGE);
  for (let round = 0; round < Math.max(rounds, 3); round += 1) await changeInto(AS_OF_CHANGE, ofAsOf);
  series.push(ofAsOf);
  if (before) series.push({ name: "settings", figures: { growth_mb: [after - before] } });
  return series;
}

async function scrolling(page) {
  await goTo(page, "Users");
  await page.locator('[role="grid"] [role="row"]').nth(5).waitFor();
  await page.waitForTimeout(1000);
  return page.evaluate(() => new Promise((resolve) => {
    const grid = document.querySelector('[role="grid"]');
    const times = [];
    let emptyFrames = 0;
    const step = (now) => {
      times.push(now);
      grid.scrollTop += 60;
      if (grid.querySelectorAll('[role="row"]').length < 5) emptyFrames += 1;
      if (times.length <= 300) return requestAnimationFrame(step);
      const gaps = times.slice(1).map((time, number) => time - times[number]).sort((a, b) => a - b);
      resolve({
        frames_per_s: [1000 * gaps.length / (times.at(-1) - times[0])],
        slow_frame_ms: [gaps[Math.floor(gaps.length * 0.95)]],
        slowest_frame_ms: [gaps.at(-1)],
        frames_without_rows: [emptyFrames],
      });
    };
    requestAnimationFrame(step);
  }));
}

async function downloads(page) {
  await goTo(page, "Downloads");
  const series = [];
  const started = async (name, link) => {
    const start = performance.now();
    const [download] = await Promise.all([page.waitForEvent("download", { timeout: 300_000 }), link.click()]);
    const start_s = (performance.now() - start) / 1e3;
    await download.cancel();
    series.push({ name, figures: { start_s: [start_s] } });
    await page.waitForTimeout(1000);
  };
  for (const name of ["user_segments.csv", "user_journey_segments.csv"]) {
    await started(name, page.getByRole("link", { name, exact: true }));
  }
  await started("all files (ZIP)", page.getByRole("button", { name: /download all/i }));
  return series;
}
