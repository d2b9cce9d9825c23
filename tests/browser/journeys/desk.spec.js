// A caller asks, and is answered once two features of his are told.
"use strict";

const { look } = require("../lib/look");
const { test, expect } = require("../lib/test");
const { Desk } = require("../pages/desk");

test("the caller is answered once two features were typed, and the question is in the journal", async ({ at, town }) => {
  const page = await at("dora");
  const desk = new Desk(page);
  const [item] = town.report("receivables").filter((one) => one.state === "open");
  await desk.open();
  await look(page, "desk");
  await desk.says({ kassenzeichen: item.kassenzeichen });
  await expect(desk.alert).toContainText("two");
  await expect(desk.answer).toHaveCount(0);
  await expect(page.locator("#said-kassenzeichen")).toHaveValue(item.kassenzeichen);
  await desk.says({ amount: "0,01" });
  await expect(desk.alert).toContainText("No Kassenzeichen fits");
  await look(page, "desk nobody");
  await desk.says({ amount: item.amount.replace(".", ",") });
  await expect(desk.answer.locator("p").first()).not.toBeEmpty();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(item.kassenzeichen);
  expect(page.url()).toBe(`${town.url}/desk/answer`);
  await look(page, "desk answer");
  await page.reload();
  await expect(desk.answer).toBeVisible();
});

test("what nobody has is said to be not found", async ({ at }) => {
  const desk = new Desk(await at("dora"));
  await desk.open();
  await desk.says({ name: "Niemandsname", amount: "12,34" });
  await expect(desk.alert).toContainText("No Kassenzeichen fits");
});
