import { sampleAccounts } from './lab/sampleAccounts.ts';
import { startLab } from './lab/startLab.ts';

/** The fake provider as a process of its own: says where it is in one line of JSON and ends with its parent, whose pipe it reads. */
async function main(): Promise<void> {
  const lab = await startLab({ accounts: [...sampleAccounts], paceMs: 15, signInPage: true });
  const end = (): void => void Promise.resolve(lab.dispose()).finally(() => process.exit(0));
  process.on('SIGTERM', end).on('SIGINT', end);
  process.stdin.on('end', end).on('error', end).resume();
  process.stdout.write(`${JSON.stringify({ url: lab.url, authFiles: sampleAccounts.map(({ label }) => lab.authJson(label)) })}\n`);
}

main().catch((thrown: unknown) => {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exit(1);
});
