import assert from 'node:assert/strict';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { accountA, startHarness, type Harness } from '../../lab/gatewayUnderTest.ts';

/** Some twenty-five megabytes of events: more than all sockets on the way hold. */
const text = 'x'.repeat(1_000_000);

describe('a client that reads slowly', function () {
  this.timeout(60_000);
  let harness: Harness;
  before(async () => { harness = await startHarness([accountA]); });
  after(() => harness.dispose());

  it('slows the provider down instead of filling our memory, and gets everything in the end', async () => {
    const { lab, url, key } = harness;
    const request = httpRequest(`${url}/v1/responses`, { method: 'POST', agent: false, headers: { authorization: `Bearer ${key}` } });
    request.end(JSON.stringify({ model: 'gpt-5.5', stream: true, input: `[say ${text}]` }));
    const response = await new Promise<IncomingMessage>((resolve) => request.once('response', resolve));
    // While it does not read, others get as much twice, one after the other: time enough for a gateway that only collects.
    for (let asked = 0; asked < 2; asked += 1) await harness.ask({ input: `[say ${text}]` });
    const [big] = lab.requests;
    assert.equal(big?.over, false, 'the provider could send everything although nobody reads it');
    const sent = big?.events.join('') ?? '';
    let got = '';
    for await (const chunk of response) got += String(chunk);
    assert.equal(got.length, sent.length);
    assert.ok(got === sent);
  });
});
