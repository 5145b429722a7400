// Starts a separate Chromium for each measurement, and measures what its processes use.

import { createRequire } from "node:module";
import { existsSync, readFileSync, readdirSync } from "node:fs";

const modules = process.env.STRATA_NODE_MODULES;
if (!modules) throw new Error("STRATA_NODE_MODULES is not set: run this by `cargo xtask bench browser`");
const { chromium } = createRequire(`${modules}/`)("playwright-core");

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

/** Starts Chromium, runs `work` on a page of it, and closes it. */
export async function withPage(work, { hardwareConcurrency } = {}) {
  const server = await chromium.launchServer({ executablePath: process.env.CHROMIUM ?? CHROMIUM, args: FLAGS, headless: true });
  try {
    const browser = await chromium.connect(server.wsEndpoint());
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true });
    if (hardwareConcurrency) {
      await context.addInitScript((cores) => {
        Object.defineProperty(Navigator.prototype, "hardwareConcurrency", { get: () => cores });
      }, hardwareConcurrency);
    }
    const page = await context.newPage();
    page.on("pageerror", (error) => console.error(`page: ${error.message}`));
    page.on("crash", () => console.error("page: crashed"));
    // A visitor's browser is already running, so its start does not count.
    await page.waitForTimeout(1500);
    return await work(page, server.process().pid, browser.version());
  } finally {
    await server.close();
  }
}

/** Chooses a file by its path. The browser itself reads it from disk, as it does when a person chooses it. */
export async function chooseFile(page, selector, path) {
  const session = await page.context().newCDPSession(page);
  const { root } = await session.send("DOM.getDocument");
  const { nodeId } = await session.send("DOM.querySelector", { nodeId: root.nodeId, selector });
  await session.send("DOM.setFileInputFiles", { nodeId, files: [path] });
  await session.detach();
}

/**
 * What the browser's processes have used: CPU seconds of all of them, and the peak and current memory of the largest
 * renderer, in megabytes. Workers run in the renderer of their page. Undefined if the system has no /proc.
 */
export function usage(browserPid) {
  if (!existsSync("/proc/self/stat")) return undefined;
  const children = new Map();
  const ticks = new Map();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number)) {
    const stat = text(`/proc/${pid}/stat`);
    // A program's name may contain spaces and parentheses; the fields after the last one are regular.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields.length < 13) continue;
    const parent = Number(fields[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
    ticks.set(pid, Number(fields[11]) + Number(fields[12]));
  }
  const pids = [browserPid];
  for (const pid of pids) pids.push(...(children.get(pid) ?? []));
  const megabytes = (pid, name) => Number(text(`/proc/${pid}/status`).match(new RegExp(`${name}:\\s+(\\d+) kB`))?.[1] ?? 0) * 1024 / 1e6;
  const renderers = pids.filter((pid) => text(`/proc/${pid}/cmdline`).includes("--type=renderer"));
  return {
    cpu_s: pids.reduce((sum, pid) => sum + (ticks.get(pid) ?? 0), 0) / 100,
    peak_mb: Math.max(0, ...renderers.map((pid) => megabytes(pid, "VmHWM"))),
    now_mb: Math.max(0, ...renderers.map((pid) => megabytes(pid, "VmRSS"))),
  };
}

/** Reads a file of /proc as text; empty if the process has just ended. */
function text(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
