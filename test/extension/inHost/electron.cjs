const { run } = require('./run.cjs');

/** What @vscode/test-electron calls. */
exports.run = async () => {
  const { passed, failures } = await run();
  console.log(`${passed.length} passed, ${failures.length} failed`);
  if (failures.length > 0) throw new Error(failures.join('\n'));
};
