const { appendFileSync } = require('node:fs');
const { reporters } = require('mocha');

/** Mocha's own spec reporter, which also leaves its counts where scripts/test.mjs adds them up. */
module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      if (process.env.TEST_COUNTS) appendFileSync(process.env.TEST_COUNTS, `${JSON.stringify({ passed: this.stats.passes, failed: this.stats.failures })}\n`);
    });
  }
};
