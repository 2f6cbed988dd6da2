"use strict";
// Where a folder's TypeORM and TypeScript are: node find.cjs FOLDER

const fs = require("node:fs");
const { createRequire } = require("node:module");
const path = require("node:path");

const from = createRequire(path.join(path.resolve(process.argv[2]), "index.js"));

function found(name) {
  for (const folder of from.resolve.paths(name)) {
    const home = path.join(folder, name);
    if (fs.existsSync(path.join(home, "package.json"))) {
      const told = JSON.parse(fs.readFileSync(path.join(home, "package.json"), "utf8"));
      return { home, version: told.version, bin: told.bin };
    }
  }
  return null;
}

process.stdout.write(
  JSON.stringify({ typeorm: found("typeorm"), pg: found("pg"), typescript: found("typescript") }),
);
