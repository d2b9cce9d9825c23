// Everything works where no script runs.
"use strict";

const { test, expect } = require("../lib/test");
const { DUE } = require("../lib/town");
const { Queue } = require("../pages/queue");
const { Run, Runs } = require("../pages/runs");

const OFF = { javaScriptEnabled: false };

test("without script: a person logs in, chooses a language, and logs out", async ({ at }) => {
  const page = await at("rita", OFF);
  await page.getByRole("button", { name: "Deutsch" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(page).toHaveURL(/\/login$/);
});

test("without script: a case is decided, and taken back", async ({ at }) => {
  const page = await at("rita", OFF);
  const queue = new Queue(page);
  await queue.open();
  const number = await queue.numberOf("Fremde Zahlerin 5");
  await page.goto(`/cases/${number}`);
  await page.locator(".offer form button").first().click();
  await expect(page.getByRole("status").first()).toContainText("placed on");
  await page.goto(`/cases/${number}`);
  await page.getByRole("button", { name: /^Take the decision back/ }).click();
  await expect(page.getByRole("status").first()).toContainText("the decision was taken back");
});

test("without script: files are imported, and a run is planned", async ({ at }) => {
  const klara = await at("klara", OFF);
  await klara.goto("/import");
  await klara.getByLabel("Files", { exact: true }).setInputFiles({ name: "nichts.xml", mimeType: "text/xml", buffer: Buffer.from("<x/>") });
  await klara.getByRole("button", { name: "Import", exact: true }).click();
  await expect(klara.getByText("Files: 1,")).toBeVisible({ timeout: 30_000 });
  const paul = await at("paul", OFF);
  await new Runs(paul).plan(DUE);
  await expect(new Run(paul).state).toHaveText("planned");
});
