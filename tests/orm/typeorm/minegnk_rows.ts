// Writes a row of every entity of MineGNK, and reads all of them from both ends of their relations.
import assert from 'node:assert/strict';
import { DataSource } from 'typeorm';
import {
  EarningsHistory,
  Node,
  NodeRequest,
  NodeStatsCache,
  User,
  UserNode,
  entities,
} from './entities';

async function main(source: DataSource): Promise<void> {
  const users = source.getRepository(User);
  const admin = await users.save({ email: 'admin@example.com', password: 'x', role: 'admin' });
  const owner = await users.save(
    users.create({ email: 'owner@example.com', password: 'y', name: 'Owner' }),
  );
  assert.deepEqual([owner.role, owner.isActive, owner.currencyPreference], ['user', true, 'USD']);
  assert(owner.createdAt instanceof Date);
  const node = await source.getRepository(Node).save({
    identifier: 'gonka1',
    identifierType: 'wallet',
  });
  await source.getRepository(UserNode).save({ user: owner, node, assignedByUser: admin });
  await source.getRepository(NodeStatsCache).save({
    node,
    earningsTotal: '123456789012.12345678',
    uptimePercent: '99.95',
  });
  await source.getRepository(EarningsHistory).save({
    node,
    date: '2025-12-09',
    earningsGnk: '0.10000001',
  });
  await source.getRepository(NodeRequest).save({
    user: owner,
    assignedToUser: admin,
    processedByUser: admin,
    type: 'support',
  });

  const found = await source.getRepository(Node).findOneOrFail({
    where: { identifier: 'gonka1' },
    relations: {
      stats: true,
      earningsHistory: true,
      userNodes: { user: true, assignedByUser: true },
    },
  });
  assert.equal(found.stats?.earningsTotal, '123456789012.12345678');
  assert.deepEqual(
    found.earningsHistory.map((each) => [each.date, each.earningsGnk]),
    [['2025-12-09', '0.10000001']],
  );
  const [link] = found.userNodes;
  assert.deepEqual([link?.user.email, link?.assignedByUser?.email], [owner.email, admin.email]);

  const boss = await source.getRepository(User).findOneOrFail({
    where: { id: admin.id },
    relations: {
      nodes: true,
      userNodesByAssignedBy: { node: true },
      nodeRequests: true,
      nodeRequestsByAssignedTo: { user: true },
      nodeRequestsByProcessedBy: true,
    },
  });
  assert.deepEqual([boss.nodes, boss.nodeRequests], [[], []]);
  assert.equal(boss.userNodesByAssignedBy[0]?.node.identifier, 'gonka1');
  assert.equal(boss.nodeRequestsByAssignedTo[0]?.user.email, owner.email);
  assert.equal(boss.nodeRequestsByProcessedBy[0]?.status, 'pending');

  await source.getRepository(User).delete({ id: owner.id });
  assert.equal(await source.getRepository(NodeRequest).count(), 0);
  assert.equal(await source.getRepository(UserNode).count(), 0);
}

new DataSource({ type: 'postgres', entities })
  .initialize()
  .then(async (source) => {
    await main(source);
    await source.destroy();
  })
  .catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
