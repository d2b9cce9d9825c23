// A direct-debit run, from its plan to the file in the bank's hands.
"use strict";

const { test, expect } = require("../lib/test");
const { members } = require("../lib/archive");
const { look } = require("../lib/look");
const { cents } = require("../lib/statements");
const { DUE, password } = require("../lib/town");
const { Run, Runs } = require("../pages/runs");

test("a run is planned, announced, refused to its planner, released by another, and downloaded", async ({ at, town }) => {
  const paul = await at("paul");
  const name = await new Runs(paul).plan(DUE);
  const planned = new Run(paul);
  await expect(planned.state).toHaveText("planned");
  await expect(planned.proofs).toContainText("All the money has been seen – stands");
  await expect(paul.getByRole("button", { name: "Release the run" })).toHaveCount(0);

  const notices = await planned.download("Download the notices (ZIP)");
  expect([...members(notices.path).keys()].filter((one) => one.endsWith(".pdf"))).not.toEqual([]);
  await planned.press("Record the notices");
  await expect(planned.flash).toContainText("recorded as announced");

  const frieda = await at("frieda");
  await frieda.goto(name);
  const release = new Run(frieda);
  await release.risk.check();
  await release.press("Release the run");
  await expect(release.flash).toContainText("is released");
  await expect(release.state).toHaveText("released");

  await release.press("Download the file and its control sheet (ZIP)");
  await expect(release.alert).toContainText("The letters promise to look for transfers");
  await expect(release.state).toHaveText("released");
  await frieda.getByRole("checkbox", { name: /will not lower it/ }).check();
  const file = await release.download("Download the file and its control sheet (ZIP)");
  const inside = members(file.path);
  const pain = [...inside.keys()].filter((one) => /pain008.*\.xml$/i.test(one));
  expect(pain).toHaveLength(1);
  const text = inside.get(pain[0]).toString("utf8");
  expect(text).toContain("urn:iso:std:iso:20022:tech:xsd:pain.008.001.08");
  const [run] = town.report("runs");
  expect(text).toContain(`<CtrlSum>${run.amount}</CtrlSum>`);
  expect([...text.matchAll(/<DrctDbtTxInf>/g)]).toHaveLength(run.debits);
  expect([...inside.keys()].some((one) => one.endsWith(".pdf"))).toBe(true);

  await frieda.goto(name);
  await expect(release.state).toHaveText("exported");
  town.einmal(["verify"]);

  // the bank credits the file, and takes one debit back
  await paul.goto(name);
  await paul.getByLabel("Order number of the bank").fill("A-4711");
  await planned.press("Record that it was sent");
  await expect(planned.state).toHaveText("sent");
  const [, message] = text.match(/<MsgId>([^<]+)</);
  const [, id] = text.match(/<EndToEndId>([^<]+)</);
  const [, taken] = text.match(/<InstdAmt Ccy="EUR">([^<]+)</);
  town.bankCollects(message, cents(run.amount), { endToEnd: id, cents: cents(taken), charges: 350, reason: "AM04" });
  await paul.goto(name);
  await expect(planned.state).toHaveText("settled");
  await expect(planned.bank.getByRole("row", { name: /^come back/ })).toContainText("1");
  await expect(planned.bank).toContainText("The banks took 3.50 EUR of charges for it.");
  await expect(planned.bank).toContainText("the account was not covered (AM04)");
  await expect(planned.steps).toContainText("Nothing for now: what still comes back is owed again");
  await look(paul, "settled run");
  town.einmal(["verify"]);
});

test("who plans and may release too is refused by the rules", async ({ at, town }) => {
  const words = ["--password-stdin", "user", "set", "paul", "--role", "planner", "releaser", "--as", "vera", "--with", "theo"];
  town.einmal(words, password("vera"), password("theo"));
  const paul = await at("paul");
  await new Runs(paul).plan(DUE);
  const run = new Run(paul);
  await run.press("Record the notices");
  await expect(run.flash).toContainText("recorded as announced");
  await run.risk.check();
  await run.press("Release the run");
  await expect(run.alert).toContainText("who planned the run may not release it");
  await expect(run.state).toHaveText("planned");
});

test("a plan that is sent twice makes one run", async ({ at, town }) => {
  const paul = await at("paul");
  const runs = new Runs(paul);
  await runs.open();
  await runs.due.fill(DUE);
  await paul.getByRole("button", { name: "Plan the run" }).dblclick();
  // the second click gives the first one's answer up: that is no failure
  await expect(new Run(paul).state).toHaveText("planned");
  await paul.reload();
  expect(town.report("runs")).toHaveLength(1);
});
