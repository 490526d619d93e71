import { provideVSCodeDesignSystem, vsCodeButton, vsCodeDropdown, vsCodeOption, vsCodeTextField } from '@vscode/webview-ui-toolkit';

/** The only file that knows the toolkit. Pages write `<cm-…>` and use standard properties and events, so that it can be replaced here. */
export function registerControls(): void {
  provideVSCodeDesignSystem().withPrefix('cm').register(vsCodeButton(), vsCodeDropdown(), vsCodeOption(), vsCodeTextField());
}

/** What the pages use of a control: a button, a text field or a dropdown. */
export interface Control extends HTMLElement { value: string; disabled: boolean }
