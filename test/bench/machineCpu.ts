import { readFileSync } from 'node:fs';

/** CPU time that processes of this machine have used so far, ms; without the kernel's own work for the network, which the kernel books for nobody. */
export function machineCpuMs(): number {
  const [user = 0, nice = 0, system = 0] = (/^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? '').split(' ').map(Number);
  return (user + nice + system) * 10;
}
