import assert from 'node:assert/strict';
import { clientFamily } from '../../../src/core/clientFamily.ts';

describe('clientFamily', () => {
  it('is the first product of the user agent, without its version', () => {
    for (const [agent, family] of [
      ['codex_cli_rs/0.169.0 (Debian 13; x86_64) unknown', 'codex_cli_rs'], ['claude-cli/2.1.330 (external, cli)', 'claude-cli'], ['OpenAI/JS 7.57.0', 'OpenAI/JS'], ['Anthropic/Python 1.0', 'Anthropic/Python'],
      ['curl/8.14', 'curl'], ['node', 'node'], ['', null], [undefined, null], ['(x)', null], [`${'a'.repeat(90)}/1`, 'a'.repeat(40)],
    ] as const) assert.equal(clientFamily(agent), family, agent);
  });
});
