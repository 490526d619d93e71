import type { LabAccountOptions } from './options.ts';

/** A pool that shows something: the first account runs dry within minutes of use, so that the next takes over. */
export const sampleAccounts: readonly LabAccountOptions[] = [
  { label: 'work', email: 'work@example.com', subject: 'auth0|work', chatgptAccountId: '11111111-1111-4111-8111-111111111111', plan: 'plus', usedPercent: 88, weeklyPercent: 40, costPercent: 4, resetsInSeconds: 900 },
  { label: 'home', email: 'home@example.com', subject: 'auth0|home', chatgptAccountId: '22222222-2222-4222-8222-222222222222', plan: 'plus', usedPercent: 100, weeklyPercent: 66, costPercent: 2, resetsInSeconds: 600 },
  { label: 'team', email: 'ann@team.example', subject: 'auth0|ann', chatgptAccountId: '33333333-3333-4333-8333-333333333333', plan: 'team', workspaceName: 'Team', workspaceRole: 'member', usedPercent: 12, weeklyPercent: 10, costPercent: 2 },
  { label: 'side', email: 'side@example.com', subject: 'auth0|side', chatgptAccountId: '44444444-4444-4444-8444-444444444444', plan: 'pro', usedPercent: 35, weeklyPercent: 20, costPercent: 1 },
];
