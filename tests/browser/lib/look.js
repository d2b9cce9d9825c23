// What must hold for every page as it is shown: nothing that axe finds, one main heading, nothing beyond the window.
//
// Leaves the page as it was, but for the window's size. All that is wrong is said at once.
"use strict";

const { join } = require("node:path");

const axe = require("axe-core");
const { expect, test } = require("@playwright/test");

// WCAG 2.2 AA and what axe holds for good practice.
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const SCREENS = [
  { width: 1366, height: 768 },
  { width: 1024, height: 768 },
];
// what a screen of 1366 pixels shows at 200 %
const ENLARGED = { width: 683, height: 384 };

// What axe finds on a page, each as one line.
async function findings(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate((rules) => window.axe.run({ runOnly: rules }), RULES);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 200)} (${node.any.map((one) => one.message).join("; ")})`),
  );
}

const overflow = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;

// The window's new size reaches the page's script with the next frame: on a busy machine later than this test's next step.
const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));

// Keeps a picture where a folder for them is named.
async function picture(page, what, { width }) {
  const folder = process.env.EINMAL_SCREENSHOTS;
  if (!folder) return;
  const name = what.replace(/[^a-z0-9]+/gi, "_").replace(/^_+|_+$/g, "");
  await page.screenshot({ path: join(folder, test.info().project.name, `${name}-${width}.png`), fullPage: true });
}

async function look(page, what) {
  await expect.soft(page.getByRole("heading", { level: 1 }), `${what} has one main heading`).toHaveCount(1);
  for (const screen of [...SCREENS, ENLARGED]) {
    await page.setViewportSize(screen);
    await page.evaluate(drawn);
    // what axe looks at is the same on both screens
    if (screen !== SCREENS[1]) expect.soft(await findings(page), `axe on ${what} at ${screen.width}`).toEqual([]);
    expect.soft(await page.evaluate(overflow), `${what} at ${screen.width} is wider than the window`).toBeLessThanOrEqual(0);
    await picture(page, what, screen);
  }
  await page.setViewportSize(SCREENS[0]);
}

module.exports = { look };
