import type { GatewayState } from '../../contract/gatewayState.ts';
import type { RequestLogItem } from '../../contract/requestLog.ts';
import type { RouteState } from '../../contract/route.ts';
import { strategyWords } from '../../core/display/strategies.ts';
import type { Snapshot } from '../mirror.ts';
import type { RowModel } from './rowModel.ts';
import { commands } from '../ids.ts';
import { timeText, type Reader } from '../../core/display/format.ts';

/** State and address, who leads, and what happened last. */
export function gatewayRows({ seat, gateway, accounts, route, recent }: Snapshot, reader: Reader): RowModel[] {
  if (seat.role === 'failed') return []; // the view's welcome says why, with buttons
  const rows: RowModel[] = [];
  if (gateway) rows.push(stateRow(gateway));
  const asked = new Set<string | null>([...recent.map(({ accountId }) => accountId), route?.pinned?.accountId ?? null]);
  const names = new Map((accounts ?? []).filter(({ id }) => asked.has(id)).map(({ id, label }) => [id as string, label]));
  if (route) rows.push(...routeRows(route, names, reader));
  rows.push(seatRow(seat));
  if (recent.length > 0) rows.push({ id: 'recent', label: 'Recent', open: true, icon: 'history', children: recent.map((item) => requestRow(item, names, reader)) });
  return rows;
}

/** The address clients are told; configurations say 127.0.0.1, people read localhost. */
export function addressOf({ port }: GatewayState): string {
  return `http://localhost:${port}`;
}

/** Who is asked first: a pinned account, then what the strategy says. */
function routeRows(route: RouteState, names: ReadonlyMap<string, string>, reader: Reader): RowModel[] {
  const { name, icon, means } = strategyWords(route.strategy);
  const rows: RowModel[] = [{
    id: 'strategy', label: 'Strategy', description: route.locked ? `${name} · set by a variable` : name, icon, context: route.locked ? 'strategy;locked' : 'strategy',
    tooltip: `Asked first: ${means}. A conversation stays with its account while that can go on.${route.locked ? ' CODEXMANAGER_ROUTE_STRATEGY decides while it is set.' : ''}`,
  }];
  const { pinned } = route;
  if (pinned && (pinned.until === null || pinned.until * 1000 > reader.now)) {
    rows.push({ id: 'pinned', label: 'Asked first', description: `${names.get(pinned.accountId) ?? pinned.accountId} · ${pinned.until === null ? 'until it fails' : `until ${timeText(pinned.until, reader)}`}`, icon: 'pinned', context: 'pinned' });
  }
  return rows;
}

function stateRow(gateway: GatewayState): RowModel {
  if (gateway.state === 'running' && gateway.paused) {
    return {
      id: 'state', label: addressOf(gateway), description: 'paused', icon: 'debug-pause', color: 'charts.yellow', context: 'gateway;paused',
      tooltip: 'New requests are refused until you resume it; those that run end as they would. It stays paused over a restart.', command: { id: commands.resumeGateway, title: 'Resume Gateway' },
    };
  }
  switch (gateway.state) {
    case 'running': return {
      id: 'state', label: addressOf(gateway), description: 'running', icon: 'circle-filled', color: 'charts.green', context: 'gateway;running',
      tooltip: `Point Codex CLI or any OpenAI client at \`http://127.0.0.1:${gateway.port}/v1\` with a platform key.`,
    };
    case 'portBusy': return {
      id: 'state', label: `Port ${gateway.port} is busy`, description: 'another program uses it', icon: 'error', color: 'charts.red', context: 'gateway;portBusy',
      tooltip: gateway.message ?? '', command: { id: commands.changePort, title: 'Use Another Port' },
    };
    case 'stopped': return { id: 'state', label: 'Stopped', description: `port ${gateway.port} is free`, icon: 'circle-outline', context: 'gateway;stopped' };
    case 'starting': return { id: 'state', label: 'Starting', icon: 'loading~spin', context: 'gateway;starting' };
  }
}

function seatRow(seat: Snapshot['seat']): RowModel {
  switch (seat.role) {
    case 'leader': return { id: 'seat', label: 'This window leads', icon: 'star-full', tooltip: 'This window runs the engine for all windows. Another one takes over when it closes.' };
    case 'client': return { id: 'seat', label: 'Another window leads', description: `process ${seat.leader.pid}`, icon: 'link', tooltip: 'This window shows and controls the engine of another one, and takes over when that one closes.' };
    default: return { id: 'seat', label: 'Connecting', icon: 'loading~spin' };
  }
}

function requestRow(item: RequestLogItem, names: ReadonlyMap<string, string>, reader: Reader): RowModel {
  const account = item.accountId === null ? null : (names.get(item.accountId) ?? item.accountId);
  const failed = item.statusCode === null || item.statusCode >= 400 || item.error !== null;
  const retried = item.attempts.length > 1;
  const told = [item.model, account, item.durationMs < 100 ? `${item.durationMs} ms` : `${(item.durationMs / 1000).toFixed(1)} s`, failed ? `${item.statusCode ?? '–'}${item.error === null ? '' : ` ${item.error}`}` : null];
  return {
    id: `request:${item.id}`, label: timeText(item.createdAt, reader), description: told.filter((part) => part !== null).join(' · '),
    icon: failed ? 'error' : retried ? 'sync' : 'check', context: 'request', command: { id: commands.openLogs, title: 'Open Logs' },
  };
}
