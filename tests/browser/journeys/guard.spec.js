// Another system's debit file is checked: chosen or dropped, with script and without.
"use strict";

const { readFileSync } = require("node:fs");
const { join } = require("node:path");

const { look } = require("../lib/look");
const { test, expect } = require("../lib/test");
const { Guard } = require("../pages/guard");

const FILE = join(__dirname, "../../../samples/warstein/altverfahren/lastschriften.xml");

test("a planner drops the old system's file and its statements together, and takes the clean file away", async ({ at, town }) => {
  const page = await at("paul");
  const guard = new Guard(page);
  await guard.open();
  await look(page, "guard");
  await guard.drop([FILE, join(town.folder, "kontoauszuege")]);
  await expect(guard.chosen).toContainText("files, ready to be checked");
  await guard.check();
  await expect(guard.fates).toBeVisible({ timeout: 60_000 });
  await expect(guard.fate("left out: paid")).toHaveCount(1);
  await expect(page.getByText("were paid on").first()).toBeVisible();
  await look(page, "guard result");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Clean file, for the bank" }).click()]);
  const clean = readFileSync(await download.path(), "utf8");
  expect(clean).toContain("<CstmrDrctDbtInitn>");
  expect(clean.length).toBeLessThan(readFileSync(FILE, "utf8").length);
});

test("without script: the file is chosen and held against the statements of our books", async ({ at, town }) => {
  const before = town.einmal(["journal", "head"]);
  const page = await at("paul", { javaScriptEnabled: false });
  const guard = new Guard(page);
  await guard.open();
  await guard.file.setInputFiles([FILE]);
  await guard.check();
  await expect(guard.fates).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText("Books that were asked:")).toBeVisible();
  expect(town.einmal(["journal", "head"])).toBe(before);
});

test("what is no debit file is refused in words, and nothing can be taken away", async ({ at, town }) => {
  const page = await at("paul");
  const guard = new Guard(page);
  await guard.open();
  await guard.file.setInputFiles([join(town.folder, "mandate.csv")]);
  await guard.check();
  await expect(page.getByRole("alert")).toContainText("no file was written", { timeout: 30_000 });
  await look(page, "guard refused");
  await expect(page.getByRole("link", { name: "Clean file, for the bank" })).toHaveCount(0);
});
