// Bringing in files: the form, and the job that reads them.
"use strict";

const { readdirSync } = require("node:fs");
const { join } = require("node:path");

class Import {
  constructor(page) {
    this.page = page;
    this.zone = page.locator("[data-zone]");
    this.files = page.getByLabel("Files", { exact: true });
    this.chosen = page.locator("[data-chosen]");
    this.results = page.getByRole("table").filter({ hasText: "Files, page" });
  }

  async open() {
    await this.page.goto("/import");
  }

  // Drops files and folders on the page, as the desktop hands them to the browser.
  async drop(files) {
    const { x, y, width, height } = await this.zone.boundingBox();
    const browser = await this.page.context().newCDPSession(this.page);
    const data = { items: [], files, dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"]) {
      await browser.send("Input.dispatchDragEvent", { type, x: x + width / 2, y: y + height / 2, data });
    }
  }

  async send() {
    await this.page.getByRole("button", { name: "Import", exact: true }).click();
    await this.page.waitForURL(/\/jobs\/\d+/);
  }

  // The row of a file once all were read.
  result(name) {
    return this.results.getByRole("row").filter({ hasText: name });
  }
}

const below = (folder) => readdirSync(folder).sort().map((name) => join(folder, name));

module.exports = { Import, below };
