// A picture of a page: node shot.js URL FILE [WIDTH HEIGHT] [--login NAME PASSWORD] [--full] [--lang en] [--no-script]
//
// Says on stderr what the browser's console said and which requests failed.
"use strict";

const { chromium } = require("@playwright/test");
const { launch } = require("./lib/chromium");

function read(words) {
  const option = (name, count) => {
    const place = words.indexOf(name);
    return place < 0 ? null : words.splice(place, count + 1).slice(1);
  };
  const asked = {
    login: option("--login", 2),
    full: option("--full", 0) !== null,
    script: option("--no-script", 0) === null,
    lang: option("--lang", 1)?.[0],
  };
  const [url, file, width, height] = words;
  if (!url || !file) {
    throw new Error("shot.js URL FILE [WIDTH HEIGHT] [--login NAME PASSWORD] [--full] [--lang en] [--no-script]");
  }
  return { ...asked, url, file, viewport: { width: Number(width ?? 1366), height: Number(height ?? 768) } };
}

async function main() {
  const asked = read(process.argv.slice(2));
  const browser = await chromium.launch(launch);
  const context = await browser.newContext({ viewport: asked.viewport, javaScriptEnabled: asked.script });
  const page = await context.newPage();
  page.on("console", (line) => console.error(`console ${line.type()}: ${line.text()}`));
  page.on("requestfailed", (request) => console.error(`failed: ${request.url()} ${request.failure()?.errorText}`));
  const { origin } = new URL(asked.url);
  if (asked.lang) {
    await context.addCookies([{ name: "einmal_lang", value: asked.lang, url: origin }]);
  }
  if (asked.login) {
    await page.goto(`${origin}/login`);
    await page.locator("#name").fill(asked.login[0]);
    await page.locator("#password").fill(asked.login[1]);
    await page.locator("main button[type=submit]").click();
  }
  const answer = await page.goto(asked.url);
  await page.screenshot({ path: asked.file, fullPage: asked.full });
  console.error(`${answer.status()} ${page.url()}: ${await page.title()}`);
  await browser.close();
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
