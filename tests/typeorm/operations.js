"use strict";
// What the application does, in this order; each answers with what TypeORM gave it.
//
// A round works on rows that have its tag in their names, so that rounds are alike whatever else
// there is, and two of them do not meet. It leaves rows behind, which the next round changes.

const { Between, ILike, In, IsNull, LessThan, Like, MoreThan, Not } = require("typeorm");
const { User, UserNode, NodeRequest } = require("./entities");

const SUMMER = new Date("2025-07-01T10:00:00.250Z");
const WINTER = new Date("2025-12-09T23:30:00.000Z");
// More than the target has room for.
const LONG = "long ".repeat(70);

/** The names and repositories of one round. */
function roundOf(source, tag, earlier) {
  return {
    source,
    tag,
    earlier,
    users: source.getRepository(User),
    nodes: source.getRepository(UserNode),
    requests: source.getRepository(NodeRequest),
    email: (name) => `${name}@${tag}.example`,
    address: (name) => `gonka1-${tag}-${name}`,
    mine: { user: { email: Like(`%@${tag}.example`) } },
    ann: () => source.getRepository(User).findOneByOrFail({ email: `Ann@${tag}.example` }),
  };
}

/** What a refused statement says to an application that knows what it has done. */
async function refused(work) {
  try {
    await work();
  } catch (error) {
    return error.driverError?.code ?? error.message;
  }
  return "accepted";
}

/** What becomes of the deletion of a new user who has a row of that entity; it is only tried. */
function deletion({ source, email }, entity, row) {
  const trial = new Error("accepted");
  return refused(() =>
    source.transaction(async (manager) => {
      const user = await manager.save(User, { email: email("fay"), password: "p" });
      await manager.insert(entity, { userId: user.id, ...row });
      await manager.delete(User, user.id);
      throw trial;
    }),
  );
}

