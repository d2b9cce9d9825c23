// Everything works where no script runs.
"use strict";

const { test, expect } = require("../lib/test");

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
