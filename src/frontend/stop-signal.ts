/**
 * Signals STOPSIGNAL takes: a number above 0, or a Linux name with or without SIG, in any case.
 *
 * Source  signal(7); moby/sys signal.ParseSignal.
 */
const names = new Set(
  (
    'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP ' +
    'SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX'
  ).split(' '),
);

export function isStopSignal(text: string): boolean {
  if (/^\d+$/.test(text)) return Number(text) > 0 && Number(text) <= 64;
  const name = text.toUpperCase().replace(/^SIG/, '');
  const offset = /^RT(MIN\+|MAX-)(\d{1,2})$/.exec(name);
  if (offset === null) return names.has(name);
  return Number(offset[2]) >= 1 && Number(offset[2]) <= (offset[1] === 'MIN+' ? 15 : 14);
}
