// Direct-debit runs: the list with its form, and one run.
"use strict";

class Runs {
  constructor(page) {
    this.page = page;
    this.due = page.getByLabel("Due date", { exact: true });
  }

  async open() {
    await this.page.goto("/runs");
  }

  // Plans a run and is on its page.
  async plan(due) {
    await this.open();
    await this.due.fill(due);
    await this.page.getByRole("button", { name: "Plan the run" }).click();
    await this.page.waitForURL(/\/runs\/[^/]+$/);
    return new URL(this.page.url()).pathname;
  }
}

class Run {
  constructor(page) {
    this.page = page;
    this.state = page.locator("h1 .state");
    this.flash = page.getByRole("status").first();
    this.alert = page.getByRole("alert").first();
    this.bank = page.getByRole("region", { name: "What the bank did" });
    this.steps = page.getByRole("region", { name: "Its steps" });
    this.proofs = page.getByRole("region", { name: "The three proofs" });
    this.risk = page.getByRole("checkbox", { name: /I take the risk/ });
  }

  async press(name) {
    await this.page.getByRole("button", { name }).click();
  }

  // The bytes of the file that a button downloads.
  async download(name) {
    const [file] = await Promise.all([this.page.waitForEvent("download"), this.press(name)]);
    return { name: file.suggestedFilename(), path: await file.path() };
  }
}

module.exports = { Runs, Run };
