import assert from 'node:assert/strict';
import { readEnvelope } from '../../../../src/core/backupFormat.ts';
import { openBackup, sealBackup } from '../../../../src/service/exports/backupCipher.ts';

/** The least that is accepted, so that many can be tried. */
const cheap = { N: 16_384, r: 8, p: 1 };

async function* of(lines: readonly string[]): AsyncGenerator<string> {
  for (const line of lines) yield await Promise.resolve(line);
}

async function seal(lines: readonly string[], passphrase: string): Promise<string> {
  let text = '';
  for await (const part of sealBackup(of(lines), passphrase, cheap)) text += part;
  return text;
}

async function open(text: string, passphrase: string): Promise<string[] | null> {
  const envelope = readEnvelope(text);
  if (typeof envelope === 'string') return null;
  const opened = await openBackup(envelope, passphrase);
  if (!opened) return null;
  const lines: string[] = [];
  for await (const line of opened) lines.push(line);
  return lines;
}

describe('a backup\'s cipher', function () {
  this.timeout(60_000);

  it('gives back what went in, of any length', async () => {
    const lines = ['{"a":1}', 'ümläut 😀', '', 'x'.repeat(300_000), ...Array.from({ length: 2_000 }, (_, index) => `line ${index} ${'y'.repeat(index % 400)}`)];
    assert.deepEqual(await open(await seal(lines, 'a passphrase'), 'a passphrase'), lines);
    assert.deepEqual(await open(await seal([], 'a passphrase'), 'a passphrase'), []);
  });

  it('opens with its passphrase only, however that was typed', async () => {
    const text = await seal(['secret'], 'pâssphrase');
    assert.deepEqual(await open(text, 'pa\u0302ssphrase'), ['secret']);
    assert.equal(await open(text, 'Pâssphrase'), null);
    assert.equal(await open(text, ''), null);
  });

  it('never looks the same twice', async () => {
    assert.notEqual(await seal(['secret'], 'a passphrase'), await seal(['secret'], 'a passphrase'));
  });

  it('does not open when any one byte of it was changed', async () => {
    const text = await seal(['content'], 'a passphrase');
    for (let at = 0; at < text.length; at += 1) {
      const changed = text.slice(0, at) + (text[at] === 'B' ? 'C' : 'B') + text.slice(at + 1);
      assert.equal(await open(changed, 'a passphrase'), null, `byte ${at}: ${text.slice(at - 5, at + 6)}`);
    }
    for (const changed of [text.slice(0, -1), `${text}x`, text.replace(',"tag"', ',"more":1,"tag"'), text.replace('"N":16384', '"N":32768'), text.replace('"N":16384', '"N":16384.5'), text.replace(/"iv":"[^"]*"/, '"iv":""')]) {
      assert.equal(await open(changed, 'a passphrase'), null);
    }
  });
});
