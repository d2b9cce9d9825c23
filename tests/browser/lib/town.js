// A town with its books, its people and its running program.
//
// Drives the built program alone: no row is written by hand. Invariant: a town ends with its test, whatever became of it.
"use strict";

const { execFileSync, spawn } = require("node:child_process");
const { cpSync, mkdtempSync, rmSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join, resolve } = require("node:path");

const engines = require("./engines");
const { statement, iban, cents } = require("./statements");

const ROOT = resolve(__dirname, "../../..");
const SAMPLE = join(ROOT, "samples/warstein");
const PROGRAM = process.env.EINMAL_BIN ?? join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "debug/einmal");

// The business day of the sample's story, and the day of its collection.
const TODAY = "2024-03-11";
const DUE = "2024-03-25";

// One person for each role.
const PEOPLE = {
  vera: "administrator",
  klara: "clerk",
  rita: "reviewer",
  paul: "planner",
  frieda: "releaser",
  dora: "desk",
  anton: "auditor",
  theo: "treasurer",
};

const password = (name) => `${[...name].reverse().join("")}-Mittagspause-1895`;

// What the administrator sets, good for setting an own one.
const FIRST = "Erstes-Wort-fuer-alle";

// Texts that a page must show and never run.
const HOSTILE = [
  `<script>document.title="run"</script>`,
  `"><img src=x onerror="document.title='run'">`,
  `'};document.title='run';//`,
  `<svg/onload=alert(1)>{{7*7}}`,
];

class Town {
  constructor(engine, folder) {
    this.engine = engines[engine];
    this.folder = folder;
    // who was registered beside those whom every town has
    this.more = new Set();
  }

  static folder(engine) {
    return mkdtempSync(join(tmpdir(), `einmal-${engine}-`));
  }

  // A town on an empty database, with its people; nothing is imported.
  static found(engine) {
    const town = new Town(engine, Town.folder(engine));
    cpSync(SAMPLE, town.folder, { recursive: true });
    town.engine.create(town.folder);
    town.einmal(["user", "add", "vera", "--role", PEOPLE.vera], password("vera"));
    town.register("theo", []);
    for (const name of Object.keys(PEOPLE).filter((name) => !["vera", "theo"].includes(name))) {
      town.register(name, ["theo"]);
    }
    return town;
  }

  // Registers a person, confirmed by a second one where it takes two, who sets a password of his own.
  register(name, confirmers, role = PEOPLE[name]) {
    this.more.add(name);
    const second = confirmers.flatMap((other) => ["--with", other]);
    const words = ["--password-stdin", "user", "add", name, "--role", role, "--as", "vera", ...second];
    this.einmal(words, password("vera"), ...confirmers.map(password), FIRST);
    this.einmal(["--password-stdin", "user", "password", name], FIRST, password(name));
  }

  // The sample, and one day more: ten strangers who pay what just one item owes and name nothing, and hostile texts.
  fill() {
    this.einmal(["import", "offene-posten.csv", "mandate.csv", "kontoauszuege"]);
    this.einmal(["match"]);
    writeFileSync(join(this.folder, "doubts.xml"), this.doubts());
    this.einmal(["import", "doubts.xml"]);
    this.einmal(["match"]);
  }

  doubts() {
    const [last] = this.report("statements").slice(-1);
    const owed = this.report("receivables").filter((item) => item.state === "open");
    const alone = owed.filter((item) => owed.filter((other) => other.open === item.open).length === 1);
    const strangers = alone.slice(0, 10).map((item, place) => ({
      cents: cents(item.open),
      reference: `DOUBT-${place}`,
      name: `Fremde Zahlerin ${place}`,
      iban: iban("99920020", 700100 + place),
      text: "Abgaben der Stadt",
    }));
    const hostile = HOSTILE.map((text, place) => ({
      cents: 1101 + place,
      reference: `HOSTILE-${place}`,
      name: text.slice(0, 70),
      iban: iban("99920020", 800100 + place),
      text: `Abgaben ${text}`,
    }));
    const credits = [...strangers, ...hostile];
    return statement({ account: last.account, opening: cents(last.closing), day: TODAY, number: 900, credits });
  }

  // The bank credits the sum of a payment file on this day and takes one debit of it back, with charges.
  bankCollects(message, sum, back) {
    const [last] = this.report("statements").slice(-1);
    const debits = [
      { cents: sum, reference: "COLLECTED", message },
      { cents: -(back.cents + back.charges), reference: "BACK", endToEnd: back.endToEnd, reason: back.reason },
    ];
    const opening = cents(last.closing);
    writeFileSync(
      join(this.folder, "collected.xml"),
      statement({ account: last.account, opening, day: TODAY, number: 901, credits: [], debits }),
    );
    this.einmal(["import", "collected.xml"]);
    this.einmal(["match"]);
  }

  // The bank pays a refund, as the last statement tells.
  bankPays(endToEnd, sum) {
    const [last] = this.report("statements").slice(-1);
    const transfers = [{ cents: -sum, reference: "PAID", endToEnd }];
    const opening = cents(last.closing);
    const told = { account: last.account, opening, day: TODAY, number: 902, credits: [], transfers };
    writeFileSync(join(this.folder, "paid.xml"), statement(told));
    this.einmal(["import", "paid.xml"]);
    this.einmal(["match"]);
  }

  copy() {
    const engine = this.engine === engines.sqlite ? "sqlite" : "postgres";
    const town = new Town(engine, Town.folder(engine));
    cpSync(SAMPLE, town.folder, { recursive: true });
    this.engine.copy(this.folder, town.folder);
    return town;
  }

  // Runs a command with lines on stdin; returns what it prints.
  einmal(words, ...lines) {
    const said = { cwd: this.folder, input: lines.map((line) => `${line}\n`).join(""), encoding: "utf8", stdio: "pipe" };
    return execFileSync(PROGRAM, [...this.where(), ...words], said);
  }

  where() {
    return ["--db", this.engine.url(this.folder), "--today", TODAY];
  }

  report(name) {
    return JSON.parse(this.einmal(["--format", "json", "report", name]));
  }

  // Starts the server on a port that the system chooses, with further words of its command line.
  async serve(...words) {
    this.server = spawn(PROGRAM, [...this.where(), "serve", "--listen", "127.0.0.1:0", ...words], {
      cwd: this.folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.log = "";
    this.url = await new Promise((done, failed) => {
      this.server.stderr.on("data", (bytes) => {
        this.log += bytes;
        const address = this.log.match(/einmal is at (https?:\/\/[^ ]+)\//);
        if (address) done(address[1]);
      });
      this.server.on("exit", () => failed(new Error(`the server ended: ${this.log}`)));
    });
  }

  async end() {
    if (this.server && this.server.exitCode === null) {
      const gone = new Promise((done) => this.server.on("exit", done));
      this.server.removeAllListeners("error");
      this.server.kill("SIGKILL");
      await gone;
    }
    this.engine.remove(this.folder);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

module.exports = { Town, PEOPLE, HOSTILE, SAMPLE, TODAY, DUE, password };
