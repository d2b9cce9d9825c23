// The queue of cases.
"use strict";

class Queue {
  constructor(page) {
    this.page = page;
    this.rows = page.getByRole("table", { name: "Open cases" }).getByRole("row");
  }

  async open(query = "") {
    await this.page.goto(`/cases${query}`);
  }

  // The number of the case whose row shows that.
  async numberOf(text) {
    return Number(await this.rows.filter({ hasText: text }).first().getByRole("rowheader").innerText());
  }

  // The numbers of the cases on this page, in their order.
  async numbers() {
    const cells = await this.rows.getByRole("rowheader").allInnerTexts();
    return cells.map(Number).filter(Boolean);
  }
}

module.exports = { Queue };
