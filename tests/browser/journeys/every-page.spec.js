// Every page that anybody's links lead to.
"use strict";

const { look } = require("../lib/look");
const { test, expect } = require("../lib/test");
const { PEOPLE, DUE, password } = require("../lib/town");
const { walk } = require("../lib/walk");

for (const [name, role] of Object.entries(PEOPLE)) {
  test(`every page of the ${role}: axe, two sizes, 200 %`, async ({ at, town }) => {
    test.setTimeout(240_000);
    town.einmal(["--password-stdin", "collect", "plan", "--due", DUE, "--as", "paul"], password("paul"));
    const page = await at(name);
    const { files } = await walk(page, async (kind, answer) => {
      expect.soft(answer.status(), `${kind} answers`).toBe(200);
      await look(page, `${role} ${kind}`);
    });
    expect.soft(files.filter((file) => file.status !== 200)).toEqual([]);
  });
}
