// Walks through everything that a person's links lead to.
//
// Invariant: of pages that differ in a number alone one is seen; nothing is sent, only looked at.
"use strict";

// Pages of one kind that a walk may find before something is wrong with the walk.
const MOST = 80;

// What kind of page an address leads to: numbers, names of runs and of days say only which.
function kind(address) {
  const { pathname, searchParams } = new URL(address);
  const path = pathname
    .split("/")
    .map((part) => (/^[A-Z]?\d[\d-]*$|^[0-9a-f]{16,}$/.test(part) ? "*" : part))
    .join("/");
  const asked = [...new Set(searchParams.keys())].sort().join("&");
  return asked ? `${path}?${asked}` : path;
}

// Opens one page of each kind and calls `look` for it; returns the kinds and what they answered that is not a page.
async function walk(page, look) {
  const seen = new Set();
  const files = [];
  const waiting = [new URL("/", page.url()).href];
  while (waiting.length > 0) {
    const address = waiting.shift();
    if (seen.has(kind(address))) continue;
    seen.add(kind(address));
    if (seen.size > MOST) throw new Error(`more than ${MOST} kinds of pages: ${[...seen].join(" ")}`);
    const answer = await page.request.get(address);
    if (!answer.headers()["content-type"]?.startsWith("text/html")) {
      files.push({ kind: kind(address), status: answer.status() });
      continue;
    }
    const opened = await page.goto(address);
    await look(kind(address), opened);
    const links = await page.locator("a[href]").evaluateAll((all) => all.map((one) => one.href.split("#")[0]));
    const { origin } = new URL(page.url());
    waiting.push(...links.filter((link) => new URL(link).origin === origin));
  }
  return { kinds: [...seen], files };
}

module.exports = { walk };
