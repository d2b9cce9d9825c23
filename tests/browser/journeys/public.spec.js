// What anybody sees who is not logged in.
"use strict";

const { test, expect, findings } = require("../lib/test");

test("the log-in and a page that is not there: axe", async ({ at }) => {
  const page = await at(null);
  for (const address of ["/login", "/nowhere"]) {
    await page.goto(address);
    expect.soft(await findings(page), `axe on ${address}`).toEqual([]);
    await expect.soft(page.getByRole("heading", { level: 1 }), address).toHaveCount(1);
  }
});

test("the first page and all it needs is under 100 KB", async ({ at }) => {
  const page = await at(null);
  const sizes = [];
  page.on("response", (answer) => sizes.push(answer.body().then((body) => body.length)));
  await page.goto("/login", { waitUntil: "networkidle" });
  const sum = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  expect(sizes.length).toBeGreaterThanOrEqual(3);
  expect(sum).toBeLessThan(100_000);
});
