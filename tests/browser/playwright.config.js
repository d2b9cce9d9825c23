// The same journeys on each database; `cargo xtask browser` and the step `browser` of `cargo xtask test` run them.
"use strict";

const { defineConfig } = require("@playwright/test");
const { join } = require("node:path");

const { launch } = require("./lib/chromium");

const artifacts =
  process.env.EINMAL_BROWSER_ARTIFACTS ?? join(process.env.CARGO_TARGET_DIR ?? join(__dirname, "../../target"), "browser");

module.exports = defineConfig({
  testDir: "journeys",
  outputDir: join(artifacts, "failed"),
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: "line",
  use: { launchOptions: launch, actionTimeout: 15_000, screenshot: "only-on-failure", trace: "retain-on-failure" },
  // how a page looks does not depend on the database: each is looked at on one of them
  projects: [
    { name: "sqlite", use: { engine: "sqlite" } },
    { name: "postgres", use: { engine: "postgres" }, testIgnore: "every-page.spec.js" },
  ],
});
