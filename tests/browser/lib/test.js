// What every journey begins with: a town of its own, and people who sit at browsers of their own.
//
// Invariant: whatever a journey does, a page that asks another host, runs a text, breaks its content security policy or
// has an error in its script fails it.
"use strict";

const base = require("@playwright/test");
const axe = require("axe-core");

const { Town, PEOPLE, password } = require("./town");
const { Login } = require("../pages/login");

// WCAG 2.2 AA and what axe holds for good practice.
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

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

  // The filled town that each test gets a copy of.
  filled: [
    async ({ engine }, use) => {
      const town = Town.found(engine);
      try {
        town.fill();
        await use(town);
      } finally {
        await town.end();
      }
    },
    { scope: "worker", timeout: 120_000 },
  ],

  // A running town with the sample in it.
  town: async ({ filled }, use) => {
    const town = filled.copy();
    try {
      await town.serve();
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
        if (!(name in PEOPLE)) throw new Error(`nobody is called ${name}`);
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

// What axe finds on a page, each as one line.
async function findings(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate((rules) => window.axe.run({ runOnly: rules }), RULES);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 160)} (${node.any.map((one) => one.message).join("; ")})`),
  );
}

module.exports = { test, expect: base.expect, findings };
