// What anybody sees who is not logged in.
"use strict";

const { look } = require("../lib/look");
const { test, expect } = require("../lib/test");

test("the log-in and a page that is not there: axe, two sizes, 200 %", async ({ at }) => {
  const page = await at(null);
  for (const address of ["/login", "/nowhere"]) {
    await page.goto(address);
    await look(page, `public ${address}`);
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
