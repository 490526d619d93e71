const { resolve } = require('node:path');
const Mocha = require('mocha');

/** Runs the suite in this extension host; resolves with what came of it. */
exports.run = () => new Promise((done) => {
  const mocha = new Mocha({ ui: 'bdd', timeout: 20_000 });
  mocha.addFile(resolve(__dirname, 'suite.cjs'));
  const failures = [];
  const passed = [];
  mocha.run(() => done({ passed, failures })).on('pass', (test) => passed.push(test.title)).on('fail', (test, error) => failures.push(`${test.title}: ${error.message}`));
});
