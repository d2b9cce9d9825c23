// The front desk: the search, the comparison, the answer.
"use strict";

class Desk {
  constructor(page) {
    this.page = page;
    this.question = page.getByLabel("What does the caller say?");
    this.answer = page.locator(".answer");
    this.alert = page.getByRole("main").getByRole("alert");
  }

  async open() {
    await this.page.goto("/desk");
  }

  async ask(text) {
    await this.question.fill(text);
    await this.page.getByRole("button", { name: "Search" }).click();
  }

  async choose(kassenzeichen) {
    await this.page.getByRole("button", { name: `Choose ${kassenzeichen}` }).click();
  }

  async tick(...features) {
    for (const feature of features) await this.page.locator(`#feature-${feature}`).check();
    await this.page.getByRole("button", { name: "Show the answer" }).click();
  }
}

module.exports = { Desk };
