// Takes screenshots of every screen: wide and phone, light and dark. Run by `cargo xtask screenshots`.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chooseFiles, goTo, launch, newPage, openSample, visit, workDirectory } from "./support/browser.mjs";
import { write } from "./support/inputs.mjs";

const VIEWS = ["Overview", "Retention", "Funnel", "Segments", "Users", "Data quality", "Downloads"];
const SIZES = [["wide", { width: 1440, height: 900 }], ["phone", { width: 360, height: 780 }]];

const pictures = process.argv[2] ?? join(workDirectory, "screenshots");
mkdirSync(pictures, { recursive: true });
const browser = await launch();
for (const colorScheme of ["light", "dark"]) {
  for (const [size, viewport] of SIZES) {
    const page = await newPage(browser, { viewport, colorScheme });
    const take = async (name, fullPage = true) => {
      await page.waitForTimeout(400);
      await page.screenshot({ path: join(pictures, `${name}-${size}-${colorScheme}.png`), fullPage });
    };
    await visit(page);
    await take("start");
    await chooseFiles(page, [write("odd.csv", "who;day_played;rev\nalice;2025-01-01;1\nbob;2025-01-02;0\n")]);
    await page.getByText("alice").first().waitFor();
    await take("mapping");
    await page.goto("about:blank");
    await visit(page);
    await chooseFiles(page, [write("empty.csv", "")]);
    await page.getByRole("alert").first().waitFor();
    await take("failed");
    await page.goto("about:blank");
    await openSample(page);
    for (const view of VIEWS) {
      await goTo(page, view);
      await take(view.toLowerCase().replace(" ", "-"));
    }
    await page.context().close();
  }
}
await browser.close();
