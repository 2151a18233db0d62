// A made-up national identity: a real OpenID provider on this machine, with made-up people. Only for tests.
//
// Environment: PORT, ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT, AFTER (where signing out leads back to), PEOPLE (JSON: claims by
// login). POST /tamper/<how> makes the next ID token wrong in one way: issuer, nonce, expired, audience, signature.
import { generateKeyPairSync } from "node:crypto";
import { SignJWT, decodeJwt, importJWK } from "jose";
import { Provider } from "oidc-provider";

const { PORT, ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT, AFTER } = process.env;
const people = JSON.parse(process.env.PEOPLE);
const made = () => ({ ...generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" }), kid: "k1", alg: "RS256", use: "sig" });
const key = made();
const another = made();
let tamper = "";

const provider = new Provider(ISSUER, {
  clients: [{
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
    redirect_uris: JSON.parse(REDIRECT),
    post_logout_redirect_uris: JSON.parse(AFTER),
    token_endpoint_auth_method: "client_secret_basic",
  }],
  jwks: { keys: [key] },
  cookies: { keys: ["only for tests"] },
  scopes: ["openid", "profile", "real_name"],
  claims: { openid: ["sub"], profile: ["name"], real_name: ["citizen_id", "real_name_level"] },
  conformIdTokenClaims: true,
  pkce: { required: () => true },
  findAccount: (ctx, id) => (people[id] ? { accountId: id, claims: () => ({ sub: id, ...people[id] }) } : undefined),
});

provider.use(async (ctx, next) => {
  if (ctx.path.startsWith("/tamper/")) { tamper = ctx.path.slice("/tamper/".length); ctx.body = "ok"; return; }
  await next();
  if (ctx.path !== "/token" || !tamper || !ctx.body?.id_token) return;
  const claims = decodeJwt(ctx.body.id_token);
  if (tamper === "issuer") claims.iss = "https://elsewhere.example";
  if (tamper === "nonce") claims.nonce = "another visit's";
  if (tamper === "audience") claims.aud = "somebody else";
  if (tamper === "expired") { claims.iat -= 7200; claims.exp = claims.iat + 60; }
  const signer = await importJWK(tamper === "signature" ? another : key, "RS256");
  ctx.body = { ...ctx.body, id_token: await new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "k1" }).sign(signer) };
  tamper = "";
});

provider.listen(Number(PORT), "127.0.0.1", () => console.log("ready"));
