"use strict";
// Makes the schema of a folder's entities, with the team's own TypeORM. It reads from stdin
//
//   {"folder": F, "typeorm": T, "connection": {"host": ..., "port": ..., ...}, "answer": A}
//
// and writes {"entities": [names]} or {"error": E, "stage": "load" | "entities" | "schema"} to the
// file A: stdout belongs to the team's own code.

const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");

const CODE = /\.(c|m)?js$/;
const NO_ENTITIES = /\.(spec|test|e2e-spec|stories)\.(c|m)?js$/;

function* files(folder) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== "node_modules") {
      yield* files(file);
    } else if (entry.isFile() && CODE.test(file) && !NO_ENTITIES.test(file)) {
      yield file;
    }
  }
}

function collect(value, found, { EntitySchema }) {
  if (typeof value === "function" || value instanceof EntitySchema) {
    found.add(value);
  } else if (Array.isArray(value)) {
    value.forEach((each) => collect(each, found, { EntitySchema }));
  }
}

async function load(folder, typeorm) {
  const found = new Set();
  for (const file of files(folder)) {
    const module = await import(pathToFileURL(file).href);
    const exported = { ...module, ...(module.default?.__esModule ? module.default : {}) };
    Object.values(exported).forEach((value) => collect(value, found, typeorm));
    if (module.default && typeof module.default === "object") {
      Object.values(module.default).forEach((value) => collect(value, found, typeorm));
    }
  }
  return [...found];
}

async function build(source) {
  for (const metadata of source.entityMetadatas) {
    metadata.synchronize = metadata.tableType !== "junction" || metadata.synchronize;
    if (metadata.schema) {
      await source.query(`CREATE SCHEMA IF NOT EXISTS "${metadata.schema.replaceAll('"', '""')}"`);
    }
  }
  await source.synchronize();
}

const asked = JSON.parse(fs.readFileSync(0, "utf8"));
let stage = "load";

async function main() {
  const { folder, typeorm: home, connection } = asked;
  const typeorm = require(home);
  const entities = await load(folder, typeorm);
  stage = "entities";
  const options = { type: "postgres", entities, synchronize: false, logging: false };
  const source = await new typeorm.DataSource({ ...options, ...connection }).initialize();
  stage = "schema";
  await build(source);
  await source.destroy();
  return { entities: source.entityMetadatas.map((metadata) => metadata.name) };
}

function answer(told) {
  fs.writeFileSync(asked.answer, JSON.stringify(told));
  process.exit(0); // whatever the team's code has begun
}

main().then(answer, (error) => {
  const query = error?.query ? ` (${error.query})` : "";
  answer({ error: `${error?.message ?? error}${query}`, stage });
});
