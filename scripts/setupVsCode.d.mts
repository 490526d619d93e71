export const codeServerFolder: string;
export function setUpVsCode(): boolean;
export function findChromium(): string | null;
export function setUpChromium(): boolean;
