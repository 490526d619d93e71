import assert from 'node:assert/strict';
import type { NetworkSettings } from '../../../src/contract/host.ts';
import { isLoopback, isUnproxied } from '../../../src/core/noProxy.ts';
import { boundProxy, fnv1a64, generalProxy, proxyVariables, readProxyList, unusableProxies } from '../../../src/core/proxyRoute.ts';
import { proxyPlace, readProxyUrl, shownProxy } from '../../../src/core/proxyUrl.ts';

const chatgpt = 'https://chatgpt.com';
const settings = (changes: Partial<NetworkSettings> = {}): NetworkSettings => ({ proxy: '', noProxy: [], strictSsl: true, systemCertificates: true, variables: {}, ...changes });

describe('proxy addresses', () => {
  it('reads every form in one spelling', () => {
    const read = { 'proxy:3128': 'http://proxy:3128', 'HTTP://Proxy/': 'http://proxy', 'https://u:p%40@p:8443': 'https://u:p%40@p:8443', 'socks5h://p': 'socks5://p', ' socks://p:1080 ': 'socks5://p:1080', 'socks5://[::1]:9': 'socks5://[::1]:9' };
    for (const [text, url] of Object.entries(read)) assert.equal(readProxyUrl(text), url, text);
    for (const text of ['', ' ', 'http://', 'ftp://p', 'socks4://p', 'http://p/path', 'http://p?x=1', 'a b']) assert.equal(readProxyUrl(text), null, text);
  });

  it('knows port and login, and shows no login', () => {
    assert.deepEqual(proxyPlace('http://us%3Aer:p%25%204@proxy'), { kind: 'http', host: 'proxy', port: 80, login: { user: 'us:er', password: 'p% 4' } });
    assert.deepEqual(proxyPlace('https://u%@[::1]'), { kind: 'https', host: '::1', port: 443, login: { user: 'u%', password: '' } });
    assert.deepEqual(proxyPlace('socks5://proxy'), { kind: 'socks5', host: 'proxy', port: 1080, login: null });
    assert.equal(shownProxy('http://u:secret@proxy:1'), 'http://…@proxy:1');
  });
});

describe('proxy list', () => {
  it('keeps the first five entries, then drops what is no proxy and tells its place', () => {
    assert.deepEqual(readProxyList(' http://a:1, ;socks4://b\r\nc:3\n\nftp://d;https://e:5,http://f:6'), { proxies: ['http://a:1', 'http://c:3', 'https://e:5'], unusable: [2, 4] });
    assert.deepEqual(readProxyList(''), { proxies: [], unusable: [] });
  });

  it('binds accounts as CodexManager v0.1.3 does: FNV-1a 64 of the id, modulo the length', () => {
    // The vectors of the algorithm's authors.
    assert.deepEqual(['', 'a', 'foobar'].map((text) => fnv1a64(text).toString(16)), ['cbf29ce484222325', 'af63dc4c8601ec8c', '85944171f73967e8']);
    const list = ['0', '1', '2'];
    assert.equal(boundProxy(list, 'foobar'), list[Number(0x85944171f73967e8n % 3n)]);
    assert.equal(boundProxy(['only'], 'foobar'), 'only');
    assert.equal(boundProxy([], 'foobar'), null);
    assert.equal(new Set(Array.from({ length: 50 }, (_, i) => boundProxy(list, `acc_${i}`))).size, 3);
  });
});

describe('the way everybody goes', () => {
  it('is VS Code\'s proxy, else the variable of the scheme, else ALL_PROXY, else direct', () => {
    const variables = { HTTPS_PROXY: 'http://s:1', http_proxy: 'http://h:1', HTTP_PROXY: 'http://upper:1', ALL_PROXY: 'socks5://all:1' };
    assert.equal(generalProxy(settings({ proxy: 'http://code:1', variables }), chatgpt), 'http://code:1');
    assert.equal(generalProxy(settings({ variables }), chatgpt), 'http://s:1');
    assert.equal(generalProxy(settings({ variables }), 'http://lab.test'), 'http://h:1');
    assert.equal(generalProxy(settings({ variables: { all_proxy: 'socks5://all:1' } }), chatgpt), 'socks5://all:1');
    assert.equal(generalProxy(settings(), chatgpt), null);
    assert.equal(generalProxy(settings({ proxy: 'socks4://no', variables }), chatgpt), 'http://s:1');
  });

  it('leaves out this computer, NO_PROXY and http.noProxy', () => {
    const proxy = 'http://p:1';
    for (const origin of ['http://localhost:1', 'http://127.9.0.1', 'http://[::1]:3', 'https://app.localhost']) assert.equal(generalProxy(settings({ proxy }), origin), null, origin);
    assert.equal(generalProxy(settings({ proxy, variables: { NO_PROXY: 'example.com, chatgpt.com' } }), chatgpt), null);
    assert.equal(generalProxy(settings({ proxy, noProxy: ['chatgpt.com:443'] }), chatgpt), null);
    assert.equal(generalProxy(settings({ proxy, noProxy: ['chatgpt.com:80'] }), chatgpt), proxy);
  });

  it('names what cannot be used, and not its value', () => {
    assert.deepEqual(unusableProxies(settings({ proxy: 'socks4://secret', variables: { all_proxy: 'ftp://secret', HTTPS_PROXY: 'ok:1' } })), ['the setting http.proxy', 'the variable ALL_PROXY']);
    assert.deepEqual(proxyVariables({ https_proxy: 'a', HTTP_PROXY: ' ', NO_PROXY: 'b', PATH: 'c' }), { https_proxy: 'a', NO_PROXY: 'b' });
  });
});

describe('NO_PROXY', () => {
  const cases: readonly (readonly [list: string, host: string, port: number, unproxied: boolean])[] = [
    ['*', 'any.host', 443, true], ['', 'any.host', 443, false],
    ['example.com', 'example.com', 443, true], ['example.com', 'api.example.com', 443, true], ['example.com', 'notexample.com', 443, false], ['EXAMPLE.com', 'Example.COM.', 443, true],
    ['.example.com', 'api.example.com', 443, true], ['*.example.com', 'api.example.com', 443, true], ['*.example.com', 'example.org', 443, false],
    ['a b,example.com:8443', 'example.com', 8443, true], ['example.com:8443', 'example.com', 443, false],
    ['10.1.2.3', '10.1.2.3', 80, true], ['2.3', '10.1.2.3', 80, false], ['10.0.0.0/8', '10.200.0.1', 80, true], ['10.0.0.0/8', '11.0.0.1', 80, false], ['192.168.1.0/24', '192.168.2.1', 80, false], ['0.0.0.0/0', '8.8.8.8', 80, true], ['10.0.0.0/8', 'ten.example', 80, false],
    ['fe80::1', '[fe80::1]', 80, true], ['[fe80::1]:80', '[fe80::1]', 80, true], ['[fe80::1]:81', '[fe80::1]', 80, false],
  ];
  for (const [list, host, port, unproxied] of cases) {
    it(`${list === '' ? 'nothing' : list} ${unproxied ? 'takes out' : 'leaves'} ${host}:${port}`, () => assert.equal(isUnproxied(list, host, port), unproxied));
  }

  it('knows this computer by its names', () => {
    assert.deepEqual(['localhost', 'LOCALHOST.', '127.0.0.1', '127.255.1.2', '[::1]', '::1'].map(isLoopback), Array(6).fill(true));
    assert.deepEqual(['localhost.example', '128.0.0.1', '127.evil.com', '0.0.0.0'].map(isLoopback), Array(4).fill(false));
  });
});
