/** Every id the manifest and the code share; a test holds both to each other. */
export const views = { accounts: 'codexmanager.accounts', keys: 'codexmanager.keys', gateway: 'codexmanager.gateway' } as const;

export const commands = {
  addAccount: 'codexmanager.account.add',
  signIn: 'codexmanager.account.signIn',
  signInDevice: 'codexmanager.account.signInDevice',
  signInAgain: 'codexmanager.account.signInAgain',
  signInAgainDevice: 'codexmanager.account.signInAgainDevice',
  pasteAddress: 'codexmanager.account.pasteAddress',
  importFiles: 'codexmanager.account.import',
  importFolder: 'codexmanager.account.importFolder',
  importClipboard: 'codexmanager.account.importClipboard',
  importCodex: 'codexmanager.account.importCodex',
  exportAccounts: 'codexmanager.account.export',
  useInCodex: 'codexmanager.account.useInCodex',
  backUpPool: 'codexmanager.pool.backUp',
  restoreBackup: 'codexmanager.pool.restore',
  renameAccount: 'codexmanager.account.rename',
  moveToGroup: 'codexmanager.account.moveToGroup',
  editTags: 'codexmanager.account.editTags',
  editNote: 'codexmanager.account.editNote',
  enableAccount: 'codexmanager.account.enable',
  disableAccount: 'codexmanager.account.disable',
  refreshLogin: 'codexmanager.account.refreshLogin',
  copyAccountId: 'codexmanager.account.copyId',
  deleteAccount: 'codexmanager.account.delete',
  deleteByState: 'codexmanager.account.deleteByState',
  cleanUp: 'codexmanager.account.cleanUp',
  refreshUsage: 'codexmanager.account.refreshUsage',
  refreshUsageOf: 'codexmanager.account.refreshUsageOf',
  redeemReset: 'codexmanager.account.redeemReset',
  sortAccounts: 'codexmanager.account.sort',
  filterAccounts: 'codexmanager.account.filter',
  changeFilter: 'codexmanager.account.changeFilter',
  showAllAccounts: 'codexmanager.account.showAll',
  createKey: 'codexmanager.key.create',
  copyKey: 'codexmanager.key.copy',
  enableKey: 'codexmanager.key.enable',
  disableKey: 'codexmanager.key.disable',
  deleteKey: 'codexmanager.key.delete',
  changeStrategy: 'codexmanager.route.changeStrategy',
  explainRoute: 'codexmanager.route.explain',
  pinAccount: 'codexmanager.account.pin',
  unpinAccount: 'codexmanager.account.unpin',
  startGateway: 'codexmanager.gateway.start',
  stopGateway: 'codexmanager.gateway.stop',
  copyAddress: 'codexmanager.gateway.copyAddress',
  changePort: 'codexmanager.gateway.changePort',
  openDashboard: 'codexmanager.dashboard.open',
  openLogs: 'codexmanager.logs.open',
  showOutput: 'codexmanager.output.show',
  retry: 'codexmanager.engine.retry',
} as const;
export type CommandId = (typeof commands)[keyof typeof commands];

export const settings = {
  section: 'codexmanager', port: 'gateway.port', upstream: 'upstream.baseUrl', lowPercent: 'usage.lowPercent', pollSeconds: 'usage.pollSeconds', pollWhenIdle: 'usage.pollWhenIdle', statusBarShow: 'statusBar.show',
  notifyLow: 'notifications.low', notifyExhausted: 'notifications.exhausted', notifyBack: 'notifications.back', notifySignIn: 'notifications.signIn',
} as const;

/** Context keys of `when` clauses. */
export const contextKeys = { state: 'codexmanager.state', gateway: 'codexmanager.gatewayState', filtered: 'codexmanager.accountsFiltered' } as const;
