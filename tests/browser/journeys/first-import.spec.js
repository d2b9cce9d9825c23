// The first files of a town whose books are empty.
"use strict";

const { join } = require("node:path");

const { look } = require("../lib/look");
const { test, expect } = require("../lib/test");
const { SAMPLE } = require("../lib/town");
const { Import, below } = require("../pages/import");

const LISTS = ["offene-posten.csv", "mandate.csv"].map((name) => join(SAMPLE, name));

test.use({ isEmpty: true });

test("the sample is dropped on the page, read, and a second time changes nothing", async ({ at, town }) => {
  test.setTimeout(120_000);
  const page = await at("klara");
  const files = new Import(page);
  const folder = join(SAMPLE, "kontoauszuege");
  const count = LISTS.length + below(folder).length;
  for (const added of [true, false]) {
    await files.open();
    await files.drop([...LISTS, folder]);
    await expect(files.chosen).toHaveText(`${count} files, ready to be imported`);
    await files.send();
    await expect(page.getByText(`Files: ${count}, refused: 0.`)).toBeVisible({ timeout: 60_000 });
    if (added) await look(page, "job done");
    expect(town.report("receivables")).toHaveLength(450);
  }
  expect(town.report("statements").every((account) => account.complete)).toBe(true);
  town.einmal(["verify"]);
});
