// Which Chromium is driven, and how it starts.
//
// Nothing is downloaded: the distribution's own browser is used. It asks nobody on the network for anything.
"use strict";

const { existsSync } = require("node:fs");

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const executablePath = process.env.EINMAL_CHROMIUM || PLACES.find(existsSync);
if (!executablePath) {
  throw new Error("no Chromium was found: install it (apt-get install chromium), or name it by EINMAL_CHROMIUM");
}

const isRoot = process.getuid?.() === 0;

const args = [
  // Chromium's sandbox refuses to run as root, which is who runs tests in a container
  ...(isRoot ? ["--no-sandbox"] : []),
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

module.exports = { launch: { executablePath, args } };
