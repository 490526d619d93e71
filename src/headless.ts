import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { NetworkSettings } from './contract/host.ts';
import { AppError } from './core/appError.ts';
import { codexHomeOf } from './core/codexHome.ts';
import { parseEnvFile } from './core/envFile.ts';
import { proxyVariables } from './core/proxyRoute.ts';
import { Scope } from './core/scope.ts';
import { SeatKeeper, type Seat } from './cluster/seat.ts';
import { systemClock } from './core/systemClock.ts';
import { prepareDemo } from './headless/demo.ts';
import { defaultDbPath, resolveDbPath } from './headless/dataFolder.ts';
import { engineInProcess } from './headless/engineInProcess.ts';
import { helpText, readFlags } from './headless/flags.ts';
import { startService } from './service/startService.ts';
import { version } from './version.ts';

/** The headless host: flags, env file, signals, exit codes; the engine in this very process. */
const scope = new Scope();

async function main(): Promise<void> {
  const flags = readFlags(process.argv.slice(2));
  if (flags.help) return void process.stdout.write(helpText);
  if (flags.version) return void process.stdout.write(`${version}\n`);
  const around = environment();
  const env = Object.fromEntries(Object.entries(around).filter(([name]) => name.startsWith('CODEXMANAGER_')));
  const demo = flags.demo ? scope.own(await prepareDemo(join(__dirname, 'lab.js'), env)) : null;
  const variables = { ...env, ...demo?.env };
  const dbPath = resolveDbPath(variables['CODEXMANAGER_DB_PATH'], defaultDbPath(process.platform, process.env));
  const log = (level: string, message: string): void => void process.stderr.write(`${level}: ${message}\n`);
  const start = {
    type: 'start' as const, dbPath, storeFile: join(__dirname, 'store.js'), env: variables, network: NetworkSettings.parse({ variables: proxyVariables(around) }), rpcOnGatewayPort: true,
    codexHome: demo?.codexHome ?? codexHomeOf(process.env, homedir()), secretDataKey: null,
  };
  const engine = engineInProcess(() => startService({ start, clock: systemClock, log, version }));
  scope.own(new SeatKeeper({
    dataDir: join(dbPath, '..'), clock: systemClock, log, startEngine: engine.start,
    onChange: (seat) => void announceSeat(seat, dbPath, () => engine.describe(), demo?.onLeader),
  }));
}

/** The variables of this process; an env file beside the program fills in what is not set. */
function environment(): Record<string, string> {
  return Object.fromEntries(Object.entries({ ...readEnvFile(), ...process.env }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function readEnvFile(): Record<string, string> {
  for (const name of ['codexmanager.env', 'CodexManager.env', '.env']) {
    try {
      return parseEnvFile(readFileSync(join(__dirname, name), 'utf8'));
    } catch (thrown) {
      if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')) throw new AppError('badRequest', `The env file ${join(__dirname, name)} cannot be read.`, { cause: thrown });
    }
  }
  return {};
}

async function announceSeat(seat: Seat, dbPath: string, describe: () => string, onLeader: ((rpcUrl: string, token: string) => Promise<string>) | undefined): Promise<void> {
  switch (seat.role) {
    case 'electing': return;
    case 'failed': return fail(seat.error);
    case 'client': return void process.stdout.write(`CodexManager ${version}: standby for ${dbPath}; process ${seat.leader.pid} leads at ${seat.leader.rpcUrl}\n`);
    case 'leader':
      process.stdout.write(`CodexManager ${version}: ${describe()}, control at ${seat.leader.rpcUrl}, data in ${dbPath}\n`);
      if (onLeader) process.stdout.write(await onLeader(seat.leader.rpcUrl, seat.leader.token));
  }
}

function fail(thrown: unknown): void {
  const error = AppError.from(thrown);
  process.stderr.write(`codexmanager: ${error.message}\n`);
  if (error.code === 'internal') process.stderr.write(`${error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : ''}\n`);
  process.exitCode = 1;
  void end();
}

/** A process that cannot end cleanly within three seconds ends all the same: everything acknowledged is on disk. */
async function end(): Promise<void> {
  setTimeout(() => process.exit(process.exitCode ?? 0), 3_000).unref();
  try {
    await scope.dispose();
  } catch (thrown) {
    process.stderr.write(`codexmanager: ${AppError.from(thrown).message}\n`);
  }
  process.exit(process.exitCode ?? 0);
}

process.on('SIGTERM', () => void end());
process.on('SIGINT', () => void end());
main().catch(fail);
