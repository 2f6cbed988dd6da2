// Runs or reverts the migrations of a folder, as TypeORM's own command does: migrate.js up | down [n]
import path from 'node:path';
import { DataSource } from 'typeorm';

async function main(direction: string, times: number): Promise<void> {
  const source = await new DataSource({
    type: 'postgres',
    migrations: [path.join(__dirname, 'migrations', '*.js')],
    migrationsTableName: 'migrations',
    migrationsTransactionMode: process.env.MODE === 'each' ? 'each' : 'all',
  }).initialize();
  if (direction === 'up') {
    await source.runMigrations();
  }
  for (let number = 0; direction === 'down' && number < times; number += 1) {
    await source.undoLastMigration();
  }
  console.log(JSON.stringify(await source.query('SELECT name FROM migrations ORDER BY id')));
  await source.destroy();
}

main(process.argv[2] ?? 'up', Number(process.argv[3] ?? 1)).catch((error: unknown) => {
  console.error(String(error));
  process.exit(1);
});
