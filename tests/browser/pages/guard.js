// Checking another system's debit file: the form, and its result.
"use strict";

const { Import } = require("./import");

class Guard {
  constructor(page) {
    this.page = page;
    this.zone = page.locator("[data-zone]");
    this.file = page.getByLabel("Direct-debit file");
    this.chosen = page.locator("[data-chosen]");
    this.fates = page.getByRole("table").filter({ hasText: "What became of the debits" });
  }

  async open() {
    await this.page.goto("/guard");
  }

  // As on the import page.
  async drop(files) {
    await Import.prototype.drop.call(this, files);
  }

  async check() {
    await this.page.getByRole("button", { name: "Check the file" }).click();
    await this.page.waitForURL(/\/guard\/\d+/);
  }

  // The row of a fate.
  fate(name) {
    return this.fates.getByRole("row").filter({ hasText: name });
  }
}

module.exports = { Guard };
