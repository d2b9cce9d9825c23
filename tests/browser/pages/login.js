// The log-in.
"use strict";

class Login {
  constructor(page) {
    this.page = page;
    this.name = page.getByLabel("Name", { exact: true });
    this.password = page.getByLabel("Password", { exact: true });
    this.wrong = page.getByRole("main").getByRole("alert");
  }

  async open() {
    await this.page.goto("/login");
  }

  async as(name, password) {
    await this.name.fill(name);
    await this.password.fill(password);
    await this.page.getByRole("main").getByRole("button", { name: "Log in" }).click();
  }
}

module.exports = { Login };
