const { get } = require('node:http');
const { join } = require('node:path');
const { Worker } = require('node:worker_threads');

/** The built engine as a worker of this extension host: starts, answers /health, ends. */
exports.run = async () => {
  const { COMPANION_DIST, COMPANION_DATA } = process.env;
  const engine = new Worker(join(COMPANION_DIST, 'engine.js'));
  const messages = [];
  const next = (type) => new Promise((resolve, reject) => {
    const check = () => {
      const found = messages.find((message) => message.type === type || message.type === 'failed');
      if (found) (found.type === type ? resolve : reject)(found.type === type ? found : new Error(found.fault.message));
    };
    engine.on('message', check).once('error', reject);
    check();
  });
  engine.on('message', (message) => messages.push(message));
  const startedAt = Date.now();
  engine.postMessage({
    type: 'start', dbPath: join(COMPANION_DATA, 'codexmanager.db'), storeFile: join(COMPANION_DIST, 'store.js'),
    env: { CODEXMANAGER_SERVICE_ADDR: 'localhost:0' }, rpcOnGatewayPort: false, codexHome: join(COMPANION_DATA, 'codex'), secretDataKey: null,
  });
  const ready = await next('ready');
  const startMs = Date.now() - startedAt;
  const health = await new Promise((resolve, reject) => {
    get(`http://localhost:${ready.gateway.port}/health`, (response) => {
      let body = '';
      response.on('data', (chunk) => { body += chunk; }).on('end', () => resolve({ status: response.statusCode, body }));
    }).on('error', reject);
  });
  const exited = new Promise((resolve) => engine.once('exit', resolve));
  engine.postMessage({ type: 'stop' });
  await next('stopped');
  return { health, startMs, exitCode: await exited };
};
