// Files come in by hand.
"use strict";

const { writeFileSync } = require("node:fs");
const { join } = require("node:path");

const { look } = require("../lib/look");
const { test, expect } = require("../lib/test");
const { Import } = require("../pages/import");

test("a file chosen by hand that is none is refused by name, and leaves nothing behind", async ({ at, town }) => {
  const page = await at("klara");
  const files = new Import(page);
  const broken = join(town.folder, "kaputt<b>.xml");
  writeFileSync(broken, "<Document><BkToCstmrStmt>");
  const before = town.report("payments").length;
  await files.open();
  await files.files.setInputFiles([broken]);
  await files.send();
  await expect(page.getByText("Files: 1, refused: 1.")).toBeVisible({ timeout: 30_000 });
  await expect(files.result("kaputt<b>.xml")).toHaveCount(1);
  await look(page, "job refused");
  expect(town.report("payments")).toHaveLength(before);
});
