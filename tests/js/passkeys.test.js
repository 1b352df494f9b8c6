import assert from "node:assert/strict";
import { test } from "node:test";

import {
  creationOptions,
  credentialAsJson,
  fromBase64url,
  problemOf,
  requestOptions,
  toBase64url,
} from "../../static/portal/js/passkeys.js";

const bytes = (...numbers) => new Uint8Array(numbers).buffer;

test("bytes and base64url are each other's, with both special letters and without padding", () => {
  for (const [text, numbers] of [["", []], ["AA", [0]], ["-_8", [251, 255]], ["AQID", [1, 2, 3]]]) {
    assert.equal(toBase64url(bytes(...numbers)), text);
    assert.deepEqual([...new Uint8Array(fromBase64url(text))], numbers);
  }
});

test("a passkey is made to be found without a name", () => {
  const options = creationOptions({
    publicKey: {
      challenge: "AQ",
      rp: { id: "localhost" },
      user: { id: "Ag", name: "lea" },
      excludeCredentials: [{ id: "Aw", type: "public-key" }],
      authenticatorSelection: { residentKey: "discouraged", userVerification: "preferred" },
    },
  });
  assert.deepEqual(options, {
    publicKey: {
      challenge: bytes(1),
      rp: { id: "localhost" },
      user: { id: bytes(2), name: "lea" },
      excludeCredentials: [{ id: bytes(3), type: "public-key" }],
      authenticatorSelection: {
        residentKey: "preferred",
        requireResidentKey: false,
        userVerification: "preferred",
      },
    },
  });
});

test("a passkey is asked for by the ones there are, or by any", () => {
  const publicKey = { challenge: "AQ", rpId: "localhost" };
  assert.deepEqual(requestOptions({ publicKey }).publicKey.allowCredentials, undefined);
  const known = { ...publicKey, allowCredentials: [{ id: "Ag", type: "public-key" }] };
  assert.deepEqual(requestOptions({ publicKey: known }), {
    publicKey: { challenge: bytes(1), rpId: "localhost", allowCredentials: [{ id: bytes(2), type: "public-key" }] },
  });
});

test("what the browser says of a passkey is sent as JSON, without what it left out", () => {
  const credential = {
    id: "Ag",
    rawId: bytes(2),
    type: "public-key",
    getClientExtensionResults: () => ({ credProps: { rk: true } }),
    response: { clientDataJSON: bytes(3), authenticatorData: bytes(4), signature: bytes(5), userHandle: null },
  };
  assert.deepEqual(credentialAsJson(credential), {
    id: "Ag",
    rawId: "Ag",
    type: "public-key",
    clientExtensionResults: { credProps: { rk: true } },
    response: { clientDataJSON: "Aw", authenticatorData: "BA", signature: "BQ" },
  });
});

test("problems are told in words", () => {
  assert.equal(problemOf({ name: "InvalidStateError" }), "This device has a passkey for the portal already.");
  assert.equal(problemOf(new Error("x")), "That did not work. Try again, or choose another way.");
});
