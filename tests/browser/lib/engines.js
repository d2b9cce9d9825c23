// Where a town's books are: in a file, or in a database of the server that EINMAL_TEST_POSTGRES names.
//
// Invariant: a copy shares nothing with what it was made of.
"use strict";

const { execFileSync } = require("node:child_process");
const { copyFileSync } = require("node:fs");
const { join } = require("node:path");

const sqlite = {
  url: (folder) => `sqlite://${join(folder, "einmal.db")}`,
  create: () => {},
  copy: (from, to) => copyFileSync(join(from, "einmal.db"), join(to, "einmal.db")),
  remove: () => {},
};

// The server's URL with {} in the place of the database, as `cargo xtask postgres` says it.
function server() {
  const url = process.env.EINMAL_TEST_POSTGRES;
  if (!url) {
    throw new Error("EINMAL_TEST_POSTGRES names no server: `cargo xtask browser --postgres` starts one");
  }
  return url;
}

const named = (folder) => `browser_${folder.split("/").pop().toLowerCase().replace(/[^a-z0-9]/g, "_")}`;

function onServer(program, ...words) {
  const { searchParams, username } = new URL(server().replace("{}", "postgres"));
  execFileSync(program, ["-h", searchParams.get("host"), "-U", username, ...words], { stdio: "pipe" });
}

const postgres = {
  url: (folder) => server().replace("{}", named(folder)),
  create: (folder) => onServer("createdb", named(folder)),
  copy: (from, to) => onServer("createdb", "-T", named(from), named(to)),
  remove: (folder) => onServer("dropdb", "--force", "--if-exists", named(folder)),
};

module.exports = { sqlite, postgres };
