const { request } = require('node:http');
const { resolve } = require('node:path');

/** Runs, inside the extension host, the scenario that the test names, and posts what came of it to the test. */
exports.activate = () => {
  const { COMPANION_SCENARIO, COMPANION_REPORT_URL } = process.env;
  const { run } = require(resolve(COMPANION_SCENARIO));
  run().then((result) => report(COMPANION_REPORT_URL, { result }), (error) => report(COMPANION_REPORT_URL, { error: String(error?.stack ?? error) }));
};

function report(url, body) {
  request(url, { method: 'POST' }).end(JSON.stringify({ node: process.versions.node, pid: process.pid, ...body }));
}
