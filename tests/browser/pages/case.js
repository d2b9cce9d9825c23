// The page of a case.
"use strict";

class Case {
  constructor(page) {
    this.page = page;
    this.flash = page.getByRole("status").first();
    this.alert = page.getByRole("alert").first();
    this.offers = page.locator(".offer");
    this.accept = page.locator(".offer.picked [data-accept]");
    this.split = page.locator("details[data-key=s]");
    this.comments = page.getByRole("region", { name: "Comments" });
  }

  async open(number) {
    await this.page.goto(`/cases/${number}`);
    await this.ready();
  }

  // Until keys are listened to: not in the first instant, so that a second quick key decides nothing.
  async ready() {
    await this.page.locator("[data-keys=ready]").waitFor({ state: "attached" });
  }

  get number() {
    return Number(new URL(this.page.url()).pathname.match(/^\/cases\/(\d+)/)?.[1]);
  }

  // Presses a key that leads to another page.
  async go(key) {
    await this.ready();
    await Promise.all([this.page.waitForEvent("framenavigated"), this.page.keyboard.press(key)]);
    await this.page.waitForLoadState();
  }

  form(act) {
    return this.page.locator("form").filter({ has: this.page.locator(`input[name=act][value=${act}]`) });
  }
}

module.exports = { Case };
