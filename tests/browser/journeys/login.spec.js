// Getting in, and staying out.
"use strict";

const { test, expect } = require("../lib/test");
const { password } = require("../lib/town");
const { Login } = require("../pages/login");

test("a person logs in, sees the day, and logs out", async ({ at }) => {
  const page = await at("rita");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Today");
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(page).toHaveURL(/\/login$/);
  await page.goto("/");
  await expect(page).toHaveURL(/\/login$/);
});

test("a log-in leads to the page that was asked for", async ({ at, town }) => {
  const page = await at(null);
  await page.goto("/cases");
  expect(new URL(page.url()).pathname).toBe("/login");
  await new Login(page).as("rita", password("rita"));
  await expect(page).toHaveURL(`${town.url}/cases`);
});

test("a wrong name reads as a wrong password, and after five tries one waits", async ({ at }) => {
  const page = await at(null);
  const login = new Login(page);
  await login.open();
  const said = [];
  for (const name of ["nobody at all", "rita", "rita", "rita", "rita", "rita"]) {
    await login.as(name, "not the password");
    said.push(await login.wrong.innerText());
    await expect(login.name).toHaveValue(name);
    await expect(login.password).toHaveValue("");
  }
  expect(new Set(said)).toEqual(new Set(["Name or password is wrong."]));
  await login.as("rita", password("rita"));
  await expect(login.wrong).toContainText("Too many wrong tries");
  await expect(page).toHaveURL(/\/login$/);
});

test("the cookie is out of a script's reach and other sites' forms", async ({ at }) => {
  const page = await at("rita");
  const [cookie] = (await page.context().cookies()).filter((one) => one.name.endsWith("einmal"));
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict" });
  expect(await page.evaluate(() => document.cookie)).not.toContain("einmal=");
});