const operations = {
  insert: async ({ users, email }) => {
    const made = await users.insert({ email: email("Ann"), password: "p", name: "Ann" });
    return [made.identifiers, made.generatedMaps];
  },

  "bulk insert": async ({ nodes, address, ann }) => {
    const { id } = await ann();
    const made = await nodes.insert(
      Array.from({ length: 100 }, (_, number) => ({
        userId: id,
        nodeAddress: address(`${number}`.padStart(2, "0")),
        label: number % 2 ? `odd ${number}` : null,
        gpuType: "H100",
        isActive: number % 3 > 0,
        createdAt: SUMMER,
      })),
    );
    return made.generatedMaps.length;
  },

  "save (insert)": async ({ users, requests, email, ann }) => {
    const ben = await users.save(
      users.create({ email: email("ben"), password: "p", name: LONG, role: "admin" }),
    );
    const made = await requests.save([
      { user: await ann(), gpuType: "H100", gpuCount: 8, region: "Kraków", message: "please" },
      { user: ben, gpuType: "3080", region: LONG, status: "approved", createdAt: WINTER,
        processedBy: email("Ann"), processedAt: SUMMER },
      { user: ben, gpuType: "4090", processedBy: "nobody that we know", processedAt: WINTER },
    ]);
    return [ben, made];
  },

  "save (update)": async ({ users, requests, nodes, ann, address }) => {
    const changed = await users.save({ ...(await ann()), name: "Ann Ж", role: "admin" });
    const node = await nodes.findOneByOrFail({ nodeAddress: address("00") });
    Object.assign(node, { label: LONG, notes: "changed" });
    const request = await requests.findOneByOrFail({ userId: changed.id });
    Object.assign(request, { gpuType: "H200", message: null });
    return [changed, await nodes.save(node), await requests.save(request)];
  },

  find: ({ users, tag }) =>
    users.find({ where: { email: ILike(`%@${tag}.EXAMPLE`) }, order: { email: "ASC" } }),

  "find with a column that is left out": ({ users, email }) =>
    users.findOne({ select: ["id", "password"], where: { email: email("ben") } }),

  "find with a join": async ({ users, requests, email, mine }) => [
    await users.findOne({
      where: { email: email("ben") },
      relations: { requests: true },
      order: { requests: { gpuType: "ASC" } },
    }),
    await users.findOne({
      where: { nodes: { nodeAddress: Like("%-07") }, email: email("Ann") },
      relations: { nodes: true, requests: true },
    }),
    await requests.find({
      where: mine,
      relations: { user: true },
      order: { gpuType: "ASC" },
      relationLoadStrategy: "query",
    }),
  ],

  "find with an enum and dates": ({ requests, users, mine, tag }) =>
    Promise.all([
      requests.findBy({ ...mine, status: In(["approved", "rejected"]), gpuType: "3080" }),
      requests.findBy({ ...mine, status: Not("pending"), processedAt: Between(SUMMER, WINTER) }),
      requests.findBy({ ...mine, processedAt: MoreThan(SUMMER), region: IsNull() }),
      requests.countBy({ ...mine, createdAt: LessThan(new Date("2026-01-01")) }),
      users.findBy({ role: "admin", isActive: true, email: Like(`ben@${tag}.%`) }),
    ]),

  count: async ({ nodes, requests, users, mine, email }) => [
    await nodes.count({ where: mine }),
    await nodes.countBy({ ...mine, isActive: true }),
    await requests.countBy([{ ...mine, status: "pending" }, { ...mine, gpuType: "3080" }]),
    await users.existsBy({ email: email("nobody") }),
    await requests.sum("gpuCount", mine),
    await requests.maximum("gpuCount", mine),
  ],

  "query builder": async ({ users, requests, tag }) => [
    await users
      .createQueryBuilder("user")
      .leftJoinAndSelect("user.nodes", "node", "node.isActive = :on", { on: true })
      .where("user.email LIKE :mine", { mine: `%@${tag}.example` })
      .andWhere("user.role IN (:...roles)", { roles: ["admin", "user"] })
      .orderBy("user.email", "DESC")
      .addOrderBy("node.nodeAddress", "ASC")
      .take(1)
      .skip(1)
      .getMany(),
    await requests
      .createQueryBuilder("request")
      .innerJoin("request.user", "user")
      .select("request.status", "status")
      .addSelect("count(*)", "count")
      .addSelect("max(request.processedAt)", "last")
      .where("user.email LIKE :mine", { mine: `%@${tag}.example` })
      .groupBy("request.status")
      .having("count(*) > 0")
      .orderBy("request.status")
      .limit(3)
      .getRawMany(),
    await users
      .createQueryBuilder("user")
      .where((query) => {
        const owned = query.subQuery().select("node.userId").from(UserNode, "node");
        return `user.id IN ${owned.where("node.nodeAddress LIKE :node").getQuery()}`;
      })
      .setParameter("node", `gonka1-${tag}-%`)
      .loadRelationCountAndMap("user.nodeCount", "user.nodes")
      .getMany(),
  ],

  "update by criteria": async ({ nodes, requests, users, address, ann, email }) => {
    const { id } = await ann();
    return [
      (await nodes.update({ userId: id, gpuType: "H100", isActive: false }, { label: "idle" }))
        .affected,
      (await users.update({ email: email("ben") }, { isActive: false, name: null })).affected,
      (await requests.update({ userId: id }, { gpuType: "4090", processedBy: email("ben") }))
        .affected,
      (await nodes.update({ nodeAddress: address("none") }, { label: "x" })).affected,
      await users.findOneBy({ email: email("ben") }),
    ];
  },

  increment: async ({ requests, ann }) => {
    const { id } = await ann();
    await requests.increment({ userId: id }, "gpuCount", 3);
    await requests.decrement({ userId: id }, "gpuCount", 1);
    return requests
      .createQueryBuilder()
      .update()
      .set({ gpuCount: () => "gpu_count * 2" })
      .where({ userId: id })
      .returning(["id", "gpuCount", "status", "updatedAt"])
      .execute();
  },

  "change of the status": async ({ requests, mine }) => {
    const [request] = await requests.findBy({ ...mine, status: "pending", region: IsNull() });
    request.status = "completed";
    request.processedAt = WINTER;
    await requests.save(request);
    await requests.update(request.id, { status: "rejected", adminNotes: "no" });
    return [
      await requests.findOneBy({ id: request.id }),
      await requests.countBy({ ...mine, status: "rejected" }),
    ];
  },

  upsert: async ({ users, nodes, requests, email, address, ann }) => {
    const { id } = await ann();
    const twice = (repository, rows, options) =>
      repository.upsert(rows, options).then(() => repository.upsert(rows, options));
    await twice(users, { email: email("cleo"), password: "q", name: "Cleo" }, ["email"]);
    await users.upsert(
      [
        { email: email("cleo"), password: "q", name: "Cleo the second", role: "admin" },
        { email: email("dora"), password: "q", name: "Dora" },
      ],
      { conflictPaths: { email: true }, skipUpdateIfNoValuesChanged: true },
    );
    await users.upsert({ id, email: email("Ann"), password: "new" }, ["id"]);
    await twice(nodes, { userId: id, nodeAddress: address("up"), label: "up" }, ["nodeAddress"]);
    await nodes.upsert({ userId: id, nodeAddress: address("up"), gpuType: "H200" }, {
      conflictPaths: ["nodeAddress"],
      upsertType: "on-conflict-do-update",
    });
    const node = await nodes.findOneByOrFail({ nodeAddress: address("up") });
    await nodes.upsert({ ...node, notes: "by id", label: LONG }, ["id"]);
    const [request] = await requests.findBy({ userId: id });
    const again = await requests.upsert({ ...request, status: "approved", region: LONG }, ["id"]);
    return [
      again.identifiers,
      await users.find({ where: { email: In([email("cleo"), email("dora")]) },
                         order: { email: "ASC" } }),
      await users.findOne({ select: ["password", "name"], where: { id } }),
      await nodes.findOneBy({ nodeAddress: address("up") }),
      await requests.findOneBy({ id: request.id }),
    ];
  },

  "insert or nothing": async ({ users, nodes, email, address, ann }) => {
    const { id } = await ann();
    const insert = (repository, row) =>
      repository.createQueryBuilder().insert().values(row).orIgnore().returning("id").execute();
    return [
      (await insert(users, { email: email("Ann"), password: "x" })).raw.length,
      (await insert(nodes, { userId: id, nodeAddress: address("up") })).raw.length,
      (await insert(nodes, { userId: id, nodeAddress: address("new") })).raw.length,
    ];
  },

  delete: async ({ nodes, requests, mine, address }) => {
    const [last] = await requests.findBy({ ...mine, gpuType: "3080" });
    return [
      (await nodes.delete({ nodeAddress: In([address("97"), address("98")]) })).affected,
      (await requests.delete(last.id)).affected,
      (await requests.delete(last.id)).affected,
      await nodes.countBy(mine),
    ];
  },

  remove: async ({ users, nodes, email, address }) => {
    const node = await nodes.findOneByOrFail({ nodeAddress: address("99") });
    const dora = await users.findOneByOrFail({ email: email("dora") });
    await nodes.remove([node]);
    await users.remove(dora);
    return [await nodes.countBy({ nodeAddress: address("99") }), dora];
  },

  "insert what was deleted": ({ nodes, address, ann }) =>
    ann().then((user) => nodes.save({ user, nodeAddress: address("99"), createdAt: WINTER })),

  "set of a relation": async ({ users, nodes, email, address }) => {
    const ben = await users.findOneByOrFail({ email: email("ben") });
    const node = await nodes.findOneByOrFail({ nodeAddress: address("50") });
    await users.createQueryBuilder().relation("nodes").of(ben).add(node);
    return [
      await users.createQueryBuilder().relation("nodes").of(ben).loadMany(),
      await nodes.update({ nodeAddress: address("51") }, { user: ben }),
    ];
  },

  "change of an address": async ({ nodes, address }) => {
    const node = await nodes.findOneByOrFail({ nodeAddress: address("52") });
    node.nodeAddress = address("moved");
    return nodes.save(node);
  },

  "transaction with a rollback": async (round) => {
    const { source, users, nodes, requests, email, address, mine } = round;
    const given = await refused(() =>
      source.transaction(async (manager) => {
        const user = await manager.save(User, { email: email("eve"), password: "p" });
        await manager.insert(UserNode, { userId: user.id, nodeAddress: address("eve") });
        await manager.delete(NodeRequest, { processedBy: email("ben") });
        throw new Error("on second thoughts");
      }),
    );
    return [
      given,
      await users.countBy({ email: email("eve") }),
      await nodes.countBy(mine),
      await requests.countBy(mine),
    ];
  },

  "transaction with a savepoint": async ({ source, nodes, address, email, users }) => {
    await source.transaction("REPEATABLE READ", async (outer) => {
      await outer.update(UserNode, { nodeAddress: address("53") }, { notes: "outer" });
      await refused(() =>
        outer.transaction(async (inner) => {
          await inner.delete(UserNode, { nodeAddress: address("53") });
          await inner.insert(User, { email: email("Ann"), password: "p" });
        }),
      );
      await outer.update(User, { email: email("ben") }, { isActive: true });
    });
    return [
      await nodes.findOneBy({ nodeAddress: address("53") }),
      await users.findOneBy({ email: email("ben") }),
    ];
  },

  "raw query": async ({ source, email, tag }) => [
    await source.query(
      `SELECT u.email, u.role, u."isActive", count(n.id)::int AS nodes
       FROM users u LEFT JOIN user_nodes n ON n.user_id = u.id
       WHERE u.email LIKE $1 GROUP BY u.id, u.email, u.role, u."isActive" ORDER BY u.email`,
      [`%@${tag}.example`],
    ),
    await source.query(
      `UPDATE users SET "updatedAt" = now(), role = $2::users_role_enum WHERE email = $1
       RETURNING id, email, role, "isActive", "createdAt"`,
      [email("cleo"), "user"],
    ),
    await source.query(
      `WITH gone AS (DELETE FROM user_nodes WHERE node_address = $1 RETURNING *)
       SELECT node_address, gpu_type, is_active FROM gone`,
      [`gonka1-${tag}-54`],
    ),
    await source.query("SELECT enum_range(NULL::node_requests_status_enum)::text[] AS states"),
  ],

  "pessimistic lock": async ({ source, users, nodes, requests, email, address }) => {
    const locked = (repository, where, mode) =>
      source.transaction(async (manager) => {
        const found = await manager.withRepository(repository).findOne({ where, lock: { mode } });
        const others = (each, onLocked) =>
          source.transaction((other) =>
            other.withRepository(repository).find({ where, lock: { mode: each, onLocked } }),
          );
        return [
          found?.id,
          (await others("pessimistic_write", "skip_locked")).length,
          await refused(() => others("pessimistic_write", "nowait")),
          await refused(() => others("for_key_share", "nowait")),
        ];
      });
    const ben = await users.findOneByOrFail({ email: email("ben") });
    return [
      await locked(users, { email: email("Ann") }, "pessimistic_write"),
      await locked(users, { email: email("Ann") }, "for_no_key_update"),
      await locked(nodes, { nodeAddress: address("60") }, "pessimistic_write"),
      await locked(requests, { userId: ben.id, gpuType: "4090" }, "pessimistic_write"),
      await source.transaction((manager) =>
        manager.findOne(User, {
          where: { id: ben.id, requests: { gpuType: "4090" } },
          relations: { requests: true },
          lock: { mode: "pessimistic_read", tables: ["users"] },
        }),
      ),
    ];
  },

  pagination: async ({ nodes, users, mine, tag }) => [
    await nodes.findAndCount({ where: mine, order: { nodeAddress: "ASC" }, skip: 40, take: 3 }),
    await users.findAndCount({
      where: { email: Like(`%@${tag}.example`) },
      relations: { requests: true },
      order: {
        name: { direction: "ASC", nulls: "LAST" },
        email: "DESC",
        requests: { gpuType: "ASC" },
      },
      skip: 1,
      take: 2,
    }),
  ],

  streaming: async ({ nodes, tag }) => {
    const stream = await nodes
      .createQueryBuilder("node")
      .where("node.nodeAddress LIKE :mine", { mine: `gonka1-${tag}-%` })
      .orderBy("node.nodeAddress")
      .stream();
    const found = [];
    for await (const row of stream) {
      found.push(row.node_node_address);
    }
    return found;
  },

  "refused statements": async ({ users, nodes, requests, email, address, ann }) => {
    const nobody = "00000000-0000-4000-8000-000000000000";
    const { id } = await ann();
    return [
      await refused(() => users.insert({ email: email("Ann"), password: "p" })),
      await refused(() => users.update({ email: email("ben") }, { email: email("Ann") })),
      await refused(() => users.insert({ email: null, password: "p" })),
      await refused(() => users.insert({ email: email("f"), password: "p", role: "guest" })),
      await refused(() => nodes.insert({ userId: nobody, nodeAddress: address("f") })),
      await refused(() => nodes.insert({ userId: id, nodeAddress: address("60") })),
      await refused(() => nodes.insert({ userId: null, nodeAddress: address("f") })),
      await refused(() => requests.insert({ userId: nobody, gpuType: "H100" })),
      await refused(() => requests.insert({ userId: id, gpuType: "H300" })),
      await refused(() => requests.insert({ userId: id })),
      await refused(() => requests.update({ userId: id }, { status: null })),
    ];
  },

  // A table has one foreign key, and the target's have ON DELETE CASCADE.
  "delete of a user who has a node": (round) =>
    deletion(round, UserNode, { nodeAddress: round.address("fay") }),

  "delete of a user who has a request": (round) =>
    deletion(round, NodeRequest, { gpuType: "H100" }),

  "change of older rows": async ({ source, users, nodes, requests, earlier, tag }) => {
    const before = roundOf(source, earlier, undefined);
    const ann = await before.ann();
    await users.save({ ...ann, name: `Ann of ${tag}`, isActive: false });
    await users.upsert({ email: ann.email, password: "r", role: "user" }, ["email"]);
    await nodes.upsert(
      { userId: ann.id, nodeAddress: before.address("00"), label: `of ${tag}` },
      ["nodeAddress"],
    );
    const [request] = await requests.findBy({ userId: ann.id });
    await requests.save({ ...request, status: "completed", processedBy: ann.email });
    const cleo = await users.findOneByOrFail({ email: before.email("cleo") });
    await nodes.update({ nodeAddress: before.address("10") }, { user: cleo });
    await nodes.delete({ nodeAddress: Like(before.address("2%")) });
    return [
      await users.findOneBy({ id: ann.id }),
      await nodes.findOne({ where: { nodeAddress: before.address("00") } }),
      await nodes.findOne({ where: { nodeAddress: before.address("10") }, relations: ["user"] }),
      await nodes.countBy(before.mine),
      await requests.findOneBy({ id: request.id }),
    ];
  },
};

module.exports = { operations, roundOf };
