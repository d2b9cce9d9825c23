// Who means harm gets nothing done.
"use strict";

const { test, expect } = require("../lib/test");
const { HOSTILE } = require("../lib/town");
const { Queue } = require("../pages/queue");

test("a form that another site sends is refused", async ({ at, town }) => {
  const page = await at("rita");
  const foreign = { Origin: "https://elsewhere.example", "Sec-Fetch-Site": "cross-site" };
  for (const path of ["/logout", "/language/de"]) {
    const answer = await page.request.post(path, { headers: foreign, maxRedirects: 0 });
    expect(answer.status(), path).toBe(403);
  }
  await page.goto("/");
  await expect(page.locator(".me")).toContainText("rita");
  expect(town.log).not.toContain("panicked");
});

test("every answer forbids scripts in the page, frames, and guessing of types", async ({ at }) => {
  const page = await at("rita");
  for (const path of ["/", "/login", "/assets/einmal.css", "/nowhere"]) {
    const headers = (await page.request.get(path, { maxRedirects: 0 })).headers();
    expect(headers["content-security-policy"], path).toMatch(/default-src 'none'; script-src 'self'/);
    expect(headers["content-security-policy"], path).not.toContain("unsafe");
    expect(headers["x-content-type-options"], path).toBe("nosniff");
    expect(headers["x-frame-options"], path).toBe("DENY");
  }
});

test("scripts in names and remittance texts are shown as the bank sent them, and run nowhere", async ({ at }) => {
  const page = await at("rita");
  const queue = new Queue(page);
  for (const text of HOSTILE) {
    await queue.open();
    await page.goto(`/cases/${await queue.numberOf(text)}`);
    await expect(page.getByRole("region", { name: "The payment" })).toContainText(text);
    await expect(page.locator("main img, main script, main svg[onload]")).toHaveCount(0);
    expect(await page.title()).not.toBe("run");
  }
});

test("ids that are made up lead nowhere, and change nothing", async ({ at, town }) => {
  const page = await at("rita");
  for (const path of ["/cases/999999", "/cases/-1", "/cases/1%27", "/runs/..%2f..%2fetc", "/jobs/7", "/audit/entries/1"]) {
    const answer = await page.goto(path);
    expect.soft(answer.status(), path).toBeGreaterThanOrEqual(400);
    expect.soft(answer.status(), path).toBeLessThan(500);
    await expect.soft(page.getByRole("heading", { level: 1 }), path).toHaveCount(1);
  }
  const forged = { act: "allocate", item: "x/1", amount: "1.00", seen: "1", once: "forged" };
  const answer = await page.request.post("/cases/999999", { form: forged, headers: { Origin: town.url } });
  expect(answer.status()).toBeLessThan(500);
  town.einmal(["verify"]);
});

test("an upload that is too large is refused with a page", async ({ at, town }) => {
  const page = await at("rita");
  const answer = await page.request.post("/cases/1", { data: "x=".padEnd(3_000_000, "y"), headers: { Origin: town.url, "Content-Type": "application/x-www-form-urlencoded" } });
  expect(answer.status()).toBe(413);
});
