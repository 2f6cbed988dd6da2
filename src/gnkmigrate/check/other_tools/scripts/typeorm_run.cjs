"use strict";
// Lists, runs and undoes TypeORM's migrations, with the team's own TypeORM. It reads from stdin
//
//   {"do": "list" | "up" | "down", "name": N, "folder": F, "typeorm": T, "answer": A}
//
// and writes its answer, or {"error": E}, to the file A: stdout belongs to the team's own code. The
// database is the one that PG* variables name.

const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");

const CODE = /\.(c|m)?js$/;

function* files(folder) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== "node_modules") {
      yield* files(file);
    } else if (CODE.test(entry.name)) {
      yield file;
    }
  }
}

function* exported(module) {
  for (const value of [...Object.values(module), ...Object.values(module.default ?? {})]) {
    if (typeof value === "function" && value.prototype?.up && value.prototype?.down) {
      yield value;
    }
  }
}

async function load(folder) {
  const found = new Set();
  for (const file of files(folder)) {
    for (const migration of exported(await import(pathToFileURL(file).href))) {
      found.add(migration);
    }
  }
  const named = [...found].map((each) => ({ each, name: new each().name ?? each.name }));
  const time = ({ name }) => Number(name.slice(-13));
  return named.sort((one, other) => time(one) - time(other));
}

function source({ DataSource }, migrations) {
  return new DataSource({
    type: "postgres",
    host: process.env.PGHOST,
    port: Number(process.env.PGPORT),
    username: process.env.PGUSER,
    password: process.env.PGPASSWORD,
    database: process.env.PGDATABASE,
    migrations: migrations.map(({ each }) => each),
  }).initialize();
}

async function run({ do: what, name, folder, typeorm }) {
  const tool = require(typeorm);
  const all = await load(folder);
  const upTo = name ? all.slice(0, all.findIndex((each) => each.name === name) + 1) : all;
  const connected = await source(tool, upTo);
  try {
    if (what === "up") {
      await connected.runMigrations({ transaction: "each" });
    } else if (what === "down") {
      await connected.undoLastMigration({ transaction: "each" });
    } else {
      const executor = new tool.MigrationExecutor(connected);
      const done = new Set((await executor.getExecutedMigrations()).map((each) => each.name));
      return { migrations: all.map((each) => ({ name: each.name, done: done.has(each.name) })) };
    }
  } finally {
    await connected.destroy();
  }
  return {};
}

const asked = JSON.parse(fs.readFileSync(0, "utf8"));

function answer(told) {
  fs.writeFileSync(asked.answer, JSON.stringify(told));
  process.exit(0); // whatever the team's code has begun
}

run(asked).then(answer, (error) => answer({ error: String(error?.message ?? error) }));
