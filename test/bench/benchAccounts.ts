import { mintJwt } from '../../src/lab/jwt.ts';

const tenDays = 864_000;

/** Login files of so many accounts; an access token has about 1.5 KB, as real ones have. */
export function benchAccounts(count: number): string[] {
  const exp = Math.floor(Date.now() / 1_000) + tenDays;
  return Array.from({ length: count }, (_, i) => {
    const account_id = `acc-bench-${i}`;
    const claims = { sub: `auth0|bench-${i}`, exp, scp: 's'.repeat(850), 'https://api.openai.com/auth': { chatgpt_account_id: account_id, chatgpt_plan_type: 'plus' } };
    const id_token = mintJwt({ ...claims, email: `bench-${i}@example.com` });
    return JSON.stringify({ tokens: { id_token, access_token: mintJwt(claims), refresh_token: `rt_bench_${i}`, account_id }, last_refresh: new Date().toISOString() });
  });
}
