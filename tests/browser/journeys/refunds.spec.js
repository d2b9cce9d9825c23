// Money that goes back, from the case to the statement that shows it.
"use strict";

const { test, expect } = require("../lib/test");
const { members } = require("../lib/archive");
const { look } = require("../lib/look");
const { cents } = require("../lib/statements");
const { password } = require("../lib/town");
const { Case } = require("../pages/case");
const { Run } = require("../pages/runs");

// A stranger's payment that nobody can place, decided to go back.
async function decided(at, town) {
  const stranger = JSON.parse(town.einmal(["--format", "json", "cases"])).find((one) => one.reference === "DOUBT-3");
  const rita = await at("rita");
  const open = new Case(rita);
  await open.open(stranger.case);
  const form = open.form("refund");
  await rita.locator("details").filter({ has: form }).locator("summary").first().click();
  await form.getByRole("button").click();
  await expect(open.flash).toContainText("it goes back to the payer");
  return stranger;
}

test("a stranger's money goes back, and the front desk knows how far it is", async ({ at, town }) => {
  test.setTimeout(120_000);
  town.register("felix", ["theo"], "releaser");
  const stranger = await decided(at, town);
  const paul = await at("paul");
  await paul.goto("/refunds");
  await expect(paul.getByRole("heading", { level: 1 })).toContainText(`Refunds: 1, ${stranger.amount} EUR`);
  await look(paul, "refunds waiting");
  const early = paul.getByLabel(/^Reason, if money/);
  if (await early.count()) await early.fill("The payer has called");
  await paul.getByLabel("File number of the order to pay").fill("9000.1");
  await paul.getByRole("button", { name: "Plan the run" }).click();
  await paul.waitForURL(/\/refunds\/E1$/);
  const planned = new Run(paul);
  await expect(planned.state).toHaveText("planned");
  await look(paul, "refund run planned");

  for (const who of ["frieda", "felix"]) {
    const releaser = await at(who);
    await releaser.goto("/refunds/E1");
    const reason = releaser.getByLabel(/^Reason, if money/);
    await reason.fill("The payer has called");
    await releaser.getByRole("button", { name: /^Release 1 transfers/ }).click();
    await expect(new Run(releaser).flash).toContainText(who === "felix" ? "is released" : "1 of 2 signatures");
  }
  await paul.goto("/refunds/E1");
  const file = await planned.download("Download the file");
  const inside = members(file.path);
  const [name] = [...inside.keys()].filter((one) => one.endsWith(".xml"));
  const text = inside.get(name).toString("utf8");
  expect(text).toContain("urn:iso:std:iso:20022:tech:xsd:pain.001.001.09");
  expect(text).toContain(`<CtrlSum>${stranger.amount}</CtrlSum>`);
  await paul.goto("/refunds/E1");
  await expect(planned.state).toHaveText("exported");
  await paul.getByLabel("The bank's order number").fill("A-815");
  await planned.press("Record it as sent");
  await expect(planned.state).toHaveText("sent");
  await look(paul, "refund run sent");

  const [, id] = text.match(/<EndToEndId>([^<]+)</);
  town.bankPays(id, cents(stranger.amount));
  await paul.goto("/refunds/E1");
  await expect(planned.state).toHaveText("settled");
  await paul.goto("/refunds");
  await expect(paul.getByRole("heading", { level: 1 })).toContainText("Refunds: 0");
  await expect(paul.getByRole("region", { name: "In runs" })).toContainText("paid");
  town.einmal(["verify"]);
});

test("to another account it goes by two people alone", async ({ at, town }) => {
  const stranger = await decided(at, town);
  // the payer's bank is no more: nobody can say so alone
  const done = (...second) =>
    town.einmal(
      ["--password-stdin", "refund", "account", `${stranger.case}`, "--iban", "DE89370400440532013000", "--name", "Erbin", "--reason", "gestorben", "--as", "rita", "--with", second[0]],
      password("rita"),
      ...second.map(password),
    );
  expect(() => done("rita")).toThrow();
  done("klara");
  const page = await at("rita");
  await page.goto("/refunds");
  await expect(page.getByRole("region", { name: "To go back" })).toContainText("Erbin");
});
