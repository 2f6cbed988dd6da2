"use strict";
// An application of the old shape. It reads requests, one a line, and answers each with a line:
//
//   {"do": "work", "tag": T, "earlier": E}  a round: the answer of each operation, or its error
//   {"do": "list"}                          all rows of its tables
//   {"do": "shape"}                         the statements that synchronize would run
//   {"do": "begin", "tag": T, "expected": [A, B]}
//                                           one round after the other, each operation to answer as
//                                           in one of these rounds
//   {"do": "end"}                           ends that: how many rounds there were, which statements
//                                           are to be repeated (by their codes), and what differed
//
// Where the database is, PGHOST and its like say.

const readline = require("node:readline");
const { DataSource } = require("typeorm");
const entities = require("./entities");
const { operations, roundOf } = require("./operations");

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const LATELY = 10 * 60 * 1000; // zones differ by more
const TO_BE_REPEATED = ["40P01", "40001", "0A000"]; // docs/zero-downtime.md, What a client may notice

function connect() {
  return new DataSource({
    type: "postgres",
    entities: Object.values(entities),
    extra: { options: "-c search_path=gnkmigrate_legacy,public" },
  }).initialize();
}

/** An answer without what differs from round to round: ids, tags, the time. */
function alike(answer, tag, earlier) {
  const ids = new Map();
  const named = (id) => ids.get(id) ?? ids.set(id, `id ${ids.size + 1}`).get(id);
  const plain = JSON.stringify(answer ?? null, function told(key, value) {
    const isNow = this[key] instanceof Date && Math.abs(this[key] - Date.now()) < LATELY;
    return isNow ? "now" : value;
  });
  const text = plain.replaceAll(UUID, named).replaceAll(tag, "TAG");
  return JSON.parse(earlier ? text.replaceAll(earlier, "EARLIER") : text);
}

/** Each operation's answer, as it comes. */
async function* work(source, tag, earlier) {
  const round = roundOf(source, tag, earlier);
  for (const [name, operation] of Object.entries(operations)) {
    if (operation === operations["change of older rows"] && !earlier) {
      continue;
    }
    try {
      yield [name, alike(await operation(round), tag, earlier)];
    } catch ({ message, query, driverError }) {
      yield [name, { message, query, code: driverError?.code }];
    }
  }
}

async function workOnce(source, { tag, earlier }) {
  const answers = {};
  for await (const [name, answer] of work(source, tag, earlier)) {
    answers[name] = answer;
  }
  return answers;
}

/** A round is given up where one of its statements would have to be repeated. */
async function workOn(source, { tag, expected }, state) {
  const done = { rounds: 0, repeat: [], differing: [] };
  for (let number = 1; !state.over; number += 1) {
    for await (const [name, answer] of work(source, `${tag}-${number}-`)) {
      if (TO_BE_REPEATED.includes(answer?.code)) {
        done.repeat.push(answer);
        break;
      }
      const told = JSON.stringify(answer);
      if (!expected.some((answers) => JSON.stringify(answers[name]) === told)) {
        done.differing.push([name, answer]);
      }
    }
    done.rounds += 1;
  }
  return done;
}

async function list(source) {
  const rows = {};
  for (const entity of Object.values(entities)) {
    const { tableName } = entity.options;
    rows[tableName] = await source.getRepository(entity).find({ order: { id: "ASC" } });
  }
  return rows;
}

async function main() {
  const source = await connect();
  const state = { over: false, working: undefined };
  const answering = {
    work: async (request) => {
      await (await connect()).destroy(); // as after a restart
      return workOnce(source, request);
    },
    list: () => list(source),
    shape: async () => (await source.driver.createSchemaBuilder().log()).upQueries,
    begin: (request) => {
      state.over = false;
      state.working = workOn(source, request, state);
    },
    end: () => {
      state.over = true;
      return state.working;
    },
  };
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    const answer = await answering[request.do](request);
    process.stdout.write(`${JSON.stringify(answer ?? null)}\n`);
  }
  state.over = true;
  await state.working;
  await source.destroy();
}

main();
