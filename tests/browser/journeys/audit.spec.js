// An auditor looks at everything and changes nothing; an administrator lets people in.
"use strict";

const { look } = require("../lib/look");
const { test, expect } = require("../lib/test");
const { Login } = require("../pages/login");

test("the auditor finds who did what, proves the journal, and is offered nothing to change", async ({ at, town }) => {
  const rita = await at("rita");
  const [open] = JSON.parse(town.einmal(["--format", "json", "cases"]));
  await rita.goto(`/cases/${open.case}`);
  await rita.keyboard.press("c");
  await rita.getByLabel("What should others know?").fill("Rückruf am Freitag <b>fett</b>");
  await rita.getByRole("button", { name: "Keep the comment" }).click();
  await expect(rita.getByRole("status").first()).toContainText("The comment is kept.");

  const page = await at("anton");
  await page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: "Audit" }).click();
  await page.getByLabel("Who", { exact: true }).selectOption("rita");
  await page.getByRole("button", { name: "Search" }).click();
  const journal = page.getByRole("table").filter({ hasText: "Journal" });
  await expect(journal.getByRole("cell", { name: "rita" }).first()).toBeVisible();
  await look(page, "audit found");
  await page.getByRole("button", { name: "Check the books" }).click();
  await expect(page.getByRole("main")).toContainText(/proved/i, { timeout: 30_000 });
  await look(page, "audit verified");

  await page.goto(`/cases/${open.case}`);
  await expect(page.getByRole("main").getByText("Rückruf am Freitag <b>fett</b>")).toBeVisible();
  await expect(page.getByRole("main").locator("form[method=post]")).toHaveCount(0);
  const sent = await page.request.post(`/cases/${open.case}`, { form: { act: "take" }, headers: { Origin: town.url } });
  expect(sent.status()).toBe(403);
});

test("a person is added, logs in, and is locked out while at work", async ({ at }) => {
  const page = await at("vera");
  await page.goto("/users");
  await page.getByLabel("Name as the journal").fill("gerda");
  await page.locator("#new-reviewer").check();
  await page.getByLabel(/^First password/).fill("Ein-langer-Satz-7");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("status").first()).toContainText("is registered");

  const gerda = await at(null);
  const login = new Login(gerda);
  await login.open();
  await login.as("gerda", "Ein-langer-Satz-7");
  // what another person set is good for setting an own one
  await expect(gerda.getByRole("heading", { level: 1 })).toHaveText("My account");
  await gerda.getByLabel("Present password").fill("Ein-langer-Satz-7");
  await gerda.locator("#password").fill("Mein-eigener-Satz-8");
  await gerda.locator("#again").fill("Mein-eigener-Satz-8");
  await gerda.getByRole("button", { name: "Change the password" }).click();
  await login.as("gerda", "Mein-eigener-Satz-8");
  await expect(gerda.getByRole("heading", { level: 1 })).toHaveText("Today");

  const person = page.locator("details.person").filter({ hasText: "gerda" });
  await person.locator("summary").click();
  await person.getByLabel("may log in").uncheck();
  await person.getByRole("button", { name: "Change roles" }).click();
  await expect(page.locator("details.person").filter({ hasText: "gerda" })).toContainText("locked out");
  await gerda.goto("/cases");
  await expect(gerda).toHaveURL(/\/login/);
});

test("no address tells of a person", async ({ at, town }) => {
  const page = await at("theo");
  const [item] = town.report("receivables").filter((one) => one.state === "open");
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto("/desk");
  await page.locator("#said-kassenzeichen").fill(item.kassenzeichen);
  await page.locator("#said-amount").fill(item.amount.replace(".", ","));
  await page.getByRole("button", { name: "Show the answer" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(item.kassenzeichen);
  expect(asked.filter((url) => decodeURIComponent(url).includes(item.kassenzeichen))).toEqual([]);
});
