const sessions = new Map();
export function load(id) {
  if (!sessions.has(id)) sessions.set(id, fetchSession(id));
  return sessions.get(id);
}
