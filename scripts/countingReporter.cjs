const { appendFileSync } = require('node:fs');
const { reporters } = require('mocha');

/** What a test left open (a timer, a server, a process) keeps this process alive; that is a leak, and a failure. */
const longestFarewellMs = 10_000;

/** Mocha's own spec reporter, which also leaves its counts where scripts/test.mjs adds them up. */
module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      setTimeout(() => {
        console.error(`The tests are over and something they left keeps running: ${process.getActiveResourcesInfo().join(', ')}`);
        process.exit(1);
      }, longestFarewellMs).unref();
      if (process.env.TEST_COUNTS) appendFileSync(process.env.TEST_COUNTS, `${JSON.stringify({ passed: this.stats.passes, failed: this.stats.failures })}\n`);
    });
  }
};
