"use strict";
// The old shape, as the application of the audit report declares it to TypeORM.

const { EntitySchema } = require("typeorm");

const id = { type: "uuid", primary: true, generated: "uuid" };
const text = { type: "varchar", nullable: true };
const made = { type: "timestamp", createDate: true };
const changed = { type: "timestamp", updateDate: true };
const ofUser = {
  type: "many-to-one",
  target: "User",
  joinColumn: { name: "user_id" },
  nullable: false,
};

const User = new EntitySchema({
  name: "User",
  tableName: "users",
  columns: {
    id,
    email: { type: "varchar", unique: true },
    password: { type: "varchar", select: false },
    name: text,
    role: { type: "enum", enum: ["user", "admin"], default: "user" },
    isActive: { type: "boolean", default: true },
    createdAt: made,
    updatedAt: changed,
  },
  relations: {
    nodes: { type: "one-to-many", target: "UserNode", inverseSide: "user" },
    requests: { type: "one-to-many", target: "NodeRequest", inverseSide: "user" },
  },
});

const UserNode = new EntitySchema({
  name: "UserNode",
  tableName: "user_nodes",
  columns: {
    id,
    userId: { type: "uuid", name: "user_id" },
    nodeAddress: { type: "varchar", name: "node_address", unique: true },
    label: text,
    gpuType: { ...text, name: "gpu_type" },
    gcoreInstanceId: { ...text, name: "gcore_instance_id" },
    notes: { type: "text", nullable: true },
    isActive: { type: "boolean", name: "is_active", default: true },
    createdAt: { ...made, name: "created_at" },
    updatedAt: { ...changed, name: "updated_at" },
  },
  relations: { user: { ...ofUser, inverseSide: "nodes" } },
});

const NodeRequest = new EntitySchema({
  name: "NodeRequest",
  tableName: "node_requests",
  columns: {
    id,
    userId: { type: "uuid", name: "user_id" },
    gpuType: { type: "enum", enum: ["3080", "4090", "H100", "H200"], name: "gpu_type" },
    gpuCount: { type: "integer", default: 1, name: "gpu_count" },
    region: text,
    message: { type: "text", nullable: true },
    status: {
      type: "enum",
      enum: ["pending", "approved", "rejected", "completed"],
      default: "pending",
    },
    adminNotes: { type: "text", nullable: true, name: "admin_notes" },
    processedBy: { ...text, name: "processed_by" },
    processedAt: { type: "timestamp", nullable: true, name: "processed_at" },
    createdAt: { ...made, name: "created_at" },
    updatedAt: { ...changed, name: "updated_at" },
  },
  relations: { user: { ...ofUser, inverseSide: "requests" } },
});

module.exports = { User, UserNode, NodeRequest };
