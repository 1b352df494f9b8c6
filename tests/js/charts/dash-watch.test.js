import assert from "node:assert/strict";
import { test } from "node:test";

import { watchDash } from "../../../static/portal/js/charts/dash-watch.js";

const CALLBACK = "https://portal.example/charts/app/review/_dash-update-component";

/** A watched fetch that answers with a response or fails with an error, and what was reported. */
function watched(answer) {
  const reported = [];
  const send = async () => {
    if (answer instanceof Error) {
      throw answer;
    }
    return answer;
  };
  return { fetch: watchDash(send, (status, isStart) => reported.push(isStart ? ["start", status] : status)), reported };
}

test("a callback's answer is passed on", async () => {
  const response = new Response("{}", { status: 200 });
  const { fetch, reported } = watched(response);
  assert.equal(await fetch(CALLBACK, { method: "POST" }), response);
  assert.deepEqual(reported, []);
});

for (const status of [400, 401, 403, 500, 502]) {
  test(`a callback that fails with ${status} is reported, and to Dash nothing changes`, async () => {
    const { fetch, reported } = watched(new Response("no", { status }));
    assert.equal((await fetch(new Request(CALLBACK))).status, 204);
    assert.deepEqual(reported, [status]);
  });
}

test("what Dash starts with is passed on, and a failure of it told apart", async () => {
  for (const name of ["_dash-layout", "_dash-dependencies"]) {
    const response = new Response("no", { status: 401 });
    const { fetch, reported } = watched(response);
    assert.equal(await fetch(`/charts/app/review/${name}`), response);
    assert.deepEqual(reported, [["start", 401]]);
  }
});

test("a server that is not reached is reported without a status", async () => {
  const { fetch, reported } = watched(new TypeError("Failed to fetch"));
  await assert.rejects(fetch(new URL(CALLBACK)), TypeError);
  assert.deepEqual(reported, [undefined]);
});

test("other requests are left alone", async () => {
  const response = new Response("no", { status: 500 });
  const { fetch, reported } = watched(response);
  assert.equal(await fetch("/moderators/names/?q=a"), response);
  assert.deepEqual(reported, []);
});
