// Make or read a session cookie with the real next-auth: `node nextauth_jwt.mjs encode|decode 4|5 '<JSON parameters>'`.
const [action, version, parameters] = process.argv.slice(2);
const { default: library, ...named } = await import(version === "4" ? "next-auth/jwt" : "next-auth-5/jwt");
const jwt = version === "4" ? library : named;
const result = await jwt[action](JSON.parse(parameters)).catch((error) => ({ refused: error.name }));
console.log(JSON.stringify(result));
