// Resolves names under `localhost` to this machine, as RFC 6761 asks of every resolver. The C library of some
// systems does not, and Node asks it. The drivers under test stay as they are.
const dns = require("node:dns");

const address = process.env.LOCAL_DATABASE_ADDRESS;
const lookup = dns.lookup;

dns.lookup = (name, options, callback) => {
  const done = callback ?? options;
  if (!name.endsWith(".localhost")) return lookup(name, options, callback);
  const all = typeof options === "object" && options.all;
  return process.nextTick(() =>
    all ? done(null, [{ address, family: 4 }]) : done(null, address, 4),
  );
};
