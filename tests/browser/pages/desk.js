// The front desk: what the caller says, the answer.
"use strict";

class Desk {
  constructor(page) {
    this.page = page;
    this.answer = page.locator(".answer");
    this.alert = page.getByRole("main").getByRole("alert");
  }

  async open() {
    await this.page.goto("/desk");
  }

  async says(features) {
    for (const [feature, said] of Object.entries(features)) await this.page.locator(`#said-${feature}`).fill(said);
    await this.page.getByRole("button", { name: "Show the answer" }).click();
  }
}

module.exports = { Desk };
