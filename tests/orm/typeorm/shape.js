"use strict";
// What TypeORM would change about a database for its entities: a JSON list of statements.
const { DataSource } = require("typeorm");
const { entities } = require(process.argv[2]);

async function main() {
  const source = await new DataSource({ type: "postgres", entities }).initialize();
  const log = await source.driver.createSchemaBuilder().log();
  console.log(JSON.stringify(log.upQueries.map((query) => query.query)));
  await source.destroy();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
