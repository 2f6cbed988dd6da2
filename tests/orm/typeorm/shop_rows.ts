// The same for shop.sql: composite keys, several references to one table, one to the table itself.
import assert from 'node:assert/strict';
import { DataSource } from 'typeorm';
import {
  Booking,
  Country,
  Customer,
  Employee,
  EmployeeBadge,
  OddSchemaOrderLine,
  OrderTag,
  PublicOrder,
  ShopOrder,
  ShopOrderLine,
  Tag,
  entities,
} from './entities';

async function main(source: DataSource): Promise<void> {
  const country = await source.getRepository(Country).save({ code: 'FR', name: 'France' });
  const customer = await source.getRepository(Customer).save({
    email: 'a@example.com',
    country,
    tags: ['one', 'two'],
    scores: [1, 2],
    amount: '12.50',
    big: '9007199254740993',
    num: '0.1000000000000000000001',
  });
  const payer = await source.getRepository(Customer).save({ email: 'b@example.com' });
  const first = await source.getRepository(ShopOrder).save({ customer, number: 1, payer });
  const second = await source.getRepository(ShopOrder).save({
    customer,
    number: 2,
    state: "it's paid",
    biller: customer,
    shopOrder: first,
  });
  await source.getRepository(ShopOrderLine).save({ shopOrder: second, quantity: 3 });
  const tag = await source.getRepository(Tag).save({ label: 'red' });
  await source.getRepository(OrderTag).save({ shopOrder: second, tag });
  await source.getRepository(OddSchemaOrderLine).save({ theText: 'odd', class: 'c', select: 1, tag });
  await source.getRepository(PublicOrder).save({ id: 1, note: 'another table of that name' });
  await source.getRepository(Booking).save({ id: 1, during: '[2025-01-01,2025-01-02)' });
  const boss = await source.getRepository(Employee).save({ name: 'boss' });
  const clerk = await source.getRepository(Employee).save({ name: 'clerk', boss });
  await source.getRepository(EmployeeBadge).save({ employee: clerk, badge: 'B1' });

  const found = await source.getRepository(ShopOrder).findOneOrFail({
    where: { customerId: customer.id, number: 2 },
    relations: {
      customer: { country: true },
      biller: true,
      shopOrder: { payer: true },
      orderLines: true,
      orderTags: { tag: { orderLine: true } },
    },
  });
  assert.equal(found.state, "it's paid");
  assert.equal(found.customer.country?.name, 'France');
  assert.deepEqual(found.customer.tags, ['one', 'two']);
  assert.equal(found.customer.big, '9007199254740993');
  assert.equal(found.customer.num, '0.1000000000000000000001');
  assert.equal(found.customer.fullName, 'A@EXAMPLE.COM');
  assert.equal(found.biller?.id, customer.id);
  assert.equal(found.shopOrder?.payer?.email, 'b@example.com');
  assert.equal(found.orderLines[0]?.quantity, 3);
  assert.equal(found.orderTags[0]?.tag.orderLine[0]?.theText, 'odd');
  const payers = await source.getRepository(Customer).findOneOrFail({
    where: { id: payer.id },
    relations: { orders: true, ordersByPayerId: { orders: true } },
  });
  assert.deepEqual(payers.orders, []);
  assert.equal(payers.ordersByPayerId[0]?.orders[0]?.number, 2);
  const staff = await source.getRepository(Employee).findOneOrFail({
    where: { id: boss.id },
    relations: { employees: { employeeBadge: true } },
  });
  assert.equal(staff.employees[0]?.employeeBadge?.badge, 'B1');
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
