// A certified provider of OpenID Connect; it says on which port it listens. Whoever signs in is who they say:
// `liar` claims Jane's e-mail without a proof and `stray` their own, `jane` has hers, `boss` is in the group `bosses`.
import http from "node:http";
import Provider from "oidc-provider";

const [redirectUri] = process.argv.slice(2);
const server = http.createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

const claimsOf = (id) => ({
  sub: id,
  name: `${id} of the provider`,
  email: id === "liar" ? "jane@example.com" : `${id}@example.com`,
  email_verified: !["liar", "stray"].includes(id),
  groups: id === "boss" ? ["bosses"] : ["staff"],
});
const client = (id) => ({ client_id: id, client_secret: "a client secret: 100% & more", redirect_uris: [redirectUri] });

const provider = new Provider(issuer, {
  clients: [client("codimir"), client("another")],
  cookies: { keys: ["only for tests"] },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
  pkce: { required: () => true },
  findAccount: (_context, id) => ({ accountId: id, claims: async () => claimsOf(id) }),
});
server.on("request", provider.callback());
console.log(issuer);
