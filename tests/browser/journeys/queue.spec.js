// Working through doubtful payments.
"use strict";

const { cents } = require("../lib/statements");
const { test, expect } = require("../lib/test");
const { Case } = require("../pages/case");
const { Queue } = require("../pages/queue");

// What a case of the town was decided to, as the books say it.
const decided = (town) => town.report("payments").filter((one) => one.reference?.startsWith("DOUBT-") && one.decision !== "case");

test("ten cases are decided by keyboard alone", async ({ at, town }) => {
  const page = await at("rita");
  const queue = new Queue(page);
  await queue.open();
  const before = await queue.numbers();
  const open = new Case(page);
  await open.open(await queue.numberOf("Fremde Zahlerin"));
  for (let done = 0; done < 10; ) {
    await open.ready();
    const proposal = await page.getByText("Fremde Zahlerin").count();
    if (proposal && (await open.offers.count())) {
      if (!(await open.accept.count())) await page.keyboard.press("1");
      await open.go("a");
      await expect(open.flash).toContainText("placed on");
      done += 1;
    } else {
      await open.go("j");
    }
  }
  expect(decided(town)).toHaveLength(10);
  await queue.open();
  expect((await queue.numbers()).length).toBe(before.length - 10);
});

test("a payment is split over two items, and the decision is taken back", async ({ at, town }) => {
  const page = await at("rita");
  const queue = new Queue(page);
  await queue.open();
  const open = new Case(page);
  await open.open(await queue.numberOf("Fremde Zahlerin 0"));
  const number = open.number;
  await page.keyboard.press("s");
  const amounts = open.split.locator("input[name=amount]");
  await expect(amounts.first()).toBeFocused();
  await amounts.nth(0).fill("3,00");
  await page.keyboard.press("Enter");
  await expect(open.flash).toContainText("3.00 EUR placed on");
  expect(open.number).toBe(number);
  await expect(page.getByText("Not yet placed of it:")).toBeVisible();
  await open.go("u");
  await expect(open.flash).toContainText("the decision was taken back");
  expect(decided(town)).toHaveLength(0);
});

test("a payment is split over items of two people, and nothing of it is left", async ({ at, town }) => {
  const page = await at("rita");
  const queue = new Queue(page);
  await queue.open();
  const open = new Case(page);
  await open.open(await queue.numberOf("Fremde Zahlerin 5"));
  await page.keyboard.press("s");
  const sum = cents(await open.split.locator("[data-split]").getAttribute("data-split"));
  const first = await open.split.locator("input[name=item]").first().inputValue();
  const others = town.report("receivables").filter((item) => cents(item.open) >= sum && !first.startsWith(item.kassenzeichen));
  const other = `${others[0].kassenzeichen}/${others[0].posten}`;
  await open.split.locator("input[name=amount]").first().fill("3,00");
  await open.split.getByLabel("Another item").first().fill(other);
  await open.split.getByLabel("Its amount").first().fill(((sum - 300) / 100).toFixed(2).replace(".", ","));
  await page.keyboard.press("Enter");
  await expect(open.flash).toContainText("placed on");
  const [payment] = decided(town);
  const parts = payment.allocations.map((part) => [`${part.kassenzeichen}/${part.posten}`, cents(part.amount)]);
  expect(new Map(parts)).toEqual(new Map([[first, 300], [other, sum - 300]]));
});

test("a row that cannot be read keeps what was typed, and nothing is placed", async ({ at, town }) => {
  const page = await at("rita");
  const queue = new Queue(page);
  await queue.open();
  const open = new Case(page);
  await open.open(await queue.numberOf("Fremde Zahlerin 1"));
  await page.keyboard.press("s");
  const amount = open.split.locator("input[name=amount]").first();
  await amount.fill("drei");
  await page.keyboard.press("Enter");
  await expect(open.alert).toContainText("Nothing was changed");
  await expect(amount).toHaveValue("drei");
  await expect(amount).toHaveAttribute("aria-invalid", "true");
  expect(decided(town)).toHaveLength(0);
});

test("a decision that is sent twice, reloaded or gone back to is carried out once", async ({ at, town }) => {
  const page = await at("rita");
  const queue = new Queue(page);
  await queue.open();
  const open = new Case(page);
  await open.open(await queue.numberOf("Fremde Zahlerin 2"));
  const number = open.number;
  const form = await page.locator(".offer form").first().evaluate((one) => Object.fromEntries(new FormData(one)));
  await page.locator(".offer form button").first().dblclick();
  await expect(open.flash).toContainText("placed on");
  expect(decided(town)).toHaveLength(1);
  await page.reload();
  await page.goBack();
  const again = await page.request.post(`/cases/${number}`, { form, headers: { Origin: town.url } });
  expect(await again.text()).toContain("This was done already.");
  expect(decided(town)).toHaveLength(1);
  town.einmal(["verify"]);
});

test("who was faster wins, and the slower one is told", async ({ at, town }) => {
  const [rita, klara] = [await at("rita"), await at("klara")];
  const queue = new Queue(rita);
  await queue.open();
  const number = await queue.numberOf("Fremde Zahlerin 3");
  const [first, second] = [new Case(rita), new Case(klara)];
  await first.open(number);
  await second.open(number);
  await rita.locator(".offer form button").first().click();
  await expect(first.flash).toContainText("placed on");
  await klara.locator(".offer form button").first().click();
  await expect(second.alert).toContainText("Nothing was changed");
  expect(decided(town)).toHaveLength(1);
});

test("a log-in that ends while a comment is written loses nothing that was done, and leads back", async ({ at, town, playwright }) => {
  const page = await at("rita");
  const open = new Case(page);
  const queue = new Queue(page);
  await queue.open();
  await open.open(await queue.numberOf("Fremde Zahlerin 4"));
  const number = open.number;
  await page.keyboard.press("c");
  await page.getByLabel("What should others know?").fill("The caller rang twice.");
  // the same log-in is ended elsewhere: the browser keeps its cookie
  const [cookie] = (await page.context().cookies()).filter((one) => one.name === "einmal");
  const elsewhere = await playwright.request.newContext({ baseURL: town.url });
  await elsewhere.post("/logout", { headers: { Cookie: `einmal=${cookie.value}`, Origin: town.url }, maxRedirects: 0 });
  await page.getByRole("button", { name: "Keep the comment" }).click();
  await expect(page).toHaveURL(new RegExp(`/login\\?to=/cases/${number}$`));
  await expect(page.getByRole("alert").first()).toContainText("Nothing was changed");
  const { Login } = require("../pages/login");
  const { password } = require("../lib/town");
  await new Login(page).as("rita", password("rita"));
  await expect(page).toHaveURL(new RegExp(`/cases/${number}$`));
  await expect(open.comments).toContainText("Nobody has said anything yet.");
  await elsewhere.dispose();
});
