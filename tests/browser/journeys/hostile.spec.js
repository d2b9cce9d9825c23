// Who means harm gets nothing done.
"use strict";

const { test, expect } = require("../lib/test");

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
