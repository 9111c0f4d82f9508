// A certified provider of OpenID Connect; it says on which port it listens. Whoever signs in is who they say:
// `liar` claims Jane's e-mail without a proof and `stray` their own, `jane` has hers, `boss` is in the group `bosses`.
// Of `unsaid` and of the twin of John it says nothing about the e-mail's proof; `ada.king` has no name but its parts,
// `grace` has a no-break space in hers. With `slash` as second argument the provider's name ends in one.
import http from "node:http";
import Provider from "oidc-provider";

const [redirectUri, ending] = process.argv.slice(2);
const server = http.createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}${ending === "slash" ? "/" : ""}`;

const emails = { liar: "jane@example.com", "john.twin": "john@example.com" };
const names = {
  "ada.king": { given_name: "Ada", family_name: "King\u00a0Noel" },
  grace: { name: "Grace\u00a0Hopper" },
};
const claimsOf = (id) => {
  const groups = id === "boss" ? ["bosses"] : ["staff"];
  const claims = { sub: id, email: emails[id] ?? `${id}@example.com`, groups, realm_access: { roles: groups } };
  const proof = ["unsaid", "john.twin"].includes(id) ? {} : { email_verified: !["liar", "stray"].includes(id) };
  return { ...claims, ...proof, ...(names[id] ?? { name: `${id} of the provider` }) };
};
const secret = "a client secret: 100% & more";
const client = (id, uri, type) => ({
  client_id: id,
  client_secret: secret,
  redirect_uris: [uri],
  application_type: type,
});

const provider = new Provider(issuer, {
  clients: [
    client("codimir", redirectUri, "web"),
    client("another", redirectUri, "web"),
    client("in a browser", "http://127.0.0.1/api/auth/callback/openid", "native"), // whatever its port
  ],
  cookies: { keys: ["only for tests"] },
  claims: {
    openid: ["sub"],
    email: ["email", "email_verified"],
    profile: ["name", "given_name", "family_name", "groups", "realm_access"],
  },
  pkce: { required: () => true },
  findAccount: (_context, id) => ({ accountId: id, claims: async () => claimsOf(id) }),
});
server.on("request", provider.callback());
console.log(issuer);
