// Reached over HTTPS, with a certificate that no authority has signed: made for this test, and for nothing else.
"use strict";

const { chmodSync } = require("node:fs");
const { join } = require("node:path");

const { test, expect } = require("../lib/test");
const { password } = require("../lib/town");
const { Login } = require("../pages/login");

const pem = (name) => join(__dirname, "../lib/tls", `${name}.pem`);
// a checkout lets everybody read it, and such a key is refused
chmodSync(pem("key"), 0o600);

test.use({ serving: ["--tls-certificate", pem("certificate"), "--tls-key", pem("key"), "--log-json"] });

test("over HTTPS the browser is told to stay there, and keeps the cookie from any other way", async ({ at, town }) => {
  expect(town.url).toMatch(/^https:/);
  const page = await at(null, { ignoreHTTPSErrors: true });
  const answer = await page.goto("/login");
  expect(answer.headers()["strict-transport-security"]).toMatch(/max-age=\d{8}/);
  await new Login(page).as("rita", password("rita"));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Today");
  const cookies = (await page.context().cookies()).filter((one) => one.name.endsWith("einmal"));
  expect(cookies).toEqual([expect.objectContaining({ name: "__Host-einmal", secure: true, httpOnly: true })]);
});

test("the log is a JSON object a line: each request under an id, nobody by name", async ({ at, town }) => {
  const page = await at("rita", { ignoreHTTPSErrors: true });
  await page.goto("/cases");
  await expect(page.getByText("Fremde Zahlerin 1").first()).toBeVisible();
  const told = town.log.split("\n").filter(Boolean).filter((line) => !line.startsWith("einmal is at "));
  const requests = told.map((line) => JSON.parse(line)).filter(({ span }) => span?.name === "request");
  expect(new Set(requests.map(({ span }) => span.id)).size).toBeGreaterThanOrEqual(3);
  expect(requests.map(({ span }) => span.route)).toContain("/cases");
  expect(town.log).not.toContain("Zahlerin");
  expect(town.log).not.toContain("rita");
});
