// Reads deliveries as JSON from standard input, [{"body", "headers", "secrets"}], and verifies each with the public
// libraries, unmodified: each of `secrets` must do for the standard ones, the first for the hex signature. Prints how
// many verifications were made; ends with status 1 at the first that fails, or that passes and should not.
import { readFileSync } from "node:fs";
import { verify } from "@octokit/webhooks-methods";
import { Webhook as Standard } from "standardwebhooks";
import { Webhook as Svix } from "svix";

const deliveries = JSON.parse(readFileSync(0, "utf8"));
let made = 0;

function check(passes, what) {
  if (!passes) {
    console.error(`failed: ${what}`);
    process.exit(1);
  }
  ++made;
}

function accepts(library, secret, body, headers) {
  try {
    new library(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}

for (const { body, headers, secrets } of deliveries) {
  const id = headers["webhook-id"];
  for (const library of [Standard, Svix]) {
    for (const secret of secrets) check(accepts(library, secret, body, headers), `${library.name} ${id}`);
    check(!accepts(library, secrets[0], body + " ", headers), `${library.name} took a changed body of ${id}`);
    check(
      !accepts(library, secrets[0], body, { ...headers, "webhook-id": "msg_other" }),
      `${library.name} took another id than ${id}`,
    );
  }
  check(await verify(secrets[0], body, headers["x-hub-signature-256"]), `@octokit/webhooks-methods ${id}`);
  check(!(await verify(secrets[0], body + " ", headers["x-hub-signature-256"])), `octokit took a changed body of ${id}`);
}
console.log(made);
