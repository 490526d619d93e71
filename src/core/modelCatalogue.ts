/** A model as the catalogue offers it. */
export interface CatalogueModel {
  readonly slug: string;
  readonly displayName: string;
  readonly defaultEffort: string;
  readonly contextWindow: number;
  /** Codex's newer request form, without top-level tools. */
  readonly lite: boolean;
}

const model = (slug: string, displayName: string, lite: boolean): CatalogueModel => ({ slug, displayName, defaultEffort: 'medium', contextWindow: 272_000, lite });

/** The models of the pinned Codex release, best first. Codex replaces its own list by the one it is given. */
export const bundledModels: readonly CatalogueModel[] = [
  model('gpt-6.1-sol', 'GPT-6.1 Sol', true),
  model('gpt-6-astra', 'GPT-6 Astra', true),
  model('gpt-6-sol', 'GPT-6 Sol', true),
  model('gpt-6-luna', 'GPT-6 Luna', true),
  model('gpt-6.1-terra', 'GPT-6.1 Terra', true),
  model('gpt-5.6-sol', 'GPT-5.6 Sol', true),
  model('gpt-5.6-terra', 'GPT-5.6 Terra', true),
  model('gpt-5.6-luna', 'GPT-5.6 Luna', true),
  model('gpt-5.5', 'GPT-5.5', false),
];

const created = 1_795_390_000;
const efforts = [['low', 'Fast answers'], ['medium', 'Balanced'], ['high', 'Deeper reasoning'], ['xhigh', 'Deepest reasoning']] as const;

/** The one body of `GET /v1/models` that Codex, Claude Code and both SDKs accept: OpenAI's and Anthropic's lists and Codex's own, side by side. */
export function modelsBody(models: readonly CatalogueModel[]): string {
  return JSON.stringify({
    object: 'list',
    data: models.map(listEntry),
    has_more: false,
    first_id: models[0]?.slug ?? null,
    last_id: models.at(-1)?.slug ?? null,
    models: models.map(codexEntry),
  });
}

function listEntry({ slug, displayName }: CatalogueModel): Record<string, unknown> {
  return { id: slug, object: 'model', type: 'model', display_name: displayName, created, created_at: new Date(created * 1000).toISOString(), owned_by: 'openai' };
}

/** Every field Codex requires; one bad entry would make it reject the whole list. */
function codexEntry({ slug, displayName, defaultEffort, contextWindow, lite }: CatalogueModel, index: number): Record<string, unknown> {
  return {
    slug,
    display_name: displayName,
    description: displayName,
    default_reasoning_level: defaultEffort,
    supported_reasoning_levels: efforts.map(([effort, description]) => ({ effort, description })),
    shell_type: 'unified_exec',
    visibility: 'list',
    supported_in_api: true,
    priority: index + 1,
    base_instructions: 'You are Codex, a coding agent.',
    support_verbosity: true,
    default_verbosity: 'low',
    apply_patch_tool_type: 'freeform',
    truncation_policy: { mode: 'tokens', limit: 10_000 },
    context_window: contextWindow,
    experimental_supported_tools: [],
    input_modalities: ['text', 'image'],
    ...(lite ? { use_responses_lite: true, tool_mode: 'code_mode_only' } : {}),
  };
}
