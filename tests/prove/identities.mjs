// A provider of identities on loopback, as oidc-provider makes one: whoever types a name is signed in under it.
// Arguments: port, client, its secret, its redirect address.
import Provider from "oidc-provider";

const [port, client, secret, redirect] = process.argv.slice(2);
const people = {
  ada: { email: "gmg@iom.example", email_verified: true },
  eve: { email: "gmg@ilo.example", email_verified: false },
  bob: { email: "bob@nowhere.example", email_verified: true },
};
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: client, client_secret: secret, redirect_uris: [redirect] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true } },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
});
provider.listen(Number(port), "127.0.0.1");
