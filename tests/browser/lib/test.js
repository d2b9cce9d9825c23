// What every journey begins with: a town of its own, and people who sit at browsers of their own.
//
// Invariant: whatever a journey does, a page that asks another host, runs a text, breaks its content security policy or
// has an error in its script fails it.
"use strict";

const base = require("@playwright/test");

const { Town, PEOPLE, password } = require("./town");
const { Login } = require("../pages/login");

// A refusal is an answer like any other: the browser says each on its console.
const REFUSED = /^Failed to load resource: the server responded with a status of 4\d\d/;

// Writes down whatever no page may do.
function watch(context, url, breaches) {
  context.on("request", (request) => {
    if (!request.url().startsWith(url) && !/^(data|blob):/.test(request.url())) breaches.push(`asked ${request.url()}`);
  });
  context.on("page", (page) => {
    page.on("dialog", async (dialog) => {
      breaches.push(`dialog ${dialog.message()}`);
      await dialog.dismiss();
    });
    page.on("pageerror", (error) => breaches.push(`error ${error.message} on ${page.url()}`));
    page.on("console", (line) => {
      if (line.type() === "error" && !REFUSED.test(line.text())) breaches.push(`${line.text()} on ${page.url()}`);
    });
  });
}

const test = base.test.extend({
  engine: ["sqlite", { option: true, scope: "worker" }],

  // Whether a journey begins with empty books; else with the sample's.
  isEmpty: [false, { option: true, scope: "worker" }],

  // Further words of the command line that starts the server.
  serving: [[], { option: true }],

  // The town that each test gets a copy of.
  model: [
    async ({ engine, isEmpty }, use) => {
      const town = Town.found(engine);
      try {
        if (!isEmpty) town.fill();
        await use(town);
      } finally {
        await town.end();
      }
    },
    { scope: "worker", timeout: 120_000 },
  ],

  // A running town.
  town: async ({ model, serving }, use) => {
    const town = model.copy();
    try {
      await town.serve(...serving);
      await use(town);
    } finally {
      await town.end();
    }
  },

  // What no page may do; a journey that means to provoke one takes it out.
  breaches: async ({}, use) => {
    const breaches = [];
    await use(breaches);
    base.expect(breaches).toEqual([]);
  },

  // A browser of somebody's own, logged in where a name is given: `await at("rita")`.
  at: async ({ browser, town, breaches }, use) => {
    const contexts = [];
    const at = async (name, options = {}) => {
      const context = await browser.newContext({ baseURL: town.url, viewport: { width: 1366, height: 768 }, ...options });
      contexts.push(context);
      watch(context, town.url, breaches);
      await context.addCookies([{ name: "einmal_lang", value: options.lang ?? "en", url: town.url }]);
      const page = await context.newPage();
      if (name) {
        if (!(name in PEOPLE) && !town.more.has(name)) throw new Error(`nobody is called ${name}`);
        const login = new Login(page);
        await login.open();
        await login.as(name, password(name));
        await base.expect(page.locator(".me")).toContainText(name);
      }
      return page;
    };
    await use(at);
    for (const context of contexts) await context.close();
  },
});

module.exports = { test, expect: base.expect };
