const users = new Map();
export function load(id) {
  users.set(id, read(id));
  return users.get(id);
}
